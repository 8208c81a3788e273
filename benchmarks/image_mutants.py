"""Picture files that are damaged in many ways, the same for the same seed."""

import io
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from PIL import Image, ImageCms


def list_originals(seed: int = 0) -> list[bytes]:
    """Make small sound files of every kind served: grey, palettes, 16 bits, alpha, animations, a profile."""
    rng = np.random.default_rng(seed)
    smooth = cv2.resize(rng.integers(0, 256, (6, 8, 3), np.uint8), (96, 72), interpolation=cv2.INTER_CUBIC)
    colours = Image.fromarray(smooth)
    grey, palette, clear = colours.convert("L"), colours.quantize(16), colours.copy()
    clear.putalpha(Image.fromarray(rng.integers(0, 256, (72, 96), np.uint8)))
    frames = {"save_all": True, "append_images": [colours.transpose(Image.Transpose.ROTATE_180)]}
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x0112] = 6
    variants: tuple[tuple[Image.Image, str, dict[str, object]], ...] = (
        (colours, "JPEG", {"quality": 80, "icc_profile": profile, "exif": exif}),
        (colours, "JPEG", {"progressive": True}),
        (colours, "JPEG", {"restart_marker_blocks": 4}),
        (grey, "JPEG", {}),
        (colours.convert("CMYK"), "JPEG", {}),
        (colours, "PNG", {"icc_profile": profile}),
        (clear, "PNG", {}),
        (palette, "PNG", {"transparency": 3}),
        (grey, "PNG", {"transparency": 100}),
        (Image.fromarray(smooth[:, :, 0].astype(np.uint16) * 257), "PNG", {}),
        (colours, "WEBP", {"quality": 70}),
        (clear, "WEBP", {"lossless": True}),
        (colours, "WEBP", frames),
        (palette, "GIF", {"transparency": 3}),
        (palette, "GIF", frames),
        (colours, "BMP", {}),
        (palette, "BMP", {}),
        (colours, "TIFF", {"compression": "tiff_lzw"}),
        (clear, "TIFF", {}),
        (grey, "TIFF", {"compression": "jpeg"}),
        (colours, "AVIF", {"speed": 10}),
        (clear, "AVIF", {"speed": 10}),
    )
    files = [cv2.imencode(".png", smooth.astype(np.uint16) * 257)[1].tobytes()]
    for image, kind, options in variants:
        stream = io.BytesIO()
        image.save(stream, kind, **options)
        files.append(stream.getvalue())
    return files


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
