"""Settings of which each field is an option of the command line too: defined, limited and explained once."""

import argparse
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from src.errors import UsageError

Probability = Annotated[float, Field(ge=0, le=1)]
"""A fault's probability: its option begins with ``--fault-`` and means 1 where it stands without a value."""


def option(meaning: str, default: Any = 0.0, **limits: Any) -> Any:
    """Define a field that is an option: its help, its default, and further arguments of pydantic's ``Field``."""
    return Field(default=default, description=meaning, **limits)


def is_probability(field: FieldInfo) -> bool:
    """Whether a field is a :data:`Probability`."""
    return any(getattr(limit, "le", None) == 1 for limit in field.metadata)


class Options(BaseModel):
    """Settings; a field's title, if it has one, is its flag, and one without description is no option."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def list_flags(cls) -> dict[str, str]:
        """Return the names of the fields that are options, by flag."""
        return {
            field.title or ("--fault-" if is_probability(field) else "--") + name.replace("_", "-"): name
            for name, field in cls.model_fields.items()
            if field.description
        }

    @classmethod
    def add_to(cls, parser: argparse._ActionsContainer) -> None:
        """Add an option for each field."""
        for flag, name in cls.list_flags().items():
            field = cls.model_fields[name]
            shown = f" (default {field.default})" if field.default else ""
            words: dict[str, Any] = {"metavar": name.upper()}
            if get_origin(field.annotation) is Literal:
                words = {"choices": get_args(field.annotation)}
            elif is_probability(field):
                words = {"metavar": "P", "nargs": "?", "const": 1.0}
            elif field.default == ():
                words = {"metavar": "NAME", "nargs": "+"}
            parser.add_argument(flag, dest=flag, default=argparse.SUPPRESS, help=f"{field.description}{shown}", **words)

    @classmethod
    def read(cls, options: argparse.Namespace, **more: Any) -> Self:
        """Make the settings from what a command line gave; raise UsageError if a value is out of its range."""
        flags = cls.list_flags()
        try:
            return cls(**{name: vars(options)[flag] for flag, name in flags.items() if flag in options}, **more)
        except ValidationError as error:
            wrong = error.errors()[0]
            flag = next(flag for flag, name in flags.items() if name == wrong["loc"][0])
            raise UsageError(f"{flag} {wrong['input']}: {wrong['msg']}") from error

    @property
    def arguments(self) -> tuple[str, ...]:
        """The command line that says the same, for a gallery in another process."""
        words: list[str] = []
        for flag, name in self.list_flags().items():
            value = getattr(self, name)
            if value != type(self).model_fields[name].default:
                values = value if isinstance(value, tuple) else [value.resolve() if isinstance(value, Path) else value]
                words += [flag, *map(str, values)]
        return tuple(words)
