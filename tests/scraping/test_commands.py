import io
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from src.errors import MissingToolError
from src.gallery.process import GalleryProcess
from src.gallery.site.faults import Faults
from src.scraping.browser import install as installer
from src.scraping.command import main, read_settings
from src.scraping.summary import ColourSummary, RunSummary, show_summary
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


def test_options_become_settings() -> None:
    settings, is_check = read_settings(
        ["--colours", "red", "blue", "--limit", "5", "--seed", "3", "--check", "--hl", "de"]
    )
    assert is_check
    assert settings.colours == ("BLUE", "RED")
    assert settings.gallery.arguments == ["--seed", "3"]
    assert (settings.limit, settings.language) == (5, "de")


@pytest.mark.browser
def test_the_contract_is_checked(gallery: GalleryProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--check", "--colours", "RED", "--workspace", str(tmp_path)]
    assert main([*arguments, "--base-url", gallery.base_url]) == 0
    assert "changed" not in capsys.readouterr().out
    with open_gallery(Faults(missing_bgsrc=1.0)) as changed:
        assert main([*arguments, "--base-url", changed.base_url]) == 4
    assert "0 of 5" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, 0),
        ({"blocked": "429"}, 3),
        ({"layout_changed": "no tiles"}, 4),
        ({"state": "interrupted"}, 130),
        ({"colours": {"RED": ColourSummary("RED", "partial")}}, 1),
        ({"colours": {"RED": ColourSummary("RED", "complete", found=2, downloaded=1, failed={"gone": 1})}}, 1),
        ({"colours": {"RED": ColourSummary("RED", "limit", found=2, downloaded=2)}}, 0),
    ],
)
def test_exit_codes_and_a_table_without_any_division(changes: dict[str, object], code: int) -> None:
    summary = RunSummary(**changes)  # type: ignore[arg-type]
    console = Console(width=100, file=io.StringIO())
    show_summary(console, summary)
    assert summary.exit_code == code


def test_without_any_browser_the_message_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("offline")

    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(installer, "ask_selenium_manager", fail)
    with pytest.raises(MissingToolError, match="apt-get install chromium"):
        installer.install_browser()
