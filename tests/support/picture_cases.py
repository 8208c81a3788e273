"""Odd files as people have them: those that are read as a plain twin, and those that are refused."""

import io
import re
import struct
import zlib
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image

from tests.support.picture_files import (
    HEIGHT,
    WIDTH,
    add_alpha,
    encode,
    make_chunk,
    make_exif,
    make_many_scans,
    make_pixels,
    make_png,
    pack_bits,
    save,
)

JPEG = encode(make_pixels(), "JPEG", quality=90)
OTHER_JPEG = encode(make_pixels(40, 60, seed=5), "JPEG")
PROGRESSIVE = encode(make_pixels(), "JPEG", quality=90, progressive=True)
RESTARTS = encode(make_pixels(), "JPEG", restart_marker_blocks=2)
PNG = encode(make_pixels(), "PNG")
RGB = Image.fromarray(make_pixels()[:, :, ::-1].copy())
GREY = make_pixels()[:, :, 1]
END = b"\xff\xd9"


def put_before(content: bytes, marker: int, junk: bytes, number: int = 1) -> bytes:
    """Put bytes before the first, or another, marker of a kind."""
    places = [match.start() for match in re.finditer(re.escape(bytes([0xFF, marker])), content)]
    return content[: places[number - 1]] + junk + content[places[number - 1] :]


def cut(content: bytes, share: float = 0.6) -> bytes:
    """Keep the headers and a share of the pixels' data."""
    start = content.rindex(b"\xff\xda")
    return content[: start + 14 + int((len(content) - start) * share)]


def cut_between_scans(kept: int) -> bytes:
    """Keep the first scans of a progressive JPEG file, whole, and close it with an end marker."""
    scans = [match.start() for match in re.finditer(rb"\xff\xda", PROGRESSIVE)]
    return PROGRESSIVE[: PROGRESSIVE.rindex(b"\xff\xc4", 0, scans[kept])] + END


def put_thumbnail(content: bytes) -> bytes:
    """Put a small JPEG file into an EXIF segment of another."""
    return content[:2] + b"\xff\xe1" + struct.pack(">H", len(OTHER_JPEG) + 8) + b"Exif\0\0" + OTHER_JPEG + content[2:]


def make_planes(kept: int = 3, factors: int = 0x11) -> bytes:
    """Make a JPEG file that is not progressive and has a scan of its own for each component.

    All components have the same sampling factors, so that these make no difference.
    """
    planes = [save(plane, "JPEG") for plane in RGB.convert("YCbCr").split()]
    frame, scan = (planes[0].index(marker) for marker in (b"\xff\xc0", b"\xff\xda"))
    components = b"".join(bytes([number, factors, 0]) for number in (1, 2, 3))
    head = b"\xff\xc0\0\x11" + planes[0][frame + 4 : frame + 9] + b"\3" + components
    scans = [
        b"\xff\xda\0\x08\1" + bytes([number]) + plane[scan + 6 : -2] for number, plane in enumerate(planes[:kept], 1)
    ]
    return planes[0][:frame] + head + planes[0][frame + 13 : scan] + b"".join(scans) + END


def make_planes_twin() -> bytes:
    table = Image.open(io.BytesIO(save(RGB.convert("L"), "JPEG"))).quantization[0]
    return save(RGB.convert("YCbCr"), "JPEG", qtables={0: table, 1: table}, subsampling=0)


def cut_webp() -> bytes:
    """Cut a lossy WebP file, and let its sizes declare what is left."""
    content = encode(make_pixels(), "WEBP")
    left = content[: len(content) // 2 & ~1]
    return left[:4] + struct.pack("<I", len(left) - 8) + left[8:16] + struct.pack("<I", len(left) - 20) + left[20:]


def make_sticker() -> bytes:
    """Make an animated WebP file whose first frame covers a part of its canvas, without an alpha flag."""
    inner = save(Image.fromarray(make_pixels(40, 60)[:, :, ::-1]), "WEBP", lossless=True)[12:]
    left, upper, width, height = (struct.pack("<I", number)[:3] for number in (10, 15, 59, 39))  # halved, less one
    frame = left + upper + width + height + bytes(4) + inner
    canvas = b"\x02\0\0\0" + struct.pack("<I", WIDTH - 1)[:3] + struct.pack("<I", HEIGHT - 1)[:3]
    chunks = ((b"VP8X", canvas), (b"ANIM", bytes(6)), (b"ANMF", frame), (b"ANMF", frame))
    body = b"WEBP" + b"".join(name + struct.pack("<I", len(data)) + data for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def make_small_gif_frame() -> bytes:
    """Make a GIF file whose only frame is smaller than its canvas of 60 × 50."""
    content = save(Image.fromarray(np.full((20, 30), 90, np.uint8)), "GIF")
    return content[:6] + struct.pack("<HH", 60, 50) + content[10:]


def put_on_white(pixels: np.ndarray, height: int, width: int, top: int = 0, left: int = 0) -> bytes:
    canvas = np.full((height, width, 3), 255, np.uint8)
    canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    return encode(canvas, "PNG")


def put_into_png(*chunks: bytes) -> bytes:
    """Put chunks behind the header of a PNG file."""
    return PNG[:33] + b"".join(chunks) + PNG[33:]


def make_clear_grey(depth: int) -> bytes:
    """Make a grey PNG file with a tRNS chunk: its lower half is the transparent grey."""
    clear, shade = int(depth > 1), 2 ** (depth - 1)
    rows = np.repeat([[shade], [clear]], (20, 20), axis=0).repeat(32, axis=1)
    return make_png(32, 40, pack_bits(rows, depth), depth, 0, make_chunk(b"tRNS", struct.pack(">H", clear)))


def make_clear_grey_twin(depth: int) -> bytes:
    shade = 2 ** (depth - 1) * 255 // (2**depth - 1) if depth < 16 else 128
    return put_on_white(np.full((20, 32, 3), shade, np.uint8), 40, 32)


def make_clear_colour(depth: int) -> bytes:
    """Make an RGB PNG file whose right half is the transparent colour (tRNS)."""
    samples = make_pixels()[:, :, ::-1].astype(int) * (1 if depth == 8 else 257)
    samples[:, WIDTH // 2 :] = (7, 8, 9)
    raw = pack_bits(samples.reshape(HEIGHT, -1), depth)
    return make_png(WIDTH, HEIGHT, raw, depth, 2, make_chunk(b"tRNS", struct.pack(">3H", 7, 8, 9)))


def make_palette_twin() -> bytes:
    palette = RGB.quantize(16)
    pixels = np.asarray(palette.convert("RGB")).copy()
    pixels[np.asarray(palette) == 3] = 255
    return save(Image.fromarray(pixels), "PNG")


def make_grey_tiff(bits: int, photometric: int, order: str) -> bytes:
    """Make a grey TIFF file without compression; photometric 0 is white."""
    grey = GREY.astype(int) << (bits - 8)
    grey = 2**bits - 1 - grey if photometric == 0 else grey
    data = grey.astype(f"{order}u2").tobytes() if bits == 16 else pack_bits(grey, bits).tobytes()
    tags = {256: WIDTH, 257: HEIGHT, 258: bits, 259: 1, 262: photometric, 273: 122, 277: 1, 278: HEIGHT, 279: len(data)}
    fields = b"".join(struct.pack(f"{order}HHII", tag, 4, 1, value) for tag, value in tags.items())
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(f"{order}IH", 8, len(tags)) + fields + bytes(4) + data


LIKE_JPEG: Mapping[str, Callable[[], bytes]] = {
    "a byte before marker da": lambda: put_before(JPEG, 0xDA, b"\0"),
    "18 bytes before marker db": lambda: put_before(JPEG, 0xDB, bytes(range(18))),
    "26 bytes before marker c0": lambda: put_before(JPEG, 0xC0, b"between two markers, twice"),
    "a byte before marker c4": lambda: put_before(JPEG, 0xC4, b"a"),
    "bytes before the end": lambda: JPEG[:-2] + b"1234567" + END,
    "junk twice and no end marker": lambda: put_before(put_before(JPEG, 0xDA, b"one"), 0xDB, b"three")[:-2],
    "a first marker that has lost its code": lambda: JPEG[:2] + b"\xff" + JPEG[4:],
    "fill bytes before markers": lambda: JPEG[:2] + b"\xff" * 9 + JPEG[2:-2] + b"\xff" * 5 + END,
    "an unknown Adobe transform": lambda: JPEG[:2] + b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\x0a" + JPEG[2:],
    "an unknown JFIF version": lambda: JPEG[:11] + b"\x07" + JPEG[12:],
    "no end marker": lambda: JPEG[:-2],
    "another picture behind": lambda: JPEG + OTHER_JPEG,
    "two pictures of a camera (MPF)": lambda: save(
        RGB, "MPO", quality=90, save_all=True, append_images=[RGB.rotate(180)]
    ),
}

LIKE_PNG: Mapping[str, Callable[[], bytes]] = {
    "a large private chunk": lambda: put_into_png(make_chunk(b"prVt", bytes(9_000_000))),
    "a text with a wrong checksum": lambda: put_into_png(make_chunk(b"tEXt", b"k\0text")[:-1] + b"?"),
    "a large EXIF chunk": lambda: put_into_png(make_chunk(b"eXIf", bytes(9_000_000))),
    "a profile of 50 MB": lambda: put_into_png(make_chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(50_000_000)))),
    "no end chunk": lambda: PNG[:-12],
    "no last checksum": lambda: PNG[:-16],
    "a PNG trailer": lambda: PNG + bytes(3000),
    "a last chunk that declares 2 GB": lambda: PNG[:33] + b"\x7f\xff\xff\xff" + PNG[37:],
    "a large TIFF": lambda: encode(make_pixels(), "TIFF", big_tiff=True),
    "pages of a TIFF": lambda: save(RGB, "TIFF", save_all=True, append_images=[RGB.rotate(180)]),
}

ODD: Mapping[str, tuple[Callable[[], bytes], Callable[[], bytes]]] = {
    **{name: (make, lambda: JPEG) for name, make in LIKE_JPEG.items()},
    **{name: (make, lambda: PNG) for name, make in LIKE_PNG.items()},
    "junk before scan 9 of 10": (lambda: put_before(PROGRESSIVE, 0xDA, bytes(5), 9), lambda: PROGRESSIVE),
    "bytes before a restart": (lambda: put_before(RESTARTS, 0xD3, b"\x55" * 40), lambda: RESTARTS),
    "no end marker, progressive": (lambda: PROGRESSIVE[:-2], lambda: PROGRESSIVE),
    "progressive, with a thumbnail": (lambda: put_thumbnail(PROGRESSIVE), lambda: PROGRESSIVE),
    "a scan for each component": (make_planes, make_planes_twin),
    "sampling factors of three": (lambda: make_planes(factors=0x33), make_planes_twin),
    **{
        f"transparent grey of {depth} bits": (
            lambda depth=depth: make_clear_grey(depth),
            lambda depth=depth: make_clear_grey_twin(depth),
        )
        for depth in (1, 2, 4, 8, 16)
    },
    **{
        f"a transparent colour of {depth} bits": (
            lambda depth=depth: make_clear_colour(depth),
            lambda: put_on_white(make_pixels()[:, : WIDTH // 2], HEIGHT, WIDTH),
        )
        for depth in (8, 16)
    },
    **{
        f"a transparent colour of a {kind} palette": (
            lambda kind=kind: save(RGB.quantize(16), kind, transparency=3),
            make_palette_twin,
        )
        for kind in ("PNG", "GIF")
    },
    "a WebP sticker on bare canvas": (
        make_sticker,
        lambda: put_on_white(make_pixels(40, 60), HEIGHT, WIDTH, top=30, left=20),
    ),
    "a GIF frame on bare canvas": (
        make_small_gif_frame,
        lambda: put_on_white(np.full((20, 30, 3), 90, np.uint8), 50, 60),
    ),
    "a clear TIFF": (
        lambda: encode(add_alpha(make_pixels(), 0), "TIFF"),
        lambda: put_on_white(np.empty((0, 0, 3)), HEIGHT, WIDTH),
    ),
    **{
        f"a grey TIFF of {bits} bits, photometric {photometric}": (
            lambda bits=bits, photometric=photometric, order=order: make_grey_tiff(bits, photometric, order),
            lambda: encode(np.dstack([GREY] * 3), "PNG"),
        )
        for bits, photometric, order in ((8, 0, "<"), (12, 1, "<"), (16, 0, "<"), (16, 1, ">"))
    },
    "a turned PNG with alpha": (
        lambda: encode(add_alpha(make_pixels(), 255), "PNG", exif=make_exif(6)),
        lambda: encode(np.rot90(make_pixels(), -1), "PNG"),
    ),
    "a turned TIFF": (
        lambda: encode(make_pixels(), "TIFF", exif=make_exif(8)),
        lambda: encode(np.rot90(make_pixels()), "PNG"),
    ),
}
"""What makes a file, and the plain file whose pixels it shows."""

TRUNCATED = "ImageDecodeError", "file .*is truncated or damaged"
MISSING = "ImageDecodeError", "scans .* missing"

REFUSED: Mapping[str, tuple[Callable[[], bytes], str, str]] = {
    "empty": (lambda: b"", "ImageDecodeError", r"empty \(0 bytes\)"),
    "text": (lambda: b"this is a text renamed to .jpg", "ImageTypeError", "expected JPEG, PNG, WebP"),
    **{
        name: (lambda content=content: content, "ImageTypeError", f"the content is {name}")
        for name, content in {
            "a HEIC photograph": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(80),
            "a JPEG XL picture": b"\xff\x0a\x11\x12" + bytes(30),
            "a JPEG 2000 picture": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(30),
            "an SVG drawing": b"  <svg xmlns='http://www.w3.org/2000/svg'/>",
            "a web page": b"<!DOCTYPE html><title>Sorry</title>",
            "a PDF document": b"%PDF-1.7\n",
            "a raw photograph": b"II*\0\x10\0\0\0CR\x02\0" + bytes(30),
            "a Photoshop document": b"8BPS\0\x01" + bytes(30),
        }.items()
    },
    "cut": (lambda: cut(JPEG), *TRUNCATED),
    "cut, an end": (lambda: cut(JPEG) + END, *TRUNCATED),
    "cut, another picture": (lambda: cut(JPEG) + OTHER_JPEG, *TRUNCATED),
    "progressive, cut, an end": (lambda: cut(PROGRESSIVE) + END, *TRUNCATED),
    "junk, cut, an end": (lambda: cut(put_before(JPEG, 0xDB, b"junk")) + END, *TRUNCATED),
    "junk, cut, a trailer": (lambda: cut(put_before(JPEG, 0xDA, b"junk")) + END + JPEG, *TRUNCATED),
    "a thumbnail in a cut picture": (lambda: cut(put_thumbnail(JPEG)), *TRUNCATED),
    "three bytes": (lambda: b"\xff\xd8\xff", *TRUNCATED),
    **{
        f"progressive, {kept} of 10 scans, an end": (lambda kept=kept: put_thumbnail(cut_between_scans(kept)), *MISSING)
        for kept in (1, 5, 9)
    },
    "a component without its scan": (lambda: make_planes(2), *MISSING),
    "1,000 scans": (lambda: make_many_scans(1_000), "ImageDecodeError", "scans: expected at most 100"),
    "half of a PNG": (lambda: PNG[: len(PNG) // 2], *TRUNCATED),
    "a flipped byte in a PNG": (lambda: PNG[:5000] + bytes([PNG[5000] ^ 0xFF]) + PNG[5001:], *TRUNCATED),
    "a PNG with too few pixels": (lambda: make_png(100, 100, bytes(1_000)), "ImageDecodeError", "cannot be decoded"),
    "a PNG of no pixels": (lambda: make_png(0, 100, b""), *TRUNCATED),
    "half of a WebP": (lambda: encode(make_pixels(), "WEBP")[:1000], *TRUNCATED),
    "a WebP file whose lost pixels stand behind it": (lambda: cut_webp() + bytes(range(256)) * 40, *TRUNCATED),
    "a JPEG of 12 bits": (
        lambda: JPEG.replace(b"\xff\xc0\0\x11\x08", b"\xff\xc0\0\x11\x0c"),
        "ImageDecodeError",
        "do not decode .*12-bit",
    ),
    "a JPEG whose height stands behind its pixels": (
        lambda: re.sub(rb"(?s)(\xff\xc0\0\x11\x08)..", rb"\1\0\0", JPEG, count=1),
        "ImageDecodeError",
        "do not decode .*height behind",
    ),
    "a JPEG-LS file": (
        lambda: JPEG.replace(b"\xff\xc0\0", b"\xff\xf7\0"),
        "ImageDecodeError",
        "do not decode .*JPEG-LS",
    ),
    "a PNG of Apple's own": (
        lambda: put_into_png(make_chunk(b"CgBI", b"\x50\0\x20\x02")),
        "ImageDecodeError",
        "do not decode .*CgBI",
    ),
    "a TIFF of floats": (
        lambda: save(Image.fromarray(np.ones((20, 30), np.float32)), "TIFF"),
        "ImageDecodeError",
        "do not decode .*pixel format F",
    ),
    "20,000 x 20,000 PNG": (
        lambda: make_png(20_000, 20_000, bytes(1_000)),
        "ImageTooLargeError",
        r"20000 × 20000 = 400,000,000 pixels would take about 2,400 MB: expected at most 512 MB",
    ),
    "a deep PNG": (
        lambda: make_png(8_000, 8_000, b"", 16, 6),
        "ImageTooLargeError",
        "would take about 1,024 MB",
    ),
    "a WebP bomb of 38 bytes": (
        lambda: b"RIFF\x1e\0\0\0WEBPVP8L\x11\0\0\0\x2f" + struct.pack("<I", 16_382 | 16_382 << 14) + bytes(13),
        "ImageTooLargeError",
        "far too large",
    ),
}
"""What makes a file, the name of the error that refuses it, and what its message says."""


def declare_size(content: bytes, width: int, height: int) -> bytes:
    """Let the header of a JPEG file declare another size."""
    size = struct.pack(">HH", height, width)
    return re.sub(rb"(?s)(\xff[\xc0\xc2]\0.\x08)....", lambda found: found[1] + size, content, count=1)
