"""Land and water: landscapes, mountains, woods, seas, nocturnes, towns."""

from __future__ import annotations

from random import Random

from src.gallery.canvas import Canvas, Pigment
from src.gallery.forms import form
from src.gallery.genre_tools import (
    FIGURES,
    PIGMENTS,
    Finish,
    Mood,
    between,
    ground_below,
    jitter,
    lit,
    mix,
    one_of,
    ridge,
)

__all__ = ["paint_landscape", "paint_mountains", "paint_nocturne", "paint_seascape", "paint_town", "paint_woods"]

_STROKES = ("loose", "level", "dabs", "slanted", "swirling", "loose")


def _finish(rng: Random, styles: tuple[str, ...] = _STROKES) -> Finish:
    return Finish(
        strokes=one_of(rng, *styles),
        stroke_size=0.26 + 0.6 * rng.random() ** 2,
        relief=between(rng, 0.2, 0.9),
        grain=one_of(rng, "canvas", "canvas", "paper", "cracks"),
        grain_strength=between(rng, 0.2, 0.8),
        drift=between(rng, 0.15, 0.5),
    )


def _sky(canvas: Canvas, rng: Random, horizon: float) -> Pigment:
    """Paint a sky down to the horizon; return the pigment of its lowest part."""
    high = jitter(rng, PIGMENTS["sky"], 30, 8)
    low = jitter(rng, PIGMENTS[one_of(rng, "haze", "haze", "sunset", "cloud")], 22, 8)
    glow = lit(low, between(rng, 5, 30))
    side = rng.random() < 0.5
    edge = (glow, low) if side else (low, glow)
    canvas.wash(((high, lit(high, -12)), (mix(high, low, 0.55), mix(high, low, 0.35)), edge, edge))
    for _ in range(int(between(rng, 0, 7))):
        width = between(rng, 0.25, 0.9) * canvas.aspect
        x, y = between(rng, -0.2, 1.0) * canvas.aspect, between(rng, -0.15, 0.75) * horizon
        light = jitter(rng, PIGMENTS["cloud"], 16, 5)
        box = (x, y, x + width, y + width * between(rng, 0.22, 0.5))
        dark = mix(high, lit(light, -60), 0.6)
        canvas.stamp(form(one_of(rng, "cloud_a", "cloud_b", "cloud_c")), box, dark, light, rng.random() < 0.5)
    return low


def _tree(canvas: Canvas, rng: Random, x: float, base: float, height: float, colour: Pigment) -> None:
    trunk = jitter(rng, PIGMENTS["umber"], 16, 4)
    width = height * between(rng, 0.45, 0.75)
    lean = width * between(rng, -0.15, 0.15)
    canvas.line(
        ((x, base), (x + lean / 2, base - height * 0.4), (x + lean, base - height * 0.7)), height * 0.045, trunk
    )
    dark, light = lit(colour, -46), lit(colour, between(rng, 22, 56))
    for _ in range(2 if height < 0.25 else 3):
        left = x + lean + width * between(rng, -0.68, -0.32)
        top = base - height * between(rng, 0.88, 1.06)
        box = (left, top, left + width, top + height * between(rng, 0.5, 0.72))
        canvas.stamp(form(one_of(rng, "crown_a", "crown_b", "crown_c")), box, dark, light)


def _poplar(canvas: Canvas, rng: Random, x: float, base: float, height: float, colour: Pigment) -> None:
    width = height * between(rng, 0.16, 0.3)
    box = (x - width / 2, base - height, x + width / 2, base)
    canvas.stamp(form(one_of(rng, "crown_a", "crown_b")), box, lit(colour, -40), lit(colour, 34))
    canvas.stamp(form("leaf"), box, lit(colour, -40), lit(colour, 20), strength=0.7)


def _house(canvas: Canvas, rng: Random, x: float, base: float, size: float) -> None:
    wall = jitter(rng, PIGMENTS[one_of(rng, "linen", "sand", "stone")], 22, 6)
    roof = jitter(rng, PIGMENTS[one_of(rng, "brick", "wood", "stone")], 18, 6)
    width, height = size * between(rng, 0.9, 1.7), size * 0.7
    top = base - height
    canvas.rectangle(x, top, x + width, base, wall)
    canvas.polygon(
        ((x + width, top), (x + width * 1.3, top), (x + width * 1.3, base), (x + width, base)), lit(wall, -58)
    )
    peak = top - size * between(rng, 0.3, 0.6)
    canvas.polygon(((x - size * 0.08, top), (x + width * 0.12, peak), (x + width * 1.2, peak), (x + width, top)), roof)
    canvas.polygon(((x + width, top), (x + width * 1.2, peak), (x + width * 1.34, top)), lit(roof, -36))
    for number in range(2):
        left = x + width * (0.2 + 0.4 * number)
        canvas.rectangle(left, top + height * 0.3, left + width * 0.15, top + height * 0.65, lit(wall, -95))


def _foreground(canvas: Canvas, rng: Random, horizon: float, colour: Pigment, bands: int) -> None:
    """Lay the land in bands that grow darker and warmer towards the viewer."""
    for number in range(bands):
        level = horizon + (1.0 - horizon) * (number / bands) ** 1.25
        shade = lit(jitter(rng, colour, 12, 10), 16 - 30 * number / bands)
        line = ridge(rng, -0.1, canvas.aspect + 0.1, level, 0.03 + 0.12 * number / bands, 4)
        ground_below(canvas, line, shade)


def paint_landscape(canvas: Canvas, rng: Random, mood: Mood) -> Finish:
    """Paint fields under a sky, with hills, trees, a path or a river, perhaps houses."""
    horizon = between(rng, 0.3, 0.68)
    low = _sky(canvas, rng, horizon)
    colour = jitter(rng, PIGMENTS[one_of(rng, "meadow", "foliage", "earth", "sand")], 20, 10)
    for number in range(int(between(rng, 1, 4))):
        far = mix(low, jitter(rng, PIGMENTS["foliage"], 14, 8), 0.35 + 0.22 * number)
        level = horizon - 0.10 + 0.05 * number
        ground_below(canvas, ridge(rng, -0.1, canvas.aspect + 0.1, level, between(rng, 0.05, 0.18)), far)
    _foreground(canvas, rng, horizon, colour, 5)
    if rng.random() < 0.6:
        x, end = between(rng, 0.3, 0.7) * canvas.aspect, between(rng, 0.1, 0.9) * canvas.aspect
        way = mix(low, PIGMENTS["sand"], 0.5) if rng.random() < 0.5 else mix(low, PIGMENTS["sky"], 0.5)
        width = between(rng, 0.06, 0.2)
        bend = between(rng, -0.3, 0.3)
        middle = (x + end) / 2 + bend
        points = (
            (x - 0.008, horizon + 0.03),
            (middle - width * 0.25, horizon * 0.45 + 0.55),
            (end - width, 1.05),
            (end + width, 1.05),
            (middle + width * 0.25, horizon * 0.45 + 0.55),
            (x + 0.008, horizon + 0.03),
        )
        canvas.polygon(points, jitter(rng, way, 10, 4))
    if rng.random() < 0.5:
        spot = between(rng, 0.2, 0.6) * canvas.aspect
        for number in range(int(between(rng, 1, 5))):
            _house(canvas, rng, spot + number * 0.12, horizon + between(rng, 0.03, 0.09), between(rng, 0.07, 0.14))
    leaf = jitter(rng, PIGMENTS[one_of(rng, "foliage", "foliage", "pine", "earth", "gold")], 18, 9)
    kind = rng.random()
    for number in range(int(between(rng, 3, 10))):
        near = (number + rng.random()) / 10
        base = horizon + 0.03 + (0.85 - horizon) * near * near
        x = between(rng, -0.05, 1.05) * canvas.aspect
        if kind < 0.75:
            _tree(canvas, rng, x, base, 0.14 + 0.6 * near * between(rng, 0.6, 1.2), jitter(rng, leaf, 16, 8))
        else:
            _poplar(canvas, rng, x, base, 0.18 + 0.6 * near, jitter(rng, leaf, 14, 7))
    for _ in range(int(between(rng, 0, 4))):
        x, base = between(rng, 0.1, 0.9) * canvas.aspect, between(rng, horizon + 0.1, 0.95)
        size = 0.05 + 0.16 * (base - horizon)
        cloth = jitter(rng, PIGMENTS[one_of(rng, "linen", "brick", "charcoal", "sky")], 20, 12)
        name = one_of(rng, *FIGURES)
        canvas.stamp(form(name), (x, base - size, x + size * 0.6, base), lit(cloth, -50), lit(cloth, 30))
    return _finish(rng)


def paint_mountains(canvas: Canvas, rng: Random, mood: Mood) -> Finish:
    """Paint ranges behind one another, the far ones pale, with snow, pines or a lake below."""
    horizon = between(rng, 0.55, 0.8)
    low = _sky(canvas, rng, horizon)
    stone = jitter(rng, PIGMENTS[one_of(rng, "stone", "earth", "sea")], 22, 9)
    ranges = int(between(rng, 2, 5))
    for number in range(ranges):
        share = (number + 1) / ranges
        colour = lit(mix(low, stone, 0.25 + 0.7 * share), -34 * share)
        level = horizon * (0.36 + 0.58 * share) - 0.04
        line = ridge(rng, -0.1, canvas.aspect + 0.1, level, between(rng, 0.25, 0.6) * (1.2 - 0.8 * share), 6)
        ground_below(canvas, line, colour)
        if rng.random() < 0.75 and number < ranges - 1:
            lighted = mix(colour, PIGMENTS["snow"], between(rng, 0.3, 0.95))
            line_of_snow, depth = level - between(rng, -0.02, 0.08), between(rng, 0.3, 0.8)
            lower = [(x, y + max(0.0, line_of_snow - y) * depth * between(rng, 0.4, 1.2)) for x, y in line]
            canvas.polygon([*line, *reversed(lower)], lighted)
            shadow = [(x + 0.02, min(y + 0.02, low_y)) for (x, y), (_, low_y) in zip(line, lower, strict=True)]
            for first in range(0, len(line) - 4, 8):
                part = slice(first + 2, first + 5)
                canvas.polygon([*shadow[part], *reversed(lower[part])], lit(lighted, -34))
    if rng.random() < 0.5:
        water = mix(low, PIGMENTS["sea"], between(rng, 0.3, 0.8))
        canvas.rectangle(-0.1, horizon, canvas.aspect + 0.1, 1.1, water)
        for _ in range(14):
            y = horizon + (1 - horizon) * rng.random()
            x, width = between(rng, -0.1, 1.0) * canvas.aspect, between(rng, 0.08, 0.5)
            canvas.line(((x, y), (x + width, y)), 0.006, jitter(rng, water, 26, 8))
    else:
        _foreground(canvas, rng, horizon, jitter(rng, PIGMENTS[one_of(rng, "meadow", "foliage", "earth", "snow")]), 4)
    pine = jitter(rng, PIGMENTS["pine"], 14, 6)
    for _ in range(int(between(rng, 0, 12))):
        x, base = between(rng, -0.02, 1.02) * canvas.aspect, between(rng, horizon + 0.05, 1.05)
        height = between(rng, 0.12, 0.3) * (0.6 + base - horizon)
        for step in range(3):
            top, reach = base - height + height * 0.24 * step, height * (0.10 + 0.07 * step)
            points = ((x, top), (x + reach, top + height * 0.46), (x - reach, top + height * 0.46))
            canvas.polygon(points, jitter(rng, pine, 12, 4))
    return _finish(rng)


def paint_woods(canvas: Canvas, rng: Random, mood: Mood) -> Finish:
    """Paint the inside of a wood: trunks, leaves, light on the ground."""
    leaf = jitter(rng, PIGMENTS[one_of(rng, "foliage", "foliage", "pine", "gold", "earth")], 24, 12)
    glade = lit(jitter(rng, leaf, 10, 10), between(rng, 40, 110))
    canvas.wash(
        ((lit(leaf, -14), leaf), (glade, lit(leaf, 20)), (lit(leaf, -6), glade), (lit(leaf, -40), lit(leaf, -30)))
    )
    floor = jitter(rng, PIGMENTS[one_of(rng, "earth", "meadow", "foliage")], 20, 9)
    _foreground(canvas, rng, between(rng, 0.6, 0.75), floor, 3)
    for number in range(int(between(rng, 8, 15))):
        near = (number + 1) / 15
        x = between(rng, -0.02, 1.02) * canvas.aspect
        width = 0.008 + 0.05 * near * near * between(rng, 0.6, 1.5)
        bark = mix(glade, jitter(rng, PIGMENTS[one_of(rng, "umber", "wood", "linen")], 16, 5), 0.4 + 0.6 * near)
        base, lean = 0.66 + 0.34 * near, between(rng, -0.06, 0.06)
        canvas.polygon(((x, base), (x + lean, -0.1), (x + lean + width * 0.7, -0.1), (x + width, base)), bark)
        canvas.line(((x + width * 0.2, base), (x + lean + width * 0.15, -0.1)), width * 0.25, lit(bark, 38))
    for _ in range(int(between(rng, 8, 16))):
        size = between(rng, 0.25, 0.6)
        x, y = between(rng, -0.3, 0.9) * canvas.aspect, between(rng, -0.3, 0.35)
        colour = jitter(rng, leaf, 30, 14)
        crown = form(one_of(rng, "crown_a", "crown_b", "crown_c"))
        canvas.stamp(
            crown, (x, y, x + size, y + size * 0.7), lit(colour, -34), lit(colour, 44), rng.random() < 0.5, 0.9
        )
    return _finish(rng, ("upright", "dabs", "slanted", "loose"))


def paint_seascape(canvas: Canvas, rng: Random, mood: Mood) -> Finish:
    """Paint the sea with waves, boats or cliffs."""
    horizon = between(rng, 0.3, 0.66)
    low = _sky(canvas, rng, horizon)
    sea = mix(jitter(rng, PIGMENTS["sea"], 26, 9), low, between(rng, 0.0, 0.35))
    canvas.polygon_wash(
        ((-0.1, horizon), (canvas.aspect + 0.1, horizon), (canvas.aspect + 0.1, 1.1), (-0.1, 1.1)),
        ((sea, sea), (mix(sea, low, 0.4), mix(sea, low, 0.5)), (sea, lit(sea, -10)), (lit(sea, -30), lit(sea, -36))),
    )
    storm = rng.random()
    for number in range(int(between(rng, 14, 30))):
        near = ((number + rng.random()) / 30) ** 1.4
        y = horizon + (1 - horizon) * near
        x, width = between(rng, -0.2, 0.95) * canvas.aspect, (0.06 + 0.55 * near) * between(rng, 0.5, 1.3)
        lift = (0.004 + 0.05 * near) * storm
        colour = jitter(rng, mix(sea, PIGMENTS["foam"], between(rng, 0, 0.55)), 16, 5)
        points = ((x, y), (x + width * 0.3, y - lift), (x + width * 0.55, y - lift * 0.4), (x + width, y + lift * 0.2))
        canvas.line(points, 0.004 + 0.014 * near, colour)
    if rng.random() < 0.45:
        cliff = jitter(rng, PIGMENTS[one_of(rng, "stone", "earth", "foliage", "sand")], 26, 8)
        side = rng.random() < 0.5
        reach, top = between(rng, 0.25, 0.6) * canvas.aspect, horizon - between(rng, 0.1, 0.35)
        line = ridge(rng, -0.1, reach, top, 0.14)
        points = [*line, (reach + 0.05, horizon + 0.05), (reach * 0.6, horizon + 0.12), (-0.1, horizon + 0.2)]
        if side:
            points = [(canvas.aspect - x, y) for x, y in points]
        canvas.polygon(points, cliff)
        shade = [(x, y + 0.10 + 0.03 * rng.random()) for x, y in (points[: len(line)])]
        canvas.polygon([*shade, *points[len(line) :]], lit(cliff, -32))
    for _ in range(int(between(rng, 0, 5))):
        _boat(canvas, rng, horizon)
    if rng.random() < 0.35:
        x = between(rng, 0.2, 0.8) * canvas.aspect
        disc = lit(mix(PIGMENTS["sunset"], PIGMENTS["cloud"], rng.random()), 30)
        radius = between(rng, 0.02, 0.05)
        y = horizon * between(rng, 0.35, 0.9)
        canvas.stamp(form("glow"), (x - 0.4, y - 0.4, x + 0.4, y + 0.4), disc, disc, strength=0.55)
        canvas.ellipse(x, y, radius, radius, disc)
        for number in range(12):
            down = horizon + 0.02 + (0.9 - horizon) * number / 12
            width = 0.02 + 0.06 * rng.random()
            canvas.line(((x - width, down), (x + width, down)), 0.008, mix(sea, disc, 0.8))
    elif rng.random() < 0.4:
        beach = jitter(rng, PIGMENTS["sand"], 20, 6)
        ground_below(canvas, ridge(rng, -0.1, canvas.aspect + 0.1, between(rng, 0.78, 0.92), 0.08, 4), beach)
    return _finish(rng)


def _boat(canvas: Canvas, rng: Random, horizon: float) -> None:
    near = rng.random() ** 1.6
    y = horizon + 0.015 + (0.85 - horizon) * near
    x, size = between(rng, 0.05, 0.9) * canvas.aspect, 0.03 + 0.2 * near
    hull = jitter(rng, PIGMENTS[one_of(rng, "umber", "wood", "brick", "charcoal")], 14, 8)
    sail = jitter(rng, PIGMENTS[one_of(rng, "linen", "linen", "sand", "brick")], 22, 8)
    way = 1 if rng.random() < 0.5 else -1
    points = ((x - size * way, y - size * 0.3), (x + size * way, y - size * 0.34), (x + size * 0.7 * way, y))
    canvas.polygon((*points, (x - size * 0.7 * way, y)), hull)
    canvas.line(((x, y - size * 0.3), (x + 0.04 * size, y - size * 2.0)), size * 0.06, lit(hull, -8))
    canvas.polygon(
        ((x, y - size * 0.45), (x + 0.04 * size, y - size * 1.95), (x + size * 0.95 * way, y - size * 0.55)), sail
    )
    canvas.polygon(((x, y - size * 0.5), (x, y - size * 1.6), (x - size * 0.65 * way, y - size * 0.5)), lit(sail, -32))
    canvas.polygon((*points[:0:-1], (x - size * 0.5, y + size * 0.2), (x + size * 0.5, y + size * 0.25)), lit(hull, -4))


def paint_nocturne(canvas: Canvas, rng: Random, mood: Mood) -> Finish:
    """Paint a night: moon or fire, its light on water, dark shores, lamps."""
    horizon = between(rng, 0.45, 0.72)
    night = jitter(rng, PIGMENTS["night"], 12, 6)
    low = lit(jitter(rng, night, 6, 8), between(rng, 20, 60))
    canvas.wash(
        ((night, lit(night, 8)), (lit(night, 14), low), (low, lit(low, 10)), (lit(night, 6), night), (night, night))
    )
    x, y = between(rng, 0.25, 0.75) * canvas.aspect, horizon * between(rng, 0.2, 0.75)
    glow = jitter(rng, PIGMENTS[one_of(rng, "cloud", "gold", "sunset", "cloud")], 14, 8)
    reach = between(rng, 0.35, 0.75)
    canvas.stamp(form("glow"), (x - reach, y - reach, x + reach, y + reach), glow, glow, strength=0.6)
    for _ in range(int(between(rng, 1, 5))):
        width = between(rng, 0.4, 1.0) * canvas.aspect
        left, top = between(rng, -0.3, 0.8) * canvas.aspect, between(rng, -0.1, 0.7) * horizon
        cloud = form(one_of(rng, "cloud_a", "cloud_b", "cloud_c"))
        dark = lit(night, 4)
        canvas.stamp(
            cloud, (left, top, left + width, top + width * 0.3), dark, mix(low, glow, 0.35), rng.random() < 0.5
        )
    radius = between(rng, 0.025, 0.055)
    canvas.ellipse(x, y, radius, radius, lit(glow, 26))
    far = lit(night, between(rng, -10, 14))
    ground_below(canvas, ridge(rng, -0.1, canvas.aspect + 0.1, horizon - 0.03, between(rng, 0.04, 0.2)), far)
    if rng.random() < 0.7:
        water = mix(night, low, 0.7)
        canvas.rectangle(-0.1, horizon + 0.02, canvas.aspect + 0.1, 1.1, water)
        for number in range(22):
            down = horizon + 0.03 + (0.97 - horizon) * (number / 22) ** 1.3
            width = (0.015 + 0.12 * rng.random()) * (0.5 + number / 22)
            shift = between(rng, -0.05, 0.05)
            line = ((x + shift - width, down), (x + shift + width, down))
            canvas.line(line, 0.007, mix(water, glow, between(rng, 0.35, 0.95)))
    else:
        _foreground(canvas, rng, horizon, lit(jitter(rng, PIGMENTS["pine"], 8, 6), -8), 3)
    lamp = jitter(rng, PIGMENTS["gold"], 16, 10)
    for _ in range(int(between(rng, 0, 12))):
        left, up = between(rng, 0, 1) * canvas.aspect, horizon - between(rng, 0.0, 0.06)
        canvas.stamp(form("glow"), (left - 0.03, up - 0.03, left + 0.03, up + 0.03), lamp, lamp, strength=0.8)
        canvas.ellipse(left, up, 0.006, 0.006, lit(lamp, 40))
    if rng.random() < 0.5:
        for _ in range(2):
            _tree(canvas, rng, between(rng, 0, 1) * canvas.aspect, 1.02, between(rng, 0.5, 0.95), lit(night, 8))
    return _finish(rng)


def paint_town(canvas: Canvas, rng: Random, mood: Mood) -> Finish:
    """Paint a street or square: façades, windows, a tower, people."""
    horizon = between(rng, 0.62, 0.78)
    low = _sky(canvas, rng, horizon)
    x = -0.05
    while x < canvas.aspect + 0.05:
        width = between(rng, 0.12, 0.34)
        top = horizon - between(rng, 0.14, 0.5)
        wall = mix(jitter(rng, PIGMENTS[one_of(rng, "sand", "linen", "brick", "stone", "earth")], 26, 10), low, 0.2)
        canvas.rectangle(x, top, x + width, horizon + 0.04, wall)
        canvas.rectangle(x + width * 0.86, top, x + width, horizon + 0.04, lit(wall, -34))
        roof = jitter(rng, PIGMENTS[one_of(rng, "brick", "wood", "stone")], 16, 8)
        if rng.random() < 0.65:
            peak = top - between(rng, 0.03, 0.16)
            canvas.polygon(((x - 0.01, top), (x + width / 2, peak), (x + width + 0.01, top)), roof)
        else:
            canvas.rectangle(x - 0.01, top - 0.02, x + width + 0.01, top, roof)
        columns = max(2, int(width / 0.07))
        pane = lit(wall, -between(rng, 50, 95))
        for row in range(max(1, int((horizon - top) / 0.11))):
            for column in range(columns):
                left, up = x + width * (column + 0.28) / columns, top + 0.03 + row * 0.11
                canvas.rectangle(left, up, left + width * 0.42 / columns, up + 0.055, jitter(rng, pane, 16, 6))
        x += width
    if rng.random() < 0.6:
        left, width = between(rng, 0.2, 0.7) * canvas.aspect, between(rng, 0.07, 0.13)
        wall = jitter(rng, PIGMENTS["stone"], 24, 8)
        top = between(rng, 0.12, 0.3)
        canvas.rectangle(left, top, left + width, horizon + 0.03, wall)
        canvas.rectangle(left + width * 0.65, top, left + width, horizon + 0.03, lit(wall, -40))
        if rng.random() < 0.5:
            canvas.stamp(
                form("sphere"),
                (left - 0.01, top - width * 0.6, left + width + 0.01, top + width * 0.5),
                lit(wall, -70),
                wall,
            )
        spire = ((left, top), (left + width / 2, top - between(rng, 0.08, 0.2)), (left + width, top))
        canvas.polygon(spire, jitter(rng, PIGMENTS["stone"], 30, 10))
    floor = jitter(rng, PIGMENTS[one_of(rng, "sand", "stone", "earth", "sea")], 24, 8)
    canvas.polygon_wash(
        ((-0.1, horizon), (canvas.aspect + 0.1, horizon), (canvas.aspect + 0.1, 1.1), (-0.1, 1.1)),
        ((floor, floor), (lit(floor, 14), floor), (lit(floor, -22), lit(floor, -30))),
    )
    for _ in range(int(between(rng, 3, 14))):
        base = horizon + 0.03 + (0.95 - horizon) * rng.random() ** 1.4
        size = 0.06 + 0.4 * (base - horizon)
        left = between(rng, 0.02, 0.95) * canvas.aspect
        cloth = jitter(rng, PIGMENTS[one_of(rng, "charcoal", "brick", "linen", "sea", "umber")], 22, 14)
        shadow = ((left + size * 0.2, base), (left + size * 1.0, base + size * 0.08), (left + size * 0.4, base + 0.01))
        canvas.polygon(shadow, lit(floor, -44))
        name = one_of(rng, *FIGURES)
        canvas.stamp(form(name), (left, base - size, left + size * 0.55, base), lit(cloth, -40), lit(cloth, 34))
    return _finish(rng, ("upright", "dabs", "loose", ""))
