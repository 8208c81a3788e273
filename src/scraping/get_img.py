"""One thumbnail: fetch it, verify it, and put it in its place whole."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import urllib3
from urllib3.exceptions import HTTPError

from src.errors import BlockedError, DownloadError, ImageError
from src.features.decode_image import decode_image
from src.files import replace_file
from src.scraping.artwork import sized_image
from src.scraping.page_state import is_block
from src.scraping.politeness import find_opt_out
from src.scraping.retry import retry

_GONE = frozenset({400, 401, 403, 404, 405, 410, 451})


class _PassingError(DownloadError):
    """It went wrong this time; another attempt may mend it."""


@dataclass(frozen=True, slots=True)
class ThumbnailRequest:
    """What to fetch, and how.

    Attributes
    ----------
    asset_id
        Whose picture.
    address
        Live address without a size suffix.
    size
        Width and height in pixels.
    media_format
        ``jpeg`` or ``webp``.
    honours_opt_out
        Whether a header that reserves the picture counts.
    attempts, first_pause
        How often to try, and the pause after the first failure in seconds.
    """

    asset_id: str
    address: str
    size: int = 218
    media_format: str = "jpeg"
    honours_opt_out: bool = False
    attempts: int = 6
    first_pause: float = 0.05


@dataclass(frozen=True, slots=True)
class DownloadOutcome:
    """What became of one thumbnail.

    Attributes
    ----------
    asset_id
        Whose picture.
    status
        ``ok``, ``failed`` or, where the site refuses us altogether, ``blocked``.
    sha256
        Hash of the file; None without one.
    detail
        Why it failed.
    is_passing
        Whether the trouble may pass: the line or the host, not the picture.
    """

    asset_id: str
    status: str
    sha256: str | None = None
    detail: str | None = None
    is_passing: bool = False


def get_img(
    request: ThumbnailRequest,
    pool: urllib3.PoolManager,
    folder: Path,
    sleep: Callable[[float], None] = time.sleep,
) -> DownloadOutcome:
    """Fetch one thumbnail into ``folder``, under the name of its SHA-256.

    Parameters
    ----------
    request
        What to fetch.
    pool
        Connections that are kept alive.
    folder
        Where the verified file goes.
    sleep
        Pause between attempts; replaced in tests.

    Returns
    -------
    DownloadOutcome
        Never an exception of the network, the host or the picture: those are outcomes.
    """
    try:
        content = retry(
            lambda: _fetch(request, pool),
            _PassingError,
            attempts=request.attempts,
            first_pause=request.first_pause,
            longest_pause=40 * request.first_pause,
            sleep=sleep,
        )
    except BlockedError as error:
        return DownloadOutcome(request.asset_id, "blocked", detail=str(error))
    except DownloadError as error:
        is_passing = isinstance(error, _PassingError)
        return DownloadOutcome(request.asset_id, "failed", detail=str(error), is_passing=is_passing)
    digest = hashlib.sha256(content).hexdigest()
    with replace_file(folder / digest) as temporary:
        temporary.write_bytes(content)
    return DownloadOutcome(request.asset_id, "ok", sha256=digest)


def _fetch(request: ThumbnailRequest, pool: urllib3.PoolManager) -> bytes:
    """Get the bytes of one attempt, verified."""
    address = sized_image(request.address, request.size, request.media_format)
    try:
        answer = pool.request("GET", address, retries=False)
    except HTTPError as error:
        raise _PassingError(f"no whole answer from the image host ({type(error).__name__})") from error
    content = answer.data
    if answer.status == 429 or (answer.status == 503 and is_block(503, content[:4000].decode("latin-1"))):
        raise BlockedError(f"the image host answered with HTTP {answer.status}")
    if answer.status in _GONE:
        raise DownloadError(f"the image host answers HTTP {answer.status}: the picture is not there for us")
    if answer.status != 200:
        raise _PassingError(f"the image host answers HTTP {answer.status}")
    if request.honours_opt_out and (words := find_opt_out(answer.headers.get("X-Robots-Tag"))):
        raise DownloadError(f"the picture is reserved by its owner (X-Robots-Tag: {words})")
    try:
        image = decode_image(content)
    except ImageError as error:
        raise _PassingError(f"what came is no usable picture: {error}") from error
    height, width = image.shape[:2]
    if (width, height) != (request.size, request.size):
        raise _PassingError(f"the picture is {width} × {height}: expected {request.size} × {request.size}")
    return content
