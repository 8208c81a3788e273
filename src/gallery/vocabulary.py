"""Words for made-up artworks: titles in five languages, artists, museums, labels.

All people and museums are invented. Titles are put together from a subject and, for some, a
place or a number; slugs are made from the translated title, as the real site does.
"""

from types import MappingProxyType
from typing import Final

__all__ = [
    "ARTIST_NAMES",
    "DEFAULT_LANGUAGE",
    "FREE_LABELS",
    "LABELS",
    "LANGUAGES",
    "MEDIA",
    "MUSEUMS",
    "PLACES",
    "RIGHTS",
    "SUBJECTS",
]

LANGUAGES: Final = ("en", "de", "fr", "es", "ja")
DEFAULT_LANGUAGE: Final = "en"

SUBJECTS: Final = MappingProxyType(
    {
        "landscape": (
            ("View near", "Ansicht bei", "Vue près de", "Vista cerca de", "風景、"),
            ("The Valley of", "Das Tal von", "La Vallée de", "El valle de", "谷、"),
            ("Evening at", "Abend in", "Soir à", "Atardecer en", "夕べ、"),
            ("Winter in", "Winter in", "L'Hiver à", "Invierno en", "冬、"),
            ("Trees at", "Bäume in", "Arbres à", "Árboles en", "木々、"),
            ("Storm over", "Sturm über", "L'Orage sur", "Tormenta sobre", "嵐、"),
        ),
        "sea": (
            ("The Coast at", "Die Küste bei", "La Côte à", "La costa de", "海岸、"),
            ("Boats off", "Boote vor", "Bateaux devant", "Barcas frente a", "舟、"),
            ("Moonrise at", "Mondaufgang in", "Lever de lune à", "Luna naciente en", "月の出、"),
            ("The Harbour of", "Der Hafen von", "Le Port de", "El puerto de", "港、"),
        ),
        "city": (
            ("A Street in", "Eine Straße in", "Une rue à", "Una calle de", "通り、"),
            ("The Bridge at", "Die Brücke von", "Le Pont de", "El puente de", "橋、"),
            ("Roofs of", "Dächer von", "Les Toits de", "Tejados de", "屋根、"),
        ),
        "portrait": (
            (
                "Portrait of a Young Woman",
                "Bildnis einer jungen Frau",
                "Portrait de jeune femme",
                "Retrato de joven",
                "若い女の肖像",
            ),
            ("Portrait of a Man", "Bildnis eines Mannes", "Portrait d'homme", "Retrato de hombre", "男の肖像"),
            ("Self-Portrait", "Selbstbildnis", "Autoportrait", "Autorretrato", "自画像"),
            ("The Reader", "Die Lesende", "La Liseuse", "La lectora", "読書"),
            ("Head of an Old Man", "Kopf eines alten Mannes", "Tête de vieillard", "Cabeza de anciano", "老人の頭部"),
        ),
        "still life": (
            (
                "Still Life with Fruit",
                "Stillleben mit Früchten",
                "Nature morte aux fruits",
                "Bodegón con frutas",
                "果物のある静物",
            ),
            ("Flowers in a Vase", "Blumen in einer Vase", "Fleurs dans un vase", "Flores en un jarrón", "花瓶の花"),
            (
                "Still Life with Jug",
                "Stillleben mit Krug",
                "Nature morte à la cruche",
                "Bodegón con jarra",
                "水差しのある静物",
            ),
            ("The Table", "Der Tisch", "La Table", "La mesa", "食卓"),
        ),
        "abstract": (
            ("Composition", "Komposition", "Composition", "Composición", "コンポジション"),
            ("Untitled", "Ohne Titel", "Sans titre", "Sin título", "無題"),
            (
                "Improvisation: Forms",
                "Improvisation: Formen",
                "Improvisation : formes",
                "Improvisación: formas",
                "即興:形",
            ),
            ("Colour Study", "Farbstudie", "Étude de couleur", "Estudio de color", "色彩の習作"),
        ),
    }
)
"""Subject → titles, each in the order of :data:`LANGUAGES`."""

PLACES: Final = (
    "Arlenz", "Bréval", "Castrovel", "Dunmoor", "Ejdersund", "Fontalba", "Grüntal", "Hōrai", "Île-aux-Ormes", "Jasnovice",
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
