"""What can go wrong on purpose: each fault a flag and a probability, all of them combinable.

Whether a fault strikes is not left to chance: the draw is a hash of the gallery's fault seed, the
fault, what is asked for, and how often it was asked for before. The same questions in the same
order fail in the same way, whichever worker answers, and a question that failed may succeed when
it is repeated: with ``--fault-slow 0.3`` each attempt is slow with probability 0.3.
"""

import hashlib
from dataclasses import dataclass
from typing import Literal

from src.gallery.options import Options, Probability, is_probability, option


class Faults(Options):
    """The faults of one gallery; the defaults are a site that does everything right.

    Every number from 0 to 1 is a probability: per attempt of a request, unless its help says per
    tile, per artwork or per colour.
    """

    slow: Probability = option("answers (pages, list, images) that come --slow-seconds late")
    drop: Probability = option("answers whose connection is closed: half of them before the first byte, half within")
    consent: Probability = option("pages that redirect to a consent form, until its cookie is set")
    banner: Probability = option("pages whose content is covered by a banner that can be dismissed")
    renamed_classes: Probability = option("pages with other class names than the known ones")
    untagged: Probability = option("pages and list answers whose items have no tag, every index one lower")
    missing_bgsrc: Probability = option("tiles without data-bgsrc")
    never_loads: Probability = option("colour pages that show their tiles but never end loading")
    empty_shell: Probability = option("colour pages that are an empty application shell: no tiles, no data")
    list_error: Probability = option("list answers that are HTTP 500")
    list_garbled: Probability = option("list answers that are cut off in the middle")
    endless: Probability = option("colours whose list never ends but repeats itself (see --endless-kind)")
    image_truncated: Probability = option("images cut off in the middle; the length announced is that of the part")
    image_empty: Probability = option("images of 0 bytes")
    image_not_image: Probability = option("images that are an HTML page called image/jpeg")
    image_error: Probability = option("images answered with HTTP 503")
    image_gone: Probability = option("artworks (whatever the attempt) whose image is always HTTP 404")
    featured: Probability = option("colour pages with a strip of another colour's tiles above their own")
    containers: Probability = option("colour pages with the tiles of two colours, each in its data-color container")
    placeholder: Probability = option("tiles whose data-bgsrc is a data: address; the page's data has the picture's")
    share_link: Probability = option("colour pages with links to elsewhere that hold an artwork's address")
    broken_text: Probability = option("colour pages whose title and first tile's address hold half a surrogate pair")
    dialogs: Probability = option("colour pages that open a dialog and ask before they are left")
    captcha_footer: Probability = option("colour pages whose footer holds a captcha for its newsletter")
    beside: Probability = option("colour pages that ask for another colour's list and for what needs a login, too")
    refresh: Probability = option("colour pages that reload themselves every three seconds")
    refused: Probability = option("pages and lists answered with --refused-status")
    asset_moved: Probability = option("asset pages that redirect to another slug of the same id")
    image_drip: Probability = option("artworks whose image comes a byte a second")
    image_endless: Probability = option("artworks whose image never ends")
    image_loop: Probability = option("artworks whose image redirects in a circle")
    image_refused: Probability = option("images answered with HTTP 429")
    image_opt_out: Probability = option("artworks whose image carries X-Robots-Tag: noai, noimageai")
    block: Probability = option("requests (no images) that begin a block of --block-seconds")
    block_after: int = option("block the site after N requests (no images); 0: never", 0, ge=0)
    block_seconds: float = option("how long a block (429, captcha page) lasts", 60.0, ge=0)
    slow_seconds: float = option("how late a slow answer comes", 2.0, ge=0)
    endless_kind: Literal["ids", "token"] = option(
        "ids: each time new tokens bring old artworks; token: the last token leads to itself", "ids"
    )
    list_style: Literal["scroll", "sentinel", "button", "virtual"] = option(
        "what brings more of the list: scroll; sentinel: a watched element above a tall footer; button; "
        "virtual: scroll, and only the last 60 tiles stay in the page",
        "scroll",
    )
    consent_kind: Literal["named", "forms"] = option(
        "named: buttons with values, in English; forms: a form for each answer, in Japanese", "named"
    )
    refused_status: int = option("status of refused pages: 401, 403, 404, 451", 403, ge=400, le=599)
    retry_after: str = option("Retry-After of 429 and 503: seconds, or a date of HTTP", "")
    robots: Literal[
        "site", "allow", "disallow-all", "delay", "missing", "error", "garbage", "drip", "endless", "refused"
    ] = option("what /robots.txt answers; site: Disallow: /api/*", "site")
    seed: int = option("seed of all draws", 0, title="--fault-seed")

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
