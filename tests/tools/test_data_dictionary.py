"""The data dictionary has a line for every column of every table."""

from dataclasses import replace
from pathlib import Path

import pytest

from src.tables import TABLES, Column, Table
from tools.data_dictionary import DICTIONARY_PATH, build_dictionary, main


def read_sections(text: str) -> dict[str, list[str]]:
    """Column names that each section of a dictionary has a line for, by the section's heading."""
    sections: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith("## "):
            current = sections.setdefault(line.removeprefix("## "), [])
        elif line.startswith("| `"):
            current.append(line.split("`")[1])
    return sections


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_has_its_line(table: Table) -> None:
    sections = read_sections(DICTIONARY_PATH.read_text("utf-8"))
    documented = sections.get(f"{table.name}: `{table.location}`", [])
    missing = [name for name in table.column_names if name not in documented]
    assert missing == [], "run python -m tools.data_dictionary"
    assert documented == list(table.column_names)


def test_the_file_is_what_the_command_writes() -> None:
    assert main(["--check"]) == 0
    assert DICTIONARY_PATH.read_text("utf-8") == build_dictionary()


def test_a_column_without_its_line_is_noticed(tmp_path: Path) -> None:
    newcomer = Column("weight", "number", "kg", "weight of the frame", "asset page", minimum=0.0)
    changed = (replace(TABLES[0], columns=(*TABLES[0].columns, newcomer)), *TABLES[1:])
    assert build_dictionary(changed) != DICTIONARY_PATH.read_text("utf-8")
    assert "weight" in read_sections(build_dictionary(changed))["raw: `data/raw/pictures.csv`"]
    stale = tmp_path / "data_dictionary.md"
    stale.write_text(build_dictionary(changed), "utf-8")
    assert main(["--check", "--output", str(stale)]) == 1
    assert main(["--output", str(stale)]) == 0
    assert main(["--check", "--output", str(stale)]) == 0


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_says_what_it_is(table: Table) -> None:
    for column in table.columns:
        assert column.unit
        assert column.meaning
        assert column.source
        assert column.kind in {"text", "integer", "number"}
    assert table.rows
