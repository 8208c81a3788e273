"""The whole way from the bytes of a picture to its features, alone and in batches, for training and serving alike."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import NamedTuple

import cv2

from src.errors import ImageError, UsageError
from src.features.colour_profile import ProfileOutcome, convert_to_srgb
from src.features.decode_image import MAXIMUM_MEMORY, decode_pixels
from src.features.extract_features import extract_features
from src.features.image_header import read_header
from src.features.image_store import ImageStore
from src.features.reduce_image import reduce_image
from src.features.schema import BGRImage, FeatureVector

Scale = Callable[[BGRImage], BGRImage]


class Picture(NamedTuple):
    """A picture as the features see it (scaled, in sRGB), and what its file was: kind, size as it is shown, profile."""

    image: BGRImage
    kind: str
    width: int
    height: int
    profile: ProfileOutcome


def read_picture(content: bytes, maximum_memory: int = MAXIMUM_MEMORY, scale: Scale = reduce_image) -> Picture:
    """Decode a picture as :func:`src.features.decode_image.decode_image` does, scale it and convert it to sRGB.

    Colours are converted last, on few pixels.
    """
    header = read_header(content)
    whole = decode_pixels(content, header, maximum_memory)
    image, profile = convert_to_srgb(scale(whole), header.profile, header.mode)
    return Picture(image, header.kind, whole.shape[1], whole.shape[0], profile)


def measure_image(content: bytes) -> FeatureVector:
    """Read one picture as :func:`read_picture` does and measure it: float64, shape (18,)."""
    return extract_features(read_picture(content).image)


class ImageBatch(NamedTuple):
    """The unit of parallel work: files of a store, and what :func:`read_picture` takes."""

    store: ImageStore
    names: Sequence[str]
    maximum_memory: int = MAXIMUM_MEMORY
    scale: Scale = reduce_image


class MeasuredPicture(NamedTuple):
    """The features of a picture, or the reason why there are none.

    The reason is final unless the file could not be read, which may be otherwise next time.
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
                    pictures += pool.submit(measure_batch, batch._replace(names=(name,))).result()
                except BrokenProcessPool:
                    reason = "the process that decoded the file died: it is damaged or needs too much memory"
                    pictures.append(MeasuredPicture(None, reason))
                    break
    return pictures
