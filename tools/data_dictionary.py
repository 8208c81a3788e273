"""The data dictionary: every column of every CSV file, written from the tables' own definitions."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from src.errors import EXIT_PARTIAL
from src.files import write_text
from src.paths import PROJECT_ROOT
from src.tables import TABLES, Column, Table

DICTIONARY_PATH: Final = PROJECT_ROOT / "references" / "data_dictionary.md"

_HEAD: Final = """\
# Data dictionary

Every column of every CSV file of the project, in the order of the file. Written from `src/tables.py` by
`python -m tools.data_dictionary`; a test fails when the two differ. `src/table_files.py` holds every table
to these types, ranges and patterns (pandera) when a stage writes it and when the next one reads it.

Paths are relative to a workspace (by default the project root). Files are UTF-8 with Unix line ends and one header row;
an empty cell is a missing value. What was scraped *when* stands in `data/interim/run.json` and in no CSV file, so that
two runs give the same bytes.
"""


def build_dictionary(tables: Sequence[Table] = TABLES) -> str:
    """Write the dictionary of tables as Markdown, a line for each column."""
    sections = [_HEAD]
    for table in tables:
        sections.append(f"## {table.name}: `{table.location}`\n")
        sections.append(f"{table.rows}\n")
        sections.append(
            "| column | type | unit or format | range | empty | meaning | source |\n|---|---|---|---|---|---|---|"
        )
        sections.extend(_describe_column(column) for column in table.columns)
        sections.append("")
    return "\n".join(sections)


def _describe_column(column: Column) -> str:
    return (
        f"| `{column.name}` | {column.kind}{', unique' if column.is_unique else ''} | {column.unit} "
        f"| {_describe_range(column)} | {'yes' if column.is_optional else 'no'} | {column.meaning} | {column.source} |"
    )


def _describe_range(column: Column) -> str:
    if column.values:
        return ", ".join(f"`{value}`" for value in column.values)
    if column.minimum is not None and column.maximum is not None:
        return f"{column.minimum:g}–{column.maximum:g}"
    if column.minimum is not None:
        return f"≥ {column.minimum:g}"
    if column.pattern is not None:
        return f"`{column.pattern.replace('|', chr(92) + '|')}`"
    return "any"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the dictionary, or check it; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.data_dictionary", description=__doc__)
    parser.add_argument("--output", type=Path, default=DICTIONARY_PATH, help="default: references/data_dictionary.md")
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 if the file would change")
    options = parser.parse_args(arguments)
    wanted = build_dictionary()
    if options.check:
        is_current = options.output.is_file() and options.output.read_text("utf-8") == wanted
        sys.stdout.write(f"{options.output.name} is {'up to date' if is_current else 'not up to date'}\n")
        return 0 if is_current else EXIT_PARTIAL
    write_text(options.output, wanted)
    sys.stdout.write(f"wrote {options.output}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
