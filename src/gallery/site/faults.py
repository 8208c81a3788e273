"""What can go wrong on purpose: each fault a flag and a probability, all of them combinable.

Whether a fault strikes is not left to chance: the draw is a hash of the gallery's fault seed, the
fault, what is asked for, and how often it was asked for before. The same questions in the same
order fail in the same way, whichever worker answers, and a question that failed may succeed when
it is repeated: with ``--fault-slow 0.3`` each attempt is slow with probability 0.3.
"""

import argparse
import dataclasses
import hashlib
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from src.errors import UsageError

ROBOTS_VARIANTS: Final = (
    "site", "allow", "disallow-all", "delay", "missing", "error", "garbage", "drip", "endless", "refused"
)  # fmt: skip
CHOICES: Final = MappingProxyType(
    {
        "robots": ROBOTS_VARIANTS,
        "endless_kind": ("ids", "token"),
        "list_style": ("scroll", "sentinel", "button", "virtual"),
        "consent_kind": ("named", "forms"),
    }
)
"""Faults that are one of some words."""


def _probability(meaning: str) -> Any:
    return field(default=0.0, metadata={"help": meaning})


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
    refresh: float = _probability("colour pages that reload themselves every three seconds")
    refused: float = _probability("pages and lists answered with --refused-status")
    asset_moved: float = _probability("asset pages that redirect to another slug of the same id")
    image_drip: float = _probability("artworks whose image comes a byte a second")
    image_endless: float = _probability("artworks whose image never ends")
    image_loop: float = _probability("artworks whose image redirects in a circle")
    image_refused: float = _probability("images answered with HTTP 429")
    image_opt_out: float = _probability("artworks whose image carries X-Robots-Tag: noai, noimageai")
    block: float = _probability("requests (no images) that begin a block of --block-seconds")
    block_after: int = field(default=0, metadata={"help": "block the site after N requests (no images); 0: never"})
    block_seconds: float = field(default=60.0, metadata={"help": "how long a block (429, captcha page) lasts"})
    slow_seconds: float = field(default=2.0, metadata={"help": "how late a slow answer comes"})
    endless_kind: str = field(
        default="ids",
        metadata={"help": "ids: each time new tokens bring old artworks; token: the last token leads to itself"},
    )
    list_style: str = field(
        default="scroll",
        metadata={
            "help": "what brings more of the list: scroll; sentinel: a watched element above a tall footer; button; "
            "virtual: scroll, and only the last 60 tiles stay in the page"
        },
    )
    consent_kind: str = field(
        default="named",
        metadata={"help": "named: buttons with values, in English; forms: a form for each answer, in Japanese"},
    )
    refused_status: int = field(default=403, metadata={"help": "status of refused pages: 401, 403, 404, 451"})
    retry_after: str = field(default="", metadata={"help": "Retry-After of 429 and 503: seconds, or a date of HTTP"})
    robots: str = field(default="site", metadata={"help": "what /robots.txt answers; site: Disallow: /api/*"})
    seed: int = field(default=0, metadata={"help": "seed of all draws"})

    def __post_init__(self) -> None:
        for name in PROBABILITIES:
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise UsageError(f"fault {name} = {value}: expected a probability, 0 to 1")
        if self.block_after < 0 or self.block_seconds < 0 or self.slow_seconds < 0:
            raise UsageError("block_after, block_seconds and slow_seconds: expected 0 or more")
        for name, words in CHOICES.items():
            if getattr(self, name) not in words:
                raise UsageError(f"{name} {getattr(self, name)}: expected one of {' '.join(words)}")
        if not 400 <= self.refused_status <= 599:
            raise UsageError(f"refused_status {self.refused_status}: expected 400 to 599")

    @property
    def arguments(self) -> tuple[str, ...]:
        """The command line options that say the same, for a gallery in another process."""
        words: list[str] = []
        for name, flag in FLAGS.items():
            value = getattr(self, name)
            if value != FIELDS[name].default:
                words += [flag, str(value)]
        return tuple(words)

    @property
    def is_drawn(self) -> bool:
        """Whether any fault has a probability, so that attempts must be counted."""
        return any(getattr(self, name) for name in PROBABILITIES)


FIELDS: Final = {entry.name: entry for entry in dataclasses.fields(Faults)}
PROBABILITIES: Final = tuple(name for name, entry in FIELDS.items() if entry.type is float and entry.default == 0.0)
FLAGS: Final = {
    name: "--" + ("fault-" if name in (*PROBABILITIES, "seed") else "") + name.replace("_", "-") for name in FIELDS
}


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


def add_fault_options(parser: argparse.ArgumentParser) -> None:
    """Add one option for each fault."""
    group = parser.add_argument_group(
        "faults",
        "P is a probability from 0 to 1, 1 where it is left out. Draws depend on --fault-seed, the fault, "
        "the address asked for and the number of times it was asked for before, and on nothing else.",
    )
    for name, flag in FLAGS.items():
        entry, meaning = FIELDS[name], FIELDS[name].metadata["help"]
        if name in PROBABILITIES:
            group.add_argument(flag, dest=f"fault_{name}", type=float, nargs="?", const=1.0, metavar="P", help=meaning)
        elif name in CHOICES:
            group.add_argument(
                flag, dest=f"fault_{name}", choices=CHOICES[name], help=f"{meaning} (default {entry.default})"
            )
        else:
            group.add_argument(
                flag,
                dest=f"fault_{name}",
                type=type(entry.default),
                metavar={int: "N", str: "VALUE"}.get(type(entry.default), "SECONDS"),
                help=f"{meaning} (default {entry.default})",
            )


def parse_faults(options: argparse.Namespace) -> Faults:
    """Read the faults out of a parsed command line.

    Raises
    ------
    UsageError
        If a value is out of its range.
    """
    given = {name: getattr(options, f"fault_{name}") for name in FIELDS}
    return Faults(**{name: value for name, value in given.items() if value is not None})
