"""One thumbnail: fetch it, verify it, and put it in its place whole."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from src.errors import BlockedError, DownloadError, ImageError
from src.features.decode_image import decode_image
from src.files import write_bytes
from src.scraping.artwork import sized_image
from src.scraping.fetch.client import FetchError, HttpClient, explain_block, retry
from src.scraping.fetch.robots import describe_return, find_opt_out

MAXIMUM_BYTES_A_PIXEL: Final = 16
"""An uncompressed picture has three; what is larger than this, and than a megabyte, is no thumbnail."""

_GONE: Final = frozenset({400, 401, 403, 404, 405, 410, 451})


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
    client: HttpClient,
    folder: Path,
    sleep: Callable[[float], None] = time.sleep,
) -> DownloadOutcome:
    """Fetch one thumbnail into ``folder``, under the name of its SHA-256.

    Parameters
    ----------
    request
        What to fetch.
    client
        Fetches it.
    folder
        Where the verified file goes.
    sleep
        Pause between attempts; replaced in tests.

    Returns
    -------
    DownloadOutcome
        Never an exception of the network, the host or the picture: those are outcomes.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    try:
        content = retry(
            lambda: _fetch(request, client),
            attempts=request.attempts,
            first_pause=request.first_pause,
            longest_pause=40 * request.first_pause,
            sleep=sleep,
        )
    except BlockedError as error:
        return DownloadOutcome(request.asset_id, "blocked", detail=str(error))
    except DownloadError as error:
        is_passing = isinstance(error, FetchError) and error.is_passing
        return DownloadOutcome(request.asset_id, "failed", detail=str(error), is_passing=is_passing)
    digest = hashlib.sha256(content).hexdigest()
    write_bytes(folder / digest, content)
    return DownloadOutcome(request.asset_id, "ok", sha256=digest)


def _fetch(request: ThumbnailRequest, client: HttpClient) -> bytes:
    """Get the bytes of one attempt, verified."""
    address = sized_image(request.address, request.size, request.media_format)
    largest = max(1 << 20, MAXIMUM_BYTES_A_PIXEL * request.size**2)
    answer = client.get(address, maximum_bytes=largest, accept="image/*")
    if answer.status == 429 or (answer.status == 503 and explain_block(503, answer.text[:4000])):
        raise BlockedError(f"the image host answered with HTTP {answer.status}{describe_return(answer.retry_after)}")
    if answer.status in _GONE:
        raise DownloadError(f"the image host answers HTTP {answer.status}: the picture is not there for us")
    if answer.status != 200:
        raise FetchError(f"the image host answers HTTP {answer.status}", retry_after=answer.retry_after)
    if request.honours_opt_out and (words := find_opt_out(answer.headers.get("x-robots-tag"))):
        raise DownloadError(f"the picture is reserved by its owner (X-Robots-Tag: {words})")
    try:
        image = decode_image(answer.content)
    except ImageError as error:
        raise FetchError(f"what came is no usable picture: {error}") from error
    height, width = image.shape[:2]
    if (width, height) != (request.size, request.size):
        raise FetchError(f"the picture is {width} × {height}: expected {request.size} × {request.size}")
    return answer.content
