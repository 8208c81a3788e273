"""What is known of one artwork before its picture is fetched, and the addresses that name it."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from src.errors import UsageError

GOOGLE: Final = "https://artsandculture.google.com"
"""The real site."""

CANONICAL_GALLERY: Final = "https://gallery.invalid"
"""What stands in the CSV files for an origin on this machine.

A gallery has another port at every run, and two runs must give the same bytes. ``.invalid`` is the
top-level domain that RFC 2606 reserves for addresses that never resolve.
"""

# An artwork's identity is 14 characters of URL-safe base64; it may begin with - or _.
_ASSET_PATH: Final = re.compile(r"/asset/(?:[^/]*/)?([A-Za-z0-9_-]{14})/?")
_SIZE_SUFFIX: Final = re.compile(r"=[A-Za-z0-9,_=-]*$")
_PICTURE: Final = re.compile(r"(?:https?:)?//[^/\s]+/\S+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Artwork:
    """One artwork as the page of ``color`` lists it.

    ``image`` is its picture's address without a size suffix, ``page`` that of its own page, ``…/asset/<slug>/<id>``;
    ``aspect`` is width / height of the whole picture, ``tint`` the site's own colour for it, ``#rrggbb``. What the
    page's data do not say is None.
    """

    asset_id: str
    color: str
    image: str | None
    page: str
    title: str | None = None
    artist: str | None = None
    partner: str | None = None
    aspect: float | None = None
    tint: str | None = None


def read_asset_id(address: str) -> str | None:
    """Return the asset id at the end of an address, or None if it is not an artwork's."""
    try:
        match = _ASSET_PATH.fullmatch(urlsplit(address).path)
    except ValueError:  # such as a bracket that no IPv6 address closes
        return None
    return match.group(1) if match else None


def make_well_formed(text: str) -> str:
    """Replace half surrogate pairs, which JSON can hold and no UTF-8 file can."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def is_loopback(host: str | None) -> bool:
    """Whether a host name is this machine's own."""
    name = (host or "").lower()
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def is_web_address(address: str) -> bool:
    """Whether an address begins as ``http://HOST[:PORT]`` or ``https://HOST[:PORT]``."""
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def hide_credentials(address: str) -> str:
    """Return an address without user name and password, for people and files."""
    return re.sub(r"(?<=://)[^/\s]*@", "", address)


@dataclass(frozen=True)
class Addresses:
    """Translates between the addresses of a live site and those that stand in the CSV files.

    They are the same, save for an origin on this machine, for which :data:`CANONICAL_GALLERY` stands in.
    A ``base_url`` that is no ``http`` or ``https`` origin is a UsageError.
    """

    base_url: str

    def __post_init__(self) -> None:
        if not is_web_address(self.base_url) or hide_credentials(self.base_url) != self.base_url:
            raise UsageError(
                f"base URL {hide_credentials(self.base_url)!r}: expected http://HOST[:PORT] or https://HOST[:PORT], "
                "without a user name"
            )

    @property
    def origin(self) -> str:
        """``scheme://host[:port]`` of the live site."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def is_loopback(self) -> bool:
        """Whether the site runs on this machine."""
        return is_loopback(urlsplit(self.base_url).hostname)

    @property
    def canonical_origin(self) -> str:
        """The origin that stands in the CSV files."""
        return CANONICAL_GALLERY if self.is_loopback else self.origin

    def color_page(self, color: str, language: str | None) -> str:
        """Return the live address of a colour's page."""
        return f"{self.origin}/color?col={quote(color)}" + (f"&hl={quote(language)}" if language else "")

    def canonical_page(self, href: str) -> str | None:
        """Return the lasting address of an artwork's page, from a tile's ``href``; None if it is no artwork's."""
        try:
            path = urlsplit(urljoin(f"{self.origin}/", make_well_formed(href))).path
        except ValueError:
            return None
        page = self.canonical_origin + "".join(quote(mark) if mark.isspace() else mark for mark in path).rstrip("/")
        return page if read_asset_id(path.rstrip("/")) else None

    def canonical_image(self, address: str | None) -> str | None:
        """Return the lasting address of a picture, without a size suffix; None if it is no web address.

        Lazy pages put ``data:`` placeholders where the address will be.
        """
        address = make_well_formed(address or "").strip()
        if not _PICTURE.fullmatch(address):
            return None
        try:
            scheme, _, rest = urljoin(f"{self.origin}/", address).partition("://")
        except ValueError:
            return None
        absolute = _SIZE_SUFFIX.sub("", f"{scheme.lower()}://{rest}")
        return _swap(absolute, self.origin, self.canonical_origin)

    def live(self, address: str) -> str:
        """Return the address at which a lasting address answers now."""
        return _swap(address, self.canonical_origin, self.origin)


def _swap(address: str, origin: str, replacement: str) -> str:
    return replacement + address[len(origin) :] if address.startswith(f"{origin}/") else address


@dataclass(frozen=True)
class Origin:
    """Where a listing comes from.

    ``site`` is the site's lasting name, its origin or the gallery's pictures; ``extent`` how much of them a gallery
    shows, which leaves the pictures the same; ``is_replaceable``: another site may take its place in the workspace,
    as a gallery can be scraped again at any time, and the real site as it was cannot.
    """

    site: str
    extent: str = ""
    is_replaceable: bool = False


@dataclass(frozen=True)
class Source:
    """A site that answers now; with ``artworks`` the list that stands in its place, and why rows were left out."""

    addresses: Addresses
    origin: Origin
    artworks: tuple[Artwork, ...] | None = None
    left_out: tuple[str, ...] = ()
