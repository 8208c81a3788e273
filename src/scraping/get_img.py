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
from src.scraping.fetch.client import FetchError, HttpClient, describe_return, explain_block, retry
from src.scraping.fetch.robots import find_opt_out

MAXIMUM_BYTES_A_PIXEL: Final = 16
"""An uncompressed picture has three; what is larger than this, and than a megabyte, is no thumbnail."""

_GONE: Final = frozenset({400, 401, 403, 404, 405, 410, 451})


@dataclass(frozen=True, slots=True)
class DownloadOutcome:
    """What became of one thumbnail.

    Attributes
    ----------
    asset_id
        Whose picture.
    status
        ``ok`` or ``failed``.
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
    asset_id: str,
    address: str,
    client: HttpClient,
    folder: Path,
    *,
    size: int = 218,
    honours_opt_out: bool = False,
    first_pause: float = 0.05,
    sleep: Callable[[float], None] = time.sleep,
) -> DownloadOutcome:
    """Fetch the thumbnail at ``address`` into ``folder``, under the name of its SHA-256.

    Parameters
    ----------
    size
        Width and height in pixels that it must have.
    honours_opt_out
        Whether a header that reserves the picture counts.
    first_pause, sleep
        Between attempts, as for :func:`retry`.

    Raises
    ------
    BlockedError
        If the site refuses us altogether; other troubles of the network, the host or the picture are outcomes.
    OSError
        If the file cannot be written.
    """
    try:
        content = retry(
            lambda: _fetch(client, address, size, honours_opt_out=honours_opt_out), first_pause=first_pause, sleep=sleep
        )
    except DownloadError as error:
        is_passing = isinstance(error, FetchError) and error.is_passing
        return DownloadOutcome(asset_id, "failed", detail=str(error), is_passing=is_passing)
    digest = hashlib.sha256(content).hexdigest()
    write_bytes(folder / digest, content)
    return DownloadOutcome(asset_id, "ok", sha256=digest)


def _fetch(client: HttpClient, address: str, size: int, *, honours_opt_out: bool) -> bytes:
    """Get the bytes of one attempt, verified."""
    answer = client.get(address, maximum_bytes=max(1 << 20, MAXIMUM_BYTES_A_PIXEL * size**2), accept="image/*")
    if answer.status == 429 or (answer.status == 503 and explain_block(503, answer.text)):
        raise BlockedError(f"the image host answered with HTTP {answer.status}{describe_return(answer.retry_after)}")
    if answer.status in _GONE:
        raise DownloadError(f"the image host answers HTTP {answer.status}: the picture is not there for us")
    if answer.status != 200:
        raise FetchError(f"the image host answers HTTP {answer.status}", retry_after=answer.retry_after)
    if honours_opt_out and (words := find_opt_out(answer.headers.get("x-robots-tag"))):
        raise DownloadError(f"the picture is reserved by its owner (X-Robots-Tag: {words})")
    try:
        height, width = decode_image(answer.content).shape[:2]
    except ImageError as error:
        raise FetchError(f"what came is no usable picture: {error}") from error
    if (width, height) != (size, size):
        raise FetchError(f"the picture is {width} × {height}: expected {size} × {size}")
    return answer.content
