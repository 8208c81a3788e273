"""The data dictionary, every column of every CSV file: ``python -m tools.data_dictionary`` writes it anew."""

import sys
from pathlib import Path
from typing import Final

from pandera.pandas import Column

from src.files import write_text
from src.paths import PROJECT_ROOT
from src.tables import TABLES

DICTIONARY_PATH: Final[Path] = PROJECT_ROOT / "references" / "data_dictionary.md"

_HEAD: Final = """\
# Data dictionary

Every column of every CSV file of the project, in the order of the file. Written from `src/tables.py` by
`python -m tools.data_dictionary`; a test fails when the two differ. The same module holds every table
to these types, ranges and patterns (pandera) when a stage writes it and when the next one reads it.

Paths are relative to a workspace (by default the project root). Files are UTF-8 with Unix line ends and one header row;
an empty cell is a missing value. What was scraped *when* stands in `data/interim/run.json` and in no CSV file, so that
two runs give the same bytes.
"""


def build_dictionary() -> str:
    """Write the dictionary of the tables as Markdown, a line for each column."""
    lines = [_HEAD]
    for table in TABLES:
        lines += [f"## {table.name}: `{table.title}`\n", f"{table.description}\n"]
        lines += [
            "| column | type | unit or format | range | empty | meaning | source |",
            "|---|---|---|---|---|---|---|",
        ]
        lines += [f"| `{name}` | {_describe_column(column)} |" for name, column in table.columns.items()]
        lines.append("")
    return "\n".join(lines)


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
    kind = f"{kind}, unique" if column.unique else kind
    unit, source = column.metadata["unit"], column.metadata["source"]
    return " | ".join((kind, unit, values, "yes" if column.nullable else "no", column.description, source))


if __name__ == "__main__":
    write_text(DICTIONARY_PATH, build_dictionary())
    sys.stdout.write(f"wrote {DICTIONARY_PATH}\n")
