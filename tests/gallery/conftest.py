"""Galleries in the process of the tests."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
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
    """Open a gallery: ``open_site(artworks=…, faults=Faults(…))``."""
    with ExitStack() as stack:

        def open_one(**settings: Any) -> TestClient:
            gallery = GallerySettings(**settings)
            app = create_app(gallery, SharedState(), open_folder(gallery) if gallery.images else ())
            client = TestClient(app, base_url="http://127.0.0.1:8765", follow_redirects=False)
            return stack.enter_context(client)

        yield open_one


@pytest.fixture
def spoil(open_site: OpenSite) -> Callable[..., TestClient]:
    """Open a gallery with faults: ``spoil(list_error=0.5)``."""
    return lambda **faults: open_site(faults=Faults(**faults))
