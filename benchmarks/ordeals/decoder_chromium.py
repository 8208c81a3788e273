"""The decoder against Chromium, over damaged files: ``python -m benchmarks.ordeals.decoder_chromium``.

Whatever we accept, Chromium or Pillow has to show, at the same size and with the same mean colour. The other way
round Chromium shows in part what is cut or damaged, which we refuse. Every disagreement is sorted by its reason; one
without a known reason is a fault. TIFF is left out: Chromium does not show it.
"""

import argparse
import base64
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.image_mutants import list_originals, mutate_images
from benchmarks.measuring import show_rows, write_figures
from benchmarks.ordeals.decoder_mutants import LIMIT_BYTES, name_kind, open_by_pillow
from src.errors import ImageError
from src.features.image_header import IMAGE_KINDS
from src.features.measure_image import read_picture
from src.scraping.browser.browser import Browser, BrowserSettings

BATCH: Final = 25
USUAL_DIFFERENCE: Final = 3.0
"""Of the mean of a channel, of 255: decoders interpolate colour differently."""

REFUSED_BUT_WHOLE: Final = {
    "PNG: .*pixels cannot be decoded": "a checksum behind the pixels is wrong: they are shown before it is read",
    "BMP: .*[Pp]alette size": "the length of a palette is wrong that no pixel refers to",
}
"""What we say of files that Chromium shows unchanged, and why."""

AS_PILLOW: Final = {
    "AVIF": "damage that no decoder notices, and that AV1 decoders show differently",
    "GIF": "the table of colours is damaged: Pillow gives greys, Chromium nothing",
    "JPEG": "the EXIF data are damaged: not turned",
}
"""Why another picture than Chromium's is right, by kind."""

CANVAS_SIDE: Final = 65_535
PAGE: Final = "data:text/html,pictures"
SHOW: Final = """
window.answers = null;
(async (files) => {
  const answers = [];
  for (const file of files) {
    try {
      const bytes = Uint8Array.from(atob(file.data), (letter) => letter.charCodeAt(0));
      const image = new Image();
      await new Promise((resolve, reject) => {
        [image.onload, image.onerror] = [resolve, reject];
        image.src = URL.createObjectURL(new Blob([bytes], {type: file.type}));
      });
      if (image.naturalWidth * image.naturalHeight > file.pixels) throw new Error("too large");
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
      const context = canvas.getContext("2d");
      context.fillStyle = "white";
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(image, 0, 0);
      const samples = context.getImageData(0, 0, canvas.width, canvas.height).data;
      const sums = [0, 0, 0];
      let hash = 0;
      for (let place = 0; place < samples.length; place++) {
        if (place % 4 < 3) sums[place % 4] += samples[place];
        hash = Math.imul(hash, 31) + samples[place] | 0;
      }
      answers.push([canvas.width, canvas.height, ...sums.map((sum) => sum / (samples.length / 4)), hash]);
    } catch (error) {
      answers.push(null);
    }
  }
  window.answers = answers;
})(arguments[0]);
"""


def describe(content: bytes) -> list[float] | str:
    """Give width, height and the means of red, green and blue; or say why we refuse."""
    try:
        picture = read_picture(content, LIMIT_BYTES, scale=lambda image: image)
    except ImageError as error:
        return str(error)
    return [picture.width, picture.height, *np.mean(picture.image, axis=(0, 1))[::-1].tolist()]


def describe_by_pillow(content: bytes) -> list[float] | None:
    """Give the same of Pillow's own decoding."""
    image = open_by_pillow(content)
    if isinstance(image, str):
        return None
    return [image.shape[1], image.shape[0], *np.mean(image, axis=(0, 1))[::-1].tolist()]


def agree(ours: list[float], theirs: list[float] | None) -> bool:
    """Whether two decoders show the same."""
    if theirs is None or ours[:2] != theirs[:2]:
        return False
    return max(abs(a - b) for a, b in zip(ours[2:], theirs[2:], strict=True)) <= USUAL_DIFFERENCE


def explain(content: bytes, theirs: list[float] | None, original: bytes, whole: list[float] | None) -> str:
    """Name the reason of a disagreement; empty if there is none.

    Parameters
    ----------
    content, original
        The mutant, and the file that it was.
    theirs, whole
        What Chromium makes of them; a hash of the pixels is last.
    """
    kind, ours = name_kind(content), describe(content)
    if isinstance(ours, str):
        return (
            "" if theirs is None else f"only Chromium: {explain_refusal(f'{kind}: {ours}', is_whole=theirs == whole)}"
        )
    if theirs is not None and agree(ours, theirs[:-1]):
        return ""
    if ours == describe(original):
        return "only we: what is damaged has no part in the pixels, which are those of the original"
    if agree(ours, describe_by_pillow(content)):
        return f"we as Pillow, otherwise than Chromium: {AS_PILLOW.get(kind, 'NOT EXPLAINED')}"
    too_large = "only we: it is too large for a canvas of Chromium"
    return too_large if max(ours[:2]) > CANVAS_SIDE else "NOT EXPLAINED, only we, or other colours"


def explain_refusal(words: str, *, is_whole: bool) -> str:
    """Say why we refuse what Chromium shows, by our own words and whether it shows the picture unchanged."""
    if not is_whole:
        return "what it shows is not the picture that it was"
    known = (why for pattern, why in REFUSED_BUT_WHOLE.items() if re.search(pattern, words))
    return next(known, f"NOT EXPLAINED, it shows the whole picture: {words[:90]}")


def run(count: int, seed: int = 0) -> dict[str, Any]:
    """Compare ``count`` mutants; see the module's docstring."""
    originals = [content for content in list_originals() if name_kind(content) != "TIFF"]
    mutants = list(mutate_images(originals, count, seed))
    disagreements: Counter[tuple[str, str]] = Counter()
    with Browser(BrowserSettings(mark="decoder-chromium", draws_images=True, command_seconds=120)) as browser:
        browser.open(PAGE, listener="")
        while browser.run("return location.href + document.readyState") != f"{PAGE}complete":
            time.sleep(0.1)  # the page before takes scripts with it
        wholes = show(browser, originals)
        for start in range(0, count, BATCH):
            batch = mutants[start : start + BATCH]
            for number, (content, theirs) in enumerate(zip(batch, show(browser, batch), strict=True), start):
                original = number % len(originals)
                if reason := explain(content, theirs, originals[original], wholes[original]):
                    disagreements[name_kind(content), reason] += 1
    return {
        "mutants": count,
        "agree": count - disagreements.total(),
        "disagreements": [
            {"kind": kind, "reason": reason, "mutants": number}
            for (kind, reason), number in disagreements.most_common()
        ],
    }


def show(browser: Browser, contents: Sequence[bytes]) -> list[list[float] | None]:
    """Let Chromium show files: width, height, means of red, green and blue, hash of the pixels; None if it does not."""
    files = []
    for content in contents:
        kind = IMAGE_KINDS.get(name_kind(content), IMAGE_KINDS["JPEG"])
        data = base64.b64encode(content).decode()
        files.append({"data": data, "type": kind.media_type, "pixels": LIMIT_BYTES // 3})
    browser.run(SHOW, files)
    answers: list[list[float] | None] | None = None
    while answers is None:
        time.sleep(0.02)
        answers = browser.run("return window.answers")
    return answers


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ordeals.decoder_chromium", description=__doc__)
    parser.add_argument("--count", type=int, default=2_000, help="mutants (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="(%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    options = parser.parse_args(arguments)
    found = run(options.count, options.seed)
    show_rows("who accepts, and why", found["disagreements"])
    print(f"{found['agree']:,} of {found['mutants']:,} mutants agree")
    write_figures(found, options.json)
    return int(any("NOT EXPLAINED" in row["reason"] for row in found["disagreements"]))


if __name__ == "__main__":
    sys.exit(main())
