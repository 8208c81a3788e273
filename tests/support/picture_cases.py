"""Files as people have them: good ones, odd ones that are read as a plain one, and those that are refused."""

import re
import struct
import zlib
from collections.abc import Mapping

import numpy as np
from PIL import Image

from benchmarks.ordeals.decoder_mutants import open_by_pillow
from benchmarks.picture_files import list_encoders
from src.errors import ImageDecodeError, ImageError, ImageTooLargeError, ImageTypeError
from tests.support.picture_files import (
    HEIGHT,
    WIDTH,
    add_alpha,
    encode,
    encode_16_bits,
    make_chunk,
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
GREY_PNG = encode(np.dstack([GREY] * 3), "PNG")
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


def cut_webp() -> bytes:
    """Cut a lossy WebP file, and let its sizes declare what is left."""
    content = encode(make_pixels(), "WEBP")
    left = content[: len(content) // 2 & ~1]
    return left[:4] + struct.pack("<I", len(left) - 8) + left[8:16] + struct.pack("<I", len(left) - 20) + left[20:]


def make_sticker() -> bytes:
    """Make an animated WebP file whose first frame covers a part of its canvas; libwebp sets no alpha flag then."""
    frame = Image.new("RGBA", (WIDTH, HEIGHT))
    frame.paste(Image.fromarray(make_pixels(40, 60)[:, :, ::-1]), (20, 30))
    return save(frame, "WEBP", lossless=True, save_all=True, append_images=[frame.rotate(180)])


def make_small_gif_frame() -> bytes:
    """Make a GIF file whose only frame is smaller than its canvas of 60 × 50."""
    content = save(Image.fromarray(np.full((20, 30), 90, np.uint8)), "GIF")
    return content[:6] + struct.pack("<HH", 60, 50) + content[10:]


def put_on_white(pixels: np.ndarray, height: int = HEIGHT, width: int = WIDTH, top: int = 0, left: int = 0) -> bytes:
    canvas = np.full((height, width, 3), 255, np.uint8)
    canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    return encode(canvas, "PNG")


def put_into_png(*chunks: bytes) -> bytes:
    """Put chunks behind the header of a PNG file."""
    return PNG[:33] + b"".join(chunks) + PNG[33:]


def make_clear_grey(depth: int) -> tuple[bytes, bytes]:
    """Make a grey PNG file with a tRNS chunk, whose lower half is the transparent grey, and what it shows."""
    clear, shade = int(depth > 1), 2 ** (depth - 1)
    rows = np.repeat([[shade], [clear]], (20, 20), axis=0).repeat(32, axis=1)
    content = make_png(32, 40, pack_bits(rows, depth), depth, 0, make_chunk(b"tRNS", struct.pack(">H", clear)))
    shown = shade * 255 // (2**depth - 1) if depth < 16 else 128
    return content, put_on_white(np.full((20, 32, 3), shown, np.uint8), 40, 32)


def make_clear_colour(depth: int) -> tuple[bytes, bytes]:
    """Make an RGB PNG file whose right half is the transparent colour (tRNS), and what it shows."""
    samples = make_pixels()[:, :, ::-1].astype(int) * (1 if depth == 8 else 257)
    samples[:, WIDTH // 2 :] = (7, 8, 9)
    raw = pack_bits(samples.reshape(HEIGHT, -1), depth)
    content = make_png(WIDTH, HEIGHT, raw, depth, 2, make_chunk(b"tRNS", struct.pack(">3H", 7, 8, 9)))
    return content, put_on_white(make_pixels()[:, : WIDTH // 2])


def make_grey_tiff(bits: int, photometric: int, order: str) -> bytes:
    """Make a grey TIFF file without compression; photometric 0 is white."""
    grey = GREY.astype(int) << (bits - 8)
    grey = 2**bits - 1 - grey if photometric == 0 else grey
    data = grey.astype(f"{order}u2").tobytes() if bits == 16 else pack_bits(grey, bits).tobytes()
    tags = {256: WIDTH, 257: HEIGHT, 258: bits, 259: 1, 262: photometric, 273: 122, 277: 1, 278: HEIGHT, 279: len(data)}
    fields = b"".join(struct.pack(f"{order}HHII", tag, 4, 1, value) for tag, value in tags.items())
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(f"{order}IH", 8, len(tags)) + fields + bytes(4) + data


OTHER_LOOKS = re.compile("turned|grey|alpha|palette|GIF")
GOOD: Mapping[str, bytes] = {
    **{name: make() for name, make in list_encoders(make_pixels()).items() if not OTHER_LOOKS.search(name)},
    "GIF": encode(make_pixels(), "GIF"),
}
"""Files that all show the pixels of :func:`make_pixels`."""

LIKE_JPEG: Mapping[str, bytes] = {
    "a byte before marker da": put_before(JPEG, 0xDA, b"\0"),
    "18 bytes before marker db": put_before(JPEG, 0xDB, bytes(range(18))),
    "26 bytes before marker c0": put_before(JPEG, 0xC0, b"between two markers, twice"),
    "bytes before the end": JPEG[:-2] + b"1234567" + END,
    "junk twice and no end marker": put_before(put_before(JPEG, 0xDA, b"one"), 0xDB, b"three")[:-2],
    "a first marker that has lost its code": JPEG[:2] + b"\xff" + JPEG[4:],
    "fill bytes before markers": JPEG[:2] + b"\xff" * 9 + JPEG[2:-2] + b"\xff" * 5 + END,
    "an unknown Adobe transform": JPEG[:2] + b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\x0a" + JPEG[2:],
    "an unknown JFIF version": JPEG[:11] + b"\x07" + JPEG[12:],
    "no end marker": JPEG[:-2],
    "another picture behind": JPEG + OTHER_JPEG,
    "two pictures of a camera (MPF)": save(RGB, "MPO", quality=90, save_all=True, append_images=[RGB.rotate(180)]),
}

LIKE_PNG: Mapping[str, bytes] = {
    "opaque alpha": encode(add_alpha(make_pixels(), 255), "PNG"),
    "opaque alpha of 16 bits": encode_16_bits(add_alpha(make_pixels(), 255)),
    "a large private chunk": put_into_png(make_chunk(b"prVt", bytes(9_000_000))),
    "a text with a wrong checksum": put_into_png(make_chunk(b"tEXt", b"k\0text")[:-1] + b"?"),
    "a large EXIF chunk": put_into_png(make_chunk(b"eXIf", bytes(9_000_000))),
    "a profile of 50 MB": put_into_png(make_chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(50_000_000), 1))),
    "no end chunk": PNG[:-12],
    "no last checksum": PNG[:-16],
    "a PNG trailer": PNG + bytes(3000),
    "a last chunk that declares 2 GB": PNG[:33] + b"\x7f\xff\xff\xff" + PNG[37:],
    "a large TIFF": encode(make_pixels(), "TIFF", big_tiff=True),
    "pages of a TIFF": save(RGB, "TIFF", save_all=True, append_images=[RGB.rotate(180)]),
}

AS_IN_PILLOW: Mapping[str, bytes] = {
    "a scan for each component": make_planes(),
    "sampling factors of three": make_planes(factors=0x33),
    "a transparent colour of a PNG palette": save(RGB.quantize(16), "PNG", transparency=3),
    "a transparent colour of a GIF palette": save(RGB.quantize(16), "GIF", transparency=3),
    "a clear TIFF": encode(add_alpha(make_pixels(), 0), "TIFF"),
}

ODD: Mapping[str, tuple[bytes, bytes]] = {
    **{name: (content, JPEG) for name, content in LIKE_JPEG.items()},
    **{name: (content, PNG) for name, content in LIKE_PNG.items()},
    **{name: (content, encode(open_by_pillow(content), "PNG")) for name, content in AS_IN_PILLOW.items()},
    "junk before scan 9 of 10": (put_before(PROGRESSIVE, 0xDA, bytes(5), 9), PROGRESSIVE),
    "bytes before a restart": (put_before(RESTARTS, 0xD3, b"\x55" * 40), RESTARTS),
    "no end marker, progressive": (PROGRESSIVE[:-2], PROGRESSIVE),
    "progressive, with a thumbnail": (put_thumbnail(PROGRESSIVE), PROGRESSIVE),
    **{f"transparent grey of {depth} bits": make_clear_grey(depth) for depth in (1, 2, 4, 8, 16)},
    **{f"a transparent colour of {depth} bits": make_clear_colour(depth) for depth in (8, 16)},
    "a WebP sticker on bare canvas": (make_sticker(), put_on_white(make_pixels(40, 60), top=30, left=20)),
    "a GIF frame on bare canvas": (make_small_gif_frame(), put_on_white(np.full((20, 30, 3), 90, np.uint8), 50, 60)),
    **{
        f"a grey TIFF of {bits} bits, photometric {photometric}": (make_grey_tiff(bits, photometric, order), GREY_PNG)
        for bits, photometric, order in ((8, 0, "<"), (12, 1, "<"), (16, 0, "<"), (16, 1, ">"))
    },
}
"""A file, and the plain one whose pixels it shows."""

OTHER_KINDS: Mapping[str, bytes] = {
    "a HEIC photograph": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(80),
    "a JPEG XL picture": b"\xff\x0a\x11\x12" + bytes(30),
    "a JPEG 2000 picture": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(30),
    "an SVG drawing": b"  <svg xmlns='http://www.w3.org/2000/svg'/>",
    "a web page": b"<!DOCTYPE html><title>Sorry</title>",
    "a PDF document": b"%PDF-1.7\n",
    "a raw photograph": b"II*\0\x10\0\0\0CR\x02\0" + bytes(30),
    "a Photoshop document": b"8BPS\0\x01" + bytes(30),
    "not a picture of a kind we take": b"this is a text renamed to .jpg",
}

TRUNCATED: Mapping[str, bytes] = {
    "cut": cut(JPEG),
    "cut, an end": cut(JPEG) + END,
    "cut, another picture": cut(JPEG) + OTHER_JPEG,
    "progressive, cut, an end": cut(PROGRESSIVE) + END,
    "junk, cut, an end": cut(put_before(JPEG, 0xDB, b"junk")) + END,
    "junk, cut, a trailer": cut(put_before(JPEG, 0xDA, b"junk")) + END + JPEG,
    "a thumbnail in a cut picture": cut(put_thumbnail(JPEG)),
    "three bytes": b"\xff\xd8\xff",
    "half of a PNG": PNG[: len(PNG) // 2],
    "a flipped byte in a PNG": PNG[:5000] + bytes([PNG[5000] ^ 0xFF]) + PNG[5001:],
    "a PNG of no pixels": make_png(0, 0, b""),
    "half of a WebP": encode(make_pixels(), "WEBP")[:1000],
    "a WebP file whose lost pixels stand behind it": cut_webp() + bytes(range(256)) * 40,
}

VARIETIES: Mapping[str, bytes] = {
    "12-bit": JPEG.replace(b"\xff\xc0\0\x11\x08", b"\xff\xc0\0\x11\x0c"),
    "height behind": re.sub(rb"(?s)(\xff\xc0\0\x11\x08)..", rb"\1\0\0", JPEG, count=1),
    "JPEG-LS": JPEG.replace(b"\xff\xc0\0", b"\xff\xf7\0"),
    "CgBI": put_into_png(make_chunk(b"CgBI", b"\x50\0\x20\x02")),  # Apple's own
    "pixel format F": save(Image.fromarray(np.ones((20, 30), np.float32)), "TIFF"),
}

WEBP_BOMB = b"RIFF\x1e\0\0\0WEBPVP8L\x11\0\0\0\x2f" + struct.pack("<I", 16_382 | 16_382 << 14) + bytes(13)

REFUSED: Mapping[str, tuple[bytes, type[ImageError], str]] = {
    **{name: (content, ImageTypeError, f"content is {name}.*expected JPEG") for name, content in OTHER_KINDS.items()},
    **{name: (content, ImageDecodeError, "is truncated or damaged") for name, content in TRUNCATED.items()},
    **{name: (content, ImageDecodeError, f"do not decode .*{name}") for name, content in VARIETIES.items()},
    **{
        f"{kept} of 10 scans": (
            put_thumbnail(cut_between_scans(kept)),
            ImageDecodeError,
            "scans .* missing",
        )
        for kept in (1, 5, 9)
    },
    "a component without its scan": (make_planes(2), ImageDecodeError, "scans .* missing"),
    "empty": (b"", ImageDecodeError, r"empty \(0 bytes\)"),
    "1,000 scans": (make_many_scans(1_000), ImageDecodeError, "scans: expected at most 100"),
    "a PNG with too few pixels": (make_png(100, 100, bytes(1_000)), ImageDecodeError, "cannot be decoded"),
    "20,000 x 20,000 PNG": (make_png(20_000, 20_000, bytes(1_000)), ImageTooLargeError, "about 2,400 MB: .* 512 MB"),
    "a deep PNG": (make_png(8_000, 8_000, b"", 16, 6), ImageTooLargeError, "would take about 1,024 MB"),
    "a WebP bomb of 38 bytes": (WEBP_BOMB, ImageTooLargeError, "far too large"),
}
"""A file, the error that refuses it, and what its message says."""


def declare_size(content: bytes, width: int, height: int) -> bytes:
    """Let the header of a JPEG file declare another size."""
    size = struct.pack(">HH", height, width)
    return re.sub(rb"(?s)(\xff[\xc0\xc2]\0.\x08)....", lambda found: found[1] + size, content, count=1)
