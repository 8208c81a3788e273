"""The HTML of the site, from templates."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from src.colours import SITE_COLOURS, SWATCHES
from src.gallery.collection.artwork import Artwork, AssetDetails
from src.gallery.site.api import ListPage, write_script_value
from src.gallery.site.faults import Draw

FOLDER: Final = Path(__file__).resolve().parent
CLASS_NAMES: Final = {
    "tile": "DuHQbc",
    "last_tile": "pdfEnd",
    "link": "e0WtYb",
    "link_kind": "HpzMff",
    "loaded": "PJLMUc",
    "failed": "Xb8XNe",
    "metadata": "ve9nKb",
    "partner": "To7WBf",
    "place": "WrfKPd",
}
"""The class names recorded of the real site (2023 to 2026), by what they mark."""

OTHER_LINKS: Final = (
    ("Five Paintings of the Sea", "/asset/five-paintings-of-the-sea/kwUh5tA9zRg"),
    ("Inside the Depot", "/asset/inside-the-depot/8gIyMb2vT_W"),
    ("How Canvas Is Made", "/asset/how-canvas-is-made/_wEx0a9dK3uPqLmZ"),
)
"""Stories: they stand under /asset/ too, but their ids are not 14 characters long."""


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def read_static(name: str) -> str:
    """Return a script or style sheet of the pages."""
    return (FOLDER / "static" / name).read_text(encoding="utf-8")


def hides_image(asset_id: str, share: float, salt: int) -> bool:
    """Whether a tile comes without ``data-bgsrc``.

    FNV-1a over the id (Fowler, Noll and Vo, 1991), because the page's script must come to the
    same answer for the tiles that it draws itself.
    """
    value = (2166136261 ^ salt) & 0xFFFFFFFF
    for byte in asset_id.encode("ascii"):
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value < share * 2**32


@dataclass(frozen=True)
class Visit:
    """Who asks for a page, and how.

    Attributes
    ----------
    host
        Host and port by which the visitor knows the site.
    language
        Language of titles, slugs and labels.
    draw
        Decides the faults of this visit.
    """

    host: str
    language: str
    draw: Draw


class PageWriter:
    """Writes the pages of one gallery.

    Parameters
    ----------
    tiles
        ``server`` or ``script``: who draws the first tiles.
    """

    def __init__(self, tiles: str) -> None:
        self._tiles = tiles

    def write_home(self, counts: Mapping[str, int], visit: Visit) -> str:
        """Return the start page: the colours, each a link."""
        return self._render("home.html", visit, counts=counts, title="Offline Gallery")

    def write_colour_page(self, colour: str | None, pages: list[ListPage], page_object: list[Any], visit: Visit) -> str:
        """Return the page of a colour.

        Parameters
        ----------
        colour
            The colour; None where the address names none that exists: the page then has no tiles.
        pages
            The first list page of every colour.
        page_object
            What the page carries as ``INIT_data``.
        visit
            Who asks.
        """
        draw, language = visit.draw, visit.language
        if draw.happens("empty_shell"):
            return self._render("shell.html", visit, title="Offline Gallery")
        chosen = next((page for page in pages if page.colour == colour), None)
        share = draw.faults.missing_bgsrc
        salt = int(draw.toss(f"missing_bgsrc|{draw.identity}#{draw.attempt}") * 2**32)
        artworks = list(chosen.artworks) if chosen else []
        placeholders = {
            artwork.asset_id
            for artwork in artworks
            if draw.happens("placeholder", subject=f"{draw.identity}#{draw.attempt}|{artwork.asset_id}")
        }
        faults = ("containers", "share_link", "broken_text", "dialogs", "captcha_footer", "refresh", "beside")
        others = [page for page in pages if page.colour != colour and page.artworks]
        has_strip = bool(others) and bool(chosen) and (draw.happens("featured") or draw.happens("containers"))
        kind = uuid.UUID(hashlib.blake2b(f"{colour}:{language}".encode(), digest_size=16).hexdigest())
        classes = self._name_classes(draw)
        configuration = {
            "classes": classes,
            "drawsTiles": self._tiles == "script",
            "language": language,
            "missing": {"share": share, "salt": salt},
            "colour": colour,
            "listStyle": draw.faults.list_style,
        }
        return self._render(
            "colour.html",
            visit,
            classes=classes,
            title=colour.title() if colour else "Colours",
            colour=colour,
            total=chosen.total if chosen else 0,
            artworks=artworks if self._tiles == "server" else [],
            hidden={artwork.asset_id for artwork in artworks if hides_image(artwork.asset_id, share, salt)},
            host=visit.host,
            init_key=f"ColorExplorerView:{kind}",
            init_data=write_script_value(page_object),
            configuration=json.dumps(configuration),
            script=read_static("wall.js"),
            other_links=OTHER_LINKS,
            never_loads=draw.happens("never_loads"),
            strip=others[0] if has_strip else None,
            placeholders=placeholders,
            other_token=next((page.next_token for page in others if page.next_token), ""),
            list_style=draw.faults.list_style,
            odd={name for name in faults if draw.happens(name)},
        )

    def write_asset_page(self, artwork: Artwork, details: AssetDetails, size: tuple[int, int], visit: Visit) -> str:
        """Return the page of an artwork with its large picture and its metadata."""
        return self._render(
            "asset.html",
            visit,
            title=artwork.title,
            artwork=artwork,
            details=details,
            width=size[0],
            height=size[1],
            other_links=OTHER_LINKS,
        )

    def write_story(self, title: str, visit: Visit) -> str:
        """Return a page under /asset/ that is not an artwork."""
        return self._render("notice.html", visit, title=title, text="A story, not an artwork.")

    def write_missing(self, visit: Visit) -> str:
        """Return the page of an address that does not exist."""
        return self._render("notice.html", visit, title="Not found", text="There is nothing here.")

    def write_consent(self, target: str, kind: str) -> str:
        """Return the consent form that leads on to ``target``; ``kind`` is one of the faults' words."""
        return _environment().get_template("consent.html").render(target=target, kind=kind)

    def write_captcha(self, address: str) -> str:
        """Return the page that says that the site has had enough of us."""
        return _environment().get_template("sorry.html").render(address=address)

    def _name_classes(self, draw: Draw) -> dict[str, str]:
        if not draw.happens("renamed_classes"):
            return CLASS_NAMES
        stem = f"{draw.identity}#{draw.attempt}"
        return {name: f"x{int(draw.toss(f'{stem}|{name}') * 36**4):06d}" for name in CLASS_NAMES}

    def _render(self, template: str, visit: Visit, **values: Any) -> str:
        shown = {
            "classes": self._name_classes(visit.draw),
            "language": visit.language,
            "has_banner": visit.draw.happens("banner"),
            "style": read_static("gallery.css"),
            "palette": [(name, SWATCHES[name]) for name in SITE_COLOURS],
        }
        return _environment().get_template(template).render(shown | values)
