"""What the rivals serve."""

import os
from pathlib import Path
from typing import Any

from application.services.img_classify import ImgClassify
from application.utility.conversion import PictureReader
from src.features.decode_image import MAXIMUM_MEMORY


class Classifier:
    """The service's own classifier, with the model of MODELS_DIR and without limits."""

    def __init__(self) -> None:
        self._classifier = ImgClassify(Path(os.environ["MODELS_DIR"]), PictureReader(1 << 30, MAXIMUM_MEMORY))

    def answer(self, content: bytes) -> dict[str, Any]:
        """Answer for the bytes of a picture."""
        found = self._classifier.classify(content)
        return {"prediction": found.prediction, "probabilities": found.probabilities}
