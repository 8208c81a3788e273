"""The tables of the project: every column, defined once, as schemas of pandera.

``title`` is the file in a workspace, ``description`` says what a row or a column is, ``metadata`` has a
column's unit and source. :mod:`src.table_files` holds tables to these schemas, and
``references/data_dictionary.md`` is written from them.
"""

from typing import Any, Final

from pandera.pandas import Check, Column, DataFrameSchema

from src.features.schema import FEATURE_NAMES


def _text(unit: str, meaning: str, source: str, *checks: Check, **options: Any) -> Column:
    return Column("str", list(checks), description=meaning, metadata={"unit": unit, "source": source}, **options)


_IMAGE: Final = _text("URL", "address of the thumbnail", "`data-bgsrc` of the tile", Check.str_contains("^https?://"))
_PAGE: Final = _text(
    "URL ending in `/asset/<slug>/<id>`",
    "address of the artwork's page",
    "`href` of the tile",
    Check.str_contains(r"/asset/[^\s]*?[A-Za-z0-9_-]{14}$"),  # only 14-character ids are artworks
)
_COLOUR: Final = _text(
    "colour name",
    "the colour under which the site files the artwork",
    "the page that lists it",
    Check.str_contains("^[A-Z]+$"),
)
_ASSET_ID: Final = _text(
    "14 characters of URL-safe base64",
    "identity of the artwork",
    "end of the page address",
    Check.str_contains("^[A-Za-z0-9_-]{14}$"),
    unique=True,
)
_INDEX: Final = Column(
    "int64",
    Check.ge(0),
    unique=True,
    description="number of the artwork in listing order",
    metadata={"unit": "0, 1, 2 …", "source": "this project"},
)

RAW: Final = DataFrameSchema(
    {
        "image": _text(
            "URL",
            "address of the thumbnail; empty where the page gives none",
            "`data-bgsrc` of the tile",
            Check.str_contains("^https?://"),
            nullable=True,
        ),
        "page": _PAGE,
        "color": _COLOUR,
        "title": _text("free text", "title", "item index 1 of the page's data", nullable=True),
        "artist": _text("free text", "artist; often unknown", "item index 2", nullable=True),
        "partner": _text("free text", "museum or collection", "item index 10, [12]", nullable=True),
        "asset_id": _ASSET_ID,
        "aspect": Column(
            "float64",
            Check.ge(0.0),
            nullable=True,
            description="shape of the whole picture",
            metadata={"unit": "width / height", "source": "item index 10, [1]"},
        ),
        "tint": _text(
            "`#rrggbb`",
            "the site's own colour for the artwork",
            "item index 8",
            Check.str_contains("^#[0-9a-fA-F]{6}$"),
            nullable=True,
            required=False,  # tables that were written before it was collected lack it
        ),
    },
    coerce=True,
    name="raw",
    title="data/raw/pictures.csv",
    description="What the browsers listed: one row for each artwork, in listing order.",
)
"""What was listed."""

INTERIM: Final = DataFrameSchema(
    {
        **RAW.columns,
        "index": _INDEX,
        "filename": _text(
            "`<index>.jpg`",
            "file in `data/processed/img`; empty where there is none",
            "this project",
            nullable=True,
        ),
        "sha256": _text(
            "64 hexadecimal digits",
            "hash of the file's bytes",
            "this project",
            Check.str_contains("^[0-9a-f]{64}$"),
            nullable=True,
        ),
        "status": _text(
            "`ok`, `failed` or `pending`",
            "whether the file is there and verified",
            "this project",
            Check.isin(("ok", "failed", "pending")),
        ),
        "reason": _text("free text", "why there is no file", "this project", nullable=True),
    },
    coerce=True,
    name="interim",
    title="data/interim/pictures.csv",
    description="The same rows, with the thumbnail's file or the reason why there is none.",
)
"""What was listed, with the file or the reason why there is none."""


def _describe_feature(name: str) -> Column:
    letter, space, statistic = name.split("_")
    channel = letter if space == "lab" and letter != "l" else letter.upper()
    words = "mean" if statistic == "mean" else "population standard deviation"
    largest = 179.0 if letter == "h" else 255.0
    return Column(
        "float64",
        # a mean reaches the end of the channel's scale, a standard deviation half of it
        [Check.ge(0.0), Check.le(largest if statistic == "mean" else largest / 2)],
        description=f"{words} of channel {channel} of {'Lab' if space == 'lab' else space.upper()}",
        metadata={"unit": "half-degrees" if letter == "h" else "8-bit scale", "source": "pixels of the file"},
    )


PROCESSED: Final = DataFrameSchema(
    {
        "filename": _text("`<index>.jpg`", "file in `data/processed/img`", "this project", unique=True),
        **{name: _describe_feature(name) for name in FEATURE_NAMES},
        "image": _IMAGE,
        "page": _PAGE,
        "color": _COLOUR,
        "index": _INDEX,
    },
    coerce=True,
    name="processed",
    title="data/processed/pictures.csv",
    description="The final dataset: one row for each thumbnail that could be measured.",
)
"""The final dataset."""

REJECTS: Final = DataFrameSchema(
    {
        "filename": _text("file name", "file that gave no features", "this project", unique=True),
        "reason": _text("free text", "why not", "this project"),
    },
    coerce=True,
    name="rejects",
    title="data/interim/rejects.csv",
    description="Thumbnails that gave no features.",
)
"""Images without features."""

DETAILS: Final = DataFrameSchema(
    {
        "asset_id": _ASSET_ID,
        **{
            name: _text("free text", meaning, "asset page", nullable=True)
            for name, meaning in {
                "title": "title as the page shows it",
                "partner": "museum or collection",
                "place": "where the museum is",
                "creator": "creator",
                "date": "date created, as the museum writes it",
                "medium": "medium or technique",
                "type": "type of object",
                "dimensions": "physical dimensions",
                "rights": "rights, terms of use or credit line",
                "labels": "every label and value of the page, as a JSON object",
            }.items()
        },
    },
    coerce=True,
    name="details",
    title="data/interim/details.csv",
    description="What the asset pages say; only with `--details`.",
)
"""What the asset pages say."""

TABLES: Final = (RAW, INTERIM, PROCESSED, REJECTS, DETAILS)
