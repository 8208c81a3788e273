"""What can go wrong on purpose: each fault a flag and a probability, all of them combinable.

Whether a fault strikes is not left to chance: the draw is a hash of the gallery's fault seed, the
fault, what is asked for, and how often it was asked for before. The same questions in the same
order fail in the same way, whichever worker answers, and a question that failed may succeed when
it is repeated: with ``--fault-slow 0.3`` each attempt is slow with probability 0.3.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from src.gallery.options import Options, Probability, is_probability


def _chance(meaning: str) -> Any:
    return Field(default=0.0, description=meaning)


class Faults(Options):
    """The faults of one gallery; the defaults are a site that does everything right.

    Every number from 0 to 1 is a probability: per attempt of a request, unless its help says per
    tile, per artwork or per colour.
    """

    slow: Probability = _chance("answers (pages, list, images) that come --slow-seconds late")
    drop: Probability = _chance("answers whose connection is closed: half of them before the first byte, half within")
    consent: Probability = _chance("pages that redirect to a consent form, until its cookie is set")
    banner: Probability = _chance("pages whose content is covered by a banner that can be dismissed")
    renamed_classes: Probability = _chance("pages with other class names than the known ones")
    untagged: Probability = _chance("pages and list answers whose items have no tag, every index one lower")
    missing_bgsrc: Probability = _chance("tiles without data-bgsrc")
    never_loads: Probability = _chance("colour pages that show their tiles but never end loading")
    empty_shell: Probability = _chance("colour pages that are an empty application shell: no tiles, no data")
    list_error: Probability = _chance("list answers that are HTTP 500")
    list_garbled: Probability = _chance("list answers that are cut off in the middle")
    endless: Probability = _chance("colours whose list never ends but repeats itself (see --endless-kind)")
    image_truncated: Probability = _chance("images cut off in the middle; the length announced is that of the part")
    image_empty: Probability = _chance("images of 0 bytes")
    image_not_image: Probability = _chance("images that are an HTML page called image/jpeg")
    image_error: Probability = _chance("images answered with HTTP 503")
    image_gone: Probability = _chance("artworks (whatever the attempt) whose image is always HTTP 404")
    featured: Probability = _chance("colour pages with a strip of another colour's tiles above their own")
    containers: Probability = _chance("colour pages with the tiles of two colours, each in its data-color container")
    placeholder: Probability = _chance("tiles whose data-bgsrc is a data: address; the page's data has the picture's")
    share_link: Probability = _chance("colour pages with links to elsewhere that hold an artwork's address")
    broken_text: Probability = _chance("colour pages whose title and first tile's address hold half a surrogate pair")
    dialogs: Probability = _chance("colour pages that open a dialog and ask before they are left")
    captcha_footer: Probability = _chance("colour pages whose footer holds a captcha for its newsletter")
    beside: Probability = _chance("colour pages that ask for another colour's list and for what needs a login, too")
    refresh: Probability = _chance("colour pages that reload themselves every three seconds")
    refused: Probability = _chance("pages and lists answered with --refused-status")
    asset_moved: Probability = _chance("asset pages that redirect to another slug of the same id")
    image_drip: Probability = _chance("artworks whose image comes a byte a second")
    image_endless: Probability = _chance("artworks whose image never ends")
    image_loop: Probability = _chance("artworks whose image redirects in a circle")
    image_refused: Probability = _chance("images answered with HTTP 429")
    image_opt_out: Probability = _chance("artworks whose image carries X-Robots-Tag: noai, noimageai")
    block: Probability = _chance("requests (no images) that begin a block of --block-seconds")
    block_after: int = Field(default=0, ge=0, description="block the site after N requests (no images); 0: never")
    block_seconds: float = Field(default=60.0, ge=0, description="how long a block (429, captcha page) lasts")
    slow_seconds: float = Field(default=2.0, ge=0, description="how late a slow answer comes")
    endless_kind: Literal["ids", "token"] = Field(
        default="ids",
        description="ids: each time new tokens bring old artworks; token: the last token leads to itself",
    )
    list_style: Literal["scroll", "sentinel", "button", "virtual"] = Field(
        default="scroll",
        description="what brings more of the list: scroll; sentinel: a watched element above a tall footer; button; "
        "virtual: scroll, and only the last 60 tiles stay in the page",
    )
    consent_kind: Literal["named", "forms"] = Field(
        default="named",
        description="named: buttons with values, in English; forms: a form for each answer, in Japanese",
    )
    refused_status: int = Field(default=403, ge=400, le=599, description="status of refused pages: 401, 403, 404, 451")
    retry_after: str = Field(default="", description="Retry-After of 429 and 503: seconds, or a date of HTTP")
    robots: Literal[
        "site", "allow", "disallow-all", "delay", "missing", "error", "garbage", "drip", "endless", "refused"
    ] = Field(default="site", description="what /robots.txt answers; site: Disallow: /api/*")
    seed: int = Field(default=0, title="--fault-seed", description="seed of all draws")

    @property
    def is_drawn(self) -> bool:
        """Whether any fault has a probability, so that attempts must be counted."""
        return any(is_probability(field) and getattr(self, name) for name, field in type(self).model_fields.items())

    @property
    def retry_headers(self) -> dict[str, str]:
        """The header of answers that ask to be tried again later."""
        return {"Retry-After": self.retry_after} if self.retry_after else {}


@dataclass(frozen=True)
class Draw:
    """The draws for one request; ``question`` says what is asked for, and how often it was asked for before."""

    faults: Faults
    question: str

    def happens(self, fault: str, subject: str | None = None) -> bool:
        """Whether a fault strikes this attempt, or, with ``subject``, strikes that subject for good."""
        probability: float = getattr(self.faults, fault)
        return probability > 0 and self.toss(f"{fault}|{self.question if subject is None else subject}") < probability

    def toss(self, text: str) -> float:
        """Return a number in [0, 1) that depends on the seed and ``text`` alone."""
        digest = hashlib.blake2b(f"{self.faults.seed}|{text}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64
