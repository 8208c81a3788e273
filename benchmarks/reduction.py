"""Two ways to reduce a large picture: averaging whole pixels or parts of pixels.

``python -m benchmarks.reduction --images DIR --labels FILE.csv``.

Of the pictures of a folder that are large enough to be reduced at all: processor time of each way, how often the
shipped model then gives the colour that it gives to the whole picture, and how often the colour of the folder's table.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.measuring import show_rows, write_figures
from src.features.decode_image import decode_image
from src.features.extract_features import extract_features
from src.features.reduce_image import REDUCE_ABOVE_PIXELS, THUMBNAIL_PIXELS, reduce_image
from src.features.schema import BGRImage
from src.models.artefacts import load_model
from src.models.labelled_pictures import read_labels
from src.paths import Workspace

LARGE = (3888, 5184)
"""Rows and columns of a picture of 20 megapixels."""


def reduce_by_parts(image: BGRImage) -> BGRImage:
    """Bring a picture to a thumbnail's area exactly, by OpenCV's average over parts of pixels."""
    height, width = image.shape[:2]
    factor = (THUMBNAIL_PIXELS / (height * width)) ** 0.5
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


WAYS: dict[str, Callable[[BGRImage], BGRImage]] = {
    "not reduced": lambda image: image,
    "parts of pixels": reduce_by_parts,
    "whole pixels (ours)": reduce_image,
}


def compare(folder: Path, labels: Path, models_dir: Path) -> list[dict[str, Any]]:
    """Measure every way on every large picture."""
    cv2.setNumThreads(1)
    model = load_model(models_dir)
    features: dict[str, list[Any]] = {way: [] for way in WAYS}
    seconds = dict.fromkeys(WAYS, 0.0)
    colours = []
    for name, colour in read_labels(labels):
        image = decode_image((folder / name).read_bytes())
        if image.shape[0] * image.shape[1] <= REDUCE_ABOVE_PIXELS:
            continue
        colours.append(colour)
        for way, reduce in WAYS.items():
            start = time.process_time()
            reduced = reduce(image)
            seconds[way] += time.process_time() - start
            features[way].append(extract_features(reduced))
    named = {way: model.predict_colours(np.array(rows)) for way, rows in features.items()}
    whole = named["not reduced"]
    large = np.random.default_rng(0).integers(0, 256, (*LARGE, 3), dtype=np.uint8)
    rows = []
    for way, reduce in WAYS.items():
        start = time.process_time()
        reduce(large)
        rows.append(
            {
                "way": way,
                "pictures": len(colours),
                "µs a picture": 1e6 * seconds[way] / len(colours),
                "ms for 20 megapixels": 1e3 * (time.process_time() - start),
                "colour of the whole picture": float((named[way] == whole).mean()),
                "colour of the table": float((named[way] == np.array(colours)).mean()),
            }
        )
    return rows


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reduction", description=__doc__)
    parser.add_argument("--images", type=Path, required=True, metavar="DIR", help="folder of pictures")
    parser.add_argument("--labels", type=Path, required=True, metavar="FILE.csv", help="their colours")
    parser.add_argument("--models", type=Path, default=Workspace().models_dir, help="the model (%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows as JSON too")
    options = parser.parse_args()
    rows = compare(options.images, options.labels, options.models)
    show_rows("Reduction of large pictures", rows)
    write_figures(rows, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
