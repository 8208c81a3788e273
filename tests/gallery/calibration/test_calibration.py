from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

from src.errors import TableError
from src.features.schema import FEATURE_NAMES
from src.gallery.calibration import measure as calibration
from src.gallery.calibration import report as calibration_report
from src.gallery.calibration.labelled_rows import LabelledRows, read_labelled_rows
from src.gallery.calibration.measure import (
    balance_weights,
    draw_colours,
    main,
    measure_distances,
    measure_ks_distance,
    paint_sample,
    score_filing,
    train,
)
from src.gallery.calibration.report import BEGIN, END, REPORT_NAME, make_sheet
from src.gallery.filing.colour_index import load_colour_index
from src.models.search_space import STUDY_CHOICE

pytestmark = pytest.mark.slow

ARTWORKS = 330


@pytest.fixture(scope="module")
def sample() -> calibration.GallerySample:
    return paint_sample(7, ARTWORKS)


def _write_rows(sample: calibration.GallerySample, path: Path) -> None:
    lines = [",".join((*FEATURE_NAMES, "color"))]
    for features, colour in zip(sample.features, sample.colours, strict=True):
        lines.append(",".join((*(repr(float(value)) for value in features), str(colour))))
    path.write_text("\n".join(lines) + "\n")


def test_sample_has_the_proportions_of_the_study(sample: calibration.GallerySample) -> None:
    assert sample.features.shape == sample.tiny_features.shape == (ARTWORKS, 18)
    names, counts = np.unique(sample.colours, return_counts=True)
    assert len(names) == 11
    assert counts.min() >= 20
    assert dict(zip(names.tolist(), counts.tolist(), strict=True))["BLACK"] == counts.max()


def test_tiny_rendering_measures_like_the_thumbnail(sample: calibration.GallerySample) -> None:
    apart = np.abs(sample.features - sample.tiny_features)[:, :9].mean(axis=0)
    assert (apart < np.array([4, 4, 4, 5, 6, 4, 4, 1.0, 1.2])).all(), apart


def test_gallery_against_itself_has_no_distance(sample: calibration.GallerySample) -> None:
    rows = LabelledRows(sample.features, sample.colours, np.zeros(ARTWORKS, bool))
    assert max(measure_distances(sample, rows).values()) < 1e-9
    moved = LabelledRows(sample.features + 1000, sample.colours, np.zeros(ARTWORKS, bool))
    assert min(measure_distances(sample, moved).values()) == pytest.approx(1.0)


def test_scores_count_what_is_right(sample: calibration.GallerySample) -> None:
    index = load_colour_index()
    half = np.arange(ARTWORKS) % 2 == 0
    rows = LabelledRows(sample.tiny_features, sample.colours, half)
    score = score_filing("index", index, rows, rows)
    assert score.rows > 0.97
    assert score.recalls["BLACK"] > 0.9
    wrong = LabelledRows(sample.tiny_features, np.where(half, "nothing", sample.colours), half)
    assert score_filing("index", index, wrong, None).study_rows == 0.0
    assert np.isnan(score_filing("index", index, wrong, None).paintings)


def test_drawn_colours_follow_the_probabilities(sample: calibration.GallerySample) -> None:
    index = load_colour_index()
    drawn = draw_colours(index, sample, 1)
    assert np.array_equal(drawn, draw_colours(index, sample, 1))
    expected = index.probabilities(sample.tiny_features)[
        np.arange(ARTWORKS), [index.classes.index(str(colour)) for colour in sample.colours]
    ].mean()
    assert (drawn == sample.colours).mean() == pytest.approx(expected, abs=0.08)


def test_report_is_written_between_its_marks(
    sample: calibration.GallerySample,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _write_rows(sample, tmp_path / "rows.csv")
    report = tmp_path / REPORT_NAME
    report.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    monkeypatch.setattr(calibration, "paint_sample", lambda *_: sample)
    monkeypatch.setattr(calibration_report, "SHEET_SIDE", 4)
    arguments = [
        "--rows",
        str(tmp_path / "rows.csv"),
        "--labels",
        str(tmp_path / "none.csv"),
        "--output",
        str(tmp_path),
    ]
    assert main([*arguments, "--artworks", str(ARTWORKS), "--held-out-artworks", "0", "--jobs", "1"]) == 0
    text = report.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "largest 0.000" in text
    assert (tmp_path / "figures" / "gallery_feature_distributions.png").stat().st_size > 10_000
    assert (tmp_path / "figures" / "gallery_contact_sheet.jpg").stat().st_size > 10_000
    assert "most probable colour" in capsys.readouterr().out
    report.write_text("no marks\n")
    with pytest.raises(TableError, match="lacks the marks"):
        calibration.write_report(_empty_report(), tmp_path)


def _empty_report() -> calibration.CalibrationReport:

    empty = pd.DataFrame(columns=list(FEATURE_NAMES))
    return calibration.CalibrationReport(
        seed=1, artworks=0, rows=0, distances={}, scores=(), filed_share=1.0, thumbnail_agreement=1.0,
        gallery=empty, real=empty, real_weights=np.empty(0), components={},
    )  # fmt: skip


def test_sheet_is_twelve_by_twelve() -> None:
    sheet = make_sheet(3)
    assert sheet.dtype == np.uint8
    assert min(sheet.shape[:2]) > 1000


@pytest.mark.reference
def test_gallery_teaches_real_art(sample: calibration.GallerySample, shared_dir: Path) -> None:
    rows = read_labelled_rows(shared_dir / "reference" / "labelled_rows.csv")
    larger = paint_sample(7, 900)
    score = score_filing("svc", train(larger.features, larger.colours, STUDY_CHOICE), rows, None)
    assert score.rows > 0.78
    distances = measure_distances(larger, rows)
    assert max(distances.values()) < 0.14, distances


def test_the_distance_is_that_of_scipy() -> None:
    generator = np.random.default_rng(1)
    first, second = generator.normal(0, 1, 300), generator.normal(0.3, 1.2, 200).round(1)
    equal = np.full(200, 1 / 200)
    assert measure_ks_distance(first, second, equal) == pytest.approx(ks_2samp(first, second).statistic, abs=1e-12)
    assert measure_ks_distance(second, second, equal) < 1e-12


def test_a_weight_counts_as_that_number_of_rows() -> None:
    generator = np.random.default_rng(2)
    first, second = generator.normal(0, 1, 40), generator.normal(0.5, 1, 50)
    times = generator.integers(1, 5, 50)
    repeated = ks_2samp(first, np.repeat(second, times)).statistic
    assert measure_ks_distance(first, second, times / times.sum()) == pytest.approx(repeated, abs=1e-12)


def test_weights_give_the_classes_their_counts() -> None:
    labels = np.array(["RED"] * 8 + ["BLUE"] * 2 + ["PINK"])
    weights = balance_weights(labels, {"RED": 1.0, "BLUE": 3.0})
    assert weights.sum() == pytest.approx(1)
    assert weights[labels == "BLUE"].sum() == pytest.approx(0.75)
    assert weights[labels == "PINK"].sum() == 0
