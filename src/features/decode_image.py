"""Bytes to pixels: the only place of the project that decodes pictures.

JPEG is decoded by libjpeg-turbo (simplejpeg), PNG and WebP by OpenCV, the rest by Pillow.
"""

import io
import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Final, cast

import cv2
import numpy as np
import simplejpeg  # type: ignore[import-untyped]
from numpy.typing import NDArray
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import BITSPERSAMPLE, PHOTOMETRIC_INTERPRETATION

from src.errors import ImageDecodeError, ImageTooLargeError
from src.features.image_header import ImageHeader, explain_failure, read_header
from src.features.schema import BGRImage

MAXIMUM_MEMORY: Final = 512_000_000
"""Default limit of what decoding one picture may take, in bytes: 170 megapixels of a plain JPEG file."""

BAND_PIXELS: Final = 1 << 17
"""Pixels that are converted at a time, so that no second copy of a large picture is made."""

MAXIMUM_SCANS: Final = 100
"""JPEG encoders write some ten scans; each costs a pass over all pixels, so thousands of empty ones stop a machine."""

HARMLESS_WARNINGS: Final = (
    "Could not determine subsampling level",  # TurboJPEG's, of factors that libjpeg knows
    "Invalid SOS parameters",
    "Inconsistent progression sequence",
    "bad ICC marker",
    "Unknown Adobe color transform",
)
"""Warnings (``jerror.h``) that a file with all its pixels may cause, and that cannot be mended."""

EXTRANEOUS_BYTES: Final = re.compile(r"(\d+) extraneous bytes before marker 0x([0-9a-f]{2})")
MAXIMUM_REPAIRS: Final = 6
"""How often bytes are taken out of a JPEG file, and how many places are tried each time: every try is a decoding."""

JPEG_SCAN: Final = b"\xff\xda"
JPEG_SCAN_HEADER: Final = re.compile(rb"\xff\xda\0.([\1-\4])(.{5,11})", re.DOTALL)
"""Number of components; selector and tables of each, first and last coefficient, bits (ITU-T T.81, B.2.3)."""

JPEG_DATA_END: Final = re.compile(rb"\xff[^\0\xd0-\xd7\xff]")
JPEG_END: Final = b"\xff\xd9"
OTHER_DATA: Final = bytes(range(1, 250, 3)) * 8


def decode_image(content: bytes, maximum_memory: int = MAXIMUM_MEMORY) -> BGRImage:
    """Decode a whole file of any of :data:`src.features.image_header.IMAGE_KINDS`, as all of this project sees it.

    The orientation is applied, grey becomes three equal channels, of 16 bits the upper 8 are kept,
    CMYK becomes BGR by the decoder's conversion, an animation gives its first frame, and what is
    transparent is laid over white, as a web page shows it. Colours stay those of the embedded profile
    (:func:`src.features.colour_profile.convert_to_srgb`).

    Raises
    ------
    ImageTypeError
        If the bytes are of another kind, whatever the file is called.
    ImageTooLargeError
        If decoding would take more than ``maximum_memory`` bytes; no pixel is decoded then.
    ImageDecodeError
        If the file is empty, truncated or damaged, or uses what the decoder does not know.
    """
    return decode_pixels(content, read_header(content), maximum_memory)


def decode_pixels(content: bytes, header: ImageHeader, maximum_memory: int = MAXIMUM_MEMORY) -> BGRImage:
    """Decode a picture whose header was read; else as :func:`decode_image`."""
    if header.memory > maximum_memory:
        raise ImageTooLargeError(
            f"decoding the {header.kind} picture of {header.width} × {header.height} = "
            f"{header.width * header.height:,} pixels would take about {header.memory / 1e6:,.0f} MB: "
            f"expected at most {maximum_memory / 1e6:,.0f} MB; send a smaller version"
        )
    try:
        image = DECODERS.get(header.kind, _decode_by_pillow)(content, header)
    except MemoryError as error:
        raise ImageTooLargeError("there is not enough memory to decode the picture: send a smaller version") from error
    return _turn(image, header.orientation)


def _refuse(header: ImageHeader, reason: str) -> ImageDecodeError:
    return explain_failure(f"the {header.kind} file of {header.width} × {header.height} pixels", reason)


def _turn(image: BGRImage, orientation: int) -> BGRImage:
    """Apply an EXIF orientation (JEITA CP-3451, tag 0x0112)."""
    if orientation == 1:
        return image
    if orientation >= 5:
        image = image.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        image = image[:, ::-1]
    if orientation in (3, 4, 7, 8):
        image = image[::-1]
    return np.ascontiguousarray(image)


def _decode_jpeg(content: bytes, header: ImageHeader) -> BGRImage:
    """Decode a JPEG file; libjpeg's warnings are errors, but for those that leave every pixel as it was meant."""
    scans = content.count(JPEG_SCAN)
    if scans > MAXIMUM_SCANS:
        raise ImageDecodeError(
            f"the JPEG file has {scans:,} scans: expected at most {MAXIMUM_SCANS}; export it again as a plain JPEG"
        )
    if _lacks_scans(content, header):
        raise _refuse(header, "scans of its pixels are missing")
    if not content.endswith(JPEG_END):  # a missing end marker takes no pixels along; lost ones have their own warning
        content += JPEG_END
    if content[6:11] == b"JFIF\0" and content[11:12] != b"\1":  # libjpeg warns of versions, which change nothing
        content = content[:11] + b"\1\2" + content[13:]
    is_cmyk = header.mode == "CMYK"
    try:
        image = _decode_strictly(content, "CMYK" if is_cmyk else "BGR")
    except ValueError as error:
        reason = str(error)
        if any(warning in reason for warning in HARMLESS_WARNINGS):
            return _decode_if_whole(content, header)
        raise _refuse(header, reason) from error
    if is_cmyk:
        return _decode_by_opencv(content, header, cv2.IMREAD_COLOR)
    if image.shape[:2] != (header.height, header.width):
        raise _refuse(header, f"its data are of {image.shape[1]} × {image.shape[0]} pixels")
    return image


def _lacks_scans(content: bytes, header: ImageHeader) -> bool:
    """Whether a coefficient of a component is not sent to its last bit: a JPEG file cut between two scans.

    libjpeg gives no warning of that. Any file whose encoder left coefficients out, which the standard allows
    and usual ones do not do, counts as cut (ITU-T T.81, B.2.3 and G.1.1.1).
    """
    start, end = _locate_pixels(content, header)
    components = {component for component, *_ in cast("JpegImageFile", header.opened).layer}
    is_progressive = "progressive" in header.opened.info
    sent: set[tuple[int, int]] = set()
    for match in JPEG_SCAN_HEADER.finditer(content, max(0, content.rfind(JPEG_SCAN, 0, start)), end):
        *selectors, first, last, bits = match[2][: 2 * match[1][0] + 3]
        if not is_progressive:  # each scan has all coefficients
            components -= set(selectors[::2])
        elif bits & 0x0F == 0:
            sent.update(product(selectors[::2], range(first, last + 1)))
    return any((component, place) not in sent for component in components for place in range(64))


def _locate_pixels(content: bytes, header: ImageHeader) -> tuple[int, int]:
    """Give the positions behind the header of the first scan of a JPEG file and of its end marker."""
    start = cast("io.BytesIO", header.opened.fp).tell()
    end = content.find(JPEG_END, start)
    return start, len(content) if end < 0 else end


def _decode_strictly(content: bytes, space: str) -> BGRImage:
    """Decode without a single warning, or raise it as ValueError; bytes before a marker are taken out first."""
    for _ in range(MAXIMUM_REPAIRS):
        try:
            return simplejpeg.decode_jpeg(content, space)  # type: ignore[no-any-return]
        except ValueError as error:
            content = _take_first_better(content, str(error), space)
    raise ValueError("Corrupt JPEG data: too many oddities")


def _take_first_better(content: bytes, warning: str, space: str) -> bytes:
    """Give the first file without junk that causes no warning, or one of other junk; else raise the warning."""
    remaining = warning
    for repaired in _remove_junk(content, warning):
        try:
            simplejpeg.decode_jpeg(repaired, space)
        except ValueError as error:
            remaining = str(error)
            if remaining == warning or not EXTRANEOUS_BYTES.search(remaining):
                continue
        return repaired
    raise ValueError(remaining)


def _remove_junk(content: bytes, warning: str) -> Iterator[bytes]:
    """Give the file without the bytes that libjpeg found before a marker: in the one place, or in possible ones."""
    if not (found := EXTRANEOUS_BYTES.search(warning)):
        return
    count, marker = int(found[1]), bytes([0xFF, int(found[2], 16)])
    behind_data = []
    position = 2
    while (code := content[position : position + 2]) not in (b"", JPEG_END):
        if code[0] != 0xFF or code == b"\xff\0":  # where a segment ends, and a marker is due
            yield content[:position] + content[max(position, content.find(marker, position)) :]
            return
        position += 1 if code == b"\xff\xff" else 2 + int.from_bytes(content[position + 2 : position + 4], "big")
        if code == JPEG_SCAN:
            end = JPEG_DATA_END.search(content, position)
            places = re.compile(re.escape(marker)).finditer(content, position, end.end() if end else len(content))
            behind_data += [match.start() for match in places]
            position = end.start() if end else len(content)
    for place in behind_data[:MAXIMUM_REPAIRS]:
        yield content[: place - count] + content[place:]


def _decode_if_whole(content: bytes, header: ImageHeader) -> BGRImage:
    """Decode a JPEG file with oddities that libjpeg warns of, unless it runs out of data.

    Where data are missing, libjpeg goes on with what stands next. So other data are put behind those of the
    last scan: the pixels of a whole picture do not depend on them.
    """
    start, end = _locate_pixels(content, header)
    data_end = JPEG_DATA_END.search(content, max(start, content.rfind(JPEG_SCAN, 0, end) + 2))
    data = content[: data_end.start() if data_end else end]
    image = _decode_by_opencv(data + JPEG_END, header, cv2.IMREAD_COLOR)
    if not np.array_equal(image, _decode_by_opencv(data + OTHER_DATA + JPEG_END, header, cv2.IMREAD_COLOR)):
        raise _refuse(header, "its data end before the last pixel")
    return image


def _decode_by_opencv(content: bytes, header: ImageHeader, flags: int) -> NDArray[np.uint8]:
    try:
        image = cv2.imdecode(np.frombuffer(content, np.uint8), flags | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error as error:
        raise _refuse(header, "its pixels cannot be decoded") from error
    if image is None or image.shape[:2] != (header.height, header.width):
        raise _refuse(header, "its pixels cannot be decoded")
    return image  # type: ignore[return-value]


def _decode_png(content: bytes, header: ImageHeader) -> BGRImage:
    opened = header.opened
    content = cast("io.BytesIO", opened.fp).getvalue()  # without what is not needed
    if not opened.has_transparency_data:
        return _decode_by_opencv(content, header, cv2.IMREAD_COLOR)
    image = _decode_by_opencv(content, header, cv2.IMREAD_UNCHANGED)
    if image.ndim == 2:  # libpng leaves the one transparent grey (tRNS) to us
        depth = content[24]
        grey = int(opened.info["transparency"]) * np.iinfo(image.dtype).max // (2**depth - 1)
        is_clear = image == grey
        if image.dtype == np.uint16:
            image = (image >> 8).astype(np.uint8)
        image[is_clear] = 255
        return cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)  # type: ignore[return-value]
    return _lay_over_white(image)


def _decode_webp(content: bytes, header: ImageHeader) -> BGRImage:
    content = content[: 8 + int.from_bytes(content[4:8], "little")]  # what follows never stands in for lost pixels
    is_animated = content[12:16] == b"VP8X" and content[20] & 0x02
    if is_animated:  # its canvas is transparent, whatever the alpha flag says
        content = content[:20] + bytes([content[20] | 0x10]) + content[21:]
    if is_animated or header.mode == "RGBA":
        return _lay_over_white(_decode_by_opencv(content, header, cv2.IMREAD_UNCHANGED))
    return _decode_by_opencv(content, header, cv2.IMREAD_COLOR)


def _lay_over_white(image: NDArray[np.uint8]) -> BGRImage:
    """Turn BGR or BGRA, 8 or 16 bits, into BGR uint8, a few rows at a time."""
    result = np.empty((*image.shape[:2], 3), np.uint8)
    rows = max(1, BAND_PIXELS // image.shape[1])
    for top in range(0, len(image), rows):
        band = image[top : top + rows]
        if image.dtype == np.uint16:
            band = (band >> 8).astype(np.uint8)  # as libpng does where there is no alpha
        if band.shape[2] == 4:
            opacity = band[:, :, 3:].astype(np.float32) / 255
            band = np.rint(band[:, :, :3] * opacity + 255 * (1 - opacity))
        result[top : top + rows] = band
    return result


def _decode_by_pillow(_: bytes, header: ImageHeader) -> BGRImage:
    """Decode GIF, BMP, TIFF and AVIF."""
    opened = header.opened
    try:
        frame = opened.tile[0][1] if header.kind == "GIF" else None
        left, upper, right, lower = frame or (0, 0, opened.width, opened.height)
        opened.load()
        result = np.full((opened.height, opened.width, 3), 255, np.uint8)
        rows = max(1, BAND_PIXELS // opened.width)
        for top in range(0, opened.height, rows):
            bottom = min(top + rows, opened.height)
            band = opened.crop((0, top, opened.width, bottom))
            result[top:bottom] = _lay_over_white(_convert_band(band, header))
    except (ImageDecodeError, MemoryError):
        raise
    except Exception as error:  # a hostile file may raise anything in a decoder
        raise _refuse(header, str(error) or type(error).__name__) from error
    result[:upper] = result[lower:] = result[:, :left] = result[:, right:] = 255  # canvas that the frame leaves bare
    return result


def _convert_band(band: Image.Image, header: ImageHeader) -> NDArray[np.uint8]:
    """Give rows of any pixel format as BGRA."""
    if band.mode in {"I;16", "I;16B", "I;16L", "I;16N"}:
        tags = getattr(header.opened, "tag_v2", {})
        grey = (np.asarray(band) >> (tags.get(BITSPERSAMPLE, (16,))[0] - 8)).astype(np.uint8)
        if tags.get(PHOTOMETRIC_INTERPRETATION) == 0:  # white is zero, which Pillow leaves so in deep greys
            grey = 255 - grey
        return np.dstack([grey, grey, grey])
    if band.mode in {"I", "F", "LAB", "HSV"}:
        raise _refuse(header, f"unsupported pixel format {band.mode}")
    pixels = np.asarray(band.convert("RGBA" if band.has_transparency_data else "RGB"))
    return pixels[:, :, [2, 1, 0, 3][: pixels.shape[2]]]


DECODERS: Final[dict[str, Callable[[bytes, ImageHeader], BGRImage]]] = {
    "JPEG": _decode_jpeg,
    "PNG": _decode_png,
    "WebP": _decode_webp,
}
