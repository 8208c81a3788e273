"""The data dictionary is what its command writes, and a stale one is noticed."""

from pathlib import Path

from tools.data_dictionary import build_dictionary, main


def test_the_committed_file_is_what_the_command_writes() -> None:
    assert main(["--check"]) == 0, "run python -m tools.data_dictionary"


def test_a_stale_dictionary_is_noticed_and_written_anew(tmp_path: Path) -> None:
    stale = tmp_path / "data_dictionary.md"
    stale.write_text(build_dictionary().replace("| `title` |", "| `name` |", 1))
    assert main(["--check", "--output", str(stale)]) == 1
    assert main(["--output", str(stale)]) == 0
    assert main(["--check", "--output", str(stale)]) == 0
