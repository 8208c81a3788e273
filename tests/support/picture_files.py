"""Pictures and files that tests make, good and bad."""

import io
import re
import struct
import zlib
from collections.abc import Callable, Mapping

import cv2
import numpy as np
from PIL import Image

from src.colours import LEGIBLE_SWATCHES

HEIGHT, WIDTH = 120, 160


def make_pixels(height: int = HEIGHT, width: int = WIDTH, seed: int = 0) -> np.ndarray:
    """Make a smooth BGR picture with colours of all kinds."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def draw(colour: str, size: tuple[int, int] = (60, 40), kind: str = ".jpg") -> bytes:
    """A picture that is mostly of one colour, with some grain."""
    swatch = np.array([int(LEGIBLE_SWATCHES[colour][start : start + 2], 16) for start in (5, 3, 1)])
    grain = np.random.default_rng(1).normal(0, 12, (size[1], size[0], 3))
    return cv2.imencode(kind, np.clip(swatch + grain, 0, 255).astype(np.uint8))[1].tobytes()


def encode(pixels: np.ndarray, kind: str, **options: object) -> bytes:
    """Encode BGR or BGRA pixels by Pillow, so that OpenCV is not checked against itself."""
    order = [2, 1, 0, 3][: pixels.shape[2]]
    return save(Image.fromarray(np.ascontiguousarray(pixels[:, :, order])), kind, **options)


def save(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def encode_16_bits(pixels: np.ndarray) -> bytes:
    return bytes(cv2.imencode(".png", pixels.astype(np.uint16) * 257)[1])


def add_alpha(pixels: np.ndarray, alpha: int) -> np.ndarray:
    return np.dstack([pixels, np.full(pixels.shape[:2], alpha, np.uint8)])


def make_exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def make_frames(*shades: int) -> list[Image.Image]:
    return [Image.fromarray(np.full((HEIGHT, WIDTH, 3), shade, np.uint8)) for shade in shades]


def make_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def make_png(width: int, height: int, raw: bytes) -> bytes:
    """Make a PNG file whose header declares a size, whatever its content holds."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = make_chunk(b"IHDR", header), make_chunk(b"IDAT", zlib.compress(raw)), make_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def make_many_scans(count: int) -> bytes:
    """Repeat the first scan of a progressive JPEG file, which any later one then refines as usual."""
    content = encode(make_pixels(), "JPEG", progressive=True)
    first = re.search(rb"\xff\xda.*?(?=\xff[^\0\xff\xd0-\xd7])", content[1:], re.DOTALL)
    assert first is not None
    return content.replace(first[0], first[0] * count, 1)


def flip_middle_byte(content: bytes) -> bytes:
    damaged = bytearray(content)
    damaged[len(damaged) // 2] ^= 0xFF
    return bytes(damaged)


def halve(content: bytes) -> bytes:
    return content[: len(content) // 2]


GOOD: Mapping[str, Callable[[], bytes]] = {
    "jpeg": lambda: encode(make_pixels(), "JPEG", quality=95),
    "progressive jpeg": lambda: encode(make_pixels(), "JPEG", quality=95, progressive=True),
    "jpeg and more behind it": lambda: encode(make_pixels(), "JPEG", quality=95) + b"something else",
    "cmyk jpeg": lambda: save(Image.fromarray(make_pixels()[:, :, ::-1]).convert("CMYK"), "JPEG", quality=95),
    "png": lambda: encode(make_pixels(), "PNG"),
    "16-bit png": lambda: encode_16_bits(make_pixels()),
    "16-bit png with alpha": lambda: encode_16_bits(add_alpha(make_pixels(), 255)),
    "png with opaque alpha": lambda: encode(add_alpha(make_pixels(), 255), "PNG"),
    "webp": lambda: encode(make_pixels(), "WEBP", quality=95),
    "lossless webp": lambda: encode(make_pixels(), "WEBP", lossless=True),
    "gif": lambda: encode(make_pixels(), "GIF"),
    "bmp": lambda: encode(make_pixels(), "BMP"),
    "tiff": lambda: encode(make_pixels(), "TIFF", compression="tiff_lzw"),
    "avif": lambda: encode(make_pixels(), "AVIF", quality=95),
    "jpeg without end": lambda: encode(make_pixels(), "JPEG", quality=95)[:-2],
    "png without end": lambda: encode(make_pixels(), "PNG")[:-12],
}
"""Files that all show the pixels of :func:`make_pixels`."""

BAD: Mapping[str, tuple[Callable[[], bytes], str, str]] = {
    "empty": (lambda: b"", "ImageDecodeError", r"empty \(0 bytes\)"),
    "text": (lambda: b"this is a text renamed to .jpg", "ImageTypeError", "expected JPEG, PNG, WebP"),
    "html": (lambda: b"<!doctype html><title>Sorry</title>", "ImageTypeError", "expected JPEG, PNG, WebP"),
    "truncated jpeg": (lambda: halve(encode(make_pixels(), "JPEG")), "ImageDecodeError", "JPEG file .* is truncated"),
    "three bytes": (lambda: b"\xff\xd8\xff", "ImageDecodeError", "JPEG file is truncated"),
    "truncated png": (lambda: halve(encode(make_pixels(), "PNG")), "ImageDecodeError", "PNG file .* is truncated"),
    "damaged png": (
        lambda: flip_middle_byte(encode(make_pixels(), "PNG")),
        "ImageDecodeError",
        "PNG file .* damaged .its pixels",
    ),
    "png with too few pixels": (lambda: make_png(100, 100, bytes(1_000)), "ImageDecodeError", "cannot be decoded"),
    "png of no pixels": (lambda: make_png(0, 100, b""), "ImageDecodeError", "PNG file is truncated or damaged"),
    "truncated webp": (lambda: halve(encode(make_pixels(), "WEBP")), "ImageDecodeError", "WebP file is truncated"),
    "20,000 x 20,000 png": (
        lambda: make_png(20_000, 20_000, bytes(1_000)),
        "ImageTooLargeError",
        r"20000 × 20000 = 400,000,000 pixels would take about 2,400 MB: expected at most 512 MB",
    ),
    "jpeg of 1,000 scans": (lambda: make_many_scans(1_000), "ImageDecodeError", "scans: expected at most 100"),
}
"""Files that give no picture: what makes them, the error, and its words."""
