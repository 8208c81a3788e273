"""The colour of a picture, from its bytes: no HTTP here."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from application.services.colour_shares import measure_shares
from application.utility.conversion import PictureReader
from src.errors import ModelMismatchError
from src.features.decode_image import MAXIMUM_MEMORY
from src.features.extract_features import extract_features
from src.features.measure_image import Picture
from src.features.schema import FeatureVector
from src.models.artefacts import CARD_NAME, CLASSIFIER_NAME, SCALER_NAME, ColourModel, Prediction, load_model

SELF_TEST_PICTURE: Final = Path(__file__).parents[1] / "static" / "self_test.jpg"

ModelLoader = Callable[[Path], ColourModel]


@dataclass(frozen=True)
class Classified:
    """What is known of one picture.

    Attributes
    ----------
    prediction
        The colour, how sure, and the second guess.
    picture
        As the features see it, with size, kind and colour profile of what was sent.
    features
        float64, shape (18,).
    shares
        Named colours in the picture, largest first; None if not asked for.
    model_version
        Of the model that answered.
    """

    prediction: Prediction
    picture: Picture
    features: FeatureVector
    shares: Mapping[str, float] | None
    model_version: str


class ImgClassify:
    """Classifies pictures with the model of a folder; may be shared by threads.

    Parameters
    ----------
    models_dir
        Folder of the model's files.
    reader
        Turns a file into a picture.
    loader
        Gives the model of a folder.

    Attributes
    ----------
    model
        The one in use.
    fingerprint
        Of the files that were loaded last, also where they were refused.

    Raises
    ------
    ModelError
        If the model cannot be used.
    """

    def __init__(self, models_dir: Path, reader: PictureReader, loader: ModelLoader = load_model) -> None:
        self._models_dir = models_dir
        self._reader = reader
        self._loader = loader
        self._reloading = threading.Lock()
        self.reload()

    def read_fingerprint(self) -> tuple[tuple[int, int], ...]:
        """Read times and sizes of the model's files; other ones mean another model."""
        paths = [self._models_dir / name for name in (SCALER_NAME, CLASSIFIER_NAME, CARD_NAME)]
        return tuple((path.stat().st_mtime_ns, path.stat().st_size) for path in paths if path.is_file())

    def reload(self) -> None:
        """Load and test the model of the folder, then take it into use.

        Raises
        ------
        ModelError
            If the new one cannot be used; the old one stays.
        """
        with self._reloading:
            self.fingerprint = self.read_fingerprint()
            model = self._loader(self._models_dir)
            self._check(model)
            self.model = model

    def check(self) -> None:
        """Classify the self-test picture, the whole way from bytes to colour.

        Raises
        ------
        ModelMismatchError
            If the answer cannot be right.
        """
        self._check(self.model)

    @staticmethod
    def _check(model: ColourModel) -> None:
        content = SELF_TEST_PICTURE.read_bytes()
        reader = PictureReader(len(content), MAXIMUM_MEMORY)  # whatever the operator allows
        prediction = _classify(reader.read(content), model, with_shares=True).prediction
        total = sum(prediction.probabilities.values())
        if prediction.colour not in model.classes or abs(total - 1) > 1e-6:
            raise ModelMismatchError(
                f"the self-test picture is called {prediction.colour} with probabilities that sum to {total:.6f}: "
                f"expected one of {', '.join(model.classes)} and 1; train the model again"
            )

    def classify(self, content: bytes, *, with_shares: bool = False) -> Classified:
        """Classify one picture.

        Parameters
        ----------
        content
            The whole file.
        with_shares
            Whether to measure the shares of the named colours as well.

        Raises
        ------
        ImageError
            If it is not a picture that we take.
        """
        return _classify(self._reader.read(content), self.model, with_shares=with_shares)


def _classify(picture: Picture, model: ColourModel, *, with_shares: bool) -> Classified:
    features = extract_features(picture.image)
    (prediction,) = model.predict_features(features[None])
    shares = measure_shares(picture.image) if with_shares else None
    return Classified(prediction, picture, features, shares, model.version)
