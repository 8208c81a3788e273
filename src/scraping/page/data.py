"""Reads the data that a page has loaded by itself: ``INIT_data`` and the answers to its own requests.

Everything is found by its shape, not by its place alone: between 2019 and 2026 the same lists came
with and without a leading tag, so that every index moved by one, and answers come with one or two
levels of nesting.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from src.colours import SITE_COLOURS
from src.scraping.artwork import Artwork, make_well_formed, read_asset_id

_PREFIX: Final = re.compile(r"^\s*\)\]\}'?,?\s*")
_QUERY: Final = "AssetsQuery:"
_TINT: Final = re.compile(r"#[0-9a-fA-F]{6}")
_MAXIMUM_DEPTH: Final = 40


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a colour's list; the addresses of its items are as the page gives them.

    ``color`` is what the data name beside it, None in an answer, which is of the page's colour; ``total`` the size of
    the whole list, where the data give it; ``token`` the opaque address of the next stretch, None at the end of the
    list; ``has_query``: the block names its query, so that a missing token does mean the end.
    """

    color: str | None
    items: tuple[Artwork, ...]
    total: int | None
    token: str | None
    has_query: bool


def parse_blocks(text: str | None) -> list[Block]:
    """Read the body of an answer, or ``window.INIT_data``: an optional ``)]}'`` prefix, then JSON.

    The blocks may be of several colours; there are none if the text is not JSON or lists nothing.
    """
    try:
        tree = json.loads(_PREFIX.sub("", text or "", count=1))
    except ValueError:
        return []
    return list(_find_blocks(tree, None, 0))


def _find_blocks(node: Any, color: str | None, depth: int) -> Iterator[Block]:
    if depth > _MAXIMUM_DEPTH or not isinstance(node, dict | list):
        return
    if isinstance(node, list):
        block = _read_block(node, color)
        if block is not None:
            yield block
            return
        color = next((value for value in node[:4] if isinstance(value, str) and value in SITE_COLOURS), color)
    for value in node.values() if isinstance(node, dict) else node:
        yield from _find_blocks(value, color, depth + 1)


def _read_block(node: list[Any], color: str | None) -> Block | None:
    """Read a list as a block: ``[tag?, query, items, ?, total, ?, ?, ?, token]``."""
    query = next((k for k, value in enumerate(node[:3]) if isinstance(value, str) and value.startswith(_QUERY)), None)
    place = next((k for k, value in enumerate(node[:4]) if _lists_items(value)), None) if query is None else query + 1
    if place is None:
        return None
    listed, total, token = _at(node, place), _at(node, place + 2), _at(node, place + 6)
    return Block(
        color=color,
        items=tuple(item for entry in listed if (item := _read_item(entry, color))) if isinstance(listed, list) else (),
        total=total if isinstance(total, int) and not isinstance(total, bool) else None,
        token=token if isinstance(token, str) and token else None,
        has_query=query is not None,
    )


def _lists_items(value: Any) -> bool:
    return isinstance(value, list) and any(_read_item(entry, None) is not None for entry in value[:3])


def _read_item(node: Any, color: str | None) -> Artwork | None:
    """Read a list as an artwork: title, artist, picture and page stand side by side."""
    if not isinstance(node, list):
        return None
    place = next((k for k, value in enumerate(node[:6]) if isinstance(value, str) and "/asset/" in value), None)
    asset_id = None if place is None else read_asset_id(node[place])
    if place is None or asset_id is None:
        return None
    details = next((value for value in node[place + 1 :] if isinstance(value, list) and asset_id in value), [])
    at = details.index(asset_id) if details else 0
    aspect = _at(details, at + 1)
    is_number = isinstance(aspect, int | float) and not isinstance(aspect, bool)
    return Artwork(
        asset_id=asset_id,
        color=color or "",
        page=make_well_formed(node[place]),
        image=_text_at(node, place - 1),
        title=_text_at(node, place - 3),
        artist=_text_at(node, place - 2),
        partner=_text_at(details, at + 12),
        aspect=float(aspect) if is_number and 0 < aspect < float("inf") else None,
        tint=next((value for value in node[place + 1 :] if isinstance(value, str) and _TINT.fullmatch(value)), None),
    )


def _at(node: list[Any], place: int) -> Any:
    return node[place] if 0 <= place < len(node) else None


def _text_at(node: list[Any], place: int) -> str | None:
    """Return the text at a place as a page shows it, white space made single; None if there is none."""
    text = _at(node, place)
    return " ".join(make_well_formed(text).split()) or None if isinstance(text, str) else None
