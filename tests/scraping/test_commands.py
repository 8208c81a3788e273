import shutil
from pathlib import Path
from unittest.mock import Mock

import pytest

from src.errors import EXIT_PARTIAL, MissingToolError
from src.gallery.process import GalleryProcess
from src.gallery.site.faults import Faults
from src.scraping.browser import install as installer
from src.scraping.command import main
from src.scraping.summary import ColourSummary, RunSummary
from tests.support.scraper_runs import open_gallery


@pytest.mark.parametrize(
    "arguments",
    [
        ["--colours", "MAUVE"],
        ["--limit", "0"],
        ["--browsers", "0"],
        ["--image-size", "3"],
        ["--pause", "-1"],
        ["--pause", "nan"],
        ["--contact", "two\nlines"],
        ["--retry-failed", "--relist"],
        ["--source", "google"],
        ["--base-url", "nonsense"],
        ["--base-url", "http://127.0.0.1:1", "--list", "x.csv"],
    ],
)
def test_wrong_usage_is_exit_code_2(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SCRAPER_CONTACT", raising=False)
    assert main([*arguments, "--workspace", str(tmp_path)]) == 2
    assert "error:" in capsys.readouterr().err


def test_the_gallery_is_the_default_and_has_the_options_given_and_a_run_in_part_is_shown_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Mock(return_value=RunSummary(colours={"RED": ColourSummary("RED", "partial", reason="titled [/beta]")}))
    monkeypatch.setattr("src.scraping.command.collect", run)
    gallery = "--artworks 240 --seed 3 --proportions site --labels /l.csv --images /img"
    assert main(f"--colours red --hl de --workspace {tmp_path} {gallery}".split()) == EXIT_PARTIAL
    assert "titled [/beta]" in capsys.readouterr().out
    settings = run.call_args.args[0]
    assert (settings.source, settings.colours, settings.language) == ("gallery", ("RED",), "de")
    assert set(gallery.split()) == set(settings.gallery.arguments)


@pytest.mark.browser
def test_the_contract_is_checked(gallery: GalleryProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--check", "--colours", "RED", "--workspace", str(tmp_path)]
    assert main([*arguments, "--base-url", gallery.base_url]) == 0
    assert "changed" not in capsys.readouterr().out
    with open_gallery(Faults(missing_bgsrc=1.0)) as changed:
        assert main([*arguments, "--base-url", changed.base_url]) == 4
    assert "0 of 5" in capsys.readouterr().out


def test_without_any_browser_the_message_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("offline")

    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(installer, "ask_selenium_manager", fail)
    with pytest.raises(MissingToolError, match="apt-get install chromium"):
        installer.install_browser()
