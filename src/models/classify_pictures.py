"""Many pictures to answers: measured in parallel, named in batches."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from src.errors import ImageError
from src.features.colour_profile import ProfileOutcome
from src.features.decode_image import MAXIMUM_MEMORY
from src.features.extract_features import extract_features
from src.features.image_store import ImageStore
from src.features.measure_batch import BatchOutcome, ImageBatch, measure_batch, measure_batch_isolated
from src.features.measure_image import read_picture
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
    if pictures.content is not None:
        yield _classify_content(pictures.content, model, maximum_memory)
    store = ImageStore(pictures.location)
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
            count=lambda outcome: len(outcome.features),
            rescue=measure_batch_isolated,
        )
        for batch, outcome in zip(batches, outcomes, strict=True):
            yield from _answer(batch, outcome, model)


def _classify_content(content: bytes, model: ColourModel, maximum_memory: int) -> ClassifiedPicture:
    try:
        picture = read_picture(content, maximum_memory)
    except ImageError as error:
        return ClassifiedPicture(STANDARD_INPUT, None, str(error))
    (answer,) = model.predict_features(extract_features(picture.image)[None])
    profile = picture.profile if picture.profile.action in {"converted", "kept"} else None
    return ClassifiedPicture(STANDARD_INPUT, answer, profile=profile)


def _answer(batch: tuple[str, ...], outcome: BatchOutcome, model: ColourModel) -> Iterator[ClassifiedPicture]:
    is_measured = np.asarray([position not in outcome.reasons for position in range(len(batch))])
    answers = iter(model.predict_features(outcome.features[is_measured]))
    for position, path in enumerate(batch):
        if is_measured[position]:
            yield ClassifiedPicture(path, next(answers), profile=outcome.profiles.get(position))
        else:
            yield ClassifiedPicture(path, None, outcome.reasons[position])
