"""Pictures of a workspace: read, sampled for each colour, averaged, and split into their channels."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from src.colours import order_colours
from src.features.decode_image import decode_image
from src.features.extract_features import extract_features
from src.features.reduce_image import reduce_image
from src.features.schema import CHANNELS, FEATURE_NAMES, BGRImage
from src.visualization.data_figures import COLOUR_SPACES
from src.visualization.style import OUTLINE, Look, choose_swatch, styled


def read_pictures(folder: Path, filenames: Sequence[str]) -> list[BGRImage]:
    """Decode files of a folder, the large ones reduced; BGR uint8, shape (H, W, 3); ImageError if one is no picture."""
    return [reduce_image(decode_image((folder / name).read_bytes())) for name in filenames]


def pick_by_colour(frame: pd.DataFrame, folder: Path, count: int, seed: int = 0) -> Mapping[str, list[BGRImage]]:
    """Pick ``count`` pictures of each colour by a seed, from rows with ``filename`` and ``color``, and decode them."""
    names = {colour: frame.loc[frame["color"] == colour, "filename"] for colour in order_colours(frame["color"])}
    return {
        colour: read_pictures(folder, own.sample(min(count, len(own)), random_state=seed).sort_index().tolist())
        for colour, own in names.items()
    }


def average_pictures(images: Sequence[BGRImage], side: int = 96) -> BGRImage:
    """Return the pixel-wise mean of BGR pictures, each first brought to a square of ``side`` pixels."""
    squares = [cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA) for image in images]
    return np.asarray(np.rint(np.mean(squares, axis=0)), dtype=np.uint8)


@styled
def plot_picture_channels(image: BGRImage, *, title: str) -> Figure:
    """Show a BGR picture and its nine channels, a row for each colour space, each with its mean and standard deviation.

    Hue is drawn on a colour circle, a and b from green to red and from blue to yellow (78-178, the part
    of the scale that pictures use), the rest in grey.
    """
    values = dict(zip(FEATURE_NAMES, extract_features(image), strict=True))
    spaces = [image, cv2.cvtColor(image, cv2.COLOR_BGR2HSV), cv2.cvtColor(image, cv2.COLOR_BGR2LAB)]
    channels = dict(zip(CHANNELS, np.moveaxis(np.dstack(spaces), 2, 0), strict=True))
    scales = {"h_hsv": ("hsv", 0, 179), "a_lab": ("PiYG_r", 78, 178), "b_lab": ("cividis", 78, 178)}
    shape = image.shape[0] / image.shape[1]
    figure = Figure(figsize=(9.2, float(np.clip(3 * (2.25 * shape + 0.5), 3.5, 14)) + 0.4), layout="constrained")
    for row, (space, names) in zip(figure.subplots(3, 4), COLOUR_SPACES.items(), strict=True):
        row[0].imshow(image[:, :, ::-1])
        row[0].set_title(f"the picture, in {space} →", fontsize=9)
        for axes, (name, channel) in zip(row[1:], names.items(), strict=True):
            colours, lowest, highest = scales.get(name, ("gray", 0, 255))
            axes.imshow(channels[name], cmap=colours, vmin=lowest, vmax=highest)
            axes.set_title(channel, fontsize=9)
            axes.set_xlabel(f"mean {values[f'{name}_mean']:.1f}   std {values[f'{name}_std']:.1f}", fontsize=9)
        for axes in row:
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
    figure.suptitle(title, x=0.01, ha="left")
    return figure


@styled
def plot_mean_pictures(means: Mapping[str, BGRImage]) -> Figure:
    """Show the mean picture of each colour (:func:`average_pictures`) above the colour's swatch."""
    colours = order_colours(means)
    columns = 6
    rows = -(-len(colours) // columns)
    figure = Figure(figsize=(9.2, 1.95 * rows + 0.4), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in panels:
        axes.set_axis_off()
    for axes, colour in zip(panels, colours, strict=False):
        axes.imshow(means[colour][:, :, ::-1])
        axes.set_title(colour, fontsize=9, pad=3)
        look: Look = {"facecolor": choose_swatch(colour), "edgecolor": OUTLINE, "linewidth": 0.6}
        axes.add_patch(Rectangle((0, -0.12), 1, 0.1, transform=axes.transAxes, clip_on=False, **look))
    figure.suptitle("The mean picture of each colour", x=0.01, ha="left")
    return figure
