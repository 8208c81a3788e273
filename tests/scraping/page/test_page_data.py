import json
from typing import Any

import pytest

from src.scraping.artwork import Artwork
from src.scraping.page.data import Block, parse_blocks

ID = "bgEuwDxel93-Pg"
PAGE, IMAGE = f"/asset/the-magpie/{ID}", "//lh3.x/ci/tok"
FACTS = [ID, 1.5, *[None] * 10, "Musée d'Orsay"]
ITEM = ["stella.common.cobject", "The Magpie", "Claude Monet", IMAGE, PAGE, 8, None, None, "#eeeeee", None, FACTS]
READ = Artwork(ID, "", IMAGE, PAGE, "The Magpie", "Claude Monet", "Musée d'Orsay", 1.5, "#eeeeee")


def read_block(*items: Any, token: Any = None) -> Block:
    (block,) = parse_blocks(json.dumps(["stella.pr", "AssetsQuery:5e", items, None, 1, None, None, None, token]))
    return block


@pytest.mark.parametrize("tags", [0, 1])
@pytest.mark.parametrize("prefix", [")]}'\n", ")]}'\r\n\n", "", "  )]}',\n"])
@pytest.mark.parametrize("depth", [0, 2])
def test_an_item_is_read_in_every_layout(tags: int, prefix: str, depth: int) -> None:
    tree: Any = ["stella.pr", "AssetsQuery:5e", [ITEM[1 - tags :]], None, 1, None, None, None, "next"][1 - tags :]
    for _ in range(depth):
        tree = [tree, ["di", 12]]
    assert parse_blocks(prefix + json.dumps(tree)) == [Block(None, (READ,), 1, "next", has_query=True)]


@pytest.mark.parametrize("token", [None, False, 0, [], {}, ""])
def test_a_token_that_is_no_text_is_the_end(token: Any) -> None:
    assert read_block(ITEM, token=token).token is None


def test_a_last_block_may_end_with_its_size() -> None:
    assert parse_blocks('["stella.pr", "AssetsQuery:5e", null, null, 700]') == [Block(None, (), 700, None, True)]


def test_missing_fields_are_none() -> None:
    assert read_block(["tag", None, None, None, PAGE]).items == (Artwork(ID, "", None, PAGE),)


def test_links_to_other_things_are_no_items_and_half_a_surrogate_pair_can_be_written() -> None:
    viewer = ["stella.common.cobject", "Viewer", None, None, "/asset/viewer", 3]
    (item,) = read_block(viewer, ["tag", "broken \ud83d title", None, None, PAGE]).items
    assert str(item.title).encode("utf-8")


@pytest.mark.parametrize("text", ["", "<html>", "null", '{"a": 1}', '["RED", "RED"]', "[" * 500 + "]" * 500, None])
def test_anything_else_lists_nothing(text: str | None) -> None:
    assert parse_blocks(text) == []
