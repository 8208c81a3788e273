"""A service of the study's kind, for comparison: everything in the event loop, statistics by NumPy.

Written anew from the study's description; it is what a first version usually looks like, and gives
the same answer as the real service for thumbnails.
"""

import os
from pathlib import Path
from typing import Annotated, Any

import cv2
import joblib
import numpy as np
from fastapi import FastAPI, File, UploadFile

__all__ = ["create_naive_app"]


def create_naive_app() -> FastAPI:
    """Build the naive service on the model in MODELS_DIR."""
    folder = Path(os.environ["MODELS_DIR"])
    scaler = joblib.load(folder / "scaler.joblib")
    classifier = joblib.load(folder / "svm_classifier.joblib")
    app = FastAPI()

    @app.get("/health")
    async def health() -> dict[str, bool]:
        return {"ok": True}

    @app.post("/img_classify")
    async def classify(file: Annotated[UploadFile, File()]) -> dict[str, Any]:
        image = cv2.imdecode(np.frombuffer(await file.read(), np.uint8), cv2.IMREAD_COLOR)
        spaces = (image, cv2.cvtColor(image, cv2.COLOR_BGR2HSV), cv2.cvtColor(image, cv2.COLOR_BGR2LAB))
        means = [float(np.mean(space[:, :, channel])) for space in spaces for channel in range(3)]
        deviations = [float(np.std(space[:, :, channel])) for space in spaces for channel in range(3)]
        return {"prediction": str(classifier.predict(scaler.transform([means + deviations]))[0])}

    return app
