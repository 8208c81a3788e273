"""The web application: addresses, and what answers them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

import anyio
import anyio.to_thread
import cv2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route
from starlette.types import ASGIApp

from src.colours import SITE_COLOURS
from src.errors import UsageError
from src.gallery.collection.artwork import Collection
from src.gallery.collection.images import EncodedImage, ImageCache, ImageOptions, parse_suffix, render
from src.gallery.collection.opening import open_collection
from src.gallery.collection.tokens import ASSET_ID_LENGTH, TokenBook
from src.gallery.collection.vocabulary import DEFAULT_LANGUAGE, LANGUAGES
from src.gallery.settings import GallerySettings, describe_gallery
from src.gallery.site.api import (
    DEFAULT_PAGE_SIZE,
    LARGEST_PAGE_SIZE,
    Listing,
    ListPage,
    make_block,
    make_page_object,
    write_body,
)
from src.gallery.site.faults import Draw
from src.gallery.site.misbehaviour import CONSENT_COOKIE, Misbehaviour, local_target
from src.gallery.site.pages import OTHER_LINKS, PageWriter, Visit
from src.gallery.site.robots import answer_robots
from src.gallery.site.shared_state import SharedState

DRAWING_THREADS: Final = 1
"""Pictures drawn at once by one worker: a second thread would only wait for the interpreter."""

LONG_QUEUE: Final = 3
"""Pictures waiting to be drawn from which on a worker closes connections after their answer ..."""

CLOSING_INTERVAL: Final = 8
"""... at most one in this many answers."""

LONGEST_HANG_SECONDS: Final = 3600.0


class Site:
    """The handlers of one worker.

    Parameters
    ----------
    settings
        The gallery.
    collection
        Its artworks.
    state
        Counters shared by all workers.
    """

    def __init__(self, settings: GallerySettings, collection: Collection, state: SharedState) -> None:
        self._settings = settings
        self._collection = collection
        self._state = state
        self._listing = Listing(collection, TokenBook(settings.seed, settings.image_epoch))
        self._name, self._extent = describe_gallery(settings)
        self._cache = ImageCache(settings.cache_megabytes << 20)
        self._threads = anyio.CapacityLimiter(DRAWING_THREADS)
        self._since_closing = 0
        self.writer = PageWriter(settings.tiles)

    @property
    def routes(self) -> list[Route]:
        """Addresses and their handlers."""
        return [
            Route("/", self.show_home),
            Route("/color", self.show_colour),
            Route("/asset/{rest:path}", self.show_asset),
            Route("/ci/{name:path}", self.send_image),
            Route("/api/color", self.send_colours),
            Route("/api/assets/images/color", self.send_list),
            Route("/api/favourites", self.ask_for_login),
            Route("/robots.txt", self.send_robots),
            Route("/consent/m", self.show_consent),
            Route("/consent/save", self.save_consent, methods=["POST"]),
            Route("/gallery/status", self.send_status),
            Route("/gallery/never", self.hang),
            Route("/{rest:path}", self.show_missing),
        ]

    async def show_home(self, request: Request) -> Response:
        """Answer the start page."""
        page = self.writer.write_home(self._collection.counts, _visit(request))
        return HTMLResponse(page)

    async def show_colour(self, request: Request) -> Response:
        """Answer the page of a colour; an unknown name gives a page without tiles."""
        visit = _visit(request)
        name = request.query_params.get("col", "")
        colour = name if name in SITE_COLOURS else None
        pages, page_object = self._open_all(visit)
        return HTMLResponse(self.writer.write_colour_page(colour, pages, page_object, visit))

    def _open_all(self, visit: Visit) -> tuple[list[ListPage], list[Any]]:
        """Return the first list page of every colour, and the page object made of them."""
        pages = [self._listing.open(colour, visit.language, visit.draw) for colour in SITE_COLOURS]
        return pages, make_page_object(pages, visit.host, is_tagged=not visit.draw.happens("untagged"))

    async def show_asset(self, request: Request) -> Response:
        """Answer the page of an artwork, whatever its slug, or of a story."""
        visit = _visit(request)
        asset_id = request.path_params["rest"].rsplit("/", 1)[-1]
        if len(asset_id) != ASSET_ID_LENGTH:
            title = next((text for text, address in OTHER_LINKS if address.endswith(f"/{asset_id}")), None)
            if title is not None:
                return HTMLResponse(self.writer.write_story(title, visit))
        artwork = self._collection.find_asset(asset_id, visit.language)
        if artwork is None:
            return HTMLResponse(self.writer.write_missing(visit), status_code=404)
        if visit.draw.happens("asset_moved") and not request.path_params["rest"].startswith("moved/"):
            return RedirectResponse(f"/asset/moved/{asset_id}", status_code=301)
        details = self._collection.describe_artwork(artwork, visit.language)
        size = self._collection.measure(artwork.number)
        return HTMLResponse(self.writer.write_asset_page(artwork, details, size, visit))

    async def send_list(self, request: Request) -> Response:
        """Answer the page's own request for more artworks."""
        query, visit = request.query_params, _visit(request)
        size = query.get("s", str(DEFAULT_PAGE_SIZE))
        if not size.isdecimal() or int(size) > LARGEST_PAGE_SIZE:
            return PlainTextResponse("Internal Server Error", status_code=500)
        page = self._listing.resume(query.get("pt", ""), int(size), visit.language, visit.draw)
        if page is None:
            return PlainTextResponse("Bad Request", status_code=400)
        block = make_block(page, visit.host, is_tagged=not visit.draw.happens("untagged"))
        body = write_body(block, is_nested=query.get("rt") == "j")
        if visit.draw.happens("list_garbled"):
            body = body[: len(body) * 2 // 3]
        return _json(body)

    async def send_colours(self, request: Request) -> Response:
        """Answer all colours with their first artworks."""
        _, page_object = self._open_all(_visit(request))
        return _json(write_body(page_object, is_nested=request.query_params.get("rt") == "j"))

    async def send_image(self, request: Request) -> Response:
        """Answer a picture at the size that its suffix asks for."""
        token, _, suffix = request.path_params["name"].partition("=")
        number = self._collection.find_image(token)
        draw = _visit(request).draw
        if number is None or draw.happens("image_gone", subject=self._collection.name_artwork(number)):
            return PlainTextResponse("Not Found", status_code=404)
        strange = _answer_strangely(request, draw, self._collection.name_artwork(number))
        if strange is not None:
            return strange
        try:
            options = parse_suffix(suffix)
        except UsageError as error:
            return PlainTextResponse(f"Bad Request: {error}", status_code=400)
        if draw.happens("image_error"):
            return PlainTextResponse("Service Unavailable", status_code=503, headers=_retry_after(draw))
        image = self._cache.find(number, options)
        if image is None:
            image = await anyio.to_thread.run_sync(self._render, number, options, limiter=self._threads)
            self._cache.keep(number, options, image)
        content = _spoil(image.content, draw)
        is_whole = content is image.content
        headers = {
            "Cache-Control": "public, max-age=86400, no-transform" if is_whole else "no-store",
            "Access-Control-Allow-Origin": "*",
        }
        if draw.happens("image_opt_out", subject=self._collection.name_artwork(number)):
            headers["X-Robots-Tag"] = "noai, noimageai"
        if self._is_overloaded():
            headers["Connection"] = "close"
        return Response(content, media_type=image.media_type, headers=headers)

    def _is_overloaded(self) -> bool:
        """Whether a visitor should connect again, and so perhaps reach a worker with less to do.

        All workers listen on one port, and one of them may have accepted most of the connections.
        """
        self._since_closing += 1
        if self._since_closing < CLOSING_INTERVAL or self._threads.statistics().tasks_waiting < LONG_QUEUE:
            return False
        self._since_closing = 0
        return True

    def _render(self, number: int, options: ImageOptions) -> EncodedImage:
        return render(self._collection, number, options)

    async def ask_for_login(self, _: Request) -> Response:
        """Answer what only visitors with an account may have."""
        return PlainTextResponse("Unauthorized", status_code=401)

    async def send_robots(self, _: Request) -> Response:
        """Answer robots.txt."""
        return answer_robots(self._settings.faults.robots)

    async def show_consent(self, request: Request) -> Response:
        """Answer the consent form."""
        target = local_target(request.query_params.get("continue", "/"))
        return HTMLResponse(self.writer.write_consent(target, self._settings.faults.consent_kind))

    async def save_consent(self, request: Request) -> Response:
        """Keep the choice in a cookie and lead on."""
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        response = RedirectResponse(local_target(form.get("continue", ["/"])[0]), status_code=303)
        response.set_cookie(CONSENT_COOKIE, form.get("set", ["reject"])[0], max_age=3600 * 24 * 365)
        return response

    async def send_status(self, _: Request) -> Response:
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

    async def hang(self, request: Request) -> Response:
        """Answer when the client has given up."""
        async with asyncio.timeout(LONGEST_HANG_SECONDS):
            while (await request.receive())["type"] != "http.disconnect":
                pass
        return PlainTextResponse("")

    async def show_missing(self, request: Request) -> Response:
        """Answer an address that does not exist."""
        return HTMLResponse(self.writer.write_missing(_visit(request)), status_code=404)


def create_app(settings: GallerySettings, state_path: Path) -> ASGIApp:
    """Return the web application of one worker.

    Parameters
    ----------
    settings
        The gallery.
    state_path
        File of counters that all workers share (:meth:`SharedState.create` makes it).
    """
    cv2.setNumThreads(1)  # the workers are the parallelism
    state = SharedState(state_path)
    site = Site(settings, open_collection(settings), state)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        state.close()

    return Misbehaviour(Starlette(routes=site.routes, lifespan=lifespan), settings.faults, state, site.writer)


def _answer_strangely(request: Request, draw: Draw, name: str) -> Response | None:
    """Return an image's answer that leads nowhere, where a fault wants one."""
    if draw.happens("image_refused"):
        return PlainTextResponse("Too Many Requests", status_code=429, headers=_retry_after(draw))
    if draw.happens("image_loop", subject=name):
        return RedirectResponse(str(request.url), status_code=302)
    for fault, piece, pause in (("image_drip", b"\xff", 1.0), ("image_endless", bytes(1 << 16), 0.0)):
        if draw.happens(fault, subject=name):
            return StreamingResponse(_write_without_end(piece, pause), media_type="image/jpeg")
    return None


async def _write_without_end(piece: bytes, pause_seconds: float) -> AsyncIterator[bytes]:
    while True:
        yield piece
        await asyncio.sleep(pause_seconds)


def _retry_after(draw: Draw) -> dict[str, str]:
    return {"Retry-After": draw.faults.retry_after} if draw.faults.retry_after else {}


def _spoil(content: bytes, draw: Draw) -> bytes:
    if draw.happens("image_empty"):
        return b""
    if draw.happens("image_not_image"):
        return b"<!DOCTYPE html><html><body>Something went wrong.</body></html>"
    if draw.happens("image_truncated"):
        return content[: len(content) // 2]
    return content


def _visit(request: Request) -> Visit:
    asked = request.query_params.get("hl", DEFAULT_LANGUAGE).split("-")[0].lower()
    language = asked if asked in LANGUAGES else DEFAULT_LANGUAGE
    return Visit(request.headers.get("host", "localhost"), language, request.state.draw)


def _json(body: bytes) -> Response:
    return Response(
        body, media_type="application/json", headers={"Content-Disposition": 'attachment; filename="f.txt"'}
    )
