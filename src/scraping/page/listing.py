"""What one colour's page has shown so far, put together from its tiles and its data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from src.scraping.artwork import Addresses, Artwork
from src.scraping.page.data import Block, Item

PATIENT_DRAINS: Final = 3
"""Drains after which a tile without data no longer holds up those behind it."""

Emit = Callable[[Sequence[Artwork], int | None], None]


@dataclass(frozen=True)
class ListingTask:
    """What to list.

    Attributes
    ----------
    color
        The colour.
    known
        Asset ids that earlier runs have listed; they are not reported again.
    limit
        Artworks wanted in all, the known ones included; None for all.
    """

    color: str
    known: frozenset[str] = frozenset()
    limit: int | None = None


@dataclass(frozen=True)
class ListingOutcome:
    """How the listing of a colour ended.

    Attributes
    ----------
    color
        The colour.
    state
        ``complete``: the list has ended; ``limit``: as many as wanted; ``partial``: the page stopped
        giving more; ``failed``: nothing could be listed.
    reason
        Why, where it is not complete, or what was odd.
    total
        Size of the list as the page's data give it.
    """

    color: str
    state: str
    reason: str | None = None
    total: int | None = None


@dataclass
class ColourListing:
    """What one colour's pages have shown so far, over all openings of the page.

    Attributes
    ----------
    reported
        Ids handed over, and those known before.
    items
        The page's data, by id.
    waiting
        Tiles whose data have not come yet, in order: ``href``, picture, and the drain that brought it.
    listed, drawn
        Ids in the colour's own data, and in tiles; of the present page.
    elsewhere
        Ids that the page's data list under another colour.
    left_out
        Ids of tiles that are not of this colour's list.
    tokens
        Continuations seen on the present page.
    has_ended, end_reason
        Whether the list is over, and why if not because it said so.
    images, drains
        Artworks with a picture; how often tiles were taken.
    """

    task: ListingTask
    addresses: Addresses
    emit: Emit
    reported: set[str]
    items: dict[str, Item] = field(default_factory=dict)
    waiting: dict[str, tuple[str, str | None, int]] = field(default_factory=dict)
    listed: dict[str, None] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)
    drawn: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    total: int | None = None
    has_data: bool = False
    end_reason: str | None = None
    has_ended: bool = False
    images: int = 0
    drains: int = 0

    def start_page(self) -> None:
        """Forget what belonged to the page before, not what was listed on it."""
        self.listed.clear()
        self.drawn.clear()
        self.tokens.clear()
        self.has_ended = False
        self.end_reason = None

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
        plain = unquote(request)
        is_unknown = not self.tokens and not self.has_ended
        return is_unknown or any(token in plain or token in request for token in self.tokens)

    def _take_block(self, block: Block, *, is_own: bool, is_first: bool) -> None:
        self.items.update((item.asset_id, item) for item in block.items)
        if not is_own:
            self.elsewhere.update(item.asset_id for item in block.items)
            return
        fresh = {item.asset_id for item in block.items} - self.listed.keys()
        self.listed.update((item.asset_id, None) for item in block.items)
        self.has_data = True
        self.total = block.total if block.total is not None else self.total
        if block.token is None:
            self.has_ended = self.has_ended or block.has_query
        elif block.token in self.tokens:
            self._end("the list repeats a token")
        elif not fresh and not is_first:
            self._end("the list repeats itself")
        else:
            self.tokens.add(block.token)

    def _end(self, reason: str) -> None:
        self.has_ended = True
        self.end_reason = reason

    def take_tiles(self, tiles: Sequence[Sequence[str | None]]) -> None:
        """Take tiles as the page gives them: asset id, ``href``, picture or None."""
        self.drains += 1
        for asset_id, href, image in tiles:
            if asset_id is None or href is None:
                continue
            self.drawn.add(asset_id)
            if asset_id not in self.reported:
                self.waiting.setdefault(asset_id, (href, image, self.drains))

    def report(self, *, is_last: bool) -> None:
        """Hand over the waiting artworks in order, up to the first whose data have not come yet.

        A tile that the page's data list under another colour only is not of this one; at the end of a
        list, neither is one that no data list at all although the list is told in full. Then come the
        artworks that stand in the data alone.
        """
        artworks: list[Artwork] = []
        for asset_id, (href, image, drain) in list(self.waiting.items()):
            item = self.items.get(asset_id)
            is_own = asset_id in self.listed
            if self.is_full():
                break
            if not is_own and not is_last and asset_id not in self.elsewhere:
                if self.has_data and self.drains - drain >= PATIENT_DRAINS:
                    continue  # it waits for the end, and those behind it do not
                break
            del self.waiting[asset_id]
            if not is_own and (asset_id in self.elsewhere or self._is_told_in_full()):
                self.left_out.add(asset_id)
            else:
                self._take(artworks, asset_id, href, image, item)
        if is_last and self.has_ended:
            for asset_id in [one for one in self.listed if one not in self.reported]:
                if not self.is_full():
                    item = self.items[asset_id]
                    self._take(artworks, asset_id, item.page, None, item)
        if artworks:
            self.images += sum(artwork.image is not None for artwork in artworks)
            self.emit(artworks, self.total)

    def _is_told_in_full(self) -> bool:
        return self.has_ended and self.total is not None and len(self.listed) >= self.total

    def _take(self, artworks: list[Artwork], asset_id: str, href: str, image: str | None, item: Item | None) -> None:
        """Make an artwork of what the tile and the data say; one without any page address is left out."""
        page = self.addresses.canonical_page(href) or (self.addresses.canonical_page(item.page) if item else None)
        if page is None:
            self.left_out.add(asset_id)
            return
        self.reported.add(asset_id)
        artworks.append(
            Artwork(
                asset_id=asset_id,
                color=self.task.color,
                image=self.addresses.canonical_image(image)
                or (self.addresses.canonical_image(item.image) if item else None),
                page=page,
                title=item.title if item else None,
                artist=item.artist if item else None,
                partner=item.partner if item else None,
                aspect=item.aspect if item else None,
                tint=item.tint if item else None,
            )
        )

    def count_missing(self) -> int:
        """Return how many artworks of an ended list have not been drawn as tiles yet."""
        return len(self.listed.keys() - self.drawn) if self.has_ended else 0

    def is_full(self) -> bool:
        """Whether as many artworks are reported as wanted."""
        return self.task.limit is not None and len(self.reported) >= self.task.limit
