"""The decoder against Chromium, over damaged files: ``python -m benchmarks.ordeals.decoder_chromium``.

Whatever we accept, Chromium or Pillow has to show, at the same size and with the same mean colour: to a GIF file
without a table of colours Pillow gives greys, and Chromium shows nothing. The other way round Chromium shows in part
what is cut or damaged, which we refuse; these are counted. TIFF is left out: Chromium does not show it.
"""

import argparse
import base64
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.console import Console

from benchmarks.image_mutants import list_originals, mutate_images
from benchmarks.measuring import write_figures
from benchmarks.ordeals.decoder_mutants import LIMIT_BYTES, name_kind, open_by_pillow
from src.errors import ImageError
from src.features.image_header import IMAGE_KINDS
from src.features.measure_image import read_picture
from src.scraping.browser.browser import Browser, BrowserSettings

BATCH: Final = 25
USUAL_DIFFERENCE: Final = 3.0
"""Of the mean of a channel, of 255: decoders interpolate colour differently."""

SHOW: Final = """
const done = arguments[arguments.length - 1];
(async () => {
  const answers = [];
  for (const file of arguments[0]) {
    try {
      const bytes = Uint8Array.from(atob(file.data), (letter) => letter.charCodeAt(0));
      const image = new Image();
      image.src = URL.createObjectURL(new Blob([bytes], {type: file.type}));
      await image.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
      const context = canvas.getContext("2d");
      context.fillStyle = "white";
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(image, 0, 0);
      const samples = context.getImageData(0, 0, canvas.width, canvas.height).data;
      const sums = [0, 0, 0];
      samples.forEach((sample, place) => { if (place % 4 < 3) sums[place % 4] += sample; });
      answers.push([canvas.width, canvas.height, ...sums.map((sum) => sum / (samples.length / 4))]);
    } catch (error) {
      answers.push(null);
    }
  }
  done(answers);
})();
"""


def describe(content: bytes) -> list[float] | None:
    """Give width, height and the means of red, green and blue; None for what we refuse."""
    try:
        picture = read_picture(content, LIMIT_BYTES, scale=lambda image: image)
    except ImageError:
        return None
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


def run(count: int, seed: int = 0) -> dict[str, Any]:
    """Compare ``count`` mutants; see the module's docstring."""
    mutants = [content for content in mutate_images(list_originals(), count, seed) if name_kind(content) != "TIFF"]
    found: dict[str, Any] = {"mutants": len(mutants), "both": 0, "neither": 0, "only_chromium": 0}
    found |= {"only_pillow": 0, "faults": []}
    with Browser(BrowserSettings(mark="decoder-chromium", draws_images=True)) as browser:
        for start in range(0, len(mutants), BATCH):
            batch = mutants[start : start + BATCH]
            files = []
            for content in batch:
                kind = IMAGE_KINDS.get(name_kind(content), IMAGE_KINDS["JPEG"])
                files.append({"data": base64.b64encode(content).decode(), "type": kind.media_type})
            for content, theirs in zip(batch, browser.run_until_done(SHOW, files), strict=True):
                ours = describe(content)
                if ours is None:
                    found["neither" if theirs is None else "only_chromium"] += 1
                elif agree(ours, theirs):
                    found["both"] += 1
                elif agree(ours, describe_by_pillow(content)):
                    found["only_pillow"] += 1
                else:
                    found["faults"].append({"kind": name_kind(content), "ours": ours, "chromium": theirs})
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ordeals.decoder_chromium", description=__doc__)
    parser.add_argument("--count", type=int, default=2_000, help="mutants (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="(%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    options = parser.parse_args(arguments)
    found = run(options.count, options.seed)
    Console().print(found)
    write_figures(found, options.json)
    return int(bool(found["faults"]))


if __name__ == "__main__":
    sys.exit(main())
