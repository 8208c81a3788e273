"""The colour of a picture, from its bytes: no HTTP here."""

from collections.abc import Mapping
from dataclasses import dataclass

from application.services.colour_shares import measure_shares
from application.utility.conversion import ImageLimits, convert_upload
from src.features.extract_features import extract_features
from src.features.schema import FeatureVector
from src.models.artefacts import ColourModel, Prediction


@dataclass(frozen=True)
class Classified:
    """What is known of one picture.

    Attributes
    ----------
    prediction
        The colour, how sure, and the second guess.
    width, height
        Pixels of the picture as sent, after EXIF rotation.
    features
        float64, shape (18,).
    shares
        Named colours in the picture, largest first; None if not asked for.
    model_version
        Of the model that answered.
    """

    prediction: Prediction
    width: int
    height: int
    features: FeatureVector
    shares: Mapping[str, float] | None
    model_version: str


class ImgClassify:
    """Classifies pictures with one model; may be shared by threads.

    Parameters
    ----------
    model
        A loaded model.
    limits
        What one picture may cost.
    """

    def __init__(self, model: ColourModel, limits: ImageLimits) -> None:
        self.model = model
        self.limits = limits

    def classify(self, content: bytes, *, with_shares: bool = False) -> Classified:
        """Classify one picture.

        Parameters
        ----------
        content
            The whole file: JPEG, PNG or WebP.
        with_shares
            Whether to measure the shares of the named colours as well.

        Raises
        ------
        ImageError
            If it is not a picture that we take.
        """
        picture = convert_upload(content, self.limits)
        features = extract_features(picture.image)
        (prediction,) = self.model.predict_features(features[None])
        shares = measure_shares(picture.image) if with_shares else None
        return Classified(prediction, picture.width, picture.height, features, shares, self.model.version)
