"""The tables of the project: every column, defined once.

:mod:`src.table_files` reads and writes them and holds them to these definitions; a test holds
``references/data_dictionary.md`` to them too.
"""

from dataclasses import dataclass, replace
from typing import Final

from src.features.schema import FEATURE_NAMES

ARTWORK_PAGE: Final = r"/asset/[^\s]*?([A-Za-z0-9_-]{14})$"
"""A page address ends in ``/asset/<slug>/<id>``; only 14-character ids are artworks."""

STATUSES: Final = ("ok", "failed", "pending")


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name, kind
        The name, and ``text``, ``integer`` or ``number``.
    unit, meaning, source
        For the data dictionary: unit or format, what it says, where it comes from.
    minimum, maximum
        Inclusive range of a number.
    is_optional
        Whether a cell may be empty.
    is_unique
        Whether no value may appear twice.
    values
        The only values allowed, where there are such.
    pattern
        Regular expression that must be found in a text.
    may_be_absent
        Whether tables written before the column was introduced are valid without it.
    """

    name: str
    kind: str
    unit: str
    meaning: str
    source: str
    minimum: float | None = None
    maximum: float | None = None
    is_optional: bool = False
    is_unique: bool = False
    values: tuple[str, ...] = ()
    pattern: str | None = None
    may_be_absent: bool = False


@dataclass(frozen=True)
class Table:
    """A table: its place in a workspace, its columns in order, and what a row is."""

    name: str
    location: str
    columns: tuple[Column, ...]
    rows: str = ""

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.name for column in self.columns)


_IMAGE = Column("image", "text", "URL", "address of the thumbnail", "`data-bgsrc` of the tile", pattern=r"^https?://")
_LISTED_IMAGE = replace(_IMAGE, meaning="address of the thumbnail; empty where the page gives none", is_optional=True)
_PAGE = Column(
    "page",
    "text",
    "URL ending in `/asset/<slug>/<id>`",
    "address of the artwork's page",
    "`href` of the tile",
    pattern=ARTWORK_PAGE,
)
_COLOUR = Column(
    "color",
    "text",
    "colour name",
    "the colour under which the site files the artwork",
    "the page that lists it",
    pattern=r"^[A-Z]+$",
)
_METADATA = (
    Column("title", "text", "free text", "title", "item index 1 of the page's data", is_optional=True),
    Column("artist", "text", "free text", "artist; often unknown", "item index 2", is_optional=True),
    Column("partner", "text", "free text", "museum or collection", "item index 10, [12]", is_optional=True),
    Column(
        "asset_id",
        "text",
        "14 characters of URL-safe base64",
        "identity of the artwork",
        "end of the page address",
        is_unique=True,
        pattern=r"^[A-Za-z0-9_-]{14}$",
    ),
    Column(
        "aspect",
        "number",
        "width / height",
        "shape of the whole picture",
        "item index 10, [1]",
        minimum=0.0,
        is_optional=True,
    ),
    Column(
        "tint",
        "text",
        "`#rrggbb`",
        "the site's own colour for the artwork",
        "item index 8",
        is_optional=True,
        pattern=r"^#[0-9a-fA-F]{6}$",
        may_be_absent=True,
    ),
)
_INDEX = Column(
    "index", "integer", "0, 1, 2 …", "number of the artwork in listing order", "this project", minimum=0, is_unique=True
)
_FILENAME = Column("filename", "text", "`<index>.jpg`", "file in `data/processed/img`", "this project", is_unique=True)

RAW: Final = Table(
    "raw",
    "data/raw/pictures.csv",
    (_LISTED_IMAGE, _PAGE, _COLOUR, *_METADATA),
    rows="What the browsers listed: one row for each artwork, in listing order.",
)
"""What was listed."""

INTERIM: Final = Table(
    "interim",
    "data/interim/pictures.csv",
    (
        *RAW.columns,
        _INDEX,
        Column(
            "filename",
            "text",
            "`<index>.jpg`",
            "file in `data/processed/img`; empty where there is none",
            "this project",
            is_optional=True,
        ),
        Column(
            "sha256",
            "text",
            "64 hexadecimal digits",
            "hash of the file's bytes",
            "this project",
            is_optional=True,
            pattern=r"^[0-9a-f]{64}$",
        ),
        Column(
            "status",
            "text",
            "`ok`, `failed` or `pending`",
            "whether the file is there and verified",
            "this project",
            values=STATUSES,
        ),
        Column("reason", "text", "free text", "why there is no file", "this project", is_optional=True),
    ),
    rows="The same rows, with the thumbnail's file or the reason why there is none.",
)
"""What was listed, with the file or the reason why there is none."""


def _describe_feature(name: str) -> str:
    letter, space, statistic = name.split("_")
    channel = letter if space == "lab" and letter != "l" else letter.upper()
    words = "mean" if statistic == "mean" else "population standard deviation"
    return f"{words} of channel {channel} of {'Lab' if space == 'lab' else space.upper()}"


def _find_feature_maximum(name: str) -> float:
    """Give the end of the channel's scale for a mean, and half of it for a standard deviation."""
    largest = 179.0 if name.startswith("h_") else 255.0
    return largest if name.endswith("_mean") else largest / 2


PROCESSED: Final = Table(
    "processed",
    "data/processed/pictures.csv",
    (
        _FILENAME,
        *(
            Column(
                name,
                "number",
                "half-degrees" if name.startswith("h_") else "8-bit scale",
                _describe_feature(name),
                "pixels of the file",
                minimum=0.0,
                maximum=_find_feature_maximum(name),
            )
            for name in FEATURE_NAMES
        ),
        _IMAGE,
        _PAGE,
        _COLOUR,
        _INDEX,
    ),
    rows="The final dataset: one row for each thumbnail that could be measured.",
)
"""The final dataset."""

REJECTS: Final = Table(
    "rejects",
    "data/interim/rejects.csv",
    (
        Column("filename", "text", "file name", "file that gave no features", "this project", is_unique=True),
        Column("reason", "text", "free text", "why not", "this project"),
    ),
    rows="Thumbnails that gave no features.",
)
"""Images without features."""

DETAILS: Final = Table(
    "details",
    "data/interim/details.csv",
    (
        _METADATA[3],
        *(
            Column(name, "text", "free text", meaning, "asset page", is_optional=True)
            for name, meaning in (
                ("title", "title as the page shows it"),
                ("partner", "museum or collection"),
                ("place", "where the museum is"),
                ("creator", "creator"),
                ("date", "date created, as the museum writes it"),
                ("medium", "medium or technique"),
                ("type", "type of object"),
                ("dimensions", "physical dimensions"),
                ("rights", "rights, terms of use or credit line"),
                ("labels", "every label and value of the page, as a JSON object"),
            )
        ),
    ),
    rows="What the asset pages say; only with `--details`.",
)
"""What the asset pages say."""

TABLES: Final = (RAW, INTERIM, PROCESSED, REJECTS, DETAILS)
