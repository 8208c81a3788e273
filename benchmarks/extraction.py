"""Images per second and core: decoding alone, the study's loop, and ours, in turns within one run.

``python -m benchmarks.extraction [--quick] [--folder FOLDER]``. FOLDER holds JPEG files (default: painted thumbnails);
those of 224 to 500 px a side are taken as they are, and as the 218 × 218 thumbnails that the project scrapes. All
contents are read beforehand, so that no disk is measured. Each way takes all pictures once a round on one thread, and
its processor time counts, which other work on the machine disturbs least. The rates are those of the fastest round, the
ratios the median over the rounds of ratios within a round.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.measuring import Figures, run_benchmark, show_rows
from benchmarks.naive_service import convert_colours, measure_by_image
from benchmarks.painted_workspace import paint_workspace
from src.features.decode_image import decode_image
from src.features.measure_image import measure_image
from src.features.reduce_image import crop_thumbnail
from src.paths import Workspace


def measure_channels(image: NDArray[np.uint8]) -> list[np.floating]:
    """Take NumPy's statistics channel by channel."""
    channels = [space[:, :, number] for space in convert_colours(image) for number in range(3)]
    return [np.mean(channel) for channel in channels] + [np.std(channel) for channel in channels]


WAYS: dict[str, Callable[[Path, bytes], object]] = {
    "decode alone (floor)": lambda _, content: cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR),
    "decoding, with all checks": lambda _, content: decode_image(content),
    "the study's loop": lambda path, _: measure_by_image(cv2.imread(str(path))),
    "the same channel by channel": lambda path, _: measure_channels(cv2.imread(str(path))),
    "ours": lambda _, content: measure_image(content),
}


def compare_ways(paths: Sequence[Path], rounds: int) -> Figures:
    """Time all ways on one core."""
    cv2.setNumThreads(1)
    contents = [path.read_bytes() for path in paths]
    seconds = np.zeros((rounds, len(WAYS)))
    for number in range(rounds):
        for column, way in enumerate(WAYS.values()):
            start = time.process_time()
            for path, content in zip(paths, contents, strict=True):
                way(path, content)
            seconds[number, column] = time.process_time() - start
    floor, _, study, channels, _ = np.median(seconds / seconds[:, -1:], axis=0).round(2).tolist()
    rates = (len(paths) / seconds.min(axis=0)).round().astype(int).tolist()
    return {
        "images_per_second": dict(zip(WAYS, rates, strict=True)),
        "times_the_study": study,
        "times_channel_by_channel": channels,
        "of_the_decode_rate": floor,
    }


def choose_pictures(folder: str | None, count: int, scratch: Path) -> list[Path]:
    """Take pictures of 224 to 500 px a side, evenly from a folder; painted ones if none is named."""
    if folder is None:
        workspace = Workspace(scratch / "painted")
        paint_workspace(workspace, count)
        return sorted(workspace.image_dir.iterdir())
    sizes = {path: decode_image(path.read_bytes()).shape[:2] for path in sorted(Path(folder).iterdir())}
    fitting = [path for path, size in sizes.items() if min(size) >= 224 and max(size) <= 500]
    return fitting[:: max(1, len(fitting) // count)][:count]


def measure(quick: bool, folder: str | None) -> Figures:
    """Compare the ways on pictures as they are and on their thumbnails."""
    rounds, count = (3, 60) if quick else (7, 300)
    found = {}
    with tempfile.TemporaryDirectory(prefix="extraction-") as scratch:
        paths = choose_pictures(folder, count, Path(scratch))
        thumbnails = [Path(scratch, path.name) for path in paths]
        for path, thumbnail in zip(paths, thumbnails, strict=True):
            pixels = crop_thumbnail(decode_image(path.read_bytes()))
            cv2.imwrite(str(thumbnail), pixels, [cv2.IMWRITE_JPEG_QUALITY, 90])
        for name, chosen in {"224-500 px": paths, "218 x 218": thumbnails}.items():
            measured = compare_ways(chosen, rounds)
            rates = [{"way": way, "images/s and core": rate} for way, rate in measured["images_per_second"].items()]
            show_rows(f"{len(chosen)} pictures, {name}", rates)
            print(
                f"ours: {measured['times_the_study']} × the study's loop, {measured['times_channel_by_channel']} × "
                f"the same channel by channel, {measured['of_the_decode_rate']} of the decode-only rate"
            )
            found[name] = {"pictures": len(chosen), **measured}
    return found


if __name__ == "__main__":
    sys.exit(run_benchmark(measure, folder="with JPEG files (default: painted thumbnails)"))
