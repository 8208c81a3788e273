import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from src.errors import TableError
from src.gallery.calibration import held_out, measure
from src.gallery.calibration.fit import read_labelled_rows
from src.gallery.calibration.held_out import find_study_rows, paint_gallery
from src.gallery.calibration.measure import BEGIN, END, REPORT_NAME, main, measure_distances, score_filing
from src.gallery.filing.colour_index import load_colour_index
from src.gallery.filing.palettes import PALETTES_FILE, load_palettes
from src.models.data import TrainingData
from src.models.grids import STUDY_CHOICE, fit_calibrated
from src.models.pictures import MeasuredPictures
from tests.support.made_rows import write_csv

pytestmark = pytest.mark.slow

ARTWORKS = 330


@pytest.fixture(scope="module")
def sample() -> TrainingData:
    features, colours = paint_gallery(7, ARTWORKS, load_palettes(), load_colour_index())
    return TrainingData("rows", features, colours, np.arange(ARTWORKS), origins=("study", "painting") * (ARTWORKS // 2))


def test_scores_count_what_is_right(sample: TrainingData) -> None:
    index = load_colour_index()
    score = score_filing(index.name, sample, MeasuredPictures(sample.features, sample.colours, []))
    assert score["rows"] > 0.95
    assert score["BLACK"] > 0.9
    wrong = replace(sample, colours=np.where(find_study_rows(sample), "nothing", sample.colours))
    score = score_filing(index.name, wrong, None)
    assert score["study_rows"] == 0.0
    assert np.isnan(score["paintings"])


def test_held_out_figures_are_written(sample: TrainingData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_csv(sample, tmp_path / "rows.csv")
    index, palettes = load_colour_index(), json.loads(PALETTES_FILE.read_text())["colours"]
    monkeypatch.setattr(held_out, "fit_colour_index", lambda *_: index)
    monkeypatch.setattr(held_out, "fit_palettes", lambda *_: palettes)
    arguments = ["--rows", str(tmp_path / "rows.csv"), "--artworks", "300", "--splits", "2", "--jobs", "1"]
    assert held_out.main([*arguments, "--output", str(tmp_path)]) == 0
    found = json.loads((tmp_path / "held_out.json").read_text())
    assert found["splits"] == 2
    assert found["scores"]["the index"]["rows"] > 0.9
    assert 0.4 < found["scores"]["C=100, gamma=0.01, trained on the gallery"]["rows"] <= 1


def test_report_is_written_between_its_marks(
    sample: TrainingData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "data" / "processed" / "pictures.csv"
    table.parent.mkdir(parents=True)
    write_csv(sample, table)
    report = tmp_path / REPORT_NAME
    report.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    monkeypatch.setattr(measure, "SHEET_SIDE", 4)
    scores = {"the index": {"rows": 0.8712, "rows_spread": 0.01, "study_rows": 0.6, "study_rows_spread": 0.02}}
    (tmp_path / "held_out.json").write_text(json.dumps({"artworks": 10, "rows": 20, "splits": 3, "scores": scores}))
    assert main(["--rows", str(table), "--output", str(tmp_path), "--workspace", str(tmp_path)]) == 0
    text = report.read_text()
    assert (text[:7], text[-6:], "old" in text) == ("before\n", "after\n", False)
    assert "largest 0.000" in text
    assert "| the index | 0.8712 ± 0.0100 | 0.6000 ± 0.0200 | – |" in text
    for name in ("gallery_feature_distributions.png", "gallery_contact_sheet.jpg"):
        assert (tmp_path / "figures" / name).stat().st_size > 10_000
    assert "seen by the index" in capsys.readouterr().out
    report.write_text(f"before\n{BEGIN}\nprose")
    with pytest.raises(TableError, match="lacks the marks"):
        measure.write_tables(report, "")
    assert report.read_text().endswith("prose")


@pytest.mark.reference
def test_gallery_teaches_real_art(shared_dir: Path) -> None:
    rows = read_labelled_rows(shared_dir / "reference" / "labelled_rows.csv")
    gallery = TrainingData("gallery", *paint_gallery(7, 900, load_palettes(), load_colour_index()), np.arange(900))
    scaler, machine = fit_calibrated(STUDY_CHOICE, gallery.features, gallery.colours)
    assert score_filing(lambda found: machine.predict(scaler.transform(found)), rows, None)["rows"] > 0.78
    distances = measure_distances(gallery, rows)
    assert max(distances.values()) < 0.14, distances


def test_distances_compare_rows_in_the_proportions_of_the_gallery(sample: TrainingData) -> None:
    gallery = sample.take(np.flatnonzero(sample.colours != "PINK"))
    twice = gallery.take(np.concatenate([np.arange(len(gallery)), np.flatnonzero(gallery.colours == "RED")]))
    assert max(measure_distances(gallery, sample).values()) == pytest.approx(0, abs=1e-12), "PINK weighs nothing"
    assert max(measure_distances(gallery, twice).values()) == pytest.approx(0, abs=1e-12), "RED weighs no more"
    assert max(measure_distances(sample, gallery).values()) > 0.02
