"""Words for made-up artworks: titles in five languages, artists, museums, labels.

All people and museums are invented. Titles are put together from a subject and, for some, a
place or a number; slugs are made from the translated title, as the real site does.
"""

import csv
from functools import cache
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Final

LANGUAGES: Final = ("en", "de", "fr", "es", "ja")
DEFAULT_LANGUAGE: Final = "en"


@cache
def read_titles() -> dict[str, list[tuple[str, ...]]]:
    """Read the titles of each genre, each in the order of :data:`LANGUAGES`; an asterisk stands for a place."""
    titles: dict[str, list[tuple[str, ...]]] = {}
    with Path(__file__).with_name("titles.tsv").open(encoding="utf-8", newline="") as stream:
        for genre, *texts in islice(csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE), 1, None):
            titles.setdefault(genre, []).append(tuple(texts))
    return titles


TITLE_TAILS: Final = (
    ' ("The Second Version"), after a lost original & copies',
    "; <verso>: sketches, notes",
    (
        ", from a series of views, with an inscription on the back that names the house, the day, the weather and "
        "those who were present, and that a later hand has crossed out and written anew in full, adding the price, "
        "the way by which the picture came to the town, the names of its former owners one by one, and the wish "
        "that it be hung where the morning light falls from the left"
    ),
)
"""What stands behind one title in 85: quotation marks, angle brackets, and more than 300 characters."""

PLACES: Final = (
    "Arlenz", "Bréval", "Castrovel", "Dunmoor", "Ejdersund", "Fontalba", "Grüntal", "Hōrai", "Île-aux-Ormes", "Jasno",
    "Kallmünde", "Łęgowo", "Monteverna", "Nørrehavn", "Ostrava Vale", "Pontmarin", "Quellstadt", "Ravelle", "São Tirso",
    "Tannsee", "Újvár", "Valdoro", "Weissenfels Moor", "Yarrow Bridge", "Zelenice", "Αγορά", "Кленово",
)  # fmt: skip
"""Invented places; the last ones are not Latin."""

ARTIST_NAMES: Final = MappingProxyType(
    {
        "first": (
            "Adele", "Bernard", "Clara", "Dietrich", "Élise", "Fritz", "Giulia", "Hendrik", "Inés", "Jean-Luc",
            "Karin", "Lorenzo", "Marit", "Nils", "Ottilie", "Pieter", "Rosa", "Søren", "Teresa", "Zoë",
        ),
        "last": (
            "Abendroth", "Berthelot", "Castellani", "van der Duyn", "Ekström", "Fairweather", "Grünwaldt", "Holloway",
            "Ibarra", "Jankovský", "Kirchhoff", "Lindqvist", "Marchetti", "Nordahl", "Ó Dálaigh", "Peeters", "Quiroga",
            "Rousselin", "Sørensen", "Tanaka", "Überwasser", "Vandermeer", "Whitcombe", "Żeleński",
        ),
    }
)  # fmt: skip

MUSEUMS: Final = (
    ("Museum of Painting, Arlenz", "Arlenz, Austria"),
    ("Galerie nationale de Bréval", "Bréval, France"),
    ("Dunmoor Art Gallery", "Dunmoor, United Kingdom"),
    ("Pinacoteca di Monteverna", "Monteverna, Italy"),
    ("Nørrehavn Kunstmuseum", "Nørrehavn, Denmark"),
    ("Museu de São Tirso", "São Tirso, Portugal"),
    ("Städtische Sammlung Grüntal", "Grüntal, Germany"),
    ("蓬莱美術館", "Hōrai, Japan"),
    ("The Yarrow Bridge Collection: Works on Canvas", "Yarrow Bridge, United States"),
    ("Muzeum Zelenice", None),
)
"""Invented museums and where they are; one does not say."""

LABELS: Final = MappingProxyType(
    {
        "title": ("Title", "Titel", "Titre", "Título", "タイトル"),
        "creator": ("Creator", "Ersteller", "Créateur", "Creador", "作成者"),
        "date": ("Date Created", "Datum", "Date de création", "Fecha de creación", "制作日"),
        "type": ("Type", "Typ", "Type", "Tipo", "タイプ"),
        "medium": ("Medium", "Medium", "Technique", "Técnica", "素材"),
        "size": ("Physical Dimensions", "Abmessungen", "Dimensions physiques", "Dimensiones físicas", "実際のサイズ"),
        "rights": ("Rights", "Rechte", "Droits", "Derechos", "権利"),
        "provenance": ("Provenance", "Provenienz", "Provenance", "Procedencia", "来歴"),
        "link": ("External Link", "Externer Link", "Lien externe", "Enlace externo", "外部リンク"),
    }
)
"""What the labels of an asset page are called, in the order of :data:`LANGUAGES`."""

FREE_LABELS: Final = (
    ("Inventory no.", "A: {number:05d}"),
    ("Credit Line", "Gift of the Friends of the Collection: in memory of C. M."),
    ("Terms of Use", "Open content"),
    ("Curator's note", "See also: the pendant, hung to the left"),
    ("Bildthema", "Licht: Abend"),
)
"""Labels that museums invent and nobody translates; values may contain colons."""

MEDIA: Final = (
    ("Oil on canvas", "Öl auf Leinwand", "Huile sur toile", "Óleo sobre lienzo", "油彩、カンヴァス"),
    ("Oil on panel", "Öl auf Holz", "Huile sur bois", "Óleo sobre tabla", "油彩、板"),
    ("Tempera", "Tempera", "Détrempe", "Temple", "テンペラ"),
    ("Watercolour on paper", "Aquarell auf Papier", "Aquarelle sur papier", "Acuarela sobre papel", "水彩、紙"),
    ("Pastel", "Pastell", "Pastel", "Pastel", "パステル"),
)

RIGHTS: Final = (
    "Public Domain",
    "CC0: no rights reserved",
    "All rights reserved",
    "© The heirs of the artist; reproduction: ask the museum",
)
