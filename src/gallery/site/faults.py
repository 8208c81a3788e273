"""What can go wrong on purpose: each fault a flag and a probability, all of them combinable.

Whether a fault strikes is not left to chance: the draw is a hash of the gallery's fault seed, the
fault, what is asked for, and how often it was asked for before. The same questions in the same
order fail in the same way, whichever worker answers, and a question that failed may succeed when
it is repeated: with ``--fault-slow 0.3`` each attempt is slow with probability 0.3.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from src.gallery.options import check_options, list_options, option, write_options

ROBOTS_VARIANTS: Final = (
    "site", "allow", "disallow-all", "delay", "missing", "error", "garbage", "drip", "endless", "refused"
)  # fmt: skip
_ANY: Final = float("inf")


def _probability(meaning: str) -> Any:
    return option(0.0, meaning, is_probability=True)


@dataclass(frozen=True)
class Faults:
    """The faults of one gallery; the defaults are a site that does everything right.

    Every number from 0 to 1 is a probability: per attempt of a request, unless its help says per
    tile, per artwork or per colour. The help of ``python -m src.gallery`` is made from the texts here.
    """

    slow: float = _probability("answers (pages, list, images) that come --slow-seconds late")
    drop: float = _probability("answers whose connection is closed: half of them before the first byte, half within")
    consent: float = _probability("pages that redirect to a consent form, until its cookie is set")
    banner: float = _probability("pages whose content is covered by a banner that can be dismissed")
    renamed_classes: float = _probability("pages with other class names than the known ones")
    untagged: float = _probability("pages and list answers whose items have no tag, every index one lower")
    missing_bgsrc: float = _probability("tiles without data-bgsrc")
    never_loads: float = _probability("colour pages that show their tiles but never end loading")
    empty_shell: float = _probability("colour pages that are an empty application shell: no tiles, no data")
    list_error: float = _probability("list answers that are HTTP 500")
    list_garbled: float = _probability("list answers that are cut off in the middle")
    endless: float = _probability("colours whose list never ends but repeats itself (see --endless-kind)")
    image_truncated: float = _probability("images cut off in the middle; the length announced is that of the part")
    image_empty: float = _probability("images of 0 bytes")
    image_not_image: float = _probability("images that are an HTML page called image/jpeg")
    image_error: float = _probability("images answered with HTTP 503")
    image_gone: float = _probability("artworks (whatever the attempt) whose image is always HTTP 404")
    featured: float = _probability("colour pages with a strip of another colour's tiles above their own")
    containers: float = _probability("colour pages with the tiles of two colours, each in its data-color container")
    placeholder: float = _probability("tiles whose data-bgsrc is a data: address; the page's data has the picture's")
    share_link: float = _probability("colour pages with links to elsewhere that hold an artwork's address")
    broken_text: float = _probability("colour pages whose title and first tile's address hold half a surrogate pair")
    dialogs: float = _probability("colour pages that open a dialog and ask before they are left")
    captcha_footer: float = _probability("colour pages whose footer holds a captcha for its newsletter")
    beside: float = _probability("colour pages that ask for another colour's list and for what needs a login, too")
    refresh: float = _probability("colour pages that reload themselves every three seconds")
    refused: float = _probability("pages and lists answered with --refused-status")
    asset_moved: float = _probability("asset pages that redirect to another slug of the same id")
    image_drip: float = _probability("artworks whose image comes a byte a second")
    image_endless: float = _probability("artworks whose image never ends")
    image_loop: float = _probability("artworks whose image redirects in a circle")
    image_refused: float = _probability("images answered with HTTP 429")
    image_opt_out: float = _probability("artworks whose image carries X-Robots-Tag: noai, noimageai")
    block: float = _probability("requests (no images) that begin a block of --block-seconds")
    block_after: int = option(
        0, "block the site after N requests (no images); 0: never", read=int, metavar="N", limits=(0, _ANY)
    )
    block_seconds: float = option(
        60.0, "how long a block (429, captcha page) lasts", read=float, metavar="SECONDS", limits=(0, _ANY)
    )
    slow_seconds: float = option(2.0, "how late a slow answer comes", read=float, metavar="SECONDS", limits=(0, _ANY))
    endless_kind: str = option(
        "ids",
        "ids: each time new tokens bring old artworks; token: the last token leads to itself",
        choices=("ids", "token"),
    )
    list_style: str = option(
        "scroll",
        "what brings more of the list: scroll; sentinel: a watched element above a tall footer; button; "
        "virtual: scroll, and only the last 60 tiles stay in the page",
        choices=("scroll", "sentinel", "button", "virtual"),
    )
    consent_kind: str = option(
        "named",
        "named: buttons with values, in English; forms: a form for each answer, in Japanese",
        choices=("named", "forms"),
    )
    refused_status: int = option(
        403, "status of refused pages: 401, 403, 404, 451", read=int, metavar="N", limits=(400, 599)
    )
    retry_after: str = option("", "Retry-After of 429 and 503: seconds, or a date of HTTP", metavar="VALUE")
    robots: str = option("site", "what /robots.txt answers; site: Disallow: /api/*", choices=ROBOTS_VARIANTS)
    seed: int = option(0, "seed of all draws", read=int, metavar="S", flag="--fault-seed")

    def __post_init__(self) -> None:
        check_options(self)

    @property
    def arguments(self) -> tuple[str, ...]:
        """The command line options that say the same, for a gallery in another process."""
        return write_options(self)

    @property
    def is_drawn(self) -> bool:
        """Whether any fault has a probability, so that attempts must be counted."""
        return any(getattr(self, name) for name in PROBABILITIES)


PROBABILITIES: Final = tuple(entry.name for entry in list_options(Faults).values() if entry.metadata["is_probability"])


@dataclass(frozen=True)
class Draw:
    """The draws for one request.

    Attributes
    ----------
    faults
        The probabilities.
    identity
        What is asked for: path and query without what changes from call to call.
    attempt
        How often it was asked for before.
    """

    faults: Faults
    identity: str
    attempt: int

    def happens(self, fault: str, subject: str | None = None) -> bool:
        """Whether a fault strikes this attempt, or, with ``subject``, strikes that subject for good."""
        probability: float = getattr(self.faults, fault)
        if probability <= 0:
            return False
        what = f"{self.identity}#{self.attempt}" if subject is None else subject
        return self.toss(f"{fault}|{what}") < probability

    def toss(self, text: str) -> float:
        """Return a number in [0, 1) that depends on the seed and ``text`` alone."""
        digest = hashlib.blake2b(f"{self.faults.seed}|{text}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64
