"""Pictures whose colour is known: a folder and a table of labels, measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from src.errors import TableError, UsageError
from src.features.image_store import ImageStore
from src.features.measure_batch import ImageBatch, measure_batch, measure_batch_isolated
from src.features.reduce_image import THUMBNAIL_SIDE, reduce_image
from src.features.schema import BGRImage, FeatureVector
from src.parallel import map_with_progress
from src.user_tables import read_labelled_names

BATCH_PICTURES: Final = 32


@dataclass(frozen=True)
class MeasuredPictures:
    """Features and colours of the pictures that could be measured, and what could not."""

    features: NDArray[np.float64]
    colours: NDArray[np.str_]
    failures: tuple[tuple[str, str], ...]


def read_labels(path: Path) -> list[tuple[str, str]]:
    """Read file names and colours from a table with ``filename`` and ``color`` or ``study_label``.

    Raises
    ------
    TableError
        As :func:`src.user_tables.read_labelled_names`; rows without a colour are left out, and one must be left.
    """
    _, names, colours = read_labelled_names(path)
    labels = [(name, colour) for name, colour in zip(names, colours, strict=True) if colour is not None]
    if not labels:
        raise TableError(f"{path} has {len(names)} rows and no colour in any: expected at least one")
    return labels


def crop_thumbnail(image: BGRImage) -> BGRImage:
    """Cut the largest centred square out of a picture and bring it to 218 × 218, as the site's thumbnails are.

    Parameters
    ----------
    image
        BGR uint8, shape (H, W, 3).

    Returns
    -------
    BGRImage
        uint8, shape (218, 218, 3); each pixel the average of what it covers where the picture is larger.
    """
    height, width = image.shape[:2]
    side = min(height, width)
    upper, left = (height - side) // 2, (width - side) // 2
    square = image[upper : upper + side, left : left + side]
    method = cv2.INTER_AREA if side > THUMBNAIL_SIDE else cv2.INTER_LINEAR
    return cv2.resize(square, (THUMBNAIL_SIDE, THUMBNAIL_SIDE), interpolation=method).astype(np.uint8, copy=False)


def measure_labelled_pictures(
    folder: Path, labels: Sequence[tuple[str, str]], *, crop: bool = False
) -> MeasuredPictures:
    """Measure pictures of a folder, where :func:`src.parallel.parallel_backend` says.

    Parameters
    ----------
    folder
        Where the files are.
    labels
        File names and colours.
    crop
        Measure the centre-cropped thumbnail (:func:`crop_thumbnail`) and not the whole picture.

    Raises
    ------
    UsageError
        If no picture could be measured.
    """
    store, scale = ImageStore(str(folder)), crop_thumbnail if crop else reduce_image
    names = [name for name, _ in labels]
    outcomes = map_with_progress(
        measure_batch,
        (
            ImageBatch(store, names[start : start + BATCH_PICTURES], scale=scale)
            for start in range(0, len(names), BATCH_PICTURES)
        ),
        description="measure",
        total=len(names),
        unit="pictures",
        count=len,
        rescue=measure_batch_isolated,
    )
    pictures = [picture for outcome in outcomes for picture in outcome]
    features: list[FeatureVector] = []
    colours: list[str] = []
    failures: list[tuple[str, str]] = []
    for (name, colour), picture in zip(labels, pictures, strict=True):
        if picture.features is None:
            failures.append((name, picture.reason))
        else:
            features.append(picture.features)
            colours.append(colour)
    if not features:
        raise UsageError(f"{folder}: none of the {len(labels)} labelled pictures could be measured ({failures[:1]})")
    return MeasuredPictures(np.asarray(features), np.asarray(colours, dtype=str), tuple(failures))
