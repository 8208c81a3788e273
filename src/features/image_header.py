"""What the first bytes of a picture say: its type, size and whether the file is whole.

Read before decoding, because decoding is where a hostile or damaged file costs time and memory.
Formats: ISO/IEC 10918-1 annex B (JPEG markers), the PNG specification (chunks) and RFC 9649 (WebP).
"""

import struct
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from src.errors import ImageDecodeError, ImageTypeError

MEDIA_TYPES: Final = ("image/jpeg", "image/png", "image/webp")
"""The types that the project takes."""

SIGNATURE_BYTES: Final = 12
"""So many bytes tell the format of a picture."""

PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
JPEG_START_OF_FRAME: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
JPEG_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
JPEG_PROGRESSIVE: Final = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
JPEG_START_OF_SCAN: Final = b"\xff\xda"
JPEG_END_OF_IMAGE: Final = b"\xff\xd9"

MAXIMUM_SCANS: Final = 100
"""Encoders write some ten; each costs a pass over all pixels, so thousands of empty ones stop a machine."""


@dataclass(frozen=True)
class ImageHeader:
    """What a picture's header declares.

    Attributes
    ----------
    media_type
        One of :data:`MEDIA_TYPES`, from the content and never from a name.
    width, height
        In pixels, before any EXIF rotation.
    has_alpha
        Whether pixels may be transparent.
    """

    media_type: str
    width: int
    height: int
    has_alpha: bool

    @property
    def pixels(self) -> int:
        """Width times height."""
        return self.width * self.height


def identify_format(beginning: bytes) -> str:
    """Tell the format of a picture by its first :data:`SIGNATURE_BYTES`: JPEG, PNG or WebP.

    Raises
    ------
    ImageTypeError
        If it is none of them.
    """
    if beginning.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if beginning.startswith(PNG_SIGNATURE):
        return "PNG"
    if beginning.startswith(b"RIFF") and beginning[8:12] == b"WEBP":
        return "WebP"
    raise ImageTypeError(
        f"the content is not a picture of a type we take (it begins with {beginning[:8].hex(' ')}): "
        "expected JPEG, PNG or WebP; convert the file, a new name does not change its type"
    )


def read_header(content: bytes) -> ImageHeader:
    """Read type and size of a picture without decoding it.

    Parameters
    ----------
    content
        The whole file.

    Returns
    -------
    ImageHeader

    Raises
    ------
    ImageTypeError
        If the bytes are neither JPEG nor PNG nor WebP.
    ImageDecodeError
        If there are no bytes, or the file ends before it should.
    """
    if not content:
        raise ImageDecodeError("the file is empty (0 bytes): expected a JPEG, PNG or WebP picture")
    return READERS[identify_format(content)](content)


def _truncated(kind: str) -> ImageDecodeError:
    return ImageDecodeError(
        f"the {kind} file is truncated or damaged: its header or its end is missing; fetch or export it again"
    )


def _read_jpeg(content: bytes) -> ImageHeader:
    position, size, is_progressive = 2, None, False
    while position + 4 <= len(content):
        if content[position] != 0xFF:
            raise _truncated("JPEG")
        marker = content[position + 1]
        if marker == 0xFF:  # fill byte
            position += 1
            continue
        if marker in JPEG_STANDALONE:
            position += 2
            continue
        (length,) = struct.unpack_from(">H", content, position + 2)
        if marker in JPEG_START_OF_FRAME:
            if position + 9 > len(content):
                break
            size = struct.unpack_from(">HH", content, position + 5)
            is_progressive = marker in JPEG_PROGRESSIVE
        if marker == 0xDA:
            # An embedded EXIF thumbnail has an end of its own, so only one behind the scan counts.
            if size is None or content.rfind(JPEG_END_OF_IMAGE) < position:
                break
            if is_progressive and (scans := content.count(JPEG_START_OF_SCAN, position)) > MAXIMUM_SCANS:
                raise ImageDecodeError(
                    f"the JPEG file has {scans:,} scans: expected at most {MAXIMUM_SCANS}; export it again"
                )
            height, width = size
            return _checked(ImageHeader("image/jpeg", width, height, has_alpha=False), "JPEG")
        position += 2 + length
    raise _truncated("JPEG")


def _read_png(content: bytes) -> ImageHeader:
    if len(content) < 33 or content[12:16] != b"IHDR":
        raise _truncated("PNG")
    width, height, _, colour_type = struct.unpack_from(">IIBB", content, 16)
    position, has_alpha = 8, colour_type in (4, 6)
    while position + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, position)
        kind = content[position + 4 : position + 8]
        has_alpha = has_alpha or kind == b"tRNS"
        position += 12 + length
        if kind == b"IEND":
            return _checked(ImageHeader("image/png", width, height, has_alpha), "PNG")
    raise _truncated("PNG")


def _read_webp(content: bytes) -> ImageHeader:
    if len(content) < 30 or struct.unpack_from("<I", content, 4)[0] + 8 > len(content):
        raise _truncated("WebP")
    kind = content[12:16]
    if kind == b"VP8X":
        width = 1 + int.from_bytes(content[24:27], "little")
        height = 1 + int.from_bytes(content[27:30], "little")
        return ImageHeader("image/webp", width, height, has_alpha=bool(content[20] & 0x10))
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return ImageHeader("image/webp", 1 + (bits & 0x3FFF), 1 + ((bits >> 14) & 0x3FFF), bool(bits >> 28 & 1))
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        return _checked(ImageHeader("image/webp", width & 0x3FFF, height & 0x3FFF, False), "WebP")
    raise _truncated("WebP")


def _checked(header: ImageHeader, kind: str) -> ImageHeader:
    if header.pixels == 0:
        raise _truncated(kind)
    return header


READERS: Final = MappingProxyType({"JPEG": _read_jpeg, "PNG": _read_png, "WebP": _read_webp})
