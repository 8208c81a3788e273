"""One gallery and one browser for all tests of the scraper; small web servers for odd pages."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from src.gallery.process import GalleryProcess
from src.gallery.site.faults import Faults
from src.paths import Workspace
from src.scraping.browser import Browser, BrowserSettings
from src.scraping.collect import collect
from src.scraping.run_file import RunSummary
from src.scraping.settings import CollectSettings

ARTWORKS = 180
SEED = 5
COLOURS = ("PINK", "RED", "BLACK")


def open_gallery(faults: Faults | None = None) -> GalleryProcess:
    """A gallery of the same artworks, with other faults."""
    return GalleryProcess(ARTWORKS, seed=SEED, colours=COLOURS, workers=1, faults=faults)


def make_settings(workspace: Workspace, gallery: GalleryProcess, **changes: Any) -> CollectSettings:
    """The settings of a run over the whole gallery."""
    return CollectSettings(**{"workspace": workspace, "base_url": gallery.base_url, "colours": COLOURS, **changes})


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
    with Browser(BrowserSettings(mark="tests-shared.")) as one:
        yield one


@pytest.fixture(scope="session")
def undisturbed(gallery: GalleryProcess, tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, RunSummary]:
    """A whole run with two browsers that nothing disturbed."""
    workspace = Workspace(tmp_path_factory.mktemp("undisturbed"))
    return workspace, collect(make_settings(workspace, gallery, browsers=2))


@pytest.fixture
def serve_page() -> Iterator[Callable[..., str]]:
    """Serve one page at every address: ``serve_page(html, status=200)`` gives the base URL."""
    servers: list[ThreadingHTTPServer] = []

    def serve(html: str, status: int = 200, headers: dict[str, str] | None = None) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = html.encode()
                self.send_response(status)
                for name, value in {"Content-Type": "text/html", **(headers or {})}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - as above
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def read_result(workspace: Workspace) -> dict[str, bytes]:
    """Every byte that a run must reproduce: both tables and all thumbnails."""
    paths = [workspace.raw_table, workspace.interim_table, *sorted(workspace.image_dir.iterdir())]
    return {path.relative_to(workspace.root).as_posix(): path.read_bytes() for path in paths}


def find_listing_lines(workspace: Workspace) -> dict[str, list[str]]:
    """Lines of the listing journals, by colour."""
    return {path.stem: path.read_text("utf-8").splitlines() for path in sorted(Path(workspace.journal_dir).iterdir())}
