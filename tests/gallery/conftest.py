"""Galleries for the tests: in this process where that is enough, in a process of their own where not."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from src.gallery.collection.folder import open_folder
from src.gallery.settings import GallerySettings
from src.gallery.site.app import create_app
from src.gallery.site.faults import Faults
from src.gallery.site.shared_state import SharedState
from tests.support.gallery_pages import OpenSite


@pytest.fixture
def open_site() -> Iterator[OpenSite]:
    """Open a gallery in this process: ``open_site(artworks=…, faults=Faults(…))``."""
    clients: list[TestClient] = []

    def open_one(**settings: Any) -> TestClient:
        gallery = GallerySettings(**settings)
        app = create_app(gallery, SharedState(), open_folder(gallery) if gallery.images else ())
        client = TestClient(app, base_url="http://127.0.0.1:8765", follow_redirects=False)
        client.__enter__()
        clients.append(client)
        return client

    yield open_one
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def spoil(open_site: OpenSite) -> Callable[..., TestClient]:
    """Open a gallery with faults: ``spoil(list_error=0.5)``."""

    def open_spoiled(**faults: Any) -> TestClient:
        return open_site(faults=Faults(**faults))

    return open_spoiled
