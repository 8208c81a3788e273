"""How the tests read the gallery's pages: by the shapes that the site contract records."""

import json
import re
from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

OpenSite = Callable[..., TestClient]
"""A test's way to open a gallery in its own process."""

INIT_DATA = re.compile(r"window\.INIT_data\['(\w+:[0-9a-f-]{36})'\] = (.*?);</script>", re.DOTALL)


def read_init_data(html: str) -> list[Any]:
    match = INIT_DATA.search(html)
    assert match is not None, "the page carries no INIT_data"
    return json.loads(match[2])


def read_colour_block(html: str, colour: str) -> list[Any]:
    return next(block for _, name, block in read_init_data(html)[5] if name == colour)


def ask_block(site: TestClient, colour: str, language: str = "en") -> list[Any]:
    return read_colour_block(site.get(f"/color?col={colour}&hl={language}").text, colour)


def read_body(text: str) -> list[Any]:
    assert text.startswith(")]}'\n")
    return json.loads(text[5:])


def ask_list(site: TestClient, token: str, size: int | str = 30, **more: str) -> Any:
    query = {"s": str(size), "pt": token, "hl": "en", "_reqid": "100000", "rt": "j", **more}
    return site.get("/api/assets/images/color", params=query)


def read_all_ids(site: TestClient, colour: str) -> list[str]:
    block = ask_block(site, colour)
    ids = [item[10][0] for item in block[2] or []]
    while len(block) > 8:
        block = read_body(ask_list(site, block[8]).text)[0][0]
        ids += [item[10][0] for item in block[2] or []]
    return ids
