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
from typing import Any, Final

from src.errors import UsageError

ROBOTS_VARIANTS: Final = ("site", "allow", "disallow-all", "delay", "missing", "error", "garbage")
ENDLESS_KINDS: Final = ("ids", "token")


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
    image_opt_out: float = _probability("artworks whose image carries X-Robots-Tag: noai, noimageai")
    block: float = _probability("requests (no images) that begin a block of --block-seconds")
    block_after: int = field(default=0, metadata={"help": "block the site after N requests (no images); 0: never"})
    block_seconds: float = field(default=60.0, metadata={"help": "how long a block (429, captcha page) lasts"})
    slow_seconds: float = field(default=2.0, metadata={"help": "how late a slow answer comes"})
    endless_kind: str = field(
        default="ids",
        metadata={"help": "ids: ever new tokens bring old artworks; token: the last token leads to itself"},
    )
    robots: str = field(default="site", metadata={"help": "what /robots.txt answers; site: Disallow: /api/*"})
    seed: int = field(default=0, metadata={"help": "seed of all draws"})

    def __post_init__(self) -> None:
        for name in PROBABILITIES:
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise UsageError(f"fault {name} = {value}: expected a probability, 0 to 1")
        if self.block_after < 0 or self.block_seconds < 0 or self.slow_seconds < 0:
            raise UsageError("block_after, block_seconds and slow_seconds: expected 0 or more")
        if self.robots not in ROBOTS_VARIANTS:
            raise UsageError(f"robots {self.robots}: expected one of {' '.join(ROBOTS_VARIANTS)}")
        if self.endless_kind not in ENDLESS_KINDS:
            raise UsageError(f"endless_kind {self.endless_kind}: expected one of {' '.join(ENDLESS_KINDS)}")

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
    choices = {"robots": ROBOTS_VARIANTS, "endless_kind": ENDLESS_KINDS}
    for name, flag in FLAGS.items():
        entry, meaning = FIELDS[name], FIELDS[name].metadata["help"]
        if name in PROBABILITIES:
            group.add_argument(flag, dest=f"fault_{name}", type=float, nargs="?", const=1.0, metavar="P", help=meaning)
        elif name in choices:
            group.add_argument(
                flag, dest=f"fault_{name}", choices=choices[name], help=f"{meaning} (default {entry.default})"
            )
        else:
            group.add_argument(
                flag,
                dest=f"fault_{name}",
                type=int if isinstance(entry.default, int) else float,
                metavar="N" if isinstance(entry.default, int) else "SECONDS",
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
