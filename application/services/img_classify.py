"""The colour of a picture, from its bytes: no HTTP here."""

import threading
from pathlib import Path
from typing import Final

from application.schemas import Classification, ColourProfile
from application.services.colour_shares import measure_shares
from application.utility.conversion import PictureReader
from src.errors import ModelMismatchError
from src.features.extract_features import extract_features
from src.features.measure_image import Picture, read_picture
from src.features.schema import FEATURE_NAMES
from src.models.artefacts import PARTS, ColourModel, load_model

SELF_TEST_PICTURE: Final = Path(__file__).parents[1] / "static" / "self_test.jpg"


class ImgClassify:
    """Classifies pictures with the model of a folder; ModelError if it cannot be used. May be shared by threads.

    ``fingerprint`` is of the files that were loaded last, also where they were refused and another ``model`` is in use.
    """

    def __init__(self, models_dir: Path, reader: PictureReader) -> None:
        self._models_dir = models_dir
        self._reader = reader
        self._reloading = threading.Lock()
        self.reload()

    def read_fingerprint(self) -> tuple[tuple[int, int], ...]:
        """Read times and sizes of the model's files; other ones mean another model."""
        paths = [self._models_dir / name for name in PARTS]
        return tuple((path.stat().st_mtime_ns, path.stat().st_size) for path in paths if path.is_file())

    def reload(self) -> None:
        """Load and test the model of the folder, then take it into use; ModelError leaves the old one in use."""
        with self._reloading:
            self.fingerprint = self.read_fingerprint()
            model = load_model(self._models_dir)
            _test(model)
            self.model = model

    def check(self) -> None:
        """Classify the self-test picture; ModelMismatchError if the answer cannot be right."""
        _test(self.model)

    def classify(self, content: bytes, *, with_shares: bool = False, with_features: bool = False) -> Classification:
        """Classify one picture, a whole file; ImageError if it is none that we take."""
        return _classify(self._reader.read(content), self.model, with_shares, with_features)


def _test(model: ColourModel) -> None:
    picture = read_picture(SELF_TEST_PICTURE.read_bytes())  # whatever limits the operator sets
    answer = _classify(picture, model, with_shares=True, with_features=True)
    total = sum(answer.probabilities.values())
    if answer.prediction not in model.classes or abs(total - 1) > 1e-6:
        raise ModelMismatchError(
            f"the self-test picture is called {answer.prediction} with probabilities that sum to {total:.6f}: "
            f"expected one of {', '.join(model.classes)} and 1; train the model again"
        )


def _classify(picture: Picture, model: ColourModel, with_shares: bool, with_features: bool) -> Classification:
    features = extract_features(picture.image)
    (found,) = model.predict_features(features[None])
    return Classification(
        prediction=found.colour,
        probability=found.probability,
        second_prediction=found.second_colour,
        second_probability=found.second_probability,
        probabilities=dict(found.probabilities),
        is_familiar=found.is_familiar,
        kind=picture.kind,
        width=picture.width,
        height=picture.height,
        colour_profile=ColourProfile(**picture.profile._asdict()),
        model_version=model.version,
        shares=measure_shares(picture.image) if with_shares else None,
        features=dict(zip(FEATURE_NAMES, features.tolist(), strict=True)) if with_features else None,
    )
