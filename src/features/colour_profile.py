"""Colours of an embedded ICC profile to sRGB, by LittleCMS."""

import io
from functools import lru_cache
from typing import Final, Literal, NamedTuple

import numpy as np
from PIL import Image, ImageCms

from src.features.image_header import MAXIMUM_PROFILE
from src.features.schema import BGRImage

SAME_WITHIN: Final = 2
"""Levels of 255: a profile that moves no colour of the probe by more is sRGB, whatever it is called."""


class ProfileOutcome(NamedTuple):
    """What was done about a picture's colour profile.

    ``none``: the picture has none; ``srgb``: it is sRGB, nothing was to be done; ``converted``: the colours were
    converted to sRGB; ``kept``: it cannot be used, the colours are as stored. The detail is the profile's own
    name, or why it cannot be used.
    """

    action: Literal["none", "srgb", "converted", "kept"]
    detail: str = ""


def convert_to_srgb(image: BGRImage, profile: bytes | None, mode: str) -> tuple[BGRImage, ProfileOutcome]:
    """Convert the colours of a (reduced) picture to sRGB.

    Parameters
    ----------
    image
        BGR uint8, shape (H, W, 3).
    profile
        The embedded ICC profile, if any.
    mode
        Pillow's name of the pixel format in the file: a profile of grey is only good for grey, none for CMYK.

    Returns
    -------
    tuple
        The same array if nothing was done, else a new one; and what was done.
    """
    if profile is None:
        return image, ProfileOutcome("none")
    if len(profile) > MAXIMUM_PROFILE:
        return image, ProfileOutcome("kept", f"the profile has more than {MAXIMUM_PROFILE:,} bytes")
    is_grey = mode in {"L", "LA", "1", "I;16"}
    transform, outcome = _prepare(profile, is_grey, mode == "CMYK")
    if transform is None:
        return image, outcome
    pixels = image[:, :, 0] if is_grey and transform.input_mode == "L" else image[:, :, ::-1]
    converted = ImageCms.applyTransform(Image.fromarray(np.ascontiguousarray(pixels)), transform)
    return np.ascontiguousarray(np.asarray(converted)[:, :, ::-1]), outcome


@lru_cache(maxsize=8)
def _prepare(profile: bytes, is_grey: bool, is_cmyk: bool) -> tuple[ImageCms.ImageCmsTransform | None, ProfileOutcome]:
    """Build the way from a profile to sRGB, or say why there is none to go."""
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        name = ImageCms.getProfileDescription(opened).strip() or "an unnamed profile"
        space = opened.profile.xcolor_space.strip()
        if is_cmyk or space not in {"RGB", "GRAY"} or (space == "GRAY" and not is_grey):
            return None, ProfileOutcome("kept", f"{name} is one of {space}: the colours are as stored")
        kind = "L" if space == "GRAY" else "RGB"
        transform = ImageCms.buildTransform(opened, ImageCms.createProfile("sRGB"), kind, "RGB")
    except Exception as error:  # noqa: BLE001 - broken profiles raise anything, and cost no picture
        return None, ProfileOutcome("kept", f"the profile cannot be used ({error}): the colours are as stored")
    probe = _make_probe(kind)
    difference = np.asarray(ImageCms.applyTransform(probe, transform)).astype(int) - np.asarray(probe.convert("RGB"))
    if np.abs(difference).max() <= SAME_WITHIN:
        return None, ProfileOutcome("srgb", name)
    return transform, ProfileOutcome("converted", name)


def _make_probe(kind: str) -> Image.Image:
    """Make a picture of colours from all over the cube, or of all greys."""
    levels = np.arange(0, 256, 17, dtype=np.uint8)
    if kind == "L":
        return Image.fromarray(np.arange(256, dtype=np.uint8)[np.newaxis])
    return Image.fromarray(np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(64, 64, 3))
