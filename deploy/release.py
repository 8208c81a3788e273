"""What is being shipped: the version of the project and the hash of the model.

``python -m deploy.release`` prints the build arguments that label an image with both.
"""

import argparse
import ast
import sys
from dataclasses import dataclass
from pathlib import Path

from src.errors import ModelMissingError, ProjectError, UsageError
from src.models.artefacts import read_card
from src.paths import PROJECT_ROOT, Workspace


@dataclass(frozen=True)
class Release:
    """The two names of what is shipped.

    Attributes
    ----------
    version
        Of the project, as ``setup.py`` says.
    model_hash
        12 hexadecimal digits that follow from both files of the model, as its card says.
    """

    version: str
    model_hash: str

    @property
    def build_arguments(self) -> tuple[str, ...]:
        """Options of ``docker build`` that fill in the labels."""
        return ("--build-arg", f"VERSION={self.version}", "--build-arg", f"MODEL_HASH={self.model_hash}")


def read_version(root: Path) -> str:
    """Read the version from ``setup.py`` without running it.

    Raises
    ------
    UsageError
        If it is not written there as plain text.
    """
    place = root / "setup.py"
    for node in ast.walk(ast.parse(place.read_text("utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "version" and isinstance(node.value, ast.Constant):
            return str(node.value.value)
    raise UsageError(f'{place} names no version: expected version="…" in the call of setup()')


def read_release(root: Path = PROJECT_ROOT) -> Release:
    """Read what would be shipped from here.

    Raises
    ------
    ModelMissingError
        If there is no model card.
    """
    card = Workspace(root).models_dir / "model_card.json"
    if not card.is_file():
        raise ModelMissingError(f"{card} is not there: train a model with `python -m src.models.train_model`")
    return Release(read_version(root), read_card(card).version)


def main() -> int:
    """Run the command."""
    argparse.ArgumentParser(
        prog="python -m deploy.release", description="Print the build arguments that label an image."
    ).parse_args()
    try:
        print(" ".join(read_release().build_arguments))
    except ProjectError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
