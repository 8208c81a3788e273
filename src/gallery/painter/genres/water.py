"""Water and night: seascapes, nocturnes."""

from __future__ import annotations

from src.gallery.painter.canvas import Canvas, lit, mix
from src.gallery.painter.genres.land import paint_ground, paint_sky, paint_tree
from src.gallery.painter.genres.tools import PIGMENTS, Chance, Mood, ground_below, ridge


def paint_seascape(canvas: Canvas, rng: Chance, _mood: Mood) -> None:
    """Paint the sea with waves, boats or cliffs."""
    horizon = rng.between(0.3, 0.66)
    low = paint_sky(canvas, rng, horizon)
    sea = mix(rng.pick(26, 9, "sea"), low, rng.between(0.0, 0.35))
    far, near = (mix(sea, low, 0.4), mix(sea, low, 0.5)), (lit(sea, -30), lit(sea, -36))
    canvas.wash_below(horizon, ((sea, sea), far, (sea, lit(sea, -10)), near))
    storm = rng.random()
    for number in range(int(rng.between(14, 30))):
        near = ((number + rng.random()) / 30) ** 1.4
        y = horizon + (1 - horizon) * near
        x, width = rng.between(-0.2, 0.95) * canvas.aspect, (0.06 + 0.55 * near) * rng.between(0.5, 1.3)
        lift = (0.004 + 0.05 * near) * storm
        colour = rng.jitter(mix(sea, PIGMENTS["foam"], rng.between(0, 0.55)), 16, 5)
        points = ((x, y), (x + width * 0.3, y - lift), (x + width * 0.55, y - lift * 0.4), (x + width, y + lift * 0.2))
        canvas.line(points, 0.004 + 0.014 * near, colour)
    if rng.random() < 0.45:
        cliff = rng.pick(26, 8, "stone", "earth", "foliage", "sand")
        side = rng.random() < 0.5
        reach, top = rng.between(0.25, 0.6) * canvas.aspect, horizon - rng.between(0.1, 0.35)
        line = ridge(rng, -0.1, reach, top, 0.14)
        edge = [*line, (reach + 0.05, horizon + 0.05), (reach * 0.6, horizon + 0.12), (-0.1, horizon + 0.2)]
        if side:
            edge = [(canvas.aspect - x, y) for x, y in edge]
        canvas.polygon(edge, cliff)
        shade = [(x, y + 0.10 + 0.03 * rng.random()) for x, y in edge[: len(line)]]
        canvas.polygon([*shade, *edge[len(line) :]], lit(cliff, -32))
    for _ in range(int(rng.between(0, 5))):
        _boat(canvas, rng, horizon)
    if rng.random() < 0.35:
        x = rng.between(0.2, 0.8) * canvas.aspect
        disc = lit(mix(PIGMENTS["sunset"], PIGMENTS["cloud"], rng.random()), 30)
        radius = rng.between(0.02, 0.05)
        y = horizon * rng.between(0.35, 0.9)
        canvas.glow(x, y, 0.4, disc, 0.55)
        canvas.ellipse(x, y, radius, radius, disc)
        for number in range(12):
            down = horizon + 0.02 + (0.9 - horizon) * number / 12
            width = 0.02 + 0.06 * rng.random()
            canvas.line(((x - width, down), (x + width, down)), 0.008, mix(sea, disc, 0.8))
    elif rng.random() < 0.4:
        beach = rng.pick(20, 6, "sand")
        ground_below(canvas, ridge(rng, -0.1, canvas.aspect + 0.1, rng.between(0.78, 0.92), 0.08, depth=4), beach)


def _boat(canvas: Canvas, rng: Chance, horizon: float) -> None:
    near = rng.random() ** 1.6
    y = horizon + 0.015 + (0.85 - horizon) * near
    x, size = rng.between(0.05, 0.9) * canvas.aspect, 0.03 + 0.2 * near
    hull = rng.pick(14, 8, "umber", "wood", "brick", "charcoal")
    sail = rng.pick(22, 8, "linen", "linen", "sand", "brick")
    way = 1 if rng.random() < 0.5 else -1
    points = ((x - size * way, y - size * 0.3), (x + size * way, y - size * 0.34), (x + size * 0.7 * way, y))
    canvas.polygon((*points, (x - size * 0.7 * way, y)), hull)
    canvas.line(((x, y - size * 0.3), (x + 0.04 * size, y - size * 2.0)), size * 0.06, lit(hull, -8))
    mainsail = ((x, y - size * 0.45), (x + 0.04 * size, y - size * 1.95), (x + size * 0.95 * way, y - size * 0.55))
    canvas.polygon(mainsail, sail)
    canvas.polygon(((x, y - size * 0.5), (x, y - size * 1.6), (x - size * 0.65 * way, y - size * 0.5)), lit(sail, -32))
    canvas.polygon((*points[:0:-1], (x - size * 0.5, y + size * 0.2), (x + size * 0.5, y + size * 0.25)), lit(hull, -4))


def paint_nocturne(canvas: Canvas, rng: Chance, _mood: Mood) -> None:
    """Paint a night: moon or fire, its light on water, dark shores, lamps."""
    horizon = rng.between(0.45, 0.72)
    night = rng.pick(12, 6, "night")
    low = lit(rng.jitter(night, 6, 8), rng.between(20, 60))
    sky = ((night, lit(night, 8)), (lit(night, 14), low), (low, lit(low, 10)))
    canvas.wash((*sky, (lit(night, 6), night), (night, night)))
    x, y = rng.between(0.25, 0.75) * canvas.aspect, horizon * rng.between(0.2, 0.75)
    glow = rng.pick(14, 8, "cloud", "gold", "sunset", "cloud")
    reach = rng.between(0.35, 0.75)
    canvas.glow(x, y, reach, glow, 0.6)
    for _ in range(int(rng.between(1, 5))):
        width = rng.between(0.4, 1.0) * canvas.aspect
        left, top = rng.between(-0.3, 0.8) * canvas.aspect, rng.between(-0.1, 0.7) * horizon
        cloud, box = rng.form("cloud"), (left, top, left + width, top + width * 0.3)
        canvas.stamp(cloud, box, lit(night, 4), mix(low, glow, 0.35), rng.random() < 0.5)
    radius = rng.between(0.025, 0.055)
    canvas.ellipse(x, y, radius, radius, lit(glow, 26))
    far = lit(night, rng.between(-10, 14))
    ground_below(canvas, ridge(rng, -0.1, canvas.aspect + 0.1, horizon - 0.03, rng.between(0.04, 0.2)), far)
    if rng.random() < 0.7:
        water = mix(night, low, 0.7)
        canvas.rectangle(-0.1, horizon + 0.02, canvas.aspect + 0.1, 1.1, water)
        for number in range(22):
            down = horizon + 0.03 + (0.97 - horizon) * (number / 22) ** 1.3
            width = (0.015 + 0.12 * rng.random()) * (0.5 + number / 22)
            shift = rng.between(-0.05, 0.05)
            line = ((x + shift - width, down), (x + shift + width, down))
            canvas.line(line, 0.007, mix(water, glow, rng.between(0.35, 0.95)))
    else:
        paint_ground(canvas, rng, horizon, lit(rng.pick(8, 6, "pine"), -8), 3)
    lamp = rng.pick(16, 10, "gold")
    for _ in range(int(rng.between(0, 12))):
        left, up = rng.between(0, 1) * canvas.aspect, horizon - rng.between(0.0, 0.06)
        canvas.glow(left, up, 0.03, lamp, 0.8)
        canvas.ellipse(left, up, 0.006, 0.006, lit(lamp, 40))
    if rng.random() < 0.5:
        for _ in range(2):
            paint_tree(canvas, rng, (rng.between(0, 1) * canvas.aspect, 1.02), rng.between(0.5, 0.95), lit(night, 8))
