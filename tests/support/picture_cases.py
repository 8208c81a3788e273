"""Odd files as people have them: what makes each, and the plain picture that it must be read as, or the error."""

import io
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from tests.support.picture_files import HEIGHT, WIDTH, add_alpha, encode, make_chunk, make_exif, make_pixels, save

JPEG = encode(make_pixels(), "JPEG", quality=90)
OTHER_JPEG = encode(make_pixels(40, 60, seed=5), "JPEG")
PROGRESSIVE = encode(make_pixels(), "JPEG", quality=90, progressive=True)
PNG = encode(make_pixels(), "PNG")
RGB = Image.fromarray(make_pixels()[:, :, ::-1].copy())
GREY_PIXELS = np.repeat(make_pixels()[:, :, 1:2], 3, axis=2)
END = b"\xff\xd9"


@dataclass(frozen=True)
class PictureCase:
    """A file and its right outcome.

    Attributes
    ----------
    make
        Gives the file.
    twin
        Gives the plain file whose pixels it shows; None where it is refused.
    error, words
        The name of the error that refuses it, and what its message says.
    """

    make: Callable[[], bytes]
    twin: Callable[[], bytes] | None = None
    error: str = ""
    words: str = ""


def put_before(content: bytes, marker: int, junk: bytes) -> bytes:
    """Put bytes before the first marker of a kind."""
    place = content.index(bytes([0xFF, marker]))
    return content[:place] + junk + content[place:]


def cut(content: bytes, share: float = 0.6) -> bytes:
    """Keep the headers and a share of the pixels' data."""
    start = content.rindex(b"\xff\xda")
    return content[: start + 14 + int((len(content) - start) * share)]


def cut_webp() -> bytes:
    """Cut a lossy WebP file, and let its sizes declare what is left."""
    content = encode(make_pixels(), "WEBP")
    left = content[: len(content) // 2 & ~1]
    return left[:4] + struct.pack("<I", len(left) - 8) + left[8:16] + struct.pack("<I", len(left) - 20) + left[20:]


def put_into_png(*chunks: bytes, content: bytes = PNG) -> bytes:
    """Put chunks behind the header of a PNG file."""
    return content[:33] + b"".join(chunks) + content[33:]


def make_clear_grey(depth: int) -> bytes:
    """Make a grey PNG file of 1, 2, 4, 8 or 16 bits with a tRNS chunk: its lower half is the transparent grey."""
    top = 2**depth - 1
    rows = [[top // 2 + 1 if row < 20 else 1 % (top + 1) for _ in range(32)] for row in range(40)]
    if depth == 1:
        rows = [[1 if row < 20 else 0 for _ in range(32)] for row in range(40)]
    clear = rows[-1][0]
    raw = b"".join(b"\0" + pack_samples(row, depth) for row in rows)
    header = struct.pack(">IIBBBBB", 32, 40, depth, 0, 0, 0, 0)
    chunks = (
        make_chunk(b"IHDR", header),
        make_chunk(b"tRNS", struct.pack(">H", clear)),
        make_chunk(b"IDAT", zlib.compress(raw)),
        make_chunk(b"IEND", b""),
    )
    return PNG[:8] + b"".join(chunks)


def make_grey_twin(depth: int) -> bytes:
    """Make the RGB picture that :func:`make_clear_grey` shows on white paper."""
    top = 2**depth - 1
    shade = (255 if depth == 1 else (top // 2 + 1) * 255 // top) if depth < 16 else (top // 2 + 1) >> 8
    pixels = np.full((40, 32, 3), 255, np.uint8)
    pixels[:20] = shade
    return encode(pixels, "PNG")


def pack_samples(row: list[int], depth: int) -> bytes:
    """Pack grey samples into bytes, the first in the highest bits."""
    if depth == 16:
        return struct.pack(f">{len(row)}H", *row)
    bits = "".join(f"{sample:0{depth}b}" for sample in row)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def make_sticker() -> bytes:
    """Make an animated WebP file whose first frame covers a part of its canvas, without an alpha flag."""
    frame = Image.fromarray(make_pixels(40, 60)[:, :, ::-1])
    inner = save(frame, "WEBP", lossless=True)[12:]
    frames = b"".join(
        b"ANMF" + struct.pack("<I", 16 + len(inner)) + offset + size24(59) + size24(39) + size24(100) + b"\0" + inner
        for offset in (size24(10) + size24(15), size24(0) + size24(0))
    )
    extended = b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + size24(159) + size24(119)
    body = b"WEBP" + extended + b"ANIM" + struct.pack("<IIH", 6, 0, 0) + frames
    return b"RIFF" + struct.pack("<I", len(body)) + body


def make_sticker_twin() -> bytes:
    pixels = np.full((120, 160, 3), 255, np.uint8)
    pixels[30:70, 20:80] = make_pixels(40, 60)
    return encode(pixels, "PNG")


def size24(number: int) -> bytes:
    return struct.pack("<I", number)[:3]


def make_small_gif_frame() -> bytes:
    """Make a GIF file whose only frame is smaller than its canvas."""
    content = bytearray(save(Image.fromarray(np.full((20, 30), 90, np.uint8)), "GIF"))
    content[6:10] = struct.pack("<HH", 60, 50)  # the canvas, not the frame
    return bytes(content)


def make_small_gif_twin() -> bytes:
    pixels = np.full((50, 60, 3), 255, np.uint8)
    pixels[:20, :30] = 90
    return encode(pixels, "PNG")


def make_clear_palette(kind: str) -> bytes:
    """Make a picture of a palette with one transparent colour."""
    palette = Image.fromarray(make_pixels()[:, :, ::-1]).quantize(16)
    return save(palette, kind, transparency=3)


def make_palette_twin() -> bytes:
    palette = Image.fromarray(make_pixels()[:, :, ::-1]).quantize(16)
    pixels = np.asarray(palette.convert("RGB")).copy()
    pixels[np.asarray(palette) == 3] = 255
    return save(Image.fromarray(pixels), "PNG")


def make_tiff_pages() -> bytes:
    first, second = (Image.fromarray(make_pixels(seed=seed)[:, :, ::-1]) for seed in (0, 1))
    return save(first, "TIFF", save_all=True, append_images=[second])


def put_before_scan(number: int) -> bytes:
    """Put junk between the segments before a scan of a progressive JPEG file."""
    scan = [match.start() for match in re.finditer(rb"\xff\xda", PROGRESSIVE)][number - 1]
    return PROGRESSIVE[:scan] + bytes(5) + PROGRESSIVE[scan:]


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
    head = (
        b"\xff\xc0\0\x11"
        + planes[0][frame + 4 : frame + 9]
        + b"\3"
        + b"".join(bytes([number, factors, 0]) for number in (1, 2, 3))
    )
    scans = [
        b"\xff\xda\0\x08\1" + bytes([number]) + plane[scan + 6 : -2] for number, plane in enumerate(planes[:kept], 1)
    ]
    return planes[0][:frame] + head + planes[0][frame + 13 : scan] + b"".join(scans) + END


def make_planes_twin() -> bytes:
    table = Image.open(io.BytesIO(save(RGB.convert("L"), "JPEG"))).quantization[0]
    return save(RGB.convert("YCbCr"), "JPEG", qtables={0: table, 1: table}, subsampling=0)


def make_clear_colour(depth: int) -> bytes:
    """Make an RGB PNG file of 8 or 16 bits whose right half is the transparent colour (tRNS)."""
    samples = (make_pixels()[:, :, ::-1].astype(int) * (1 if depth == 8 else 257)).astype(f">u{depth // 8}")
    samples[:, WIDTH // 2 :] = samples[0, 0] = (7, 8, 9)
    chunks = (
        make_chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, 2, 0, 0, 0)),
        make_chunk(b"tRNS", struct.pack(">3H", 7, 8, 9)),
        make_chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row.tobytes() for row in samples))),
    )
    return PNG[:8] + b"".join(chunks) + PNG[-12:]


def make_clear_colour_twin() -> bytes:
    pixels = make_pixels()
    pixels[:, WIDTH // 2 :] = pixels[0, 0] = 255
    return encode(pixels, "PNG")


def make_tiff(samples: np.ndarray, bits: int, photometric: int, order: str = "<", planes: int = 1) -> bytes:
    """Make a TIFF file without compression of samples as they are stored; ``planes`` is 2 for one after the other."""
    count = 3 if photometric == 2 else 1
    data = samples.tobytes()
    strips = count if planes == 2 else 1
    entries = {256: [WIDTH], 257: [HEIGHT], 258: [bits] * count, 259: [1], 262: [photometric], 273: [0] * strips}
    entries |= {277: [count], 278: [HEIGHT], 279: [len(data) // strips] * strips, 284: [planes]}
    start, more, fields = 8 + 2 + 12 * len(entries) + 4, b"", b""
    for tag, values in entries.items():
        if tag == 273:  # behind three values of 258 and of 279 and these themselves
            value = struct.pack(
                f"{order}{strips}I", *(start + 100 + at * (len(data) // strips) for at in range(strips))
            )
        else:
            value = struct.pack(f"{order}{len(values)}I", *values)
        if len(value) > 4:
            value, more = struct.pack(f"{order}I", start + len(more)), more + value
        fields += struct.pack(f"{order}HHI", tag, 4, len(values)) + value
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(f"{order}IH", 8, len(entries)) + fields + bytes(4) + more.ljust(100, b"\0") + data


def pack_grey(bits: int, photometric: int) -> np.ndarray:
    """Give grey samples of 8, 12 or 16 bits as a TIFF file stores them; photometric 0 is white."""
    grey = GREY_PIXELS[:, :, 0].astype("<u2") << (bits - 8)
    grey = (2**bits - 1 - grey if photometric == 0 else grey).astype("<u2")
    if bits == 12:  # two samples in three bytes
        first, second = grey[:, ::2], grey[:, 1::2]
        return np.dstack([first >> 4, (first & 15) << 4 | second >> 8, second & 255]).astype(np.uint8)
    return grey.astype(f"<u{bits // 8}")


def make_bmp(bits: int, rows: bytes, height: int = HEIGHT, masks: bytes = b"") -> bytes:
    """Make a BMP file of rows as they are stored; a negative height is one from top to bottom."""
    start = 54 + len(masks)
    header = struct.pack("<IiiHHIIiiII", 40, WIDTH, height, 1, bits, 3 if masks else 0, len(rows), 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + header + masks + rows


def make_bmp_of_16_bits() -> bytes:
    blue, green, red = (make_pixels()[::-1, :, channel].astype("<u2") for channel in range(3))
    rows = (red >> 3 << 11 | green >> 2 << 5 | blue >> 3).tobytes()
    return make_bmp(16, rows, masks=struct.pack("<III", 0xF800, 0x07E0, 0x001F))


def make_bmp_of_16_bits_twin() -> bytes:
    """Five and six bits of a channel, scaled to eight."""
    pixels = make_pixels().astype(int)
    five, six = (pixels >> 3) * 255 // 31, (pixels >> 2) * 255 // 63
    return encode(np.dstack([five[:, :, 0], six[:, :, 1], five[:, :, 2]]).astype(np.uint8), "PNG")


def make_os2_bmp() -> bytes:
    header = struct.pack("<IHHHH", 12, WIDTH, HEIGHT, 1, 24)
    rows = make_pixels()[::-1].tobytes()
    return b"BM" + struct.pack("<IHHI", 26 + len(rows), 0, 0, 26) + header + rows


PICTURE_CASES: dict[str, PictureCase] = {
    **{
        f"{len(junk)} bytes before marker {marker:x}": PictureCase(
            lambda marker=marker, junk=junk: put_before(JPEG, marker, junk), lambda: JPEG
        )
        for marker, junk in (
            (0xDA, b"\0"),
            (0xDB, bytes(range(18))),
            (0xC0, b"between two markers, twice"),
            (0xC4, b"a"),
        )
    },
    "bytes before the end": PictureCase(lambda: JPEG[:-2] + b"1234567" + END, lambda: JPEG),
    **{
        f"junk before scan {number} of 10": PictureCase(
            lambda number=number: put_before_scan(number), lambda: PROGRESSIVE
        )
        for number in (2, 9)
    },
    "a first marker that has lost its code": PictureCase(lambda: JPEG[:2] + b"\xff" + JPEG[4:], lambda: JPEG),
    "an unknown Adobe transform": PictureCase(
        lambda: JPEG[:2] + b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\x0a" + JPEG[2:], lambda: JPEG
    ),
    "a trailer": PictureCase(lambda: JPEG + bytes(5000), lambda: JPEG),
    "another picture behind": PictureCase(lambda: JPEG + OTHER_JPEG, lambda: JPEG),
    "no end marker": PictureCase(lambda: JPEG[:-2], lambda: JPEG),
    "no end marker, progressive": PictureCase(lambda: PROGRESSIVE[:-2], lambda: PROGRESSIVE),
    "a WebP file whose lost pixels stand behind it": PictureCase(
        lambda: cut_webp() + bytes(range(256)) * 40, error="ImageDecodeError", words="WebP file"
    ),
    "junk twice and no end marker": PictureCase(
        lambda: put_before(put_before(JPEG, 0xDA, b"one"), 0xDB, b"three")[:-2], lambda: JPEG
    ),
    "bytes before a restart": PictureCase(
        lambda: put_before(encode(make_pixels(), "JPEG", restart_marker_blocks=2), 0xD3, b"\x55" * 40),
        lambda: encode(make_pixels(), "JPEG", restart_marker_blocks=2),
    ),
    "an unknown JFIF version": PictureCase(lambda: JPEG[:11] + b"\x07" + JPEG[12:], lambda: JPEG),
    "cut": PictureCase(lambda: cut(JPEG), error="ImageDecodeError", words="JPEG file .* is truncated"),
    "cut, an end": PictureCase(lambda: cut(JPEG) + END, error="ImageDecodeError", words="JPEG file .* is truncated"),
    "cut, another picture": PictureCase(
        lambda: cut(JPEG) + OTHER_JPEG, error="ImageDecodeError", words="JPEG file .* is truncated"
    ),
    "progressive, cut, an end": PictureCase(
        lambda: cut(PROGRESSIVE) + END, error="ImageDecodeError", words="JPEG file .* is truncated"
    ),
    **{
        f"progressive, {kept} of 10 scans, an end": PictureCase(
            lambda kept=kept: put_thumbnail(cut_between_scans(kept)), error="ImageDecodeError", words="scans .* missing"
        )
        for kept in (1, 5, 9)
    },
    "progressive, with a thumbnail": PictureCase(lambda: put_thumbnail(PROGRESSIVE), lambda: PROGRESSIVE),
    "a scan for each component": PictureCase(make_planes, make_planes_twin),
    "sampling factors of three": PictureCase(lambda: make_planes(factors=0x33), make_planes_twin),
    "a component without its scan": PictureCase(
        lambda: make_planes(2), error="ImageDecodeError", words="scans .* missing"
    ),
    "fill bytes before markers": PictureCase(
        lambda: JPEG[:2] + b"\xff" * 9 + JPEG[2:-2] + b"\xff" * 5 + END, lambda: JPEG
    ),
    "zeros before the end": PictureCase(lambda: JPEG[:-2] + bytes(2000) + END, lambda: JPEG),
    "two pictures of a camera (MPF)": PictureCase(
        lambda: save(RGB, "MPO", quality=90, save_all=True, append_images=[RGB.rotate(180)]), lambda: JPEG
    ),
    "junk, cut, an end": PictureCase(
        lambda: cut(put_before(JPEG, 0xDB, b"junk")) + END, error="ImageDecodeError", words="JPEG file .* is truncated"
    ),
    "junk, cut, a trailer": PictureCase(
        lambda: cut(put_before(JPEG, 0xDA, b"junk")) + END + JPEG,
        error="ImageDecodeError",
        words="JPEG file .* is truncated",
    ),
    "a thumbnail in a cut picture": PictureCase(
        lambda: cut(put_thumbnail(JPEG)),
        error="ImageDecodeError",
        words="JPEG file .* is truncated",
    ),
    "a large private chunk": PictureCase(lambda: put_into_png(make_chunk(b"prVt", bytes(9_000_000))), lambda: PNG),
    "a large text": PictureCase(lambda: put_into_png(make_chunk(b"tEXt", b"k\0" + b"t" * 9_000_000)), lambda: PNG),
    "a text with a wrong checksum": PictureCase(
        lambda: put_into_png(make_chunk(b"tEXt", b"k\0text")[:-1] + b"?"), lambda: PNG
    ),
    "a large EXIF chunk": PictureCase(lambda: put_into_png(make_chunk(b"eXIf", bytes(9_000_000))), lambda: PNG),
    **{
        f"a profile of {size:,} bytes in a PNG": PictureCase(
            lambda size=size: put_into_png(make_chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(size)))), lambda: PNG
        )
        for size in (2_000_000, 50_000_000)
    },
    "no end chunk": PictureCase(lambda: PNG[:-12], lambda: PNG),
    "no last checksum": PictureCase(lambda: PNG[:-16], lambda: PNG),
    "a PNG trailer": PictureCase(lambda: PNG + bytes(3000), lambda: PNG),
    "half of a PNG": PictureCase(
        lambda: PNG[: len(PNG) // 2], error="ImageDecodeError", words="PNG file .* is truncated"
    ),
    "a last chunk that declares 2 GB": PictureCase(lambda: PNG[:33] + b"\x7f\xff\xff\xff" + PNG[37:], lambda: PNG),
    **{
        f"transparent grey of {depth} bits": PictureCase(
            lambda depth=depth: make_clear_grey(depth), lambda depth=depth: make_grey_twin(depth)
        )
        for depth in (1, 2, 4, 8, 16)
    },
    **{
        f"a transparent colour of {depth} bits": PictureCase(
            lambda depth=depth: make_clear_colour(depth), make_clear_colour_twin
        )
        for depth in (8, 16)
    },
    "a transparent colour of a PNG palette": PictureCase(lambda: make_clear_palette("PNG"), make_palette_twin),
    "a transparent colour of a GIF palette": PictureCase(lambda: make_clear_palette("GIF"), make_palette_twin),
    "a WebP sticker on bare canvas": PictureCase(make_sticker, make_sticker_twin),
    "a GIF frame on bare canvas": PictureCase(make_small_gif_frame, make_small_gif_twin),
    "a clear TIFF": PictureCase(
        lambda: encode(add_alpha(make_pixels(), 0), "TIFF"),
        lambda: encode(np.full_like(make_pixels(), 255), "PNG"),
    ),
    "a TIFF of Motorola's order": PictureCase(lambda: make_tiff(make_pixels()[:, :, ::-1], 8, 2, ">"), lambda: PNG),
    "a TIFF of planes": PictureCase(
        lambda: make_tiff(make_pixels()[:, :, ::-1].transpose(2, 0, 1).copy(), 8, 2, planes=2), lambda: PNG
    ),
    "a large TIFF": PictureCase(lambda: encode(make_pixels(), "TIFF", big_tiff=True), lambda: PNG),
    **{
        f"a grey TIFF of {bits} bits, photometric {photometric}": PictureCase(
            lambda bits=bits, photometric=photometric: make_tiff(pack_grey(bits, photometric), bits, photometric),
            lambda: encode(GREY_PIXELS, "PNG"),
        )
        for bits, photometric in ((8, 0), (8, 1), (12, 1), (16, 0), (16, 1))
    },
    "a BMP from top to bottom": PictureCase(lambda: make_bmp(24, make_pixels().tobytes(), -HEIGHT), lambda: PNG),
    "a BMP of 16 bits": PictureCase(make_bmp_of_16_bits, make_bmp_of_16_bits_twin),
    "a BMP of OS/2": PictureCase(make_os2_bmp, lambda: PNG),
    "pages of a TIFF": PictureCase(make_tiff_pages, lambda: PNG),
    "a turned PNG with alpha": PictureCase(
        lambda: encode(add_alpha(make_pixels(), 255), "PNG", exif=make_exif(6)),
        lambda: encode(np.ascontiguousarray(np.rot90(make_pixels(), -1)), "PNG"),
    ),
    "a turned TIFF": PictureCase(
        lambda: encode(make_pixels(), "TIFF", exif=make_exif(8)),
        lambda: encode(np.ascontiguousarray(np.rot90(make_pixels())), "PNG"),
    ),
    **{
        name: PictureCase(lambda content=content: content, error="ImageTypeError", words=f"the content is {name}")
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
    "a JPEG of 12 bits": PictureCase(
        lambda: JPEG.replace(b"\xff\xc0\0\x11\x08", b"\xff\xc0\0\x11\x0c"),
        error="ImageDecodeError",
        words="do not decode .*12-bit",
    ),
    "a JPEG whose height stands behind its pixels": PictureCase(
        lambda: re.sub(rb"(\xff\xc0\0\x11\x08)..", rb"\1\0\0", JPEG, count=1, flags=re.DOTALL),
        error="ImageDecodeError",
        words="do not decode .*height behind",
    ),
    "a JPEG-LS file": PictureCase(
        lambda: JPEG.replace(b"\xff\xc0\0", b"\xff\xf7\0"), error="ImageDecodeError", words="do not decode .*JPEG-LS"
    ),
    "a PNG of Apple's own": PictureCase(
        lambda: put_into_png(make_chunk(b"CgBI", b"\x50\0\x20\x02")),
        error="ImageDecodeError",
        words="do not decode .*CgBI",
    ),
    "a TIFF of floats": PictureCase(
        lambda: save(Image.fromarray(np.ones((20, 30), np.float32)), "TIFF"),
        error="ImageDecodeError",
        words="do not decode .*pixel format F",
    ),
    "a WebP bomb of 38 bytes": PictureCase(
        lambda: b"RIFF\x1e\0\0\0WEBPVP8L\x11\0\0\0\x2f" + struct.pack("<I", 16_382 | 16_382 << 14) + bytes(13),
        error="ImageTooLargeError",
        words="far too large",
    ),
    "a deep PNG": PictureCase(
        lambda: PNG[:8] + make_chunk(b"IHDR", struct.pack(">IIBBBBB", 8000, 8000, 16, 6, 0, 0, 0)) + PNG[33:],
        error="ImageTooLargeError",
        words="would take about 1,024 MB",
    ),
}


def declare_size(content: bytes, width: int, height: int) -> bytes:
    """Let the header of a JPEG file declare another size."""
    frame = re.search(rb"\xff[\xc0\xc2]\x00.\x08", content, re.DOTALL)
    assert frame is not None
    return content[: frame.end()] + struct.pack(">HH", height, width) + content[frame.end() + 4 :]


def read_plain(content: bytes) -> np.ndarray:
    """Decode a plain file by Pillow: BGR uint8."""
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))[:, :, ::-1]
