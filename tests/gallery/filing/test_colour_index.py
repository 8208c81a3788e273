from pathlib import Path
from random import Random

import numpy as np
import pytest

from src.colours import STUDY_COLOURS
from src.errors import EXIT_DONE
from src.features.decode_image import decode_image
from src.features.extract_features import extract_features
from src.gallery.calibration import fit
from src.gallery.calibration.chips import make_chips
from src.gallery.calibration.held_out import find_study_rows
from src.gallery.filing.colour_index import is_gray, load_colour_index
from src.gallery.filing.palettes import load_palettes
from src.models.data import TrainingData
from tests.support.made_rows import CENTRES, paint_noise, write_csv


@pytest.mark.parametrize(
    ("swatch", "colour"),
    [
        ((35, 30, 30), "BLACK"),
        ((235, 238, 240), "WHITE"),
        ((40, 40, 180), "RED"),
        ((170, 90, 40), "BLUE"),
        ((60, 120, 60), "GREEN"),
        ((60, 90, 125), "BROWN"),
        ((128, 128, 128), "GRAY"),
    ],
)
def test_plain_pictures_are_filed_as_people_would(swatch: tuple[int, int, int], colour: str) -> None:
    noise = np.random.Generator(np.random.PCG64(4)).normal(0, 30, (64, 64, 1))
    features = extract_features(np.clip(np.array(swatch) + noise, 0, 255).astype(np.uint8))
    index = load_colour_index()
    assert index.margin(features, colour) >= 0
    assert is_gray(features) == (colour == "GRAY")
    assert colour == "GRAY" or index.name(features[None]) == [colour]


def test_pictures_of_one_colour_have_its_name() -> None:
    features, colours = make_chips(1000, seed=77)
    assert set(colours) == set(STUDY_COLOURS)
    assert (load_colour_index().name(features) == colours).mean() > 0.85


def test_magpie_is_white(shared_dir: Path) -> None:
    picture = decode_image((shared_dir / "reference" / "the_magpie_218.jpg").read_bytes())
    assert load_colour_index().name(extract_features(picture)[None]) == ["WHITE"]


@pytest.mark.reference
def test_index_knows_real_rows(shared_dir: Path) -> None:
    rows = fit.read_labelled_rows(shared_dir / "reference" / "labelled_rows.csv")
    index = load_colour_index()
    right = index.name(rows.features) == rows.colours
    assert right.mean() > 0.88
    assert right[find_study_rows(rows)].mean() > 0.62
    for colour in STUDY_COLOURS:
        assert right[rows.colours == colour].mean() > 0.55, colour


@pytest.mark.reference
def test_no_real_row_is_stored(shared_dir: Path) -> None:
    rows = fit.read_labelled_rows(shared_dir / "reference" / "labelled_rows.csv")
    index = load_colour_index()
    stored = np.vstack([palette.means for palette in load_palettes().values()])
    for table in (stored, index.layers[0][0].T):
        nearest = min(float(np.abs(rows.features - line).max(axis=1).min()) for line in table)
        assert nearest > 0.01


def test_fitting_needs_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fit.main(["--rows", str(tmp_path / "none.csv"), "--output", str(tmp_path)]) == 2
    assert "needs real labelled rows" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_index_and_palettes_are_fitted_and_read_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    generator = np.random.default_rng(8)
    colours = np.repeat(sorted(CENTRES), 200)
    features = np.array([extract_features(paint_noise(colour, generator)) for colour in colours])
    write_csv(TrainingData("rows", features, colours, np.arange(800)), tmp_path / "rows.csv")
    monkeypatch.setattr(fit, "SITE_COLOURS", ("WHITE", "BLUE", "GREEN", "RED"))
    # No chip is so far from a row as this: the rows have four colours only.
    small = {"SMEARED_ROWS": 3000, "CHIPS": 50, "CHIP_DISTANCE": 1e9, "PALETTE_ROWS": 2000, "COMPONENTS": 2}
    for name, value in small.items():
        monkeypatch.setattr(fit, name, value)
    assert fit.main(["--rows", str(tmp_path / "rows.csv"), "--output", str(tmp_path)]) == EXIT_DONE
    assert "wrote" in capsys.readouterr().out
    index = load_colour_index(tmp_path / "colour_index.json")
    assert index.classes == ("WHITE", "BLUE", "GREEN", "RED")
    assert (index.name(features) == colours).mean() > 0.97
    rng = Random(1)
    for colour, palette in load_palettes(tmp_path / "palettes.json").items():
        drawn = np.array([palette.draw(rng) for _ in range(200)])
        real = features[colours == colour]
        assert np.abs(drawn.mean(axis=0)[:3] - real.mean(axis=0)[:3]).max() < 8.0
