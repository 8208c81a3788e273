"""Shaded forms (spheres, vases, heads, trees, clouds …): small planes made once, stretched into a picture.

A form's plane is float32 (H, W, 2): coverage times shade, and coverage, 0-255. The light comes from the upper left;
a mirrored form is lit from the right.
"""

from functools import lru_cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

_Field = npt.NDArray[np.float64]
_Shaded = tuple[_Field, _Field]
"""Coverage and shade of every pixel; makers get x and y of these, from -1 to 1, first."""

_SIDE: Final = 128
_BORDER: Final = 2  # transparent rim, so that edges stay soft when stretched


def _edge(distance: _Field) -> _Field:
    """Turn a signed distance (positive inside) into soft coverage."""
    return np.clip(distance * (_SIDE / 2) + 0.5, 0, 1)


def _noise(seed: int, slope: float) -> _Field:
    """Return smooth noise, zero mean and unit variance."""
    generator = np.random.Generator(np.random.PCG64([73, seed]))
    total = np.zeros((_SIDE, _SIDE))
    for octave in range(1, 6):
        nodes = generator.standard_normal((2**octave + 1, 2**octave + 1))
        total += cv2.resize(nodes, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC) * 2.0 ** (-slope * octave)
    return np.asarray((total - total.mean()) / total.std())


def _spot(x: _Field, y: _Field, at: tuple[float, float], size: tuple[float, float]) -> _Field:
    """Return a soft spot of height 1."""
    return np.exp(-(((x - at[0]) / size[0]) ** 2) - ((y - at[1]) / size[1]) ** 2)


def _lit(normal_x: _Field, normal_y: _Field, ambient: float = 0.12) -> _Field:
    """Return the shade of a surface with the given normals under light from the upper left."""
    normal_z = np.sqrt(np.clip(1 - normal_x**2 - normal_y**2, 0, 1))
    diffuse = np.clip(-0.58 * normal_x - 0.52 * normal_y + 0.63 * normal_z, 0, 1)
    return ambient + (1 - ambient) * diffuse


def _sphere(x: _Field, y: _Field) -> _Shaded:
    shade = _lit(x, y) + 0.35 * _spot(x, y, (-0.38, -0.36), (0.16, 0.16))
    return _edge(1 - np.hypot(x, y)), shade


def _glow(x: _Field, y: _Field) -> _Shaded:
    coverage = np.clip(1 - np.hypot(x, y), 0, 1)
    return coverage**2 * (3 - 2 * coverage), np.ones_like(x)


def _turned(x: _Field, y: _Field, radii: tuple[float, ...]) -> _Shaded:
    """Return a vessel turned on a wheel from its radii, top to bottom."""
    corners = np.interp(np.linspace(-1, 1, 129), np.linspace(-1, 1, len(radii)), radii)
    spread = np.asarray(cv2.GaussianBlur(corners.reshape(-1, 1), (1, 15), 0), np.float64).ravel()
    radius = np.interp(y, np.linspace(-1, 1, 129), spread)
    slope = np.interp(y, np.linspace(-1, 1, 129), np.gradient(spread, 2 / 128))
    across = np.clip(x / np.maximum(radius, 0.02), -1, 1)
    shade = _lit(across * 0.95, np.clip(-slope * 0.35, -0.6, 0.6), 0.1)
    shade += 0.35 * np.exp(-(((across + 0.45) / 0.12) ** 2)) * (0.4 + 0.6 * (radius > 0.4))
    return _edge(radius - np.abs(x)) * _edge(1 - np.abs(y)), shade


def _head(x: _Field, y: _Field, turn: float) -> _Shaded:
    """Return a face with its neck; ``turn`` moves the features sideways."""
    jaw = 0.60 - 0.17 * np.clip(y + 0.1, 0, 1) ** 2 - 0.05 * turn * x
    egg = 0.98 - np.sqrt((x / jaw) ** 2 + ((y + 0.16) / 0.82) ** 2)
    neck = np.minimum(0.34 + 0.25 * np.clip(y - 0.7, 0, 1) - np.abs(x - 0.02), y + 0.1)
    shade = _lit(x / 0.66, (y + 0.2) / 0.95, 0.22)
    middle = turn * 0.22
    for side in (-1, 1):
        eye = middle + side * 0.235
        shade -= 0.34 * _spot(x, y, (eye, -0.22), (0.135, 0.085))
        shade -= 0.34 * _spot(x, y, (eye + turn * 0.02, -0.195), (0.055, 0.035))
        shade -= 0.20 * _spot(x, y, (eye, -0.33), (0.15, 0.03))
        shade += 0.10 * _spot(x, y, (middle + side * 0.30, 0.08), (0.14, 0.13))
    shade += 0.16 * _spot(x, y, (middle - 0.02, -0.05), (0.05, 0.20))
    shade -= 0.20 * _spot(x, y, (middle + 0.09, 0.03), (0.05, 0.13))
    shade -= 0.22 * _spot(x, y, (middle, 0.135), (0.10, 0.035))
    shade -= 0.33 * _spot(x, y, (middle, 0.30), (0.15, 0.035))
    shade += 0.10 * _spot(x, y, (middle, 0.37), (0.10, 0.05))
    shade -= 0.10 * _spot(x, y, (middle, 0.44), (0.12, 0.03))
    below_chin = np.clip((y - 0.5) / 0.12, 0, 1)
    shade = np.where(egg < 0.04, shade - below_chin * (shade - (0.42 - 0.35 * x)), shade)
    return np.maximum(_edge(egg), _edge(neck)), shade


def _hair(x: _Field, y: _Field) -> _Shaded:
    """Return hair that covers the skull down to the ears."""
    noise = _noise(31, 0.6)
    outer = 1 - np.hypot(x / 0.80, (y + 0.02) / 0.95) + 0.02 * noise
    face = 1 - np.hypot((x + 0.06) / 0.60, (y - 0.28) / 0.80) + 0.03 * noise
    cover = np.clip(_edge(outer) - _edge(face), 0, 1) * np.clip((0.22 + 0.1 * noise - y) * 4, 0, 1)
    return cover, 0.75 * _lit(x * 0.8, y * 0.8, 0.15) + 0.10 * np.sin(18 * np.arctan2(x, y + 0.2) + noise)


def _bust(x: _Field, y: _Field, seed: int) -> _Shaded:
    """Return shoulders and chest in folded cloth."""
    noise = _noise(seed, 0.9)
    shoulders = -0.86 + 0.34 * np.abs(x) + 0.62 * np.abs(x) ** 5
    folds = np.sin(8 * x + 3.5 * y * np.tanh(4 * x) + 0.8 * noise)
    opening = np.exp(-((x / 0.04) ** 2)) * (y > -0.55)
    shade = 0.50 - 0.42 * x - 0.22 * y + 0.11 * folds + 0.04 * noise - 0.16 * opening
    return _edge(np.minimum(y - shoulders, 1.1 - np.abs(x))), shade


def _limb(x: _Field, y: _Field, start: tuple[float, float], end: tuple[float, float], radius: float) -> _Field:
    """Return the signed distance inside a rounded limb."""
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    share = ((x - start[0]) * along_x + (y - start[1]) * along_y) / (along_x**2 + along_y**2)
    share = np.clip(share, 0, 1)
    return radius - np.hypot(x - start[0] - share * along_x, y - start[1] - share * along_y)


def _figure(x: _Field, y: _Field, stance: int) -> _Shaded:
    """Return a small figure: in a long dress, in a coat, seated, or bent over its work."""
    lean = (0.05, -0.04, 0.0, 0.22)[stance]
    waist_x = lean * 0.5
    parts = [_limb(x, y, (lean, -0.50), (waist_x, -0.05), 0.17)]
    parts.append(0.115 - np.hypot((x - lean * 1.5) * 1.05, (y + 0.82) * 0.80))
    parts.append(_limb(x, y, (lean, -0.72), (lean, -0.55), 0.05))
    hands = (
        ((-0.34, -0.10), (0.30, -0.16)),
        ((-0.27, 0.02), (0.40, -0.30)),
        ((-0.30, 0.05), (0.34, 0.05)),
        ((0.10, 0.02), (0.46, 0.0)),
    )[stance]
    for side, hand in zip((-0.15, 0.15), hands, strict=True):
        parts.append(_limb(x, y, (lean + side, -0.52), hand, 0.062))
    if stance == 0:
        skirt = 0.15 + 0.30 * np.clip(y + 0.1, 0, 2) ** 0.8 + 0.02 * np.sin(9 * x)
        parts.append(np.minimum(skirt - np.abs(x - waist_x), y + 0.1))
    elif stance in (1, 3):
        parts.append(np.minimum(0.20 + 0.10 * np.clip(y + 0.1, 0, 1) - np.abs(x - waist_x), 0.28 - np.abs(y - 0.12)))
        parts.append(_limb(x, y, (waist_x - 0.10, 0.2), (-0.16, 0.98), 0.085))
        parts.append(_limb(x, y, (waist_x + 0.10, 0.2), (0.15 + 0.1 * (stance == 3), 0.98), 0.085))
    else:
        parts.append(_limb(x, y, (0.0, 0.22), (0.30, 0.34), 0.22))
        parts.append(np.minimum(0.30 - np.abs(x - 0.22), 0.45 - np.abs(y - 0.60)))
    inside = np.maximum.reduce(parts)
    folds = 0.13 * np.sin((x - lean * y) * 19 + 2.2 * y + stance) * (y > -0.1)
    shade = 0.52 - 0.70 * (x - waist_x) + folds - 0.15 * y
    shade = np.where(y < -0.64, 0.95 - 1.2 * (x - lean), shade)
    return _edge(inside), shade


def _crown(x: _Field, y: _Field, seed: int) -> _Shaded:
    """Return the leafy crown of a tree."""
    noise = _noise(seed, 0.45)
    distance = 0.82 - np.hypot(x, y * 1.08) + 0.15 * noise
    coverage = _edge(distance * 0.8) * np.clip((_noise(seed + 1, 0.15) + 2.2 + 6 * distance), 0, 1)
    return coverage, 0.75 * _lit(x * 0.85, y * 0.85, 0.1) + 0.16 * _noise(seed + 2, 0.25)


def _cloud(x: _Field, y: _Field, seed: int) -> _Shaded:
    """Return a heaped cloud with a flat, darker base."""
    noise = _noise(seed, 0.9)
    distance = 0.72 - np.hypot(x * 0.95, y * np.where(y > 0.1, 2.3, 1.15)) + 0.22 * noise
    shade = 0.74 - 0.42 * y - 0.16 * x + 0.16 * _noise(seed + 1, 0.8)
    return np.clip((distance + 0.1) * 3.4, 0, 1), shade


def _flower(x: _Field, y: _Field, petals: int) -> _Shaded:
    """Return a flower seen from the front."""
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    wave = np.abs(np.cos(angle * petals / 2))
    distance = 0.62 + 0.36 * wave**0.7 - radius
    shade = 0.30 + 0.6 * radius * (0.55 + 0.45 * wave) - 0.12 * (x + y) + 0.07 * np.cos(angle * petals * 4)
    shade += 0.25 * np.clip(0.2 - radius, 0, 1) * 4
    return _edge(distance), shade


def _leaf(x: _Field, y: _Field) -> _Shaded:
    width = 0.55 * np.clip(1 - np.abs(y) ** 1.7, 0, 1)
    shade = 0.55 - 0.45 * x - 0.3 * np.exp(-((x / 0.05) ** 2)) + 0.10 * np.sin(14 * (y + np.abs(x)))
    return _edge(width - np.abs(x)), shade


def _rock(x: _Field, y: _Field, seed: int) -> _Shaded:
    noise = _noise(seed, 0.7)
    facets = np.round(_noise(seed + 1, 1.2) * 1.6) / 1.6
    distance = 0.85 - np.maximum(np.hypot(x, y * 0.9), y * 1.05) + 0.10 * noise
    return _edge(distance), 0.5 - 0.35 * (x + y) + 0.20 * facets + 0.05 * noise


_MAKERS: Final[dict[str, tuple[Any, ...]]] = {
    "sphere": (_sphere,),
    "glow": (_glow,),
    "amphora": (_turned, (0.34, 0.24, 0.22, 0.62, 0.86, 0.80, 0.55, 0.30, 0.40)),
    "bottle": (_turned, (0.20, 0.19, 0.19, 0.24, 0.58, 0.64, 0.64, 0.63, 0.58)),
    "bowl": (_turned, (0.99, 0.96, 0.90, 0.80, 0.66, 0.46, 0.28, 0.24, 0.34)),
    "jug": (_turned, (0.46, 0.36, 0.34, 0.52, 0.72, 0.78, 0.72, 0.58, 0.46)),
    "goblet": (_turned, (0.60, 0.64, 0.62, 0.48, 0.16, 0.08, 0.08, 0.12, 0.48)),
    "urn": (_turned, (0.62, 0.50, 0.66, 0.88, 0.92, 0.80, 0.50, 0.26, 0.44)),
    "head_left": (_head, -0.6),
    "head_front": (_head, 0.05),
    "head_right": (_head, 0.6),
    "hair": (_hair,),
    "bust_a": (_bust, 41),
    "bust_b": (_bust, 44),
    "woman": (_figure, 0),
    "man": (_figure, 1),
    "sitter": (_figure, 2),
    "worker": (_figure, 3),
    "crown_a": (_crown, 51),
    "crown_b": (_crown, 55),
    "crown_c": (_crown, 59),
    "cloud_a": (_cloud, 61),
    "cloud_b": (_cloud, 64),
    "cloud_c": (_cloud, 67),
    "flower_five": (_flower, 5),
    "flower_eight": (_flower, 8),
    "flower_many": (_flower, 13),
    "leaf": (_leaf,),
    "rock_a": (_rock, 81),
    "rock_b": (_rock, 84),
}


@lru_cache(maxsize=2 * len(_MAKERS))
def form(name: str, is_mirrored: bool) -> npt.NDArray[np.float32]:
    """Return the plane of a form of this name, float32 (H, W, 2), 0-255: coverage × shade, coverage."""
    if is_mirrored:
        return np.ascontiguousarray(form(name, is_mirrored=False)[:, ::-1])
    line = (np.arange(_SIDE) + 0.5 - _SIDE / 2) / (_SIDE / 2 - _BORDER)
    make, *arguments = _MAKERS[name]
    coverage, shade = make(*np.meshgrid(line, line), *arguments)
    coverage = np.clip(coverage, 0, 1)
    coverage[:_BORDER], coverage[-_BORDER:], coverage[:, :_BORDER], coverage[:, -_BORDER:] = 0, 0, 0, 0
    if name.startswith("bust"):  # cut off by its box, not by its outline
        coverage[-_BORDER:] = coverage[-_BORDER - 1]
        coverage[:, :_BORDER], coverage[:, -_BORDER:] = coverage[:, [_BORDER]], coverage[:, [-_BORDER - 1]]
    return (np.dstack((coverage * np.clip(shade, 0, 1), coverage)) * 255).astype(np.float32)
