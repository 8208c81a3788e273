"""Images per second and core: decoding alone, the study's loop, and ours, in turns within one run.

``python -m benchmarks.extraction [FOLDER] [--json FILE]``. FOLDER holds JPEG files (default: painted thumbnails);
those of 224 to 500 px a side are taken as they are, and as the 218 × 218 thumbnails that the project scrapes. All
contents are read beforehand, so that no disk is measured. Each way takes all pictures once a round on one thread, and
its processor time counts, which other work on the machine disturbs least. The rates are those of the fastest round, the
ratios the median over the rounds of ratios within a round.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.measuring import show_rows, write_figures
from benchmarks.naive_service import convert_colours, measure_by_image
from benchmarks.painted_workspace import paint_workspace
from src.features.decode_image import decode_image
from src.features.extract_features import extract_features
from src.features.measure_image import measure_image
from src.features.reduce_image import THUMBNAIL_SIDE, crop_thumbnail, reduce_image
from src.paths import Workspace

Way = Callable[[Path, bytes], object]


def measure_like_the_study(path: Path, _: bytes) -> object:
    """Read by ``cv2.imread``; NumPy's statistics over ``axis=(0, 1)``; no reduction."""
    return measure_by_image(read_image(path))


def measure_channels(path: Path, _: bytes) -> object:
    """Read by ``cv2.imread``; NumPy's statistics channel by channel; no reduction."""
    channels = [space[:, :, number] for space in convert_colours(read_image(path)) for number in range(3)]
    return [np.mean(channel) for channel in channels] + [np.std(channel) for channel in channels]


def read_image(path: Path) -> NDArray[np.uint8]:
    """Read a picture as the study did."""
    image = cv2.imread(str(path))
    if image is None:
        raise ValueError(f"{path} cannot be read as a picture")
    return image.astype(np.uint8, copy=False)


def decode_alone(_: Path, content: bytes) -> object:
    """Decode by OpenCV and do nothing else: the floor."""
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)


def decode_checked(_: Path, content: bytes) -> object:
    """Our decoder: header, limits, alpha."""
    return decode_image(content)


def measure(_: Path, content: bytes) -> object:
    """Our whole way."""
    return measure_image(content)


WAYS: dict[str, Way] = {
    "decode alone (floor)": decode_alone,
    "decode, checked": decode_checked,
    "the study's loop": measure_like_the_study,
    "the same channel by channel": measure_channels,
    "ours": measure,
}


def compare_ways(paths: Sequence[Path], rounds: int) -> dict[str, Any]:
    """Time all ways on one core."""
    cv2.setNumThreads(1)
    contents = [path.read_bytes() for path in paths]
    seconds: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(rounds):
        for name, way in WAYS.items():
            start = time.process_time()
            for path, content in zip(paths, contents, strict=True):
                way(path, content)
            seconds[name].append(time.process_time() - start)
    ours, study, floor = seconds["ours"], seconds["the study's loop"], seconds["decode alone (floor)"]
    channels = seconds["the same channel by channel"]
    return {
        "pictures": len(paths),
        "images_per_second": {name: round(len(paths) / min(times)) for name, times in seconds.items()},
        "times_the_study": median_ratio(study, ours),
        "times_channel_by_channel": median_ratio(channels, ours),
        "of_the_decode_rate": median_ratio(floor, ours),
    }


def median_ratio(numerators: Sequence[float], denominators: Sequence[float]) -> float:
    """Median over the rounds of the ratio within a round."""
    return round(statistics.median(a / b for a, b in zip(numerators, denominators, strict=True)), 2)


def time_parts(paths: Sequence[Path]) -> dict[str, float]:
    """Microseconds a picture of each step."""
    images = [decode_image(path.read_bytes()) for path in paths]
    reduced = [reduce_image(image) for image in images]
    size = (THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    steps: dict[str, Callable[[int], object]] = {
        "reduce, by whole pixels (ours)": lambda number: reduce_image(images[number]),
        "reduce, by parts of pixels": lambda number: (
            images[number] is reduced[number] or cv2.resize(images[number], size, interpolation=cv2.INTER_AREA)
        ),
        "BGR to HSV": lambda number: cv2.cvtColor(reduced[number], cv2.COLOR_BGR2HSV),
        "BGR to Lab": lambda number: cv2.cvtColor(reduced[number], cv2.COLOR_BGR2LAB),
        "cv2.meanStdDev of one space": lambda number: cv2.meanStdDev(reduced[number]),
        "all 18 features": lambda number: extract_features(reduced[number]),
    }
    found = {}
    for name, step in steps.items():
        times = []
        for _ in range(3):
            start = time.process_time()
            for number in range(len(paths)):
                step(number)
            times.append(time.process_time() - start)
        found[name] = round(min(times) / len(paths) * 1e6, 1)
    return found


def make_thumbnails(paths: Sequence[Path], folder: Path) -> list[Path]:
    """Write the centre-cropped 218 × 218 thumbnails of pictures."""
    made = []
    for path in paths:
        thumbnail = crop_thumbnail(decode_image(path.read_bytes()))
        made.append(folder / path.name)
        cv2.imwrite(str(made[-1]), thumbnail, [cv2.IMWRITE_JPEG_QUALITY, 90])
    return made


def choose_pictures(folder: Path | None, count: int, scratch: Path) -> list[Path]:
    """Take pictures of 224 to 500 px a side, evenly from a folder; painted ones if none is named."""
    if folder is None:
        workspace = Workspace(scratch / "painted")
        paint_workspace(workspace, count, jobs=-1)
        return sorted(workspace.image_dir.iterdir())
    fitting = []
    for path in sorted(folder.iterdir()):
        height, width = decode_image(path.read_bytes()).shape[:2]
        if min(height, width) >= 224 and max(height, width) <= 500:
            fitting.append(path)
    return fitting[:: max(1, len(fitting) // count)][:count]


def run(quick: bool = False, folder: Path | None = None) -> dict[str, Any]:
    """Measure everything; see the module's docstring."""
    rounds, count = (3, 60) if quick else (7, 300)
    with tempfile.TemporaryDirectory(prefix="extraction-") as name:
        scratch = Path(name)
        paths = choose_pictures(folder, count, scratch)
        (scratch / "thumbnails").mkdir()
        thumbnails = make_thumbnails(paths, scratch / "thumbnails")
        return {
            "224-500 px": compare_ways(paths, rounds) | {"microseconds": time_parts(paths)},
            "218 x 218": compare_ways(thumbnails, rounds) | {"microseconds": time_parts(thumbnails)},
        }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="JPEG files (default: painted thumbnails)")
    parser.add_argument("--quick", action="store_true", help="fewer pictures and rounds")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    options = parser.parse_args(arguments)
    found = run(options.quick, options.folder)
    for name in ("224-500 px", "218 x 218"):
        measured = found[name]
        rates = [{"way": way, "images/s and core": rate} for way, rate in measured["images_per_second"].items()]
        show_rows(f"{measured['pictures']} pictures, {name}", rates)
        print(
            f"ours: {measured['times_the_study']} × the study's loop, {measured['times_channel_by_channel']} × "
            f"the same channel by channel, {measured['of_the_decode_rate']} of the decode-only rate"
        )
        show_rows("steps", [{"step": step, "µs a picture": value} for step, value in measured["microseconds"].items()])
    write_figures(found, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
