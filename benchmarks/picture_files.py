"""Files of every kind that is taken, whole, and damaged in many ways; the same for the same pixels and seed."""

import io
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageCms

from src.features.schema import BGRImage


def make_pixels(height: int, width: int, interpolation: int = cv2.INTER_CUBIC) -> BGRImage:
    """Make a picture that is smooth, or of blocks (``cv2.INTER_NEAREST``), whose files are small."""
    coarse = np.random.default_rng(0).integers(0, 256, (6, 8, 3), np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=interpolation).astype(np.uint8, copy=False)


def list_encoders(pixels: BGRImage) -> dict[str, Callable[[], bytes]]:
    """List what makes a file of each kind: grey, palettes, 16 bits, alpha, animations, a profile, an orientation."""
    colours = Image.fromarray(pixels[:, :, ::-1].copy())
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    turned = Image.Exif()
    turned[0x0112] = 6
    animated: dict[str, Any] = {"save_all": True, "append_images": [colours.transpose(Image.Transpose.ROTATE_180)]}

    def save(kind: str, mode: str = "RGB", **options: Any) -> Callable[[], bytes]:
        def make() -> bytes:
            image = colours.quantize(16) if mode == "P" else colours.convert(mode.removesuffix("A"))
            if mode == "RGBA":
                image.putalpha(colours.convert("L"))
            stream = io.BytesIO()
            image.save(stream, kind, **options)
            return stream.getvalue()

        return make

    def save_deep(channels: Sequence[int]) -> bytes:
        return cv2.imencode(".png", pixels[:, :, channels].astype(np.uint16) * 257)[1].tobytes()

    return {
        "JPEG": save("JPEG", restart_marker_blocks=4),
        "JPEG, turned": save("JPEG", exif=turned, icc_profile=profile),
        "JPEG, progressive": save("JPEG", progressive=True),
        "JPEG, progressive, 4:4:4": save("JPEG", progressive=True, subsampling=0),
        "JPEG, grey": save("JPEG", "L"),
        "JPEG, CMYK": save("JPEG", "CMYK"),
        "PNG": save("PNG", compress_level=1, icc_profile=profile),
        "PNG, grey, one clear": save("PNG", "L", compress_level=1, transparency=100),
        "PNG, palette": save("PNG", "P", compress_level=1, transparency=3),
        "PNG, alpha": save("PNG", "RGBA", compress_level=1),
        "PNG, 16 bits": partial(save_deep, [0, 1, 2]),
        "PNG, 16 bits, grey": partial(save_deep, [0]),
        "PNG, 16 bits, alpha": partial(save_deep, [0, 1, 2, 1]),
        "WebP": save("WEBP", method=0),
        "WebP, lossless": save("WEBP", method=0, lossless=True),
        "WebP, alpha": save("WEBP", "RGBA", method=0, lossless=True),
        "WebP, animated": save("WEBP", method=0, **animated),
        "GIF": save("GIF", "P", transparency=3),
        "GIF, animated": save("GIF", "P", **animated),
        "BMP": save("BMP"),
        "BMP, palette": save("BMP", "P"),
        "TIFF": save("TIFF", compression="tiff_lzw"),
        "TIFF, alpha": save("TIFF", "RGBA", compression="tiff_lzw"),
        "TIFF, grey, JPEG": save("TIFF", "L", compression="jpeg"),
        "TIFF, CMYK": save("TIFF", "CMYK", compression="tiff_lzw"),
        "AVIF": save("AVIF", speed=10),
        "AVIF, alpha": save("AVIF", "RGBA", speed=10),
    }


def list_originals() -> list[bytes]:
    """Make a small whole file of every kind."""
    return [make() for make in list_encoders(make_pixels(72, 96)).values()]


def mutate_images(originals: Sequence[bytes], count: int, seed: int = 0) -> Iterator[bytes]:
    """Damage files: bytes flipped, cut, doubled, swapped, lengths and sizes blown up, tails lost."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        content = bytearray(originals[number % len(originals)])
        for _ in range(int(rng.integers(1, 4))):
            damage(content, rng)
        yield bytes(content)


def damage(content: bytearray, rng: np.random.Generator) -> None:
    """Damage a file once, in place."""
    if len(content) < 8:
        content += rng.bytes(16)
    place = int(rng.integers(0, len(content)))
    near_head = int(rng.integers(0, min(len(content), 64)))
    kind = int(rng.integers(0, 8))
    if kind == 0:
        content[place] ^= 1 << int(rng.integers(0, 8))
    elif kind == 1:
        content[near_head] = int(rng.integers(0, 256))
    elif kind == 2:
        del content[place:]
    elif kind == 3:
        del content[place : place + int(rng.integers(1, 32))]
    elif kind == 4:
        content[place:place] = rng.bytes(int(rng.integers(1, 32)))
    elif kind == 5:
        content[near_head : near_head + 4] = (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff")[
            int(rng.integers(3))
        ]
    elif kind == 6:
        content[place:] = content[place:][::-1]
    else:
        content += content[place:]
