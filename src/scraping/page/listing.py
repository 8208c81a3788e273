"""What one colour's page has shown so far, put together from its tiles and its data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import unquote

from src.scraping.artwork import Addresses, Artwork
from src.scraping.page.data import Block

PATIENT_DRAINS: Final = 3
"""Drains after which a tile without data no longer holds up those behind it."""


@dataclass(frozen=True)
class ListingTask:
    """A colour to list.

    ``known`` are the asset ids that earlier runs have listed, which are not reported again; ``limit`` is the
    number of artworks wanted in all, the known ones included.
    """

    color: str
    known: frozenset[str] = frozenset()
    limit: int | None = None


@dataclass(frozen=True)
class Listed:
    """New artworks of a colour, in listing order; ``total`` is the size of its list, where the page gives it."""

    color: str
    artworks: tuple[Artwork, ...]
    total: int | None


@dataclass(frozen=True)
class ListingOutcome:
    """How the listing of a colour ended.

    ``state`` is ``complete`` (the list has ended), ``limit`` (as many as wanted), ``partial`` (the page stopped
    giving more) or ``failed`` (nothing could be listed); ``total`` is the size of the list by the page's data.
    """

    color: str
    state: str
    reason: str | None = None
    total: int | None = None


@dataclass
class ColourListing:
    """What one colour's pages have shown so far, over all openings of the page."""

    task: ListingTask
    addresses: Addresses
    emit: Callable[[Listed], None]
    total: int | None = None
    has_data: bool = False
    # of all openings: ids reported (or known before), the page's data by id, ids that the data list under another
    # colour, ids of tiles that are not of this list; tiles that wait for their data, with the drain that brought them
    reported: set[str] = field(default_factory=set)
    items: dict[str, Artwork] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)
    waiting: dict[str, tuple[str, str | None, int]] = field(default_factory=dict)
    drains: int = 0
    has_images: bool = False
    # of the present opening: ids in the colour's own data, ids drawn as tiles, continuations seen
    listed: dict[str, None] = field(default_factory=dict)
    drawn: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    has_ended: bool = False
    end_reason: str | None = None

    def __post_init__(self) -> None:
        self.reported.update(self.task.known)

    def start_page(self) -> None:
        """Forget what belonged to the page before, not what was listed on it."""
        self.listed, self.drawn, self.tokens = {}, set(), set()
        self.has_ended, self.end_reason = False, None

    def take_page_data(self, blocks: Sequence[Block]) -> None:
        """Learn what a page embeds: lists of several colours, or one that names none."""
        is_named = any(block.color == self.task.color for block in blocks)
        for block in blocks:
            is_own = block.color == self.task.color or (block.color is None and not is_named)
            self._take_block(block, is_own=is_own, is_first=True)

    def take_answer(self, request: str, blocks: Sequence[Block]) -> None:
        """Learn from an answer to a request of the page, which asks for other lists than its own too."""
        for block in blocks:
            continues = self.is_continuation(request) or (block.total is not None and block.total == self.total)
            is_own = block.color == self.task.color or (block.color is None and continues)
            self._take_block(block, is_own=is_own, is_first=False)

    def is_continuation(self, request: str) -> bool:
        """Whether a request (address and body) carries a token of this list, or may, where none is known yet."""
        if not self.tokens and not self.has_ended:
            return True
        return any(token in unquote(request) or token in request for token in self.tokens)

    def _take_block(self, block: Block, *, is_own: bool, is_first: bool) -> None:
        items = {item.asset_id: item for item in block.items}
        self.items |= items
        if not is_own:
            self.elsewhere |= items.keys()
            return
        has_new = bool(items.keys() - self.listed.keys())
        self.listed |= dict.fromkeys(items)
        self.has_data = True
        self.total = block.total if block.total is not None else self.total
        if block.token is None:
            self.has_ended = self.has_ended or block.has_query
        elif block.token in self.tokens:
            self.has_ended, self.end_reason = True, "the list repeats a token"
        elif not has_new and not is_first:
            self.has_ended, self.end_reason = True, "the list repeats itself"
        else:
            self.tokens.add(block.token)

    def take_tiles(self, tiles: Sequence[tuple[str, str, str | None]]) -> None:
        """Take tiles as the page gives them: asset id, ``href``, picture or None."""
        self.drains += 1
        for asset_id, href, image in tiles:
            self.drawn.add(asset_id)
            if asset_id not in self.reported:
                self.waiting.setdefault(asset_id, (href, image, self.drains))

    def report(self, *, is_last: bool) -> None:
        """Hand over the waiting artworks in order, up to the first whose data have not come yet.

        A tile that the page's data list under another colour only is not of this one; at the end of a
        list, neither is one that no data list at all although they list as many as they promise. Then come
        the artworks that stand in the data alone.
        """
        artworks: list[Artwork] = []
        is_data_whole = self.has_ended and self.total is not None and len(self.listed) >= self.total
        for asset_id, (href, image, drain) in list(self.waiting.items()):
            is_own = asset_id in self.listed
            if self.is_full():
                break
            if not is_own and not is_last and asset_id not in self.elsewhere:
                if self.has_data and self.drains - drain >= PATIENT_DRAINS:
                    continue  # it waits for the end, and those behind it do not
                break
            del self.waiting[asset_id]
            if not is_own and (asset_id in self.elsewhere or is_data_whole):
                self.left_out.add(asset_id)
            else:
                self._take(artworks, asset_id, href, image)
        if is_last and self.has_ended:
            for asset_id in self.listed:
                if asset_id not in self.reported and not self.is_full():
                    self._take(artworks, asset_id, self.items[asset_id].page, None)
        if artworks:
            self.emit(Listed(self.task.color, tuple(artworks), self.total))

    def _take(self, artworks: list[Artwork], asset_id: str, href: str, image: str | None) -> None:
        """Make an artwork of what the tile and the data say; one without any page address is left out."""
        color, addresses = self.task.color, self.addresses
        item = self.items.get(asset_id) or Artwork(asset_id, color, None, href)
        page = addresses.canonical_page(href) or addresses.canonical_page(item.page)
        if not page:
            self.left_out.add(asset_id)
            return
        self.reported.add(asset_id)
        image = addresses.canonical_image(image) or addresses.canonical_image(item.image)
        self.has_images = self.has_images or image is not None
        artworks.append(replace(item, color=color, image=image, page=page))

    def count_missing(self) -> int:
        """Return how many artworks of an ended list have not been drawn as tiles yet."""
        return len(self.listed.keys() - self.drawn) if self.has_ended else 0

    def count_wanted_tiles(self) -> int:
        """Return how many tiles of the present page have to be seen for as many artworks as wanted."""
        limit = self.task.limit
        return 10**9 if limit is None else max(limit, len(self.drawn) + limit - len(self.reported))

    def is_full(self) -> bool:
        """Whether as many artworks are reported as wanted."""
        return self.task.limit is not None and len(self.reported) >= self.task.limit
