"""Land, sea and night: landscapes, mountains, woods, towns, seascapes, nocturnes."""

from src.gallery.painter.canvas import Canvas, Pigment, Point, lit, mix, standing
from src.gallery.painter.genres.tools import PIGMENTS, Chance, Mood, ground_below, ridge


def paint_sky(canvas: Canvas, rng: Chance, horizon: float) -> Pigment:
    """Paint a sky down to the horizon; return the pigment of its lowest part."""
    high = rng.pick(30, 8, "sky")
    low = rng.pick(22, 8, "haze", "haze", "sunset", "cloud")
    glow = lit(low, rng.between(5, 30))
    side = rng.random() < 0.5
    edge = (glow, low) if side else (low, glow)
    canvas.wash(((high, lit(high, -12)), (mix(high, low, 0.55), mix(high, low, 0.35)), edge, edge))
    for _ in range(int(rng.between(0, 7))):
        width = rng.between(0.25, 0.9) * canvas.aspect
        x, y = rng.between(-0.2, 1.0) * canvas.aspect, rng.between(-0.15, 0.75) * horizon
        light = rng.pick(16, 5, "cloud")
        box = (x, y, x + width, y + width * rng.between(0.22, 0.5))
        dark = mix(high, lit(light, -60), 0.6)
        canvas.stamp(rng.form("cloud"), box, dark, light, rng.random() < 0.5)
    return low


def paint_tree(canvas: Canvas, rng: Chance, place: Point, height: float, colour: Pigment) -> None:
    """Paint a leafy tree that stands on a place."""
    x, base = place
    trunk = rng.pick(16, 4, "umber")
    width = height * rng.between(0.45, 0.75)
    lean = width * rng.between(-0.15, 0.15)
    stem = ((x, base), (x + lean / 2, base - height * 0.4), (x + lean, base - height * 0.7))
    canvas.line(stem, height * 0.045, trunk)
    dark, light = lit(colour, -46), lit(colour, rng.between(22, 56))
    for _ in range(2 if height < 0.25 else 3):
        left = x + lean + width * rng.between(-0.68, -0.32)
        top = base - height * rng.between(0.88, 1.06)
        box = (left, top, left + width, top + height * rng.between(0.5, 0.72))
        canvas.stamp(rng.form("crown"), box, dark, light)


def paint_poplar(canvas: Canvas, rng: Chance, place: Point, height: float, colour: Pigment) -> None:
    """Paint a slender tree that stands on a place."""
    x, base = place
    width = height * rng.between(0.16, 0.3)
    box = standing(x, base, width, height)
    canvas.shade(rng.one_of("crown_a", "crown_b"), box, colour, (-40, 34))
    canvas.shade("leaf", box, colour, (-40, 20), strength=0.7)


def paint_house(canvas: Canvas, rng: Chance, place: Point, size: float) -> None:
    """Paint a house with its lighted and its shaded side."""
    x, base = place
    wall = rng.pick(22, 6, "linen", "sand", "stone")
    roof = rng.pick(18, 6, "brick", "wood", "stone")
    width, height = size * rng.between(0.9, 1.7), size * 0.7
    top = base - height
    canvas.rectangle(x, top, x + width, base, wall)
    canvas.rectangle(x + width, top, x + width * 1.3, base, lit(wall, -58))
    peak = top - size * rng.between(0.3, 0.6)
    canvas.polygon(((x - size * 0.08, top), (x + width * 0.12, peak), (x + width * 1.2, peak), (x + width, top)), roof)
    canvas.polygon(((x + width, top), (x + width * 1.2, peak), (x + width * 1.34, top)), lit(roof, -36))
    for number in range(2):
        left = x + width * (0.2 + 0.4 * number)
        canvas.rectangle(left, top + height * 0.3, left + width * 0.15, top + height * 0.65, lit(wall, -95))


def paint_ground(canvas: Canvas, rng: Chance, horizon: float, colour: Pigment, bands: int) -> None:
    """Lay the land in bands that grow darker and warmer towards the viewer."""
    for number in range(bands):
        level = horizon + (1.0 - horizon) * (number / bands) ** 1.25
        shade = lit(rng.jitter(colour, 12, 10), 16 - 30 * number / bands)
        line = ridge(rng, -0.1, canvas.aspect + 0.1, level, 0.03 + 0.12 * number / bands, depth=4)
        ground_below(canvas, line, shade)


def paint_landscape(canvas: Canvas, rng: Chance, _mood: Mood) -> None:
    """Paint fields under a sky, with hills, trees, a path or a river, perhaps houses."""
    horizon = rng.between(0.3, 0.68)
    low = paint_sky(canvas, rng, horizon)
    colour = rng.pick(20, 10, "meadow", "foliage", "earth", "sand")
    for number in range(int(rng.between(1, 4))):
        far = mix(low, rng.pick(14, 8, "foliage"), 0.35 + 0.22 * number)
        level = horizon - 0.10 + 0.05 * number
        ground_below(canvas, ridge(rng, -0.1, canvas.aspect + 0.1, level, rng.between(0.05, 0.18)), far)
    paint_ground(canvas, rng, horizon, colour, 5)
    if rng.random() < 0.6:
        x, end = rng.between(0.3, 0.7) * canvas.aspect, rng.between(0.1, 0.9) * canvas.aspect
        colour_of_way = mix(low, PIGMENTS["sand"], 0.5) if rng.random() < 0.5 else mix(low, PIGMENTS["sky"], 0.5)
        width = rng.between(0.06, 0.2)
        bend = rng.between(-0.3, 0.3)
        middle = (x + end) / 2 + bend
        stations = ((x, horizon + 0.03, 0.008), (middle, horizon * 0.45 + 0.55, width * 0.25), (end, 1.05, width))
        left, right = ([(x + way * half, y) for x, y, half in stations] for way in (-1, 1))
        canvas.polygon([*left, *reversed(right)], rng.jitter(colour_of_way, 10, 4))
    if rng.random() < 0.5:
        spot = rng.between(0.2, 0.6) * canvas.aspect
        for number in range(int(rng.between(1, 5))):
            paint_house(canvas, rng, (spot + number * 0.12, horizon + rng.between(0.03, 0.09)), rng.between(0.07, 0.14))
    leaf = rng.pick(18, 9, "foliage", "foliage", "pine", "earth", "gold")
    kind = rng.random()
    for number in range(int(rng.between(3, 10))):
        near = (number + rng.random()) / 10
        base = horizon + 0.03 + (0.85 - horizon) * near * near
        x = rng.between(-0.05, 1.05) * canvas.aspect
        if kind < 0.75:
            paint_tree(canvas, rng, (x, base), 0.14 + 0.6 * near * rng.between(0.6, 1.2), rng.jitter(leaf, 16, 8))
        else:
            paint_poplar(canvas, rng, (x, base), 0.18 + 0.6 * near, rng.jitter(leaf, 14, 7))
    for _ in range(int(rng.between(0, 4))):
        x, base = rng.between(0.1, 0.9) * canvas.aspect, rng.between(horizon + 0.1, 0.95)
        size = 0.05 + 0.16 * (base - horizon)
        cloth = rng.pick(20, 12, "linen", "brick", "charcoal", "sky")
        canvas.shade(rng.form("figure"), (x, base - size, x + size * 0.6, base), cloth, (-50, 30))


def paint_mountains(canvas: Canvas, rng: Chance, _mood: Mood) -> None:
    """Paint ranges behind one another, the far ones pale, with snow, pines or a lake below."""
    horizon = rng.between(0.55, 0.8)
    low = paint_sky(canvas, rng, horizon)
    stone = rng.pick(22, 9, "stone", "earth", "sea")
    ranges = int(rng.between(2, 5))
    for number in range(ranges):
        share = (number + 1) / ranges
        colour = lit(mix(low, stone, 0.25 + 0.7 * share), -34 * share)
        level = horizon * (0.36 + 0.58 * share) - 0.04
        line = ridge(rng, -0.1, canvas.aspect + 0.1, level, rng.between(0.35, 0.75) * (1.2 - 0.8 * share), depth=6)
        ground_below(canvas, line, colour)
        if rng.random() < 0.75 and number < ranges - 1:
            lighted = mix(colour, PIGMENTS["snow"], rng.between(0.3, 0.95))
            line_of_snow, depth = level - rng.between(-0.02, 0.08), rng.between(0.3, 0.8)
            lower = [(x, y + max(0.0, line_of_snow - y) * depth * rng.between(0.75, 1.1)) for x, y in line]
            canvas.polygon([*line, *reversed(lower)], lighted)
            shadow = [(x + 0.02, min(y + 0.02, low_y)) for (x, y), (_, low_y) in zip(line, lower, strict=True)]
            for first in range(0, len(line) - 4, 8):
                part = slice(first + 2, first + 5)
                canvas.polygon([*shadow[part], *reversed(lower[part])], lit(lighted, -34))
    if rng.random() < 0.5:
        water = mix(low, PIGMENTS["sea"], rng.between(0.3, 0.8))
        canvas.rectangle(-0.1, horizon, canvas.aspect + 0.1, 1.1, water)
        for _ in range(14):
            y = horizon + (1 - horizon) * rng.random()
            x, width = rng.between(-0.1, 1.0) * canvas.aspect, rng.between(0.08, 0.5)
            canvas.line(((x, y), (x + width, y)), 0.006, rng.jitter(water, 26, 8))
    else:
        paint_ground(canvas, rng, horizon, rng.pick(14, 7, "meadow", "foliage", "earth", "snow"), 4)
    pine = rng.pick(14, 6, "pine")
    for _ in range(int(rng.between(0, 12))):
        x, base = rng.between(-0.02, 1.02) * canvas.aspect, rng.between(horizon + 0.05, 1.05)
        height = rng.between(0.12, 0.3) * (0.6 + base - horizon)
        for step in range(3):
            top, reach = base - height + height * 0.24 * step, height * (0.10 + 0.07 * step)
            points = ((x, top), (x + reach, top + height * 0.46), (x - reach, top + height * 0.46))
            canvas.polygon(points, rng.jitter(pine, 12, 4))


def paint_woods(canvas: Canvas, rng: Chance, _mood: Mood) -> None:
    """Paint the inside of a wood: trunks, leaves, light on the ground."""
    leaf = rng.pick(24, 12, "foliage", "foliage", "pine", "gold", "earth")
    glade = lit(rng.jitter(leaf, 10, 10), rng.between(40, 110))
    upper, lower = (lit(leaf, -14), leaf), (lit(leaf, -40), lit(leaf, -30))
    canvas.wash((upper, (glade, lit(leaf, 20)), (lit(leaf, -6), glade), lower))
    floor = rng.pick(20, 9, "earth", "meadow", "foliage")
    paint_ground(canvas, rng, rng.between(0.6, 0.75), floor, 3)
    for number in range(int(rng.between(8, 15))):
        near = (number + 1) / 15
        x = rng.between(-0.02, 1.02) * canvas.aspect
        width = 0.008 + 0.05 * near * near * rng.between(0.6, 1.5)
        bark = mix(glade, rng.pick(16, 5, "umber", "wood", "linen"), 0.4 + 0.6 * near)
        base, lean = 0.66 + 0.34 * near, rng.between(-0.06, 0.06)
        canvas.polygon(((x, base), (x + lean, -0.1), (x + lean + width * 0.7, -0.1), (x + width, base)), bark)
        canvas.line(((x + width * 0.2, base), (x + lean + width * 0.15, -0.1)), width * 0.25, lit(bark, 38))
    for _ in range(int(rng.between(8, 16))):
        size = rng.between(0.25, 0.6)
        x, y = rng.between(-0.3, 0.9) * canvas.aspect, rng.between(-0.3, 0.35)
        colour = rng.jitter(leaf, 30, 14)
        crown = rng.form("crown")
        canvas.shade(crown, (x, y, x + size, y + size * 0.7), colour, (-34, 44), rng.random() < 0.5, strength=0.9)


def paint_town(canvas: Canvas, rng: Chance, _mood: Mood) -> None:
    """Paint a street or square: façades, windows, a tower, people."""
    horizon = rng.between(0.62, 0.78)
    low = paint_sky(canvas, rng, horizon)
    x = -0.05
    while x < canvas.aspect + 0.05:
        width = rng.between(0.12, 0.34)
        top = horizon - rng.between(0.14, 0.5)
        wall = mix(rng.pick(26, 10, "sand", "linen", "brick", "stone", "earth"), low, 0.2)
        canvas.rectangle(x, top, x + width, horizon + 0.04, wall)
        canvas.rectangle(x + width * 0.86, top, x + width, horizon + 0.04, lit(wall, -34))
        roof = rng.pick(16, 8, "brick", "wood", "stone")
        if rng.random() < 0.65:
            peak = top - rng.between(0.03, 0.16)
            canvas.polygon(((x - 0.01, top), (x + width / 2, peak), (x + width + 0.01, top)), roof)
        else:
            canvas.rectangle(x - 0.01, top - 0.02, x + width + 0.01, top, roof)
        columns = max(2, int(width / 0.07))
        pane = lit(wall, -rng.between(50, 95))
        for row in range(max(1, int((horizon - top) / 0.11))):
            for column in range(columns):
                left, up = x + width * (column + 0.28) / columns, top + 0.03 + row * 0.11
                canvas.rectangle(left, up, left + width * 0.42 / columns, up + 0.055, rng.jitter(pane, 16, 6))
        x += width
    if rng.random() < 0.6:
        left, width = rng.between(0.2, 0.7) * canvas.aspect, rng.between(0.07, 0.13)
        wall = rng.pick(24, 8, "stone")
        top = rng.between(0.12, 0.3)
        canvas.rectangle(left, top, left + width, horizon + 0.03, wall)
        canvas.rectangle(left + width * 0.65, top, left + width, horizon + 0.03, lit(wall, -40))
        if rng.random() < 0.5:
            dome = (left - 0.01, top - width * 0.6, left + width + 0.01, top + width * 0.5)
            canvas.shade("sphere", dome, wall, (-70, 0))
        spire = ((left, top), (left + width / 2, top - rng.between(0.08, 0.2)), (left + width, top))
        canvas.polygon(spire, rng.pick(30, 10, "stone"))
    floor = rng.pick(24, 8, "sand", "stone", "earth", "sea")
    canvas.wash_below(horizon, ((floor, floor), (lit(floor, 14), floor), (lit(floor, -22), lit(floor, -30))))
    for _ in range(int(rng.between(3, 14))):
        base = horizon + 0.03 + (0.95 - horizon) * rng.random() ** 1.4
        size = 0.06 + 0.4 * (base - horizon)
        left = rng.between(0.02, 0.95) * canvas.aspect
        cloth = rng.pick(22, 14, "charcoal", "brick", "linen", "sea", "umber")
        shadow = ((left + size * 0.2, base), (left + size * 1.0, base + size * 0.08), (left + size * 0.4, base + 0.01))
        canvas.polygon(shadow, lit(floor, -44))
        canvas.shade(rng.form("figure"), (left, base - size, left + size * 0.55, base), cloth, (-40, 34))


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
