"""Tables of Markdown."""

from collections.abc import Sequence


def format_table(headings: Sequence[str], rows: Sequence[Sequence[object]], *, numbers_from: int | None = None) -> str:
    """Write a table, one line a row.

    Parameters
    ----------
    headings, rows
        The cells; their text is taken as it is.
    numbers_from
        The first of the columns that are aligned to the right; None aligns none.
    """
    texts = len(headings) if numbers_from is None else numbers_from
    rule = ["---"] * texts + ["---:"] * (len(headings) - texts)
    return "".join(f"| {' | '.join(map(str, cells))} |\n" for cells in (headings, rule, *rows))
