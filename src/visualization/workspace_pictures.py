"""Pictures of a workspace, picked for sheets and figures: the same rows each time."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from src.colours import order_colours
from src.features.decode_image import decode_image
from src.features.reduce_image import reduce_image
from src.features.schema import BGRImage


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
