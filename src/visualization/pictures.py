"""Pictures of a workspace, seen through their channels, averaged, and their hue as the angle that it is."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from src.colours import order_colours
from src.features.decode_image import decode_image
from src.features.extract_features import extract_features
from src.features.reduce_image import reduce_image
from src.features.schema import FEATURE_NAMES, BGRImage
from src.visualization.distributions import CHANNEL_TITLES, COLOUR_SPACES
from src.visualization.style import OUTLINE, choose_swatch, styled


def read_pictures(folder: Path, filenames: Sequence[str]) -> list[BGRImage]:
    """Decode pictures of a folder, the large ones reduced.

    Parameters
    ----------
    folder
        Such as :attr:`src.paths.Workspace.image_dir`.
    filenames
        Names in it.

    Returns
    -------
    list of BGRImage
        uint8, shape (H, W, 3) each, in the order of the names.

    Raises
    ------
    ImageError
        If a file is not a picture that the project takes.
    """
    return [reduce_image(decode_image((folder / name).read_bytes())) for name in filenames]


def pick_rows(frame: pd.DataFrame, count: int, seed: int = 0) -> pd.DataFrame:
    """Draw rows of a table without replacement, all of them if there are no more; seeded."""
    return frame.sample(n=min(count, len(frame)), random_state=seed).sort_index()


def pick_by_colour(frame: pd.DataFrame, folder: Path, count: int, seed: int = 0) -> Mapping[str, list[BGRImage]]:
    """Draw and decode pictures of each colour.

    Parameters
    ----------
    frame
        Rows with ``filename`` and ``color``.
    folder
        Where the files are.
    count
        Pictures of each colour, at most.
    seed
        Of the draw.

    Returns
    -------
    mapping of str to list of BGRImage
        In the site's order.
    """
    return {
        colour: read_pictures(folder, pick_rows(frame.loc[frame["color"] == colour], count, seed)["filename"].tolist())
        for colour in order_colours(frame["color"])
    }


def average_hue(hues: NDArray[np.uint8]) -> float:
    """Return the circular mean of hues.

    Parameters
    ----------
    hues
        In half-degrees, 0-179, of any shape.

    Returns
    -------
    float
        The direction of the mean of unit vectors, in half-degrees, 0 to below 180.

    Notes
    -----
    N. I. Fisher, "Statistical Analysis of Circular Data", Cambridge 1993, section 2.3.
    """
    angles = np.deg2rad(2.0 * hues)
    return float(np.rad2deg(np.arctan2(np.sin(angles).mean(), np.cos(angles).mean())) / 2 % 180)


def measure_hue_gap(image: BGRImage) -> float:
    """Return how far the plain mean of a picture's hue lies from the circular one.

    Parameters
    ----------
    image
        BGR uint8, shape (H, W, 3).

    Returns
    -------
    float
        In half-degrees, 0-90.
    """
    hues = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2HSV)[:, :, 0], dtype=np.uint8)
    gap = abs(float(hues.mean()) - average_hue(hues))
    return min(gap, 180 - gap)


def split_channels(image: BGRImage) -> dict[str, BGRImage]:
    """Take a picture apart into its nine channels.

    Parameters
    ----------
    image
        BGR uint8, shape (H, W, 3).

    Returns
    -------
    dict
        For each of :data:`src.features.schema.CHANNELS` its values: uint8, shape (H, W), hue in
        half-degrees 0-179, the others 0-255.
    """
    spaces = (
        ("bgr", image),
        ("hsv", cv2.cvtColor(image, cv2.COLOR_BGR2HSV)),
        ("lab", cv2.cvtColor(image, cv2.COLOR_BGR2LAB)),
    )
    return {
        f"{letter}_{space}": np.asarray(values[:, :, place], dtype=np.uint8)
        for space, values in spaces
        for place, letter in enumerate(space)
    }


def average_pictures(images: Sequence[BGRImage], side: int = 96) -> BGRImage:
    """Return the pixel-wise mean of pictures, each first brought to a square.

    Parameters
    ----------
    images
        BGR uint8, shape (H, W, 3), at least one.
    side
        Of the square, in pixels.

    Returns
    -------
    BGRImage
        uint8, shape (side, side, 3).
    """
    total = np.zeros((side, side, 3))
    for image in images:
        total += cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
    return np.rint(total / len(images)).astype(np.uint8)


@styled
def plot_picture_channels(image: BGRImage, *, title: str = "One picture, three colour spaces") -> Figure:
    """Show a picture and its nine channels, each with its mean and standard deviation.

    Parameters
    ----------
    image
        BGR uint8, shape (H, W, 3).
    title
        Words above the figure.

    Returns
    -------
    matplotlib.figure.Figure
        A row for each colour space. Hue is drawn on a colour circle, a and b from green to red and
        from blue to yellow (78-178, the part of the scale that pictures use), the rest in grey.
    """
    values = dict(zip(FEATURE_NAMES, extract_features(image), strict=True))
    channels = split_channels(image)
    ranges = {"h_hsv": ("hsv", 0, 179), "a_lab": ("PiYG_r", 78, 178), "b_lab": ("cividis", 78, 178)}
    shape = image.shape[0] / image.shape[1]
    figure = Figure(figsize=(9.2, float(np.clip(3 * (2.25 * shape + 0.5), 3.5, 14)) + 0.4), layout="constrained")
    for row, (space, names) in zip(figure.subplots(3, 4), COLOUR_SPACES.items(), strict=True):
        row[0].imshow(image[:, :, ::-1])
        row[0].set_title(f"the picture, in {space} →", fontsize=9)
        for axes, name in zip(row[1:], names, strict=True):
            colours, lowest, highest = ranges.get(name, ("gray", 0, 255))
            axes.imshow(channels[name], cmap=colours, vmin=lowest, vmax=highest)
            axes.set_title(CHANNEL_TITLES[name], fontsize=9)
            axes.set_xlabel(f"mean {values[f'{name}_mean']:.1f}   std {values[f'{name}_std']:.1f}", fontsize=9)
        for axes in row:
            axes.set_xticks([])
            axes.set_yticks([])
            axes.spines[:].set_visible(False)
    figure.suptitle(title, x=0.01, ha="left")
    return figure


@styled
def plot_mean_pictures(means: Mapping[str, BGRImage]) -> Figure:
    """Show the mean picture of each colour beside the colour's swatch.

    Parameters
    ----------
    means
        For each colour its mean picture (:func:`average_pictures`), BGR uint8, shape (H, W, 3).

    Returns
    -------
    matplotlib.figure.Figure
    """
    colours = order_colours(means)
    columns = 6
    rows = -(-len(colours) // columns)
    figure = Figure(figsize=(9.2, 1.95 * rows + 0.4), layout="constrained")
    panels = np.asarray(figure.subplots(rows, columns, squeeze=False)).ravel()
    for axes in panels:
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
    for axes, colour in zip(panels, colours, strict=False):
        axes.imshow(means[colour][:, :, ::-1])
        axes.set_title(colour, fontsize=9, pad=3)
        swatch = Rectangle(
            (0, -0.12),
            1,
            0.1,
            transform=axes.transAxes,
            clip_on=False,
            facecolor=choose_swatch(colour),
            edgecolor=OUTLINE,
            linewidth=0.6,
        )
        axes.add_patch(swatch)
    figure.suptitle("The mean picture of each colour", x=0.01, ha="left")
    return figure
