"""Picture files that are damaged in many ways, the same for the same seed."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np


def list_originals(seed: int = 0) -> list[bytes]:
    """Make small sound files of every type served, grey and with alpha as well."""
    rng = np.random.default_rng(seed)
    smooth = cv2.resize(rng.integers(0, 256, (6, 8, 3), np.uint8), (96, 72), interpolation=cv2.INTER_CUBIC)
    alpha = np.dstack([smooth, rng.integers(0, 256, (72, 96), np.uint8)])
    variants = (
        (".jpg", smooth, [cv2.IMWRITE_JPEG_QUALITY, 80]),
        (".jpg", smooth, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]),
        (".jpg", smooth[:, :, 0], []),
        (".png", smooth, []),
        (".png", alpha, []),
        (".png", smooth.astype(np.uint16) * 257, []),
        (".webp", smooth, [cv2.IMWRITE_WEBP_QUALITY, 70]),
        (".webp", alpha, [cv2.IMWRITE_WEBP_QUALITY, 101]),
    )
    return [cv2.imencode(kind, image, options)[1].tobytes() for kind, image, options in variants]


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
