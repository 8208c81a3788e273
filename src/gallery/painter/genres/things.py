"""Things: still lifes, flowers, interiors, single objects as museums photograph them."""

from collections.abc import Sequence

from src.gallery.painter.canvas import Canvas, Pigment, Point, around, corners, lit, mix, standing
from src.gallery.painter.genres.tools import FORMS_BY_KIND, PIGMENTS, Chance, Mood, lighten


def paint_wall(canvas: Canvas, rng: Chance, mood: Mood) -> Pigment:
    """Paint the wall behind, dark or light as the mood asks; return its pigment."""
    dark = rng.random() > mood.light * 1.4
    wall = rng.pick(14, 9, "umber", "stone", "wood", "sea", "foliage", "linen")
    wall = lit(wall, -16 if dark else rng.between(20, 80))
    light = lit(wall, rng.between(15, 50))
    rows = ((wall, lit(wall, -8), lit(wall, -22)), (light, wall, lit(wall, -14)), (lit(light, 8), light, wall))
    canvas.wash([row[::-1] for row in rows] if canvas.is_mirrored else rows)
    return wall


def cast_shadow(canvas: Canvas, place: Point, width: float, ground: Pigment) -> None:
    """Cast the soft shadow of a thing that stands on a place."""
    x, base = place
    reach = -width if canvas.is_mirrored else width
    box = around(x + reach * 0.5, base, width * 0.95, width * 0.20)
    canvas.shade("glow", box, ground, (-60, -60), strength=0.9)


def paint_fruit(canvas: Canvas, rng: Chance, place: Point, size: float, colour: Pigment) -> None:
    """Paint a round fruit that stands on a place."""
    x, base = place
    canvas.shade("sphere", (x - size, base - 1.9 * size, x + size, base), colour, (-78, 54))
    if rng.random() < 0.5:
        canvas.line(((x, base - 1.75 * size), (x + size * 0.15, base - 2.2 * size)), size * 0.12, PIGMENTS["umber"])


def paint_vessel(canvas: Canvas, rng: Chance, place: Point, size: float) -> None:
    """Paint a glazed vessel that stands on a place."""
    x, base = place
    name = rng.form("vessel")
    glaze = rng.pick(26, 12, "brick", "linen", "sea", "wood", "gold", "pine", "stone")
    width = size * (0.62 if name in ("bottle", "goblet") else 0.95)
    height = size * (0.55 if name == "bowl" else 1.35)
    box = standing(x, base, width, height)
    canvas.shade(name, box, glaze, (-66, 52))
    if rng.random() < 0.5:
        band = rng.jitter(glaze, 50, 22)
        middle = base - height * rng.between(0.38, 0.55)
        canvas.line(((x - width * 0.32, middle), (x, middle + 0.02), (x + width * 0.32, middle)), size * 0.035, band)
    canvas.ellipse(x, base - height, width * 0.17, size * 0.02, lit(glaze, -60))


def paint_still_life(canvas: Canvas, rng: Chance, mood: Mood) -> None:
    """Paint fruit and vessels on a table, lit from one side."""
    canvas.is_mirrored = rng.random() < 0.5
    paint_wall(canvas, rng, mood)
    table = rng.between(0.56, 0.7)
    board = rng.pick(22, 9, "wood", "linen", "earth", "stone", "brick")
    canvas.wash_below(table, ((board, board), (lit(board, 14), board), (lit(board, -14), lit(board, -26))))
    if rng.random() < 0.6:
        cloth = rng.pick(12, 6, "linen", "linen", "snow", "sea", "brick")
        left, width = rng.between(0.0, 0.4) * canvas.aspect, rng.between(0.4, 0.8)
        low = rng.between(0.9, 1.1)
        near = ((left + width * 1.1, low), (left - 0.06, low + 0.04))
        canvas.polygon(((left, table + 0.07), (left + width, table + 0.05), *near), cloth)
        for number in range(6):
            x = left + width * (number + rng.random()) / 6
            fold = ((x, table + 0.08), (x + 0.02, table + 0.1), (x + 0.05, low), (x - 0.01, low))
            canvas.polygon(fold, lit(cloth, -36 - 20 * rng.random()))
    for number in range(int(rng.between(1, 4))):
        x = canvas.aspect * (0.26 + 0.22 * number + rng.between(-0.06, 0.06))
        base, size = table + rng.between(0.05, 0.14), rng.between(0.24, 0.42)
        cast_shadow(canvas, (x, base), size * 0.5, board)
        paint_vessel(canvas, rng, (x, base), size)
    if rng.random() < 0.35:
        x, base = rng.between(0.35, 0.65) * canvas.aspect, table + 0.2
        plate = rng.pick(14, 4, "linen")
        canvas.ellipse(x, base, 0.3, 0.07, lit(plate, -50))
        canvas.ellipse(x, base - 0.012, 0.29, 0.065, plate)
    kinds = [rng.jitter(PIGMENTS[name], 26, 14) for name in ("brick", "gold", "meadow")]
    kinds.append(rng.vivid(rng.between(90, 170), 40))
    for number in range(int(rng.between(3, 12))):
        x = canvas.aspect * (0.5 + rng.between(-0.36, 0.36))
        base, size = table + 0.13 + 0.02 * number, rng.between(0.045, 0.085)
        cast_shadow(canvas, (x, base), size, board)
        paint_fruit(canvas, rng, (x, base), size, rng.jitter(kinds[int(rng.random() * 4)], 14, 8))


def paint_flowers(canvas: Canvas, rng: Chance, mood: Mood) -> None:
    """Paint a bunch of flowers in a vase, or one that fills the picture."""
    canvas.is_mirrored = rng.random() < 0.5
    wall = paint_wall(canvas, rng, mood)
    middle = canvas.aspect * rng.between(0.42, 0.58)
    full = rng.random() < 0.3
    if not full:
        table = rng.between(0.8, 0.88)
        board = rng.pick(24, 8, "wood", "linen", "stone")
        canvas.rectangle(-0.1, table, canvas.aspect + 0.1, 1.1, board)
        cast_shadow(canvas, (middle, table + 0.07), 0.16, board)
        paint_vessel(canvas, rng, (middle, table + 0.07), rng.between(0.26, 0.34))
    heart = 0.5 if full else 0.40
    reach = 0.55 if full else rng.between(0.26, 0.36)
    leaf = rng.pick(18, 8, "foliage", "pine", "foliage")
    for _ in range(18):
        x, y = middle + rng.between(-1, 1) * reach * 1.05, heart + rng.between(-1, 1) * reach * 0.9
        colour = rng.jitter(leaf, 20, 8)
        size = rng.between(0.04, 0.11)
        canvas.line(((x, y), (middle, heart + reach)), 0.006, lit(leaf, -18))
        canvas.shade("leaf", around(x, y, size * 0.5, size), colour, (-44, 34))
    kinds = [rng.vivid(rng.between(130, 200), rng.between(18, 44)) for _ in range(2)] + [PIGMENTS["snow"]]
    for number in range(int(rng.between(8, 18))):
        angle_x, angle_y = rng.between(-1, 1), rng.between(-1, 1)
        x, y = middle + angle_x * reach * 0.95, heart + angle_y * reach * 0.8
        size = rng.between(0.04, 0.10) * (1.35 if full else 1.0) * (1 - 0.3 * abs(angle_x))
        colour = rng.jitter(kinds[int(rng.random() * 3)], 24, 8)
        box, dark = (x - size, y - size, x + size, y + size * 0.9), mix(lit(colour, -84), wall, 0.15)
        canvas.stamp(FORMS_BY_KIND["flower"][number % 3], box, dark, lit(colour, 26))
        canvas.ellipse(x, y, size * 0.17, size * 0.15, rng.pick(40, 8, "gold"))


def paint_interior(canvas: Canvas, rng: Chance, mood: Mood) -> None:
    """Paint a room in perspective: a window's light on the floor, pictures, a table, someone."""
    canvas.is_mirrored = rng.random() < 0.5
    width = canvas.aspect

    def side(x: float) -> float:
        return width - x if canvas.is_mirrored else x

    def fill(points: Sequence[Point], colour: Pigment) -> None:
        canvas.polygon([(side(x), y) for x, y in points], colour)

    def block(left: float, top: float, right: float, bottom: float, colour: Pigment) -> None:
        near, far = sorted((side(left), side(right)))
        canvas.rectangle(near, top, far, bottom, colour)

    wall = lit(rng.pick(22, 9, "stone", "linen", "wood", "umber", "sea"), 40 * (mood.light - 0.5))
    left, right = rng.between(0.12, 0.3) * width, rng.between(0.78, 0.95) * width
    top, floor_line = rng.between(0.05, 0.16), rng.between(0.62, 0.74)
    floor = rng.pick(20, 8, "wood", "earth", "stone", "brick")
    canvas.wash(((lit(wall, -22), wall), (lit(wall, 14), lit(wall, -18)), (floor, lit(floor, -30))))
    fill(corners(left, top, right, floor_line), lit(wall, 10))
    fill(((-0.1, -0.1), (left, top), (left, floor_line), (-0.1, 1.05)), lit(wall, -36))
    fill(((width + 0.1, -0.1), (right, top), (right, floor_line), (width + 0.1, 1.05)), lit(wall, -16))
    fill(((-0.1, 1.1), (left, floor_line), (right, floor_line), (width + 0.1, 1.1)), floor)
    for number in range(9):
        start, end = left + (right - left) * number / 8, width * (number / 8 * 1.8 - 0.4)
        canvas.line(((side(start), floor_line), (side(end), 1.05)), 0.005, lit(floor, -32))
    for number in range(4):
        y = floor_line + (1 - floor_line) * (number / 4) ** 1.6
        canvas.line(((-0.1, y), (width + 0.1, y)), 0.004, lit(floor, -26))
    pane = lit(rng.pick(12, 5, "cloud", "sky", "haze"), 10)
    x, w, y, h = left + 0.08, rng.between(0.14, 0.24), top + 0.08, rng.between(0.26, 0.36)
    block(x, y, x + w, y + h, pane)
    frame = lit(wall, -60)
    canvas.line(((side(x + w / 2), y), (side(x + w / 2), y + h)), 0.012, frame)
    canvas.line(((side(x), y + h / 2), (side(x + w), y + h / 2)), 0.012, frame)
    canvas.frame((side(x), y, side(x + w), y + h), 0.018, frame)
    beam = ((x + 0.05, floor_line + 0.04), (x + w + 0.1, floor_line + 0.04), (x + w + 0.34, 0.95), (x + 0.16, 0.95))
    fill(beam, mix(floor, pane, 0.55))
    for _ in range(int(rng.between(0, 4))):
        px, py, size = rng.between(left + 0.35, right - 0.16), rng.between(top + 0.05, 0.32), rng.between(0.08, 0.16)
        near, far = sorted((side(px), side(px + size)))
        canvas.rectangle(near - 0.012, py - 0.012, far + 0.012, py + size * 1.1 + 0.012, rng.pick(20, 6, "gold"))
        canvas.rectangle(near, py, far, py + size * 1.1, rng.vivid(rng.between(40, 140), 16))
    wood = rng.pick(20, 6, "wood")
    tx, ty = rng.between(0.4, 0.62) * width, floor_line + rng.between(0.0, 0.08)
    fill(((tx, ty), (tx + 0.36, ty), (tx + 0.42, ty + 0.07), (tx - 0.05, ty + 0.07)), lit(wood, 26))
    for leg in (tx, tx + 0.34):
        block(leg, ty + 0.07, leg + 0.022, ty + 0.28, lit(wood, -20))
    paint_vessel(canvas, rng, (side(tx + 0.12), ty + 0.05), rng.between(0.12, 0.18))
    paint_fruit(canvas, rng, (side(tx + 0.26), ty + 0.05), 0.03, rng.pick(20, 12, "brick"))
    if rng.random() < 0.7:
        size, fx = rng.between(0.42, 0.58), rng.between(0.28, 0.62) * width
        cloth = rng.pick(20, 12, "sea", "brick", "charcoal", "linen", "gold")
        base = floor_line + rng.between(0.14, 0.22)
        canvas.shade(rng.form("figure"), (fx, base - size, fx + size * 0.62, base), cloth, (-56, 44))
    canvas.soften(0.004)


def paint_object(canvas: Canvas, rng: Chance, mood: Mood) -> None:
    """Show one vessel, coin, mask or stone on a plain ground, as museums photograph their things."""
    canvas.is_mirrored = rng.random() < 0.5
    ground = lit((128, rng.jitter((128, 128, 128), 0, 7)[1], rng.between(122, 142)), 190 * (mood.light - 0.5))
    canvas.wash(lighten(ground, (6, 14, 0), (18, 26, 8), (-16, 0, -26)))
    x, base = canvas.aspect / 2, rng.between(0.84, 0.9)
    glaze = rng.pick(30, 14, "brick", "wood", "stone", "gold", "sea", "pine", "linen", "earth")
    kind = rng.random()
    if kind < 0.6:
        name = rng.form("vessel")
        width = rng.between(0.5, 0.68) * min(1.0, canvas.aspect) * (0.7 if name in ("bottle", "goblet") else 1.0)
        height = rng.between(0.6, 0.72) * (0.6 if name == "bowl" else 1.0)
        base = base - 0.1 if name == "bowl" else base
        cast_shadow(canvas, (x, base), width * 0.7, ground)
        canvas.shade(name, standing(x, base, width, height), glaze, (-74, 58))
        band = rng.jitter(glaze, 70, 24)
        for number in range(int(rng.between(0, 5))):
            y = base - height * (0.25 + 0.10 * number)
            canvas.line(((x - width * 0.3, y), (x, y + 0.025), (x + width * 0.3, y)), rng.between(0.006, 0.03), band)
    elif kind < 0.8:
        radius = rng.between(0.3, 0.4) * min(1.0, canvas.aspect)
        cast_shadow(canvas, (x, 0.5 + radius), radius, ground)
        canvas.shade("sphere", around(x, 0.5, radius), glaze, (-30, 26))
        canvas.ellipse(x, 0.5, radius * 0.88, radius * 0.88, lit(glaze, -8))
        head = rng.one_of("head_left", "head_right")
        box = (x - radius * 0.6, 0.5 - radius * 0.72, x + radius * 0.6, 0.5 + radius * 0.75)
        canvas.shade(head, box, glaze, (-62, 56))
    else:
        radius = rng.between(0.28, 0.38) * min(1.0, canvas.aspect)
        cast_shadow(canvas, (x, 0.5 + radius), radius, ground)
        canvas.shade(rng.one_of("rock_a", "rock_b"), around(x, 0.5, radius), glaze, (-70, 56))
