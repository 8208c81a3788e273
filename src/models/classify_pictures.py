"""Many pictures to answers: measured in parallel, named in batches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from src.features.colour_profile import ProfileOutcome
from src.features.decode_image import MAXIMUM_MEMORY
from src.features.image_store import ImageStore
from src.features.measure_batch import (
    ImageBatch,
    MeasuredPicture,
    measure_batch,
    measure_batch_isolated,
    measure_content,
)
from src.features.schema import FEATURE_COUNT
from src.models.artefacts import ColourModel, Prediction
from src.models.find_pictures import STANDARD_INPUT, FoundPictures
from src.parallel import map_with_progress, parallel_backend

BATCH_PICTURES: Final = 32
SMALL_JOB: Final = 96
"""Fewer pictures than this are done before a second process has started."""


@dataclass(frozen=True)
class ClassifiedPicture:
    """The answer for one file: a prediction, or the reason why there is none.

    ``profile`` says what was done about a colour profile other than sRGB.
    """

    path: str
    prediction: Prediction | None
    reason: str | None = None
    profile: ProfileOutcome | None = None


def classify_pictures(
    pictures: FoundPictures,
    model: ColourModel,
    jobs: int = -1,
    dask: str | None = None,
    maximum_memory: int = MAXIMUM_MEMORY,
) -> Iterator[ClassifiedPicture]:
    """Classify files, with a progress bar.

    Parameters
    ----------
    pictures
        What to classify.
    model
        A loaded model.
    jobs, dask
        As :func:`src.parallel.parallel_backend` takes them.
    maximum_memory
        Pictures whose decoding would take more bytes are refused.

    Yields
    ------
    ClassifiedPicture
        One a file, in the order of the names, the one on standard input first; a file that is no picture has
        a reason.
    """
    store = ImageStore(pictures.location)
    if pictures.content is not None:
        single = ImageBatch(store, (STANDARD_INPUT,), maximum_memory)
        yield from _answer(single.names, [measure_content(pictures.content, single)], model)
    names = pictures.names
    batches = [names[start : start + BATCH_PICTURES] for start in range(0, len(names), BATCH_PICTURES)]
    if dask is None and len(names) < SMALL_JOB:
        jobs = 1
    with parallel_backend(jobs, dask):
        outcomes = map_with_progress(
            measure_batch,
            (ImageBatch(store, batch, maximum_memory) for batch in batches),
            description="classify",
            total=len(names),
            unit="pictures",
            count=len,
            rescue=measure_batch_isolated,
        )
        for batch, outcome in zip(batches, outcomes, strict=True):
            yield from _answer(batch, outcome, model)


def _answer(
    names: Sequence[str], pictures: Sequence[MeasuredPicture], model: ColourModel
) -> Iterator[ClassifiedPicture]:
    features = [picture.features for picture in pictures if picture.features is not None]
    answers = iter(model.predict_features(np.asarray(features).reshape(-1, FEATURE_COUNT)))
    for path, picture in zip(names, pictures, strict=True):
        if picture.features is None:
            yield ClassifiedPicture(path, None, picture.reason)
        else:
            profile = picture.profile
            is_other = profile is not None and profile.action in {"converted", "kept"}
            yield ClassifiedPicture(path, next(answers), profile=profile if is_other else None)
