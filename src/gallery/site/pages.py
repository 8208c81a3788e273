"""The HTML of the site, from templates."""

import hashlib
import json
import uuid
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from src.colours import SITE_COLOURS, SWATCHES
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
    loader = FileSystemLoader(FOLDER / "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


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
    """Who asks for a page: the host by which the visitor knows the site, the language, and what draws the faults."""

    host: str
    language: str
    draw: Draw


def render(template: str, **values: Any) -> str:
    """Fill in a template."""
    return _environment().get_template(template).render(values)


def render_page(template: str, visit: Visit, **values: Any) -> str:
    """Fill in a template with what all pages share, such as which faults strike this visit, and further values."""
    shared = {
        "classes": _name_classes(visit.draw),
        "language": visit.language,
        "happens": visit.draw.happens,
        "style": read_static("gallery.css"),
        "palette": [(name, SWATCHES[name]) for name in SITE_COLOURS],
        "other_links": OTHER_LINKS,
    }
    return render(template, **shared | values)


def render_colour_page(
    colour: str | None, pages: list[ListPage], page_object: list[Any], visit: Visit, *, is_script_drawn: bool
) -> str:
    """Return the page of a colour; it has no tiles where the address names none that exists (None).

    It is made of the first list page of every colour, and of the page object that it carries as ``INIT_data``.
    """
    draw, language = visit.draw, visit.language
    if draw.happens("empty_shell"):
        return render_page("shell.html", visit, title="Offline Gallery")
    chosen = next((page for page in pages if page.colour == colour), None)
    artworks = list(chosen.artworks) if chosen else []
    ids = [artwork.asset_id for artwork in artworks]
    others = [page for page in pages if page.colour != colour and page.artworks]
    has_strip = bool(others) and bool(chosen) and (draw.happens("featured") or draw.happens("containers"))
    share = draw.faults.missing_bgsrc
    salt = int(draw.toss(f"missing_bgsrc|{draw.question}") * 2**32)
    kind = uuid.UUID(hashlib.blake2b(f"{colour}:{language}".encode(), digest_size=16).hexdigest())
    configuration = {
        "classes": _name_classes(draw),
        "drawsTiles": is_script_drawn,
        "language": language,
        "missing": {"share": share, "salt": salt},
        "colour": colour,
        "listStyle": draw.faults.list_style,
    }
    return render_page(
        "colour.html",
        visit,
        title=colour.title() if colour else "Colours",
        colour=colour,
        total=chosen.total if chosen else 0,
        artworks=[] if is_script_drawn else artworks,
        hidden={name for name in ids if hides_image(name, share, salt)},
        placeholders={name for name in ids if draw.happens("placeholder", subject=f"{draw.question}|{name}")},
        host=visit.host,
        init_key=f"ColorExplorerView:{kind}",
        init_data=write_script_value(page_object),
        configuration=json.dumps(configuration),
        script=read_static("wall.js"),
        strip=others[0] if has_strip else None,
        other_token=next((page.next_token for page in others if page.next_token), ""),
        list_style=draw.faults.list_style,
    )


def _name_classes(draw: Draw) -> dict[str, str]:
    if not draw.happens("renamed_classes"):
        return CLASS_NAMES
    return {name: f"x{int(draw.toss(f'{draw.question}|{name}') * 36**4):06d}" for name in CLASS_NAMES}
