import json
from typing import Any

import pytest

from src.scraping.page.data import parse_blocks

ID = "bgEuwDxel93-Pg"
NEXT = "opaque"


def make_item(*, is_tagged: bool = True, **changes: Any) -> list[Any]:
    facts = [ID, 1.5, *[None] * 10, "Musée d'Orsay"]
    fields = {"title": "The Magpie", "artist": "Claude Monet", "image": "//lh3.x/ci/tok", "facts": facts} | changes
    item = [fields["title"], fields["artist"], fields["image"], f"/asset/the-magpie/{ID}", 8, None, None, "#eee", None]
    item.append(fields["facts"])
    return ["stella.common.cobject", *item] if is_tagged else item


def make_block(items: list[Any], token: Any = None, *, is_tagged: bool = True) -> list[Any]:
    return [*["stella.pr"][:is_tagged], "AssetsQuery:5e", items, None, 1, None, None, None, token]


@pytest.mark.parametrize("is_tagged", [True, False])
@pytest.mark.parametrize("prefix", [")]}'\n", ")]}'\r\n\n", "", "  )]}',\n"])
@pytest.mark.parametrize("depth", [0, 2])
def test_an_item_is_read_in_every_layout(is_tagged: bool, prefix: str, depth: int) -> None:
    tree: Any = make_block([make_item(is_tagged=is_tagged)], token=NEXT, is_tagged=is_tagged)
    for _ in range(depth):
        tree = [tree, ["di", 12]]
    (block,) = parse_blocks(prefix + json.dumps(tree))
    assert (block.total, block.token, block.color) == (1, NEXT, None)
    (item,) = block.items
    assert (item.asset_id, item.title, item.artist) == (ID, "The Magpie", "Claude Monet")
    assert (item.partner, item.aspect, item.image) == ("Musée d'Orsay", 1.5, "//lh3.x/ci/tok")


@pytest.mark.parametrize("token", [None, False, 0, [], {}, ""])
def test_a_token_that_is_no_text_is_the_end(token: Any) -> None:
    (block,) = parse_blocks(json.dumps([make_block([make_item()], token)]))
    assert block.token is None
    (trimmed,) = parse_blocks('[["stella.pr", "AssetsQuery:5e", null, null, 700]]')
    assert (trimmed.token, trimmed.has_query, trimmed.items, trimmed.total) == (None, True, (), 700)


def test_missing_fields_are_none() -> None:
    (block,) = parse_blocks(json.dumps([make_block([make_item(title=None, artist=None, image=None, facts=None)])]))
    (item,) = block.items
    assert (item.title, item.artist, item.image, item.partner, item.aspect) == (None, None, None, None, None)


@pytest.mark.parametrize("text", ["", "<html>", "null", '{"a": 1}', '["RED", "RED"]', "[" * 500 + "]" * 500, None])
def test_anything_else_lists_nothing(text: str | None) -> None:
    assert parse_blocks(text) == []


def test_links_to_other_things_are_no_items_and_half_a_surrogate_pair_can_be_written() -> None:
    viewer = ["stella.common.cobject", "Viewer", None, None, "/asset/viewer", 3]
    (block,) = parse_blocks(json.dumps([make_block([viewer, make_item(title="broken \ud83d title")])]))
    (item,) = block.items
    assert str(item.title).encode("utf-8")
