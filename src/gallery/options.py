"""Command line options made from the fields of a settings class, and back: each option is defined once."""

import argparse
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from src.errors import UsageError

PROBABILITY_PREFIX: Final = "--fault-"


def option(
    default: Any,
    meaning: str,
    *,
    read: Callable[[str], Any] = str,
    metavar: str | None = None,
    choices: tuple[str, ...] = (),
    limits: tuple[float, float] | None = None,
    flag: str | None = None,
    is_probability: bool = False,
) -> Any:
    """Make a field of a frozen dataclass that is an option of the command line too.

    Parameters
    ----------
    default
        Its value where the option is not given; a tuple takes several words.
    meaning
        For the help.
    read, metavar, choices
        How its words are read, what stands for them in the help, and the only ones allowed.
    limits
        Smallest and largest value.
    flag
        Its name on the command line; by default made from the field's.
    is_probability
        Whether it is a fault's probability: from 0 to 1, and 1 where the option stands without a value.
    """
    if is_probability:
        read, metavar, limits = float, "P", (0, 1)
    return dataclasses.field(
        default=default,
        metadata={
            "help": meaning,
            "read": read,
            "metavar": metavar,
            "choices": choices,
            "limits": limits,
            "flag": flag,
            "is_probability": is_probability,
        },
    )


def list_options(kind: Any) -> dict[str, dataclasses.Field[Any]]:
    """Return the fields of a settings class that are options, by flag."""
    fields = [entry for entry in dataclasses.fields(kind) if "read" in entry.metadata]
    prefixes = {True: PROBABILITY_PREFIX, False: "--"}
    return {
        entry.metadata["flag"] or prefixes[entry.metadata["is_probability"]] + entry.name.replace("_", "-"): entry
        for entry in fields
    }


def add_options(parser: argparse._ActionsContainer, kind: Any) -> None:
    """Add an option for each field."""
    for flag, entry in list_options(kind).items():
        facts, default = entry.metadata, entry.default
        shown = f" (default {default})" if isinstance(default, str | int | float) and default not in ("", 0.0) else ""
        words: dict[str, Any] = {"dest": flag, "default": argparse.SUPPRESS, "help": facts["help"] + shown}
        if facts["choices"]:
            words["choices"] = facts["choices"]
        else:
            words |= {"type": facts["read"], "metavar": facts["metavar"]}
        if facts["is_probability"]:
            words |= {"nargs": "?", "const": 1.0}
        elif isinstance(default, tuple):
            words["nargs"] = "+"
        parser.add_argument(flag, **words)


def read_options(options: argparse.Namespace, kind: Any) -> dict[str, Any]:
    """Return the fields that were given on a command line, by name."""
    given = vars(options)
    return {entry.name: given[flag] for flag, entry in list_options(kind).items() if flag in given}


def write_options(settings: Any) -> tuple[str, ...]:
    """Return the command line that says the same as some settings, for another process."""
    words: list[str] = []
    for flag, entry in list_options(settings).items():
        value = getattr(settings, entry.name)
        if value != entry.default:
            values = value if isinstance(value, tuple) else (value.resolve() if isinstance(value, Path) else value,)
            words += [flag, *map(str, values)]
    return tuple(words)


def check_options(settings: Any) -> None:
    """Hold each value to its limits and choices.

    Raises
    ------
    UsageError
        If one is out of its range.
    """
    for flag, entry in list_options(settings).items():
        value, limits, choices = getattr(settings, entry.name), entry.metadata["limits"], entry.metadata["choices"]
        if choices and value not in choices:
            raise UsageError(f"{flag} {value}: expected one of {' '.join(choices)}")
        if limits and value is not None and not limits[0] <= value <= limits[1]:
            most = "" if limits[1] == float("inf") else f" to {limits[1]:g}"
            raise UsageError(f"{flag} {value}: expected {limits[0]:g}{most or ' or more'}")
