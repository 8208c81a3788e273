"""What the calibration found, as tables and figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from src.colours import SITE_COLOURS, STUDY_COLOURS
from src.errors import TableError
from src.features.reduce_image import THUMBNAIL_SIDE
from src.files import write_text
from src.gallery.filing.palettes import load_palettes
from src.gallery.painter.describe import describe
from src.gallery.painter.painting import paint_crop
from src.models.report import format_table
from src.visualization.contact_sheet import make_contact_sheet
from src.visualization.data_figures import plot_feature_distributions
from src.visualization.output import save_figure, save_picture

REPORT_NAME: Final = "gallery_calibration.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
SHEET_SIDE: Final = 12


@dataclass(frozen=True)
class FilingScore:
    """How a classifier does on real pictures.

    Attributes
    ----------
    name
        What was scored.
    rows, study_rows
        Accuracy on real rows, and on those with the site's own label; 0-1.
    paintings
        Agreement on real paintings; NaN where there were none.
    recalls
        Share of each colour's paintings found.
    """

    name: str
    rows: float
    study_rows: float
    paintings: float
    recalls: dict[str, float]


@dataclass(frozen=True, eq=False)
class CalibrationReport:
    """All numbers of one run.

    Attributes
    ----------
    seed
        Of the gallery.
    distances
        Kolmogorov-Smirnov distance of each feature.
    scores
        The classifiers, the index first.
    held_out
        What ``src.gallery.calibration.held_out`` wrote: scores on rows that nothing had seen; None where it is absent.
    filed_share
        Share of artworks whose thumbnail the index files under their colour.
    gallery, real
        Features of both, a row for each artwork and for each real row.
    real_weights
        Weight of each real row, shape (rows,).
    """

    seed: int
    distances: dict[str, float]
    scores: tuple[FilingScore, ...]
    held_out: dict[str, Any] | None
    filed_share: float
    gallery: pd.DataFrame
    real: pd.DataFrame
    real_weights: npt.NDArray[np.float64]

    def as_text(self) -> str:
        """Return the tables as Markdown."""
        channels = [name.removesuffix("_mean") for name in self.distances if name.endswith("_mean")]
        palettes = ", ".join(f"{colour} {len(load_palettes().means[colour])}" for colour in SITE_COLOURS)
        parts = [
            _describe_held_out(self.held_out),
            (
                f"Index and palettes have seen all {len(self.real):,} real rows in what follows, so these figures "
                f"flatter. {len(self.gallery):,} artworks of the gallery with seed {self.seed}; SVMs trained on them:\n"
            ),
            format_table(
                ("classifier", "rows (seen by the index)", "study rows (seen)", "paintings"),
                [(score.name, *map(_show, (score.rows, score.study_rows, score.paintings))) for score in self.scores],
                numbers_from=1,
            ),
            _describe_recalls([score for score in self.scores if score.recalls]),
            (
                f"{self.filed_share:.4f} of the thumbnails are filed under the colour of their artwork by the index; "
                "the others were so filed by a smaller rendering.\n"
            ),
            f"Kolmogorov-Smirnov distance of each feature (largest {max(self.distances.values()):.3f}):\n",
            format_table(
                ("channel", "mean", "standard deviation"),
                [
                    (channel, *(f"{self.distances[f'{channel}_{statistic}']:.3f}" for statistic in ("mean", "std")))
                    for channel in channels
                ],
                numbers_from=1,
            ),
            f"Components of the palettes: {palettes}.",
        ]
        return "\n".join(part for part in parts if part)


def _describe_recalls(scores: Sequence[FilingScore]) -> str:
    if not scores:
        return ""
    colours = [colour for colour in STUDY_COLOURS if colour in scores[0].recalls]
    rows = [(score.name, *(f"{score.recalls[colour]:.2f}" for colour in colours)) for score in scores]
    table = format_table(("classifier", *colours), rows, numbers_from=1)
    return f"Share of each colour's paintings that is found:\n\n{table}"


def _describe_held_out(found: dict[str, Any] | None) -> str:
    """Return the table of scores on rows that nothing had seen."""
    if found is None:
        return ""
    figures = ("rows", "study_rows", "calibration_error")
    rows = [
        (name, *(f"{score[key]:.4f} ± {score[f'{key}_spread']:.4f}" if key in score else "–" for key in figures))
        for name, score in found["scores"].items()
    ]
    return (
        f"On rows that neither index nor palettes nor classifier saw: mean and standard deviation over "
        f"{found['splits']} splits, each with another quarter of the {found['rows']:,} rows left out and a gallery "
        f"of {found['artworks']:,} artworks painted from the rest.\n\n"
        + format_table(("classifier", "unseen rows", "unseen study rows", "calibration error"), rows, numbers_from=1)
    )


def _show(share: float) -> str:
    return "–" if np.isnan(share) else f"{share:.4f}"


def write_report(report: CalibrationReport, folder: Path) -> None:
    """Put the tables between the marks of ``gallery_calibration.md`` and write the figures beside it.

    Raises
    ------
    TableError
        If the file has no marks to write between.
    """
    path = folder / REPORT_NAME
    prose = path.read_text(encoding="utf-8") if path.is_file() else f"# Calibration of the gallery\n\n{BEGIN}\n{END}\n"
    if BEGIN not in prose or END not in prose:
        raise TableError(f"{path} lacks the marks {BEGIN} and {END}: expected both, to write the tables between them")
    before, _, rest = prose.partition(BEGIN)
    _, _, after = rest.partition(END)
    write_text(path, f"{before}{BEGIN}\n\n{report.as_text()}\n\n{END}{after}")
    figure = plot_feature_distributions(
        report.gallery,
        report.real,
        report.distances,
        weights=report.real_weights,
        title="The 18 features of the gallery and of real art",
    )
    save_figure(figure, folder / "figures" / "gallery_feature_distributions.png")
    save_picture(make_sheet(report.seed), folder / "figures" / "gallery_contact_sheet.jpg")


def make_sheet(seed: int) -> npt.NDArray[np.uint8]:
    """Return a sheet of 12 × 12 artworks, every colour of the study in turn."""
    colours = [SITE_COLOURS.index(colour) for colour in STUDY_COLOURS]
    numbers = [
        colours[place % len(colours)] + len(SITE_COLOURS) * (place // len(colours)) for place in range(SHEET_SIDE**2)
    ]
    return make_contact_sheet(
        [paint_crop(describe(seed, number), THUMBNAIL_SIDE, THUMBNAIL_SIDE) for number in numbers], columns=SHEET_SIDE
    )
