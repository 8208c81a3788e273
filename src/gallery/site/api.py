"""The JSON of the site: items, blocks, page objects, and how answers are wrapped.

Indexes and nesting are those recorded of the real site (2019 to 2026): an item has its title at 1,
artist at 2, image at 3, page at 4, type at 5, tint at 8, and at 10 a list with the asset id at 0,
the aspect at 1 and the partner at 12; a block has its items at 2, the total at 4 and the next token
at 8. Until 2021 items had no tag, and every index was one lower.
"""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from src.colours import SITE_COLOURS, SWATCHES
from src.gallery.collection.catalogue import Artwork
from src.gallery.collection.folder import FolderCollection
from src.gallery.collection.painted import PaintedCollection
from src.gallery.collection.tokens import Names
from src.gallery.site.faults import Draw

BODY_PREFIX: Final = ")]}'\n"
"""Stands before every JSON answer, so that a script tag cannot read it."""

DEFAULT_PAGE_SIZE: Final = 30
LARGEST_PAGE_SIZE: Final = 64
ARTWORK_TYPE: Final = 8
Collection = PaintedCollection | FolderCollection
JsonList = list[Any]


@dataclass(frozen=True)
class ListPage:
    """Some artworks of a colour in a row, how many there are in all, and the token that leads to those that follow."""

    colour: str
    artworks: Sequence[Artwork]
    total: int
    next_token: str | None


class Listing:
    """The lists of a collection, page by page.

    A token names the colour (its index in ``SITE_COLOURS``), the offset of the next artwork in the colour's list, and
    how many list pages came before; only an endless list counts these up without moving.
    """

    def __init__(self, collection: Collection, seed: int) -> None:
        self._collection = collection
        self._tokens = Names(seed, "list", ">BIIx")

    def open(self, colour: str, language: str, draw: Draw) -> ListPage:
        """Return the first artworks of a colour, which its page itself holds: 45 to 48, always as many."""
        size = 45 + hashlib.blake2b(colour.encode(), digest_size=1).digest()[0] % 4
        return self._read((SITE_COLOURS.index(colour), 0, 0), size, language, draw)

    def resume(self, token: str, size: int, language: str, draw: Draw) -> ListPage | None:
        """Return the ``size`` artworks that a token leads to, or None if the token is not ours."""
        place = self._tokens.read(token)
        return None if place is None else self._read(place, size, language, draw)

    def _read(self, place: tuple[int, ...], size: int, language: str, draw: Draw) -> ListPage:
        index, offset, serial = place
        colour = SITE_COLOURS[index]
        total = self._collection.counts.get(colour, 0)
        stop = min(offset + size, total)
        following: tuple[int, ...] | None = None
        if stop < total:
            following = (index, stop, serial + 1)
        elif total and draw.happens("endless", subject=colour):
            # "token": the last page names itself as the next one; "ids": new tokens start the list over.
            repeats_itself = draw.faults.endless_kind == "token" and offset > 0
            following = place if repeats_itself else (index, 0, serial + 1)
        artworks = self._collection.list_artworks(colour, offset, stop, language)
        return ListPage(colour, artworks, total, self._tokens.write(*following) if following else None)


def make_item(artwork: Artwork, host: str, *, is_tagged: bool) -> JsonList:
    """Return an artwork as the site's lists hold it."""
    facts = [artwork.asset_id, artwork.aspect, *[None] * 10, artwork.partner]
    image = f"//{host}/ci/{artwork.image_token}"
    item: JsonList = ["stella.common.cobject", artwork.title, artwork.artist, image, artwork.page, ARTWORK_TYPE]
    item += [None, None, artwork.tint, None, facts]
    return item if is_tagged else item[1:]


def make_block(page: ListPage, host: str, *, is_tagged: bool) -> JsonList:
    """Return a list page as a ``stella.pr`` block; nulls at its end are trimmed."""
    query = uuid.uuid5(uuid.NAMESPACE_URL, f"{page.colour}:{page.next_token}")
    items = [make_item(artwork, host, is_tagged=is_tagged) for artwork in page.artworks] or None
    block: JsonList = ["stella.pr", f"AssetsQuery:{query}", items, None, page.total, None, None, None, page.next_token]
    while block[-1] is None:
        block.pop()
    return block


def make_page_object(pages: Sequence[ListPage], host: str, *, is_tagged: bool) -> JsonList:
    """Return the ``stella.cep`` object: the colours, each with swatch, name and block, at index 5."""
    colours = [[SWATCHES[page.colour], page.colour, make_block(page, host, is_tagged=is_tagged)] for page in pages]
    return ["stella.cep", "Color Explorer", None, None, len(colours), colours]


def write_body(content: JsonList, *, is_nested: bool) -> bytes:
    """Write an API answer; in the form of ``rt=j`` with one more level, and a status element behind."""
    wrapped: JsonList = [[content], ["e", 4, None, None, 0]] if is_nested else [content]
    return (BODY_PREFIX + json.dumps(wrapped, ensure_ascii=False, separators=(",", ":"))).encode()


def write_script_value(content: JsonList) -> str:
    """Write JSON that may stand inside a script element."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
