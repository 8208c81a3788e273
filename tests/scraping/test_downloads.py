from collections.abc import Iterator
from pathlib import Path

import pytest

from src.gallery.process import GalleryProcess
from src.paths import Workspace
from src.scraping.artwork import Addresses, Artwork
from src.scraping.downloads import Downloads, Thumbnails
from src.scraping.get_img import DownloadOutcome
from src.scraping.ledger import Ledger
from src.scraping.placement import incoming_dir
from src.scraping.politeness import choose_manners

OK = DownloadOutcome("bgEuwDxel93-Pg", "ok", sha256="ab")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    one = Ledger(Workspace(tmp_path), "jpeg-218")
    yield one
    one.close()


def test_the_ledger_remembers_but_not_a_block(ledger: Ledger, tmp_path: Path) -> None:
    ledger.note([OK, DownloadOutcome("a", "failed", detail="gone"), DownloadOutcome("b", "blocked", detail="429")])
    again = Ledger(Workspace(tmp_path), "jpeg-218")
    assert again.outcome("bgEuwDxel93-Pg") == OK
    assert again.outcome("a") == DownloadOutcome("a", "failed", detail="gone")
    assert again.outcome("b") is None
    again.forget(["bgEuwDxel93-Pg"])
    assert again.outcome("bgEuwDxel93-Pg") is None


def test_thumbnails_of_another_kind_count_as_not_fetched(ledger: Ledger, tmp_path: Path) -> None:
    ledger.note([OK])
    assert Ledger(Workspace(tmp_path), "webp-218").outcome("bgEuwDxel93-Pg") is None


def test_a_later_outcome_counts(ledger: Ledger, tmp_path: Path) -> None:
    ledger.note([DownloadOutcome("bgEuwDxel93-Pg", "failed", detail="slow"), OK])
    assert Ledger(Workspace(tmp_path), "jpeg-218").outcome("bgEuwDxel93-Pg") == OK


def test_trouble_that_may_pass_is_told_from_the_rest(ledger: Ledger, tmp_path: Path) -> None:
    ledger.note(
        [OK, DownloadOutcome("gone", "failed", detail="404"), DownloadOutcome("slow", "failed", is_passing=True)]
    )
    for one in (ledger, Ledger(Workspace(tmp_path), "jpeg-218")):
        names = ("bgEuwDxel93-Pg", "gone", "slow", "never asked for")
        assert [one.has_file(name) for name in names] == [True, False, False, False]
        assert [one.has_failed(name) for name in names] == [False, True, True, False]
        assert [one.has_failed(name, is_passing=True) for name in names] == [False, False, True, False]


def test_every_thumbnail_has_an_outcome(ledger: Ledger, tmp_path: Path, gallery: GalleryProcess) -> None:
    workspace, addresses = Workspace(tmp_path), Addresses(gallery.base_url)
    artworks = [
        Artwork("aaaaaaaaaaaaaa", "RED", None, "https://gallery.invalid/asset/aaaaaaaaaaaaaa"),
        Artwork("bbbbbbbbbbbbbb", "RED", "https://gallery.invalid/ci/none", "https://gallery.invalid/asset/x"),
    ]
    with Downloads(
        ledger,
        incoming_dir(workspace),
        addresses=addresses,
        manners=choose_manners(addresses, contact=None),
        thumbnails=Thumbnails(),
    ) as downloads:
        downloads.ask(artworks)
        downloads.ask(artworks)
        while downloads.open_count:
            downloads.collect(wait_seconds=0.2)
    assert downloads.tally == {"failed": 2}
    assert "no address" in str(ledger.outcome("aaaaaaaaaaaaaa"))
    assert "404" in str(ledger.outcome("bbbbbbbbbbbbbb"))
