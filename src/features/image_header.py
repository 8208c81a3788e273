"""What a picture's file declares, and what decoding it would cost: read before any pixel is decoded.

The headers are read by Pillow's format classes, which look at no pixel when they are made. They are
called one by one, for the kind that the signature gives: a file is never tried as something else.
"""

import io
import re
import struct
import zlib
from typing import Final, NamedTuple, cast

from PIL import Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from src.errors import ImageDecodeError, ImageTooLargeError, ImageTypeError


class ImageKind(NamedTuple):
    """A kind of picture that the project takes: how HTTP and file names call it, how it begins, who reads it."""

    media_type: str
    suffixes: tuple[str, ...]
    signature: re.Pattern[bytes]
    reader: type[ImageFile]


IMAGE_KINDS: Final = {
    "JPEG": ImageKind("image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"), re.compile(rb"\xff\xd8\xff"), JpegImageFile),
    "PNG": ImageKind("image/png", (".png", ".apng"), re.compile(rb"\x89PNG\r\n\x1a\n"), PngImageFile),
    "WebP": ImageKind("image/webp", (".webp",), re.compile(rb"(?s)RIFF.{4}WEBP"), WebPImageFile),
    "GIF": ImageKind("image/gif", (".gif",), re.compile(rb"GIF8[79]a"), GifImageFile),
    "BMP": ImageKind(  # a known size of the second header as well: two letters alone may begin any text
        "image/bmp", (".bmp", ".dib"), re.compile(rb"(?s)BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0"), BmpImageFile
    ),
    "TIFF": ImageKind(
        "image/tiff", (".tif", ".tiff"), re.compile(rb"(?s)(?:II[*+]\0|MM\0[*+])(?!.{4}CR)"), TiffImageFile
    ),
    "AVIF": ImageKind("image/avif", (".avif",), re.compile(rb"(?s).{4}ftyp(?:.{4})*?avi[fs]"), AvifImageFile),
}
"""The one list of what is taken, by name; the command line, the service and the pipeline share it."""

MEDIA_TYPES: Final = tuple(kind.media_type for kind in IMAGE_KINDS.values())
PICTURE_SUFFIXES: Final = tuple(suffix for kind in IMAGE_KINDS.values() for suffix in kind.suffixes)
KIND_NAMES: Final = " or ".join(", ".join(IMAGE_KINDS).rsplit(", ", 1))

SIGNATURE_BYTES: Final = 32
"""The first bytes, which identify the kind of a picture; fewer will do where the file has no more."""

OTHER_KINDS: Final = {
    re.compile(pattern, re.DOTALL): name
    for pattern, name in (
        (rb".{4}ftyp(?:.{4})*?(?:hei[cxms]|hev[cx]|mif1|msf1)", "a HEIC photograph"),
        (rb".{4}ftyp", "a video or raw photograph"),
        (rb"\xff\x0a|\0\0\0\x0cJXL ", "a JPEG XL picture"),
        (rb"\xff\x4f\xff\x51|\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
        (rb"8BPS", "a Photoshop document"),
        (rb"\0\0[\x01\x02]\0", "an icon or cursor"),
        (rb"%PDF", "a PDF document"),
        (rb"%!PS", "a PostScript document"),
        (rb"v/1\x01", "an OpenEXR picture"),
        (rb"FUJIFILM|IIRO|II.{6}CR", "a raw photograph"),
        (rb"PK\x03\x04", "a ZIP archive"),
        (rb"(?:\xef\xbb\xbf)?\s*(?i:<!doctype html|<html)", "a web page"),
        (rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml|<svg)", "an SVG drawing or another XML file"),
    )
}
"""What else people send, by how it begins."""

PNG_PIXELS: Final = frozenset({b"IHDR", b"PLTE", b"IDAT"})
PNG_OPTIONS: Final = frozenset({b"tRNS", b"iCCP", b"eXIf"})
PNG_END: Final = b"\0\0\0\0IEND\xaeB`\x82"

ORIENTATION_TAG: Final = 0x0112
MAXIMUM_PROFILE: Final = 4_000_000
"""Larger ICC profiles are not used, and not unpacked as a whole; those of displays and scanners have less."""

JPEG_VARIETIES: Final = re.compile(rb"(?s).*?\xff(?:\xf7\0|[\xc0-\xc2]\0.\x08\0\0)")
"""JPEG-LS, and files whose height stands behind their pixels (DNL): sound, and beyond what libjpeg decodes."""

UNSUPPORTED: Final = re.compile(
    r"unsupported|not supported|not implemented|cannot handle|unknown|not available", re.IGNORECASE
)
"""How libraries say that a file is beyond them, and not that it is damaged."""


class ImageHeader(NamedTuple):
    """What the header of a picture declares.

    Attributes
    ----------
    kind
        A name of :data:`IMAGE_KINDS`, from the content and never from a file's name.
    width, height
        In pixels, as stored: before the orientation (1-8, as EXIF counts) is applied.
    mode
        Pillow's name of the pixel format: ``RGB``, ``L``, ``CMYK`` …
    memory
        Upper estimate of the bytes that decoding takes at its peak, the file itself not counted.
    opened
        The file as Pillow has it open behind its header; good for one decoding.
    """

    kind: str
    width: int
    height: int
    mode: str
    orientation: int
    profile: bytes | None
    memory: int
    opened: ImageFile

    @property
    def media_type(self) -> str:
        """The kind as HTTP names it."""
        return IMAGE_KINDS[self.kind].media_type


def find_kind(beginning: bytes) -> str:
    """Name the kind of a picture by its first :data:`SIGNATURE_BYTES`; empty if it is none that we take."""
    return next((name for name, kind in IMAGE_KINDS.items() if kind.signature.match(beginning)), "")


def identify_other_kind(beginning: bytes) -> str:
    """Name a kind that we do not take by its first :data:`SIGNATURE_BYTES`; empty if we do not know it."""
    return next((name for signature, name in OTHER_KINDS.items() if signature.match(beginning)), "")


def read_header(content: bytes) -> ImageHeader:
    """Read what the whole file of a picture declares, without decoding it.

    ImageTypeError if it is of another kind, ImageTooLargeError if it declares more pixels than Pillow itself takes in,
    ImageDecodeError if there is no header that can be read.
    """
    if not content:
        raise ImageDecodeError(f"the file is empty (0 bytes): expected a {KIND_NAMES} picture")
    beginning = content[:SIGNATURE_BYTES]
    kind = find_kind(beginning)
    if not kind:
        unknown = f"not a picture of a kind we take (it begins with {beginning[:8].hex(' ')})"
        raise ImageTypeError(
            f"the content is {identify_other_kind(beginning) or unknown}: expected {KIND_NAMES}; export it as one of "
            "these, a new name does not change its kind"
        )
    needed, notes = _sort_chunks(content) if kind == "PNG" else (content, {})
    image = _open(needed, kind)
    profile = _unpack_profile(notes[b"iCCP"]) if b"iCCP" in notes else image.info.get("icc_profile")
    exif = notes.get(b"eXIf", image.info.get("exif"))
    orientation = 1 if kind == "TIFF" else _read_orientation(exif)  # Pillow turns TIFF itself
    try:
        memory = _estimate_memory(kind, image, orientation, len(content))
    except Exception as error:  # as in _open
        raise explain_failure(f"the {kind} file's header", str(error) or type(error).__name__) from error
    profile = profile if isinstance(profile, bytes) and profile else None
    return ImageHeader(kind, image.width, image.height, image.mode, orientation, profile, memory, image)


def explain_failure(picture: str, reason: str) -> ImageDecodeError:
    """Make the error of a file that a library refuses: damaged, or of a variety that it does not decode."""
    if UNSUPPORTED.search(reason):
        return ImageDecodeError(
            f"{picture} is of a variety that we do not decode ({reason}): export it with 8 bits a channel, RGB"
        )
    return ImageDecodeError(f"{picture} is truncated or damaged ({reason}): fetch or export it again")


def _open(content: bytes, kind: str) -> ImageFile:
    """Read a picture's header by Pillow, which decodes no pixel yet."""
    try:
        image = IMAGE_KINDS[kind].reader(io.BytesIO(content))
    except Image.DecompressionBombError as error:
        raise ImageTooLargeError(f"the {kind} picture is far too large: {error} Send a smaller version") from error
    except Exception as error:  # a hostile header may raise anything in a parser
        reason = str(error) or type(error).__name__
        if kind == "JPEG" and JPEG_VARIETIES.match(content):
            reason = "unsupported marker: JPEG-LS, or a height behind the pixels"
        raise explain_failure(f"the {kind} file", reason) from error
    if image.width <= 0 or image.height <= 0:
        raise ImageDecodeError(f"the {kind} file is damaged: it declares no pixels; fetch or export it again")
    return image


def _sort_chunks(content: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    """Give what of a PNG file its pixels need, and the data of its chunks for profile and orientation.

    Texts, private chunks, animations and what follows the end are left out: decoders have limits for such
    chunks that say nothing of the picture, and take memory for whatever length a chunk declares. A missing end
    is added: whether all pixels are there, the decoder finds out. An optional chunk whose checksum is wrong is
    left out, as libpng does.

    A critical chunk beyond the standard, as in what Apple's tools make for applications, is ImageDecodeError.
    """
    view = memoryview(content)
    needed: list[bytes | memoryview] = [content[:8]]
    notes: dict[bytes, bytes] = {}
    position = 8
    while position + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, position)
        kind = content[position + 4 : position + 8]
        chunk: bytes | memoryview = view[position : position + 12 + length]
        position += 12 + length
        is_whole = position <= len(content)
        if kind == b"IEND" or not (is_whole or kind == b"IDAT"):
            break
        if kind in PNG_PIXELS:
            needed.append(chunk if is_whole else _close_chunk(kind, chunk[8:]))
        elif kind in PNG_OPTIONS:
            if zlib.crc32(chunk[4:-4]) == int.from_bytes(chunk[-4:], "big"):
                if kind == b"tRNS":
                    needed.append(chunk)
                else:
                    notes.setdefault(kind, bytes(chunk[8:-4]))
        elif kind.isalpha() and kind[:1].isupper():
            raise explain_failure("the PNG file", f"unsupported critical chunk {kind.decode('ascii', 'replace')}")
    return b"".join([*needed, PNG_END]), notes


def _unpack_profile(chunk: bytes) -> bytes:
    """Give the ICC profile of an ``iCCP`` chunk (ISO/IEC 15948, 11.3.3.3); what cannot be unpacked as it is."""
    _, _, data = chunk.partition(b"\0")
    try:
        return zlib.decompressobj().decompress(data[1:], MAXIMUM_PROFILE + 1)
    except zlib.error:
        return chunk


def _close_chunk(kind: bytes, data: bytes | memoryview) -> bytes:
    """Give a chunk that the file's end cuts off the length and checksum of what is there of it."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))


def _read_orientation(exif: bytes | None) -> int:
    if not exif:
        return 1
    try:
        tags = Image.Exif()
        tags.load(exif)
        orientation = tags.get(ORIENTATION_TAG, 1)
    except Exception:  # noqa: BLE001 - broken EXIF data raise anything, and cost no picture
        return 1
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1


def _estimate_memory(kind: str, image: ImageFile, orientation: int, size: int) -> int:
    """Estimate the peak in bytes of decoding, as ``benchmarks/ordeals/decoding_memory.py`` measures it."""
    pixels = image.width * image.height
    has_alpha = image.has_transparency_data
    if isinstance(image, JpegImageFile):
        peak = pixels * (10 if image.mode == "CMYK" else 3)
        if _has_several_scans(image):
            peak += 2 * _count_coefficients(image)
    elif kind == "PNG":
        is_deep = any(str(tile[3]).endswith(";16B") for tile in image.tile)
        peak = pixels * (2 * (8 if is_deep else 4) if has_alpha else 6)  # OpenCV holds two copies
        peak += size  # _sort_chunks makes another
    elif kind == "WebP":
        peak = pixels * (13 if getattr(image, "is_animated", False) else 9 if has_alpha else 8)
    elif kind == "AVIF":
        peak = pixels * 16
    else:
        peak = pixels * 9
    return max(peak, pixels * 6 if orientation > 1 else 0)


def _has_several_scans(image: JpegImageFile) -> bool:
    """Whether libjpeg keeps the coefficients of a JPEG file in memory until its end: it decides by the first scan."""
    stream = cast("io.BytesIO", image.fp)
    content = stream.getvalue()
    components = content[content.rfind(b"\xff\xda", 0, stream.tell()) + 4]
    return "progressive" in image.info or components < len(image.layer)


def _count_coefficients(image: JpegImageFile) -> int:
    """Count the coefficients of a JPEG file."""
    layers = image.layer  # of each component: name, horizontal and vertical sampling, table
    widest, highest = max(layer[1] for layer in layers), max(layer[2] for layer in layers)
    return sum(image.width * image.height * layer[1] * layer[2] // (widest * highest) for layer in layers)
