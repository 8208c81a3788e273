"""One thumbnail, fetched and verified."""

from dataclasses import dataclass
from typing import Final, Self

from src.errors import BlockedError, DownloadError, ImageError
from src.features.decode_image import decode_image
from src.scraping.artwork import Artwork
from src.scraping.fetch.client import Answer, FetchError, explain_block
from src.scraping.fetch.fetcher import Fetcher
from src.scraping.fetch.robots import find_opt_out

MAXIMUM_BYTES_A_PIXEL: Final = 16
"""An uncompressed picture has three; what is larger than this, and than a megabyte, is no thumbnail."""

_GONE: Final = frozenset({400, 401, 403, 404, 405, 410, 451})


@dataclass(frozen=True, slots=True)
class DownloadOutcome:
    """What became of one artwork's thumbnail.

    ``status`` is ``ok`` or ``failed``, ``sha256`` the hash of the file, ``detail`` why it failed; ``is_passing``:
    the trouble may pass, it is of the line or the host and not of the picture.
    """

    asset_id: str
    status: str
    sha256: str | None = None
    detail: str | None = None
    is_passing: bool = False

    @classmethod
    def of(cls, artwork: Artwork, result: str | Exception) -> Self:
        """Note the file's hash, or the error that was raised in its place."""
        if isinstance(result, str):
            return cls(artwork.asset_id, "ok", sha256=result)
        is_passing = isinstance(result, FetchError) and result.is_passing
        return cls(artwork.asset_id, "failed", detail=str(result), is_passing=is_passing)


def get_img(fetcher: Fetcher, image: str, size: int = 218) -> bytes:
    """Fetch the centre-cropped square of a picture, ``size`` pixels wide, as JPEG; ``image`` has no size suffix.

    Raises
    ------
    DownloadError
        If it cannot be had; a :class:`FetchError` where the trouble is of the line or the host.
    BlockedError
        If the host refuses us altogether.
    """
    honours_opt_out = fetcher.manners.is_polite
    return fetcher.fetch(
        f"{image}=w{size}-h{size}-c-rj",
        lambda answer: _verify(answer, size, honours_opt_out=honours_opt_out),
        maximum_bytes=max(1 << 20, MAXIMUM_BYTES_A_PIXEL * size**2),
    )


def _verify(answer: Answer, size: int, *, honours_opt_out: bool) -> bytes:
    if answer.status == 429 or (answer.status == 503 and explain_block(503, answer.text)):
        raise BlockedError(f"the image host answered with HTTP {answer.status}{answer.wish_to_return}")
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
