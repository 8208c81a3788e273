"""The web application: addresses, and what answers them."""

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any, Final

import anyio
import anyio.to_thread
import cv2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from src.colours import SITE_COLOURS
from src.errors import UsageError
from src.gallery.collection.catalogue import apportion
from src.gallery.collection.folder import FolderCollection, FolderEntry
from src.gallery.collection.images import parse_suffix, render_image
from src.gallery.collection.painted import DEFAULT_LANGUAGE, LANGUAGES, PaintedCollection
from src.gallery.settings import GallerySettings, describe_gallery
from src.gallery.site import api
from src.gallery.site.misbehaviour import (
    CONSENT_COOKIE,
    Misbehaviour,
    answer_robots,
    local_target,
    replace_image,
    spoil_image,
)
from src.gallery.site.pages import OTHER_LINKS, Visit, render, render_colour_page, render_page
from src.gallery.site.shared_state import SharedState

DRAWING_THREADS: Final = 1
"""Pictures drawn at once by one worker: a second thread would only wait for the interpreter."""

KEPT_IMAGES: Final = 1024
"""Encoded images that a worker remembers; thumbnails have about 15 kB."""

LONG_QUEUE: Final = 3
"""Pictures waiting to be drawn from which on a worker closes connections after their answer ..."""

CLOSING_INTERVAL: Final = 8
"""... at most one in this many answers."""


class Site:
    """The handlers of one worker."""

    def __init__(self, settings: GallerySettings, collection: api.Collection, state: SharedState) -> None:
        self._settings = settings
        self._collection = collection
        self._state = state
        self._listing = api.Listing(collection, settings.seed)
        self._name, self._extent = describe_gallery(settings)
        self._render_image = lru_cache(maxsize=KEPT_IMAGES)(partial(render_image, collection.draw))
        self._threads = anyio.CapacityLimiter(DRAWING_THREADS)
        self._pictures_sent = 0
        self.routes = [
            Route("/", self._show_home),
            Route("/color", self._show_colour),
            Route("/asset/{rest:path}", self._show_asset),
            Route("/ci/{name:path}", self._send_image),
            Route("/api/color", self._send_colours),
            Route("/api/assets/images/color", self._send_list),
            Route("/api/favourites", lambda _: PlainTextResponse("Unauthorized", status_code=401)),
            Route("/robots.txt", lambda _: answer_robots(settings.faults.robots)),
            Route("/consent/m", self._show_consent),
            Route("/consent/save", self._save_consent, methods=["POST"]),
            Route("/gallery/status", self._send_status),
            Route("/gallery/never", self._hang),
            Route("/{rest:path}", self._show_missing),
        ]

    async def _show_home(self, request: Request) -> Response:
        counts = self._collection.counts
        return HTMLResponse(render_page("home.html", _visit(request), counts=counts, title="Offline Gallery"))

    async def _show_colour(self, request: Request) -> Response:
        """Answer the page of a colour; an unknown name gives a page without tiles."""
        visit, name = _visit(request), request.query_params.get("col", "")
        pages, page_object = self._open_all(visit)
        is_script_drawn = self._settings.tiles == "script"
        colour = name if name in SITE_COLOURS else None
        return HTMLResponse(render_colour_page(colour, pages, page_object, visit, is_script_drawn=is_script_drawn))

    def _open_all(self, visit: Visit) -> tuple[list[api.ListPage], list[Any]]:
        """Return the first list page of every colour, and the page object made of them."""
        pages = [self._listing.open(colour, visit.language, visit.draw) for colour in SITE_COLOURS]
        return pages, api.make_page_object(pages, visit.host, is_tagged=not visit.draw.happens("untagged"))

    async def _show_asset(self, request: Request) -> Response:
        """Answer the page of an artwork, whatever its slug, or of a story."""
        visit = _visit(request)
        asset_id = request.path_params["rest"].rsplit("/", 1)[-1]
        story = next((text for text, address in OTHER_LINKS if address.endswith(f"/{asset_id}")), None)
        if story is not None:
            return HTMLResponse(render_page("notice.html", visit, title=story, text="A story, not an artwork."))
        artwork = self._collection.find_asset(asset_id, visit.language)
        if artwork is None:
            return await self._show_missing(request)
        if visit.draw.happens("asset_moved") and not request.path_params["rest"].startswith("moved/"):
            return RedirectResponse(f"/asset/moved/{asset_id}", status_code=301)
        place, labels = self._collection.describe_artwork(artwork, visit.language)
        page = render_page("asset.html", visit, title=artwork.title, artwork=artwork, place=place, labels=labels)
        return HTMLResponse(page)

    async def _send_list(self, request: Request) -> Response:
        query, visit = request.query_params, _visit(request)
        size = query.get("s", str(api.DEFAULT_PAGE_SIZE))
        if not size.isdecimal() or int(size) > api.LARGEST_PAGE_SIZE:
            return PlainTextResponse("Internal Server Error", status_code=500)
        page = self._listing.resume(query.get("pt", ""), int(size), visit.language, visit.draw)
        if page is None:
            return PlainTextResponse("Bad Request", status_code=400)
        block = api.make_block(page, visit.host, is_tagged=not visit.draw.happens("untagged"))
        body = api.write_body(block, is_nested=query.get("rt") == "j")
        if visit.draw.happens("list_garbled"):
            body = body[: len(body) * 2 // 3]
        return _json(body)

    async def _send_colours(self, request: Request) -> Response:
        _, page_object = self._open_all(_visit(request))
        return _json(api.write_body(page_object, is_nested=request.query_params.get("rt") == "j"))

    async def _send_image(self, request: Request) -> Response:
        token, _, suffix = request.path_params["name"].partition("=")
        artwork, draw = self._collection.find_image(token), _visit(request).draw
        if artwork is None:
            return PlainTextResponse("Not Found", status_code=404)
        if (other := replace_image(request, draw, artwork.asset_id)) is not None:
            return other
        try:
            options = parse_suffix(suffix)
        except UsageError as error:
            return PlainTextResponse(f"Bad Request: {error}", status_code=400)
        if draw.happens("image_error"):
            return PlainTextResponse("Service Unavailable", status_code=503, headers=draw.faults.retry_headers)
        whole, media_type = await anyio.to_thread.run_sync(self._render_image, artwork, options, limiter=self._threads)
        content = spoil_image(whole, draw)
        headers = {
            "Cache-Control": "public, max-age=86400, no-transform" if content is whole else "no-store",
            "Access-Control-Allow-Origin": "*",
        }
        if draw.happens("image_opt_out", subject=artwork.asset_id):
            headers["X-Robots-Tag"] = "noai, noimageai"
        if self._is_overloaded():
            headers["Connection"] = "close"
        return Response(content, media_type=media_type, headers=headers)

    def _is_overloaded(self) -> bool:
        """Whether a visitor should connect again, and so perhaps reach a worker with less to do.

        All workers listen on one port, and one of them may have accepted most of the connections.
        """
        self._pictures_sent += 1
        return self._pictures_sent % CLOSING_INTERVAL == 0 and self._threads.statistics().tasks_waiting >= LONG_QUEUE

    async def _show_consent(self, request: Request) -> Response:
        target = local_target(request.query_params.get("continue", "/"))
        return HTMLResponse(render("consent.html", target=target, kind=self._settings.faults.consent_kind))

    async def _save_consent(self, request: Request) -> Response:
        """Keep the choice in a cookie and lead on."""
        form = await request.form()
        response = RedirectResponse(local_target(str(form.get("continue", "/"))), status_code=303)
        response.set_cookie(CONSENT_COOKIE, str(form.get("set", "reject")), max_age=3600 * 24 * 365)
        return response

    async def _send_status(self, _: Request) -> Response:
        """Answer what the gallery holds and what it was asked for; never spoiled by a fault."""
        return JSONResponse(
            {
                "name": self._name,
                "extent": self._extent,
                "artworks": sum(self._collection.counts.values()),
                "colours": dict(self._collection.counts),
                "requests": self._state.read_counts(),
                "is_blocked": self._state.is_blocked,
            }
        )

    async def _hang(self, request: Request) -> Response:
        """Answer when the client has given up."""
        while (await request.receive())["type"] != "http.disconnect":
            pass
        return PlainTextResponse("")

    async def _show_missing(self, request: Request) -> Response:
        page = render_page("notice.html", _visit(request), title="Not found", text="There is nothing here.")
        return HTMLResponse(page, status_code=404)


def create_app(settings: GallerySettings, state: SharedState, folder: Sequence[FolderEntry] = ()) -> ASGIApp:
    """Return the web application of one worker; ``folder`` is what :func:`open_folder` finds, if one is shown."""
    cv2.setNumThreads(1)  # the workers are the parallelism
    collection: api.Collection
    if settings.images is None:
        counts = apportion(settings.artworks, settings.proportions, settings.colours)
        collection = PaintedCollection(counts, settings.seed)
    else:
        collection = FolderCollection(settings.images, folder)
    return Misbehaviour(Starlette(routes=Site(settings, collection, state).routes), settings.faults, state)


def _visit(request: Request) -> Visit:
    asked = request.query_params.get("hl", DEFAULT_LANGUAGE).split("-")[0].lower()
    language = asked if asked in LANGUAGES else DEFAULT_LANGUAGE
    return Visit(request.headers.get("host", "localhost"), language, request.state.draw)


def _json(body: bytes) -> Response:
    return Response(
        body, media_type="application/json", headers={"Content-Disposition": 'attachment; filename="f.txt"'}
    )
