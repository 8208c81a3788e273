"""One gallery and one browser for all tests of the scraper; small web servers for odd pages."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from src.gallery.process import GalleryProcess
from src.paths import Workspace
from src.scraping.browser.browser import Browser, BrowserSettings
from tests.support.page_servers import PageServers
from tests.support.scraper_runs import open_gallery, scrape


@pytest.fixture(scope="session", autouse=True)
def keep_selenium_offline() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SE_OFFLINE", "true")
        patch.setenv("SE_AVOID_STATS", "true")
        yield


@pytest.fixture(scope="session")
def gallery() -> Iterator[GalleryProcess]:
    with open_gallery() as process:
        yield process


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with Browser(BrowserSettings(mark=f"tests-shared-{os.getpid()}.")) as one:
        yield one


@pytest.fixture(scope="session")
def undisturbed(gallery: GalleryProcess, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The workspace of a whole run with two browsers that nothing disturbed."""
    workspace = Workspace(tmp_path_factory.mktemp("undisturbed"))
    assert scrape(workspace, gallery, browsers=2).exit_code == 0
    return workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def servers() -> Iterator[PageServers]:
    """Small servers for odd pages."""
    with PageServers() as some:
        yield some
