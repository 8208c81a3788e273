"""The classifier behind BentoML: ``bentoml serve benchmarks.rivals.with_bentoml:Colour --port PORT``."""

from pathlib import Path
from typing import Any

import bentoml

from benchmarks.rivals import Classifier


@bentoml.service(workers=1, logging={"access": {"enabled": False}})
class Colour:
    """Names the colour of the form's file."""

    def __init__(self) -> None:
        self.classifier = Classifier()

    @bentoml.api(route="/img_classify")
    def img_classify(self, file: Path) -> dict[str, Any]:
        """Classify."""
        return self.classifier.answer(file.read_bytes())
