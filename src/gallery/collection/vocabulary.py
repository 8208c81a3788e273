"""Words for made-up artworks: titles in five languages, artists, museums, labels.

All people and museums are invented. Titles are put together from a subject and, for some, a place or a number; slugs
are made from the translated title, as the real site does.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

LANGUAGES: Final = ("en", "de", "fr", "es", "ja")
DEFAULT_LANGUAGE: Final = "en"


@cache
def read_words() -> dict[str, Any]:
    """Read the words.

    ``titles`` of each genre, an asterisk for a place; ``places`` (the last ones are not Latin), ``first_names``,
    ``last_names``, ``museums`` (each with its place, one without), ``rights``; ``labels`` of an asset page and
    ``media``, these and titles in the order of :data:`LANGUAGES`; ``free_labels``, which museums invent and nobody
    translates, with values that may contain colons; and ``title_tails``, which stand behind one title in 85: quotation
    marks, angle brackets, and more than 300 characters.
    """
    words: dict[str, Any] = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
    return words
