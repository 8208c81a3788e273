"""Fit the palettes to real labelled rows: ``python -m src.gallery.fit_palettes --rows CSV``.

For each colour a small mixture of Gaussians over the transformed features. The rare colours (PINK, PURPLE) have
too few rows: theirs is fitted to invented rows (``smear_rows``) that the colour index files there. GRAY has no
labelled rows: it is fitted to the rows that its rule (``is_gray``) admits. No row is kept.
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
from src.errors import EXIT_DONE, ProjectError
from src.features.schema import FEATURE_COUNT, FEATURE_NAMES
from src.files import write_text
from src.gallery.colour_index import ColourIndex, is_gray, load_colour_index
from src.gallery.labelled_rows import DEFAULT_ROWS, RARE_ROWS, LabelledRows, read_labelled_rows, smear_rows
from src.gallery.palette import PALETTES_FILE, Component, to_free

__all__ = ["fit_palettes", "main"]

ROWS_PER_COMPONENT: Final = 150
"""So many rows allow one component of a mixture (189 free numbers)."""

MOST_COMPONENTS: Final = 6
RARE_COMPONENTS: Final = 2

INVENTED_ROWS: Final = 250_000
"""So many that some two thousand fall to each rare colour."""


def fit_palettes(rows: LabelledRows, index: ColourIndex) -> dict[str, list[Component]]:
    """Return the components (share, mean, lower triangle of the root) of every colour of the site."""
    invented = smear_rows(rows.features, INVENTED_ROWS)
    filed = np.array(index.classes)[index.scores(invented).argmax(axis=1)]
    gray = np.array([is_gray(row) for row in rows.features])
    fitted: dict[str, list[Component]] = {}
    for colour in SITE_COLOURS:
        own = rows.colours == colour
        if colour == "GRAY":
            fitted[colour] = _fit_mixture(to_free(rows.features[gray]), RARE_COMPONENTS)
        elif own.sum() < RARE_ROWS:
            fitted[colour] = _fit_mixture(to_free(invented[filed == colour]), RARE_COMPONENTS)
        else:
            fitted[colour] = _fit_mixture(to_free(rows.features[own]), MOST_COMPONENTS)
    return fitted


def _fit_mixture(free: npt.NDArray[np.float64], most: int) -> list[Component]:
    count = max(1, min(most, len(free) // ROWS_PER_COMPONENT))
    mixture = GaussianMixture(count, reg_covar=2e-4, random_state=0, n_init=1, max_iter=300)
    mixture.fit(free)
    lower = np.tril_indices(FEATURE_COUNT)
    return [
        {
            "share": round(float(mixture.weights_[number]), 4),
            "mean": mixture.means_[number].round(4).tolist(),
            "root": np.linalg.cholesky(mixture.covariances_[number])[lower].round(4).tolist(),
        }
        for number in range(count)
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and write."""
    parser = argparse.ArgumentParser(prog="python -m src.gallery.fit_palettes", description=__doc__)
    parser.add_argument("--rows", type=Path, default=DEFAULT_ROWS, help="CSV of 18 features and color (%(default)s)")
    parser.add_argument("--output", type=Path, default=PALETTES_FILE, help="where to write (%(default)s)")
    options = parser.parse_args(arguments)
    try:
        rows = read_labelled_rows(options.rows)
        colours = fit_palettes(rows, load_colour_index())
        save_palettes(
            colours, options.output, f"fitted by src/gallery/fit_palettes.py to {len(rows.colours)} real rows"
        )
    except ProjectError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
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
