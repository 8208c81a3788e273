from pathlib import Path

import pytest

from src.errors import TableError
from src.scraping.journal import Journal


def test_records_come_back(tmp_path: Path) -> None:
    with Journal(tmp_path / "a" / "j.jsonl") as journal:
        journal.append([{"a": 1}, {"b": "ü\n"}])
        journal.append([])
    assert Journal(tmp_path / "a" / "j.jsonl").records == [{"a": 1}, {"b": "ü\n"}]


@pytest.mark.parametrize("length", range(1, 12))
def test_a_torn_last_line_is_cut_off_and_appending_goes_on(tmp_path: Path, length: int) -> None:
    path = tmp_path / "j.jsonl"
    torn = '{"b":22222}\n'[:length]
    path.write_bytes(b'{"a":1}\n' + torn.encode())
    with Journal(path) as journal:
        assert journal.records == [{"a": 1}]
        journal.append([{"c": 3}])
    assert Journal(path).records == [{"a": 1}, {"c": 3}]


def test_a_broken_line_in_the_middle_is_somebody_elses(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    path.write_bytes(b'{"a":1}\nhello\n{"b":2}\n')
    with pytest.raises(TableError, match="line 2"):
        Journal(path)
