"""The unit of parallel work: some pictures of one place, measured in one process."""

import multiprocessing
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from src.errors import ImageError, UsageError
from src.features.colour_profile import ProfileOutcome
from src.features.decode_image import MAXIMUM_MEMORY
from src.features.extract_features import extract_features
from src.features.image_store import ImageStore
from src.features.measure_image import read_picture
from src.features.schema import FEATURE_COUNT


@dataclass(frozen=True)
class ImageBatch:
    """Pictures to measure.

    Attributes
    ----------
    store
        Where they are.
    names
        Their file names there.
    maximum_memory
        Pictures whose decoding would take more bytes are rejected.
    """

    store: ImageStore
    names: Sequence[str]
    maximum_memory: int = MAXIMUM_MEMORY


@dataclass(frozen=True)
class BatchOutcome:
    """What came of a batch.

    Attributes
    ----------
    features
        float64, shape (pictures, 18); a row of NaN where a picture gave none.
    reasons
        Why not, by position in the batch.
    is_final
        False if a file could not be read, which may be otherwise next time.
    profiles
        What was done about colour profiles other than sRGB, by position.
    """

    features: NDArray[np.float64]
    reasons: Mapping[int, str] = field(default_factory=dict)
    is_final: bool = True
    profiles: Mapping[int, ProfileOutcome] = field(default_factory=dict)


def measure_batch(batch: ImageBatch) -> BatchOutcome:
    """Measure pictures one after the other; never fails because of a picture.

    OpenCV is held to one thread: the parallel work is that of the processes.
    """
    cv2.setNumThreads(1)
    features = np.full((len(batch.names), FEATURE_COUNT), np.nan)
    reasons: dict[int, str] = {}
    profiles: dict[int, ProfileOutcome] = {}
    is_final = True
    for position, content in enumerate(batch.store.read_many(batch.names)):
        try:
            if isinstance(content, Exception):
                raise content
            picture = read_picture(content, batch.maximum_memory)
            features[position] = extract_features(picture.image)
            if picture.profile.action in {"converted", "kept"}:
                profiles[position] = picture.profile
        except (ImageError, UsageError) as error:
            reasons[position] = str(error)
        except FileNotFoundError:
            place = f"in {batch.store.location}: scrape again to fetch it" if batch.store.location else "any more"
            reasons[position] = f"the file is missing {place}"
            is_final = False
        except Exception as error:  # noqa: BLE001 - a worker's border: one picture must not end the batch
            reasons[position] = f"the file cannot be read or measured: {type(error).__name__}: {error}"
            is_final = False
    return BatchOutcome(features, reasons, is_final, profiles)


def measure_batch_isolated(batch: ImageBatch) -> BatchOutcome:
    """Measure a batch over which worker processes died: picture by picture, in a process of its own.

    The one that kills the process becomes a reject like any other; the rest goes on in a new one.
    """
    features = np.full((len(batch.names), FEATURE_COUNT), np.nan)
    reasons: dict[int, str] = {}
    profiles: dict[int, ProfileOutcome] = {}
    is_final = True
    waiting = deque(range(len(batch.names)))
    while waiting:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            while waiting:
                position = waiting.popleft()
                single = ImageBatch(batch.store, (batch.names[position],), batch.maximum_memory)
                try:
                    outcome = pool.submit(measure_batch, single).result()
                except BrokenProcessPool:
                    reasons[position] = "the process that decoded the file died: it is damaged or needs too much memory"
                    break
                features[position] = outcome.features[0]
                is_final = is_final and outcome.is_final
                profiles.update((position, profile) for profile in outcome.profiles.values())
                if outcome.reasons:
                    reasons[position] = outcome.reasons[0]
    return BatchOutcome(features, reasons, is_final, profiles)
