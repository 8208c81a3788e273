"""The unit of parallel work: some pictures of one place, measured in one process."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2

from src.errors import ImageError, UsageError
from src.features.colour_profile import ProfileOutcome
from src.features.decode_image import MAXIMUM_MEMORY
from src.features.extract_features import extract_features
from src.features.image_store import ImageStore
from src.features.measure_image import read_picture
from src.features.reduce_image import reduce_image
from src.features.schema import BGRImage, FeatureVector


@dataclass(frozen=True)
class ImageBatch:
    """Pictures to measure: files of a store, and what :func:`src.features.measure_image.read_picture` takes."""

    store: ImageStore
    names: Sequence[str]
    maximum_memory: int = MAXIMUM_MEMORY
    scale: Callable[[BGRImage], BGRImage] = reduce_image


class MeasuredPicture(NamedTuple):
    """What came of a picture.

    Attributes
    ----------
    features
        float64, shape (18,); None if there are none.
    reason
        Why there are none.
    is_final
        False if the file could not be read, which may be otherwise next time.
    profile
        What was done about its colour profile; None if there are no features.
    """

    features: FeatureVector | None
    reason: str = ""
    is_final: bool = True
    profile: ProfileOutcome | None = None


def measure_batch(batch: ImageBatch) -> list[MeasuredPicture]:
    """Measure pictures one after the other; never fails because of a picture.

    OpenCV is held to one thread: the parallel work is that of the processes.
    """
    cv2.setNumThreads(1)
    return [measure_content(content, batch) for content in batch.store.read_many(batch.names)]


def measure_content(content: bytes | Exception, batch: ImageBatch) -> MeasuredPicture:
    """Measure a picture that was read, or say why it could not be, in the way of its batch."""
    try:
        if isinstance(content, Exception):
            raise content
        picture = read_picture(content, batch.maximum_memory, batch.scale)
        return MeasuredPicture(extract_features(picture.image), profile=picture.profile)
    except (ImageError, UsageError) as error:
        return MeasuredPicture(None, str(error))
    except FileNotFoundError:
        place = f"in {batch.store.location}: scrape again to fetch it" if batch.store.location else "any more"
        return MeasuredPicture(None, f"the file is missing {place}", is_final=False)
    except Exception as error:  # noqa: BLE001 - a worker's border: one picture must not end the batch
        reason = f"the file cannot be read or measured: {type(error).__name__}: {error}"
        return MeasuredPicture(None, reason, is_final=False)


def measure_batch_isolated(batch: ImageBatch) -> list[MeasuredPicture]:
    """Measure a batch over which worker processes died: picture by picture, in a process of its own.

    The one that kills the process becomes a reject like any other; the rest goes on in a new one.
    """
    pictures: list[MeasuredPicture] = []
    while len(pictures) < len(batch.names):
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            for name in batch.names[len(pictures) :]:
                try:
                    pictures += pool.submit(measure_batch, replace(batch, names=(name,))).result()
                except BrokenProcessPool:
                    reason = "the process that decoded the file died: it is damaged or needs too much memory"
                    pictures.append(MeasuredPicture(None, reason))
                    break
    return pictures
