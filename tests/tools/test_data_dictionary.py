"""The data dictionary has a line for every column of every table."""

from dataclasses import replace
from pathlib import Path

import pytest

from src.tables import TABLES, Column, Table
from tools.data_dictionary import build_dictionary, main


def test_the_committed_file_is_what_the_command_writes() -> None:
    assert main(["--check"]) == 0, "run python -m tools.data_dictionary"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_has_its_line_in_order_and_says_what_it_is(table: Table) -> None:
    lines = [line for line in build_dictionary([table]).splitlines() if line.startswith("| `")]
    assert [line.split("`")[1] for line in lines] == list(table.column_names)
    for column, line in zip(table.columns, lines, strict=True):
        assert column.unit
        assert column.source
        assert len(column.meaning) > 3
        assert column.meaning in line


def test_a_column_without_its_line_is_noticed(tmp_path: Path) -> None:
    newcomer = Column("weight", "number", "kg", "weight of the frame", "asset page", minimum=0.0)
    stale = tmp_path / "data_dictionary.md"
    stale.write_text(build_dictionary([replace(TABLES[0], columns=(*TABLES[0].columns, newcomer)), *TABLES[1:]]))
    assert main(["--check", "--output", str(stale)]) == 1
    assert main(["--output", str(stale)]) == 0
    assert main(["--check", "--output", str(stale)]) == 0
