"""People: portraits, groups of figures, icons."""

import math

from src.gallery.painter.canvas import Canvas, Pigment, Point, lit, mix
from src.gallery.painter.genres.tools import PIGMENTS, Chance, Mood


def _flesh(rng: Chance) -> tuple[Pigment, Pigment]:
    """Return the dark and the light of one person's skin."""
    light = rng.pick(22, 5, "skin")
    light = lit(light, -70 * rng.random() ** 2)
    return mix(lit(PIGMENTS["skin_shadow"], light[0] - 200), light, 0.1), lit(light, 26)


def _person(canvas: Canvas, rng: Chance, crown: Point, size: float, cloth: Pigment, *, hats: bool = True) -> None:
    """Paint head and shoulders below the crown of the head; ``size`` is the height of head and neck."""
    x, top = crown
    dark, light = _flesh(rng)
    width = size * 0.94
    shoulders = width * rng.between(2.1, 2.5)
    neckline = top + size * 0.80
    box = (x - shoulders / 2, neckline, x + shoulders / 2, neckline + max(0.3, 1.05 - neckline))
    hair = rng.pick(16, 6, "umber", "charcoal", "wood", "linen", "gold", "umber")
    style = rng.random()
    if style < 0.45:  # long hair falls behind face and shoulders
        canvas.ellipse(x, top + size * 0.46, width * 0.44, size * 0.57, lit(hair, -14))
    canvas.shade(rng.form("bust"), box, cloth, (-52, 44))
    head = rng.form("head")
    face = (x - width / 2, top, x + width / 2, top + size)
    canvas.stamp(head, face, dark, light)
    collar = rng.pick(16, 5, "linen", "linen", "charcoal")
    kind = rng.random()
    if kind < 0.25:
        canvas.ellipse(x, neckline + size * 0.10, width * 0.42, size * 0.12, lit(collar, -30))
        canvas.ellipse(x, neckline + size * 0.08, width * 0.41, size * 0.11, collar)
        canvas.stamp(head, face, dark, light)
    elif kind < 0.6:
        opening = ((x - width * 0.24, neckline), (x + width * 0.24, neckline), (x + 0.01, neckline + size * 0.5))
        canvas.polygon(opening, collar)
        throat = ((x - width * 0.15, neckline), (x + width * 0.15, neckline), (x, neckline + size * 0.24))
        canvas.polygon(throat, mix(dark, light, 0.5))
    if style < 0.85:
        box = (x - width * 0.42, top - size * 0.09, x + width * 0.42, top + size * 0.86)
        canvas.shade("hair", box, hair, (-22, 42))
    if hats and style > 0.72:
        hat = rng.pick(16, 10, "charcoal", "umber", "brick", "sand")
        brim = rng.between(0.5, 0.85)
        canvas.ellipse(x, top + size * 0.10, width * brim, size * 0.09, lit(hat, -8))
        box = (x - width * 0.36, top - size * 0.22, x + width * 0.36, top + size * 0.2)
        canvas.shade("sphere", box, hat, (-24, 26))


def paint_portrait(canvas: Canvas, rng: Chance, mood: Mood) -> None:
    """Paint a half-length portrait before a plain, clouded or curtained ground."""
    dark_ground = rng.random() > mood.light * 1.3
    canvas.is_mirrored = rng.random() < 0.5
    ground = rng.pick(14, 8, "umber", "wood", "stone", "foliage", "charcoal", "sea")
    ground = lit(ground, -22 if dark_ground else rng.between(24, 110))
    near, far = lit(ground, rng.between(16, 46)), lit(ground, -18)
    grid = ((ground, near, ground), (near, lit(near, 12), ground), (far, ground, far))
    canvas.wash([row[::-1] for row in grid] if canvas.is_mirrored else grid)
    middle = canvas.aspect / 2
    if rng.random() < 0.3:
        drape = rng.pick(16, 10, "brick", "pine", "sea", "gold")
        for number in range(7):
            x = (number / 20) * canvas.aspect
            x = canvas.aspect - x - 0.06 if canvas.is_mirrored else x
            fold = ((x, -0.1), (x + 0.07, -0.1), (x + 0.05, 0.9), (x - 0.03, 1.1))
            canvas.polygon(fold, lit(drape, -26 + 44 * (number % 2)))
    elif rng.random() < 0.25:
        for level, name in ((0.55, "haze"), (0.68, "foliage"), (0.8, "earth")):
            top = level + rng.between(-0.06, 0.06)
            canvas.rectangle(-0.1, top, canvas.aspect + 0.1, 1.1, rng.jitter(PIGMENTS[name], 20, 8))
        canvas.soften(0.02)
    size = rng.between(0.34, 0.48)
    cloth = rng.pick(18, 12, "charcoal", "charcoal", "brick", "sea", "pine", "linen", "gold", "umber")
    _person(canvas, rng, (middle + rng.between(-0.06, 0.06), rng.between(0.16, 0.23)), size, cloth)


def paint_figures(canvas: Canvas, rng: Chance, _mood: Mood) -> None:
    """Paint a scene of several figures in cloths of strong pigments, indoors or out."""
    horizon = rng.between(0.4, 0.62)
    ground = rng.pick(22, 8, "earth", "sand", "meadow", "stone", "wood")
    back = rng.pick(24, 8, "umber", "sky", "haze", "foliage", "wood", "stone")
    glow = lit(back, rng.between(15, 60))
    behind = ((lit(back, -16), back, lit(back, -8)), (back, glow, back))
    canvas.wash((*behind, (ground, lit(ground, 16), ground), (lit(ground, -26),) * 3))
    if rng.random() < 0.5:
        for _ in range(int(rng.between(2, 5))):
            x, width = rng.between(-0.05, 0.95) * canvas.aspect, rng.between(0.05, 0.1)
            stone = rng.pick(22, 6, "stone")
            canvas.rectangle(x, -0.1, x + width, horizon + 0.12, mix(back, stone, 0.6))
            canvas.rectangle(x + width * 0.66, -0.1, x + width, horizon + 0.12, mix(back, lit(stone, -46), 0.6))
    else:
        for _ in range(int(rng.between(2, 6))):
            size = rng.between(0.3, 0.7)
            x, y = rng.between(-0.2, 0.9) * canvas.aspect, horizon - size * rng.between(0.5, 1.0)
            leaf = mix(back, rng.pick(24, 10, "foliage"), 0.7)
            canvas.shade(rng.form("crown"), (x, y, x + size, y + size * 0.9), leaf, (-34, 24))
    canvas.soften(0.008)
    count = int(rng.between(3, 10))
    for number in range(count):
        near = number / count
        size = 0.34 + 0.42 * near * rng.between(0.7, 1.0)
        base = horizon + 0.16 + 0.36 * near
        x = canvas.aspect * (((number * 0.618 + rng.between(-0.1, 0.1)) % 1.0) * 0.9)
        cloth = rng.pick(24, 16, "brick", "sea", "linen", "gold", "umber", "pine", "charcoal")
        if rng.random() < 0.4:
            cloth = rng.vivid(rng.between(80, 180), 30)
        shadow = lit(ground, -42)
        canvas.ellipse(x + size * 0.38, base, size * 0.35, size * 0.05, shadow)
        flip = rng.random() < 0.5
        canvas.shade(rng.form("figure"), (x, base - size, x + size * 0.55, base), cloth, (-52, 40), flip)
        dark, light = _flesh(rng)
        head_x = x + size * 0.275
        canvas.ellipse(head_x, base - size * 0.91, size * 0.034, size * 0.055, mix(dark, light, 0.7))
        canvas.ellipse(head_x, base - size * 0.945, size * 0.038, size * 0.032, rng.pick(14, 6, "umber"))


def paint_icon(canvas: Canvas, rng: Chance, _mood: Mood) -> None:
    """Paint a saint with a halo on a gold or coloured ground, inside painted borders."""
    gold = rng.pick(22, 10, "gold", "gold", "brick", "sea")
    canvas.wash(((lit(gold, 12), lit(gold, 26)), (gold, lit(gold, 14)), (lit(gold, -22), lit(gold, -12))))
    cloth = rng.pick(16, 12, "brick", "sea", "umber", "pine")
    count = 1 if canvas.aspect < 0.95 or rng.random() < 0.4 else 3
    for number in range(count):
        size = 0.30 if count == 1 else 0.22
        x = canvas.aspect * (number + 1) / (count + 1)
        top = rng.between(0.22, 0.28) + (0.06 if number % 2 == 0 and count > 1 else 0)
        halo = lit(rng.pick(14, 6, "gold"), 30)
        canvas.ellipse(x, top + size * 0.42, size * 0.68, size * 0.68, lit(halo, -86))
        canvas.ellipse(x, top + size * 0.42, size * 0.64, size * 0.64, halo)
        for step in range(0, 360, 20):
            angle = math.radians(step)
            ray_x, ray_y = x + size * 0.57 * math.cos(angle), top + size * (0.42 + 0.57 * math.sin(angle))
            canvas.ellipse(ray_x, ray_y, 0.009, 0.009, lit(halo, -60))
        robe = rng.jitter(cloth, 14, 26)
        _person(canvas, rng, (x, top), size, robe, hats=False)
        hood = lit(rng.jitter(robe, 10, 20), -10)
        for way, light in ((-size, 0), (size, -20)):
            outer, inner = (x + way * 0.42, top + size * 0.75), (x + way * 0.2, top + size * 0.95)
            canvas.polygon(((x + way * 0.5, 1.1), outer, inner, (x + way * 0.3, 1.1)), lit(hood, light))

    edge = rng.pick(20, 8, "brick", "umber", "gold", "pine")
    box = (0.03, 0.03, canvas.aspect - 0.03, 0.97)
    canvas.frame(box, rng.between(0.03, 0.07), edge)
    canvas.frame(box, 0.008, lit(gold, 40))
