"""The data dictionary: every column of every CSV file, written from the tables' own definitions."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pandera.pandas import Column

from src.errors import EXIT_PARTIAL
from src.files import write_text
from src.paths import PROJECT_ROOT
from src.tables import TABLES

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


def build_dictionary() -> str:
    """Write the dictionary of the tables as Markdown, a line for each column."""
    sections = [_HEAD]
    for table in TABLES:
        sections += [f"## {table.name}: `{table.title}`\n", f"{table.description}\n"]
        sections += [
            "| column | type | unit or format | range | empty | meaning | source |",
            "|---|---|---|---|---|---|---|",
        ]
        sections += [f"| `{name}` | {_describe_column(column)} |" for name, column in table.columns.items()]
        sections.append("")
    return "\n".join(sections)


def _describe_column(column: Column) -> str:
    kind = {"int64": "integer", "float64": "number"}.get(str(column.dtype), "text")
    limits = {name: value for check in column.checks for name, value in (check.statistics or {}).items()}
    if "allowed_values" in limits:
        values = ", ".join(f"`{value}`" for value in limits["allowed_values"])
    elif "max_value" in limits:
        values = f"{limits['min_value']:g}–{limits['max_value']:g}"
    elif "min_value" in limits:
        values = f"≥ {limits['min_value']:g}"
    else:
        values = f"`{limits['pattern']}`" if "pattern" in limits else "any"
    return " | ".join(
        (
            f"{kind}, unique" if column.unique else kind,
            column.metadata["unit"],
            values,
            "yes" if column.nullable else "no",
            column.description,
            column.metadata["source"],
        )
    )


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
