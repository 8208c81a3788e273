"""Words for made-up artworks: titles in five languages, artists, museums, labels.

All people and museums are invented. Titles are put together from a subject and, for some, a
place or a number; slugs are made from the translated title, as the real site does.
"""

from types import MappingProxyType
from typing import Final

LANGUAGES: Final = ("en", "de", "fr", "es", "ja")
DEFAULT_LANGUAGE: Final = "en"

SUBJECTS: Final = MappingProxyType(
    {
        "landscape": (
            ("View near *", "Ansicht bei *", "Vue près de *", "Vista cerca de *", "*の眺め"),
            ("The Valley of *", "Das Tal von *", "La Vallée de *", "El valle de *", "*の谷"),
            ("Storm over *", "Sturm über *", "L'Orage sur *", "Tormenta sobre *", "*の嵐"),
        ),
        "mountains": (
            ("The Peaks above *", "Die Gipfel über *", "Les Cimes de *", "Las cumbres de *", "*の峰"),
            (
                "Snow on the Pass at *",
                "Schnee am Pass von *",
                "Neige au col de *",
                "Nieve en el puerto de *",
                "*峠の雪",
            ),
        ),
        "woods": (
            ("In the Woods of *", "Im Wald von *", "Dans les bois de *", "En el bosque de *", "*の森"),
            ("Forest Path", "Waldweg", "Sentier de forêt", "Sendero del bosque", "森の小道"),
        ),
        "seascape": (
            ("The Coast at *", "Die Küste bei *", "La Côte à *", "La costa de *", "*の海岸"),
            ("Boats off *", "Boote vor *", "Bateaux devant *", "Barcas frente a *", "*沖の舟"),
            ("Breakers", "Brandung", "Les Brisants", "Rompientes", "砕ける波"),
        ),
        "nocturne": (
            ("Moonrise at *", "Mondaufgang in *", "Lever de lune à *", "Luna naciente en *", "*の月の出"),
            ("Nocturne", "Nocturne", "Nocturne", "Nocturno", "夜想曲"),
            ("Night, Harbour of *", "Nacht, Hafen von *", "Nuit, port de *", "Noche, puerto de *", "夜、*の港"),
        ),
        "town": (
            ("A Street in *", "Eine Straße in *", "Une rue à *", "Una calle de *", "*の通り"),
            ("The Bridge at *", "Die Brücke von *", "Le Pont de *", "El puente de *", "*の橋"),
            ("Roofs of *", "Dächer von *", "Les Toits de *", "Tejados de *", "*の屋根"),
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
            ("Head of an Old Man", "Kopf eines alten Mannes", "Tête de vieillard", "Cabeza de anciano", "老人の頭部"),
        ),
        "figures": (
            ("The Gathering at *", "Die Versammlung in *", "La Réunion à *", "La reunión en *", "*の集い"),
            ("Three Figures", "Drei Figuren", "Trois figures", "Tres figuras", "三人の人物"),
            ("The Dance", "Der Tanz", "La Danse", "La danza", "踊り"),
        ),
        "icon": (
            ("Saint with a Book", "Heiliger mit Buch", "Saint au livre", "Santo con libro", "本を持つ聖人"),
            ("Virgin of *", "Madonna von *", "Vierge de *", "Virgen de *", "*の聖母"),
        ),
        "still life": (
            (
                "Still Life with Fruit",
                "Stillleben mit Früchten",
                "Nature morte aux fruits",
                "Bodegón con frutas",
                "果物のある静物",
            ),
            (
                "Still Life with Jug",
                "Stillleben mit Krug",
                "Nature morte à la cruche",
                "Bodegón con jarra",
                "水差しのある静物",
            ),
            ("The Table", "Der Tisch", "La Table", "La mesa", "食卓"),
        ),
        "flowers": (
            ("Flowers in a Vase", "Blumen in einer Vase", "Fleurs dans un vase", "Flores en un jarrón", "花瓶の花"),
            ("Roses", "Rosen", "Les Roses", "Rosas", "薔薇"),
        ),
        "interior": (
            (
                "Interior with Window",
                "Interieur mit Fenster",
                "Intérieur à la fenêtre",
                "Interior con ventana",
                "窓のある室内",
            ),
            ("The Room at *", "Das Zimmer in *", "La Chambre à *", "La habitación de *", "*の部屋"),
        ),
        "object": (
            ("Bowl with Foot", "Schale mit Fuß", "Coupe à pied", "Cuenco con pie", "高台の鉢"),
            ("Jar from *", "Gefäß aus *", "Jarre de *", "Tinaja de *", "*の壺"),
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
        ),
        "colour field": (
            ("Colour Study", "Farbstudie", "Étude de couleur", "Estudio de color", "色彩の習作"),
            ("Untitled", "Ohne Titel", "Sans titre", "Sin título", "無題"),
        ),
        "gesture": (
            ("Movement", "Bewegung", "Mouvement", "Movimiento", "動き"),
            ("Untitled", "Ohne Titel", "Sans titre", "Sin título", "無題"),
        ),
        "print": (
            (
                "Travellers in the Rain at *",
                "Reisende im Regen bei *",
                "Voyageurs sous la pluie à *",
                "Viajeros bajo la lluvia en *",
                "*の雨の旅人",
            ),
            ("The Wave", "Die Welle", "La Vague", "La ola", "波"),
        ),
        "sketch": (
            ("Study of a Tree", "Baumstudie", "Étude d'arbre", "Estudio de árbol", "木の習作"),
            ("Sheet of Studies", "Studienblatt", "Feuille d'études", "Hoja de estudios", "習作の紙葉"),
        ),
        "textile": (
            ("Fragment of a Textile", "Gewebefragment", "Fragment de tissu", "Fragmento de tejido", "裂"),
            ("Carpet from *", "Teppich aus *", "Tapis de *", "Alfombra de *", "*の絨毯"),
        ),
        "page": (
            (
                "Leaf from a Book of Hours: *",
                "Blatt aus einem Stundenbuch: *",
                "Feuillet d'un livre d'heures : *",
                "Hoja de un libro de horas: *",
                "時祷書の一葉:*",
            ),
            ("Letter with Initial", "Brief mit Initiale", "Lettre à initiale", "Carta con inicial", "飾り文字の手紙"),
        ),
        "monochrome": (
            ("Monochrome", "Monochrom", "Monochrome", "Monocromo", "モノクローム"),
            ("Untitled", "Ohne Titel", "Sans titre", "Sin título", "無題"),
        ),
        "washes": (("Colour Wash", "Lavierung", "Lavis", "Aguada", "水彩のにじみ"),),
        "poster": (
            ("Poster for *", "Plakat für *", "Affiche pour *", "Cartel para *", "*のポスター"),
            ("Poster", "Plakat", "Affiche", "Cartel", "ポスター"),
        ),
        "flag": (("Flag of *", "Fahne von *", "Drapeau de *", "Bandera de *", "*の旗"),),
        "duotone": (("Screen Print", "Siebdruck", "Sérigraphie", "Serigrafía", "シルクスクリーン"),),
        "tiles": (("Tiles from *", "Fliesen aus *", "Carreaux de *", "Azulejos de *", "*のタイル"),),
        "mounted print": (("Colour Chart", "Farbtafel", "Nuancier", "Carta de colores", "色見本"),),
    }
)
"""Genre of the painter → titles, each in the order of :data:`LANGUAGES`; an asterisk stands for a place."""

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
