"""Whole runs with real browsers: nothing lost, nothing twice, whatever happens on the way."""

import io
import json
import os
import random
import time

import pytest
from rich.console import Console

from benchmarks.measuring import list_scraper_processes
from src.errors import EXIT_PARTIAL, BlockedError, WorkspaceLockedError
from src.gallery.process import GalleryProcess
from src.gallery.site.faults import Faults
from src.paths import Workspace
from src.scraping.browser.marks import find_marked, make_run_mark
from src.scraping.collect import collect
from src.scraping.settings import CollectSettings
from src.scraping.store.placement import incoming_dir
from src.scraping.store.store import lock_workspace
from src.tables import INTERIM, RAW, read_table
from tests.support.page_servers import PageServers
from tests.support.scraper_runs import ARTWORKS, open_gallery, read_listed, read_result, scrape, start_command
from tests.support.waiting import wait_for

pytestmark = pytest.mark.browser

HALF = dict.fromkeys(("consent", "banner", "renamed_classes", "untagged", "endless"), 0.5)
THIRD = dict.fromkeys(("missing_bgsrc", "never_loads"), 0.3)
TENTH = dict.fromkeys(("drop", "list_garbled", "image_truncated", "image_empty", "image_not_image", "image_error"), 0.1)
MENDABLE = Faults(list_error=0.2, **HALF, **THIRD, **TENTH)


def test_no_tile_is_lost(undisturbed: Workspace) -> None:
    raw, interim = read_table(undisturbed.raw_table, RAW), read_table(undisturbed.interim_table, INTERIM)
    files = {path.name for path in undisturbed.image_dir.iterdir()}
    run = json.loads(undisturbed.run_file.read_text("utf-8"))
    assert (len(raw), len(interim), run["found"], run["downloaded"]) == (ARTWORKS,) * 4
    assert set(interim["filename"]) == files == {f"{index}.jpg" for index in range(ARTWORKS)}
    assert (interim["status"] == "ok").all()
    assert raw[["title", "aspect", "partner"]].notna().all(axis=None)
    assert raw["artist"].isna().any()  # the gallery knows works without one, as the site does
    assert {colour["state"] for colour in run["colours"].values()} == {"complete"}
    assert not incoming_dir(undisturbed).exists()
    assert not find_marked(make_run_mark(undisturbed.root))


def test_a_storm_of_faults_gives_the_same_bytes(undisturbed: Workspace, workspace: Workspace) -> None:
    summary = scrape(workspace, MENDABLE)
    assert summary.failures == {}
    assert read_result(workspace) == read_result(undisturbed)


def test_a_colour_without_artworks_is_complete(gallery: GalleryProcess, workspace: Workspace) -> None:
    summary = scrape(workspace, gallery, colours=("TEAL",))
    assert summary.colours["TEAL"].state == "complete"
    assert (summary.found, summary.exit_code) == (0, 0)
    assert not workspace.raw_table.exists()


def test_a_rerun_fetches_only_what_is_missing_or_spoilt(undisturbed: Workspace, gallery: GalleryProcess) -> None:
    before, listed = read_result(undisturbed), read_listed(undisturbed)
    again = scrape(undisturbed, gallery)
    assert (again.fetched, again.exit_code) == (0, 0)
    assert (read_result(undisturbed), read_listed(undisturbed)) == (before, listed)
    (undisturbed.image_dir / "7.jpg").unlink()
    (undisturbed.image_dir / "9.jpg").write_bytes(b"spoilt")
    again = scrape(undisturbed, gallery)
    assert again.fetched == 2
    kept = undisturbed.image_dir / "9.kept.jpg"
    assert kept.read_bytes() == b"spoilt"
    assert any("9.kept.jpg" in note for note in again.notes)
    kept.unlink()
    assert read_result(undisturbed) == before


def test_rows_keep_their_files_when_the_limit_grows(
    undisturbed: Workspace, gallery: GalleryProcess, workspace: Workspace
) -> None:
    common = {"colours": ("PINK", "RED"), "browsers": 1}
    listed = scrape(workspace, gallery, limit=3, list_only=True, **common)
    assert (listed.found, listed.fetched, listed.exit_code) == (6, 0, 0)
    assert set(read_table(workspace.interim_table, INTERIM)["status"]) == {"pending"}
    for limit, fetched, listed_again in ((3, 6, 0), (8, 10, 10)):
        summary = scrape(workspace, gallery, limit=limit, **common)
        table = read_table(workspace.interim_table, INTERIM)
        assert table["color"].value_counts().to_dict() == {"PINK": limit, "RED": limit}
        assert (summary.fetched, summary.exit_code) == (fetched, 0)
        assert sum(colour.new for colour in summary.colours.values()) == listed_again
    whole = read_table(undisturbed.interim_table, INTERIM).set_index("asset_id")["sha256"]
    assert table["sha256"].tolist() == whole.loc[table["asset_id"]].tolist()


def test_a_block_keeps_everything_and_the_next_run_goes_on(undisturbed: Workspace, workspace: Workspace) -> None:
    with open_gallery(Faults(block_after=4, block_seconds=3)) as blocking:
        assert scrape(workspace, blocking, browsers=1).exit_code == BlockedError.exit_code
        collected = len(read_table(workspace.raw_table, RAW))
        assert 0 < collected < ARTWORKS
        for _ in range(20):
            time.sleep(3.1)
            summary = scrape(workspace, blocking, browsers=1)
            assert len(read_table(workspace.raw_table, RAW)) >= collected
            if summary.exit_code != BlockedError.exit_code:
                break
    assert summary.exit_code == 0
    assert read_result(workspace) == read_result(undisturbed)


def test_what_failed_has_its_reason_and_is_tried_again(gallery: GalleryProcess, workspace: Workspace) -> None:
    summary = scrape(workspace, Faults(image_gone=0.4), colours=("PINK",))
    table = read_table(workspace.interim_table, INTERIM)
    failed = table[table["status"] == "failed"]
    assert len(failed) == sum(summary.failures.values()) > 0
    assert failed["reason"].str.contains("404").all()
    assert failed["filename"].isna().all()
    assert summary.exit_code == EXIT_PARTIAL
    again = scrape(workspace, gallery, colours=("PINK",), retry_failed=True)
    assert again.fetched == len(failed)
    assert again.exit_code == 0
    assert (read_table(workspace.interim_table, INTERIM)["status"] == "ok").all()


def test_manners_count_where_they_are_asked_for(workspace: Workspace) -> None:
    console = Console(record=True, width=200, file=io.StringIO())
    polite = {"colours": ("PINK",), "is_polite": True, "contact": "me@example.org", "pause": 0.01}
    with open_gallery(Faults(image_opt_out=0.5)) as reserving:
        first = scrape(workspace, reserving, console, **polite)
        scrape(workspace, reserving, console, **polite)
    reasons = read_table(workspace.interim_table, INTERIM)["reason"].dropna()
    assert 0 < len(reasons) == sum(first.failures.values()) < first.found
    assert set(reasons) == {"the picture is reserved by its owner (X-Robots-Tag: noai, noimageai)"}
    assert console.export_text().count("Terms and rights") == 1


@pytest.mark.parametrize(
    ("rule", "words"), [("Disallow: /", "does not allow /color"), ("Crawl-delay: 90000", "asks for 90,000 s between")]
)
def test_robots_are_obeyed(servers: PageServers, workspace: Workspace, rule: str, words: str) -> None:
    robots = servers.serve(f"User-agent: *\n{rule}\n", headers={"Content-Type": "text/plain"})
    with pytest.raises(BlockedError, match=words):
        scrape(workspace, robots, is_polite=True, contact="me@example.org")


def test_two_runs_do_not_share_a_workspace(workspace: Workspace) -> None:
    with lock_workspace(workspace), pytest.raises(WorkspaceLockedError, match=f"process {os.getpid()}"):
        collect(CollectSettings(workspace=workspace, base_url="http://127.0.0.1:9"))
    with lock_workspace(workspace):
        pass


def test_killed_again_and_again_the_result_is_the_same(
    undisturbed: Workspace, gallery: GalleryProcess, workspace: Workspace
) -> None:
    """The parent, a worker and a browser get SIGKILL; ``benchmarks/ordeals/kill_storm.py`` does it 30 times."""
    dice = random.Random(4)
    mark = make_run_mark(workspace.root)
    for victim in ("browser", "worker", "parent"):
        with start_command(workspace, gallery.base_url) as process:
            target = len(read_listed(workspace)) + dice.randrange(5, 30)
            assert wait_for(lambda: len(read_listed(workspace)) >= target or process.poll() is not None)  # noqa: B023
            if process.poll() is not None:
                break
            if victim == "parent":
                process.kill()
            else:
                dice.choice(list_scraper_processes(process.pid)[victim]).kill()
                assert process.wait(90) == 0
        assert wait_for(lambda: not find_marked(mark)), "browsers are left"
    summary = scrape(workspace, gallery)
    assert summary.exit_code == 0
    assert read_result(workspace) == read_result(undisturbed)
