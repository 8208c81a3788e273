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

from benchmarks.numpy_statistics import measure_by_image


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
        if image is None:
            return {"error": "no picture"}  # with status 200, as the study's did
        features = measure_by_image(image.astype(np.uint8, copy=False))
        return {"prediction": str(classifier.predict(scaler.transform([features]))[0])}

    return app
