"""The classifier behind LitServe: ``python -m benchmarks.rivals.with_litserve PORT``."""

import sys
from typing import Any

import litserve
from fastapi import Request

from benchmarks.rivals import Classifier


class ColourApi(litserve.LitAPI):
    """Names the colour of the form's file."""

    def setup(self, device: str) -> None:  # noqa: ARG002 - LitServe gives it by name
        """Load the model."""
        self.classifier = Classifier()

    def decode_request(self, request: Request) -> bytes:
        """Take the file out of what LitServe gives in place of the request: its form."""
        content: bytes = request["file"].file.read()
        return content

    def predict(self, content: bytes) -> dict[str, Any]:
        """Classify."""
        return self.classifier.answer(content)

    def encode_response(self, output: dict[str, Any]) -> dict[str, Any]:
        """Answer as it is."""
        return output


if __name__ == "__main__":
    server = litserve.LitServer(ColourApi(api_path="/img_classify"), accelerator="cpu", workers_per_device=1)
    server.run(host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", generate_client_file=False)
