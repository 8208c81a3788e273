"""Fit the palettes to real labelled rows: ``python -m src.gallery.calibration.fit_palettes --rows CSV``.

For each colour a mixture of Gaussians over the transformed features. It is fitted to invented rows, real ones moved
a little (``smear_rows``), that the colour index files under the colour: so the mixture holds what the gallery will
file there, and rare colours have rows enough. GRAY has no labelled rows: its rule (``is_gray``) stands in for the
index. No row is kept.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.mixture import GaussianMixture

from src.colours import SITE_COLOURS
from src.command import run_command
from src.errors import EXIT_DONE
from src.features.schema import FEATURE_COUNT, FEATURE_NAMES
from src.files import write_text
from src.gallery.calibration.labelled_rows import RARE_ROWS, read_labelled_rows, smear_rows
from src.gallery.filing.colour_index import ColourIndex, is_gray, load_colour_index
from src.gallery.filing.palettes import PALETTES_FILE, Component, to_free
from src.models.data import TrainingData

COMPONENTS: Final = 12
RARE_COMPONENTS: Final = 6

INVENTED_ROWS: Final = 250_000
"""Of these about two thousand fall to each rare colour."""

MOST_ROWS: Final = 8000
"""More invented rows than this of one colour change nothing but the time."""

SMEAR: Final = 0.2
RARE_SMEAR: Final = 0.4
"""How far invented rows are moved, as a share of the rows' spread; further for the rare colours."""


def fit_palettes(rows: TrainingData, index: ColourIndex) -> dict[str, list[Component]]:
    """Return the components (share, mean, lower triangle of the root) of every colour of the site."""
    near, far = (smear_rows(rows.features, INVENTED_ROWS, smear) for smear in (SMEAR, RARE_SMEAR))
    near_filed, far_filed = index.name(near), index.name(far)
    fitted: dict[str, list[Component]] = {}
    for colour in SITE_COLOURS:
        if colour == "GRAY":
            fitted[colour] = _fit_mixture(rows.features[[is_gray(row) for row in rows.features]], RARE_COMPONENTS)
        elif (rows.colours == colour).sum() < RARE_ROWS:
            fitted[colour] = _fit_mixture(far[far_filed == colour], RARE_COMPONENTS)
        else:
            fitted[colour] = _fit_mixture(near[near_filed == colour], COMPONENTS)
    return fitted


def _fit_mixture(features: npt.NDArray[np.float64], components: int) -> list[Component]:
    mixture = GaussianMixture(components, reg_covar=2e-4, random_state=0, max_iter=100)
    mixture.fit(to_free(features[:MOST_ROWS]))
    lower = np.tril_indices(FEATURE_COUNT)
    return [
        {
            "share": round(float(mixture.weights_[number]), 4),
            "mean": mixture.means_[number].round(3).tolist(),
            "root": np.linalg.cholesky(mixture.covariances_[number])[lower].round(3).tolist(),
        }
        for number in range(components)
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and write."""
    parser = argparse.ArgumentParser(prog="python -m src.gallery.calibration.fit_palettes", description=__doc__)
    parser.add_argument("--rows", type=Path, required=True, metavar="TABLE", help="real rows: 18 features and color")
    parser.add_argument("--output", type=Path, default=PALETTES_FILE, help="where to write (%(default)s)")
    options = parser.parse_args(arguments)
    return run_command(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    rows = read_labelled_rows(options.rows)
    colours = fit_palettes(rows, load_colour_index())
    about = f"fitted by src/gallery/calibration/fit_palettes.py to {len(rows)} real rows"
    save_palettes(colours, options.output, about)
    counts = " ".join(f"{colour} {len(components)}" for colour, components in colours.items())
    sys.stdout.write(f"components: {counts}\nwrote {options.output}\n")
    return EXIT_DONE


def save_palettes(colours: dict[str, list[Component]], path: Path, about: str) -> None:
    """Write the mixtures as JSON, one line for each list of numbers."""
    parts = []
    for colour, components in colours.items():
        rows = [
            "  {" + ",\n   ".join(f'"{key}": {json.dumps(value)}' for key, value in component.items()) + "}"
            for component in components
        ]
        parts.append(f' "{colour}": [\n' + ",\n".join(rows) + "\n ]")
    header = f'"about": {json.dumps("Mixtures of Gaussians over transformed features, " + about)},\n'
    header += f'"features": {json.dumps(list(FEATURE_NAMES))},\n'
    write_text(path, "{\n" + header + '"colours": {\n' + ",\n".join(parts) + "\n}\n}\n")


if __name__ == "__main__":
    sys.exit(main())
