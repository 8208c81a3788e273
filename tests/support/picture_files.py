"""Pictures and files that tests make, good and bad."""

import io
import re
import struct
import zlib

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


def make_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def make_png(
    width: int, height: int, raw: bytes | np.ndarray, depth: int = 8, colour_type: int = 2, *chunks: bytes
) -> bytes:
    """Make a PNG file whose header declares a size, whatever its content holds; rows of an array are not filtered."""
    header = make_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0))
    data = raw if isinstance(raw, bytes) else np.pad(raw, ((0, 0), (1, 0))).tobytes()
    ends = make_chunk(b"IDAT", zlib.compress(data)) + make_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + ends


def pack_bits(samples: np.ndarray, depth: int) -> np.ndarray:
    """Give rows of samples as rows of bytes, the highest bit of each first."""
    bits = samples[..., np.newaxis] >> np.arange(depth)[::-1] & 1
    return np.packbits(bits.reshape(len(samples), -1).astype(np.uint8), axis=1)


def make_many_scans(count: int) -> bytes:
    """Repeat the first scan of a progressive JPEG file, which any later one then refines as usual."""
    content = encode(make_pixels(), "JPEG", progressive=True)
    first = re.search(rb"\xff\xda.*?(?=\xff[^\0\xff\xd0-\xd7])", content[1:], re.DOTALL)
    assert first is not None
    return content.replace(first[0], first[0] * count, 1)
