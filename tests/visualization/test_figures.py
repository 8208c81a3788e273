"""Each figure shows the numbers that it is given, and touches nothing global."""

import io
import sys
from collections.abc import Callable

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from PIL import Image

from src.colours import STUDY_COLOURS, SWATCHES
from src.features.extract_features import extract_features
from src.features.schema import FEATURE_NAMES, BGRImage
from src.visualization.data_figures import (
    plot_channel_boxes,
    plot_class_counts,
    plot_colour_map,
    plot_colour_similarity,
    plot_correlations,
    plot_densities,
    plot_feature_distributions,
)
from src.visualization.imgshow import imgshow
from src.visualization.model_figures import (
    plot_class_scores,
    plot_confusion_matrix,
    plot_family_scores,
    plot_feature_elimination,
    plot_grid_scores,
    plot_learning_curve,
    plot_permutation_importance,
    plot_reliability,
)
from src.visualization.output import render_figure
from src.visualization.pictures import average_pictures, plot_mean_pictures, plot_picture_channels

MATRIX = np.array([[8, 1, 1], [0, 5, 0], [2, 0, 3]])
CLASSES = ("TEAL", "RED", "BLUE")  # neighbours: TEAL and BLUE


def read_texts(figure: Figure) -> list[str]:
    """Every word of a figure."""
    return [text.get_text() for text in figure.findobj(mpl.text.Text) if text.get_text()]


DRAWN: dict[str, Callable[[pd.DataFrame, list[BGRImage]], Figure]] = {
    "class_counts": lambda frame, _: plot_class_counts(
        frame["color"].value_counts().to_dict(), reference=dict.fromkeys(STUDY_COLOURS, 10.0)
    ),
    "confusion": lambda *_: plot_confusion_matrix(MATRIX, CLASSES),
    "class_scores": lambda *_: plot_class_scores(
        {
            "RED": {"precision": 0.9, "recall": 0.8, "count": 10},
            "BLUE": {"precision": 0.7, "recall": 0.6, "count": 5},
        }
    ),
    "family_scores": lambda *_: plot_family_scores(
        {"random_forest": 0.84, "svm": 0.88}, {"random_forest": 0.004, "svm": 0.002}, reference={"svm": 0.87}
    ),
    "grid_scores": lambda *_: plot_grid_scores(
        pd.DataFrame([[0.5, 0.6], [0.7, 0.65]], [1, 10], [0.1, 0.01]), title="svm"
    ),
    "reliability": lambda *_: plot_reliability([0.3, 0.9], [0.2, 0.95], [10, 40], calibration_error=0.01),
    "learning_curve": lambda *_: plot_learning_curve(
        pd.DataFrame({"test": [0.7, 0.8], "deviation": [0.02, 0.01], "train": [0.9, 0.9]}, [100, 200])
    ),
    "importance": lambda *_: plot_permutation_importance(
        pd.DataFrame({"importance": [0.2, 0.1], "deviation": [0.01, 0.01]}, ["b_lab_mean", "a_lab_mean"]),
        reference={"a_lab_mean": 0.3},
    ),
    "elimination": lambda *_: plot_feature_elimination(
        pd.DataFrame({"accuracy": [0.5, 0.8, 0.805]}, ["a", "b", "c"]), reference={1: 0.4, 2: 0.7}
    ),
    "distributions": lambda frame, _: plot_feature_distributions(
        frame, frame.head(60), dict.fromkeys(FEATURE_NAMES, 0.1234), weights=np.full(60, 1 / 60), title="both"
    ),
    "boxes": lambda frame, _: plot_channel_boxes(frame, "Lab", order=STUDY_COLOURS),
    "densities": lambda frame, _: plot_densities(frame),
    "correlations": lambda frame, _: plot_correlations(frame),
    "colour_map": lambda frame, _: plot_colour_map(
        frame[["a_lab_mean", "b_lab_mean"]].to_numpy(), frame["color"].tolist(), title="map", axis_names=("a", "b")
    ),
    "similarity": lambda *_: plot_colour_similarity(np.array([[0.9, 0.1], [0.3, 0.7]]), ("RED", "WHITE")),
    "imgshow": lambda _, images: imgshow(images[0], "one picture"),
    "channels": lambda _, images: plot_picture_channels(images[1], title="one picture"),
    "means": lambda _, images: plot_mean_pictures({"RED": images[2], "BLUE": images[3]}),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_is_drawn_without_global_state(name: str, frame: pd.DataFrame, images: list[BGRImage]) -> None:
    settings = dict(mpl.rcParams)
    figure = DRAWN[name](frame, images)
    drawn = Image.open(io.BytesIO(render_figure(figure, dpi=50)))
    assert isinstance(figure, Figure)
    assert drawn.width <= 620
    assert len(drawn.convert("RGB").getcolors(1 << 20) or []) > 5
    assert any(len(text) > 3 for text in read_texts(figure))
    assert dict(mpl.rcParams) == settings
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or pyplot.get_fignums() == []


def test_class_counts_are_bars_in_the_swatches_and_the_sites_order() -> None:
    figure = plot_class_counts({"RED": 30, "WHITE": 10})
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["WHITE", "RED"]
    assert [bar.get_width() for bar in axes.patches] == [10, 30]
    assert [to_hex(bar.get_facecolor()).upper() for bar in axes.patches] == [SWATCHES["WHITE"], SWATCHES["RED"]]
    assert "30  (75.0 %)" in read_texts(figure)


def test_confusion_is_reordered_and_counts_near_and_far_misses() -> None:
    figure = plot_confusion_matrix(MATRIX, CLASSES)
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["BLUE (5)", "TEAL (10)", "RED (5)"]
    expected = {"right: 16 of 20 (80.0 %)", "near miss: 3 (15.0 %)", "far miss: 1 (5.0 %)", "60 %\n3"}
    assert expected <= set(read_texts(figure))


def test_elimination_says_how_few_would_do_and_families_stand_best_first_beside_the_reference() -> None:
    assert "2 features: within 0.01 of the best (0.805)" in read_texts(DRAWN["elimination"]())
    figure = DRAWN["family_scores"]()
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["svm", "random forest"]
    assert {"0.880", "0.870"} <= set(read_texts(figure))


def test_names_on_a_map_do_not_cover_each_other() -> None:
    points = np.repeat([[0.0, 0.0], [0.01, 0.0], [0.0, 0.01], [10.0, 10.0]], 5, axis=0)
    labels = [name for name in ("RED", "PINK", "BLUE", "WHITE") for _ in range(5)]
    figure = plot_colour_map(points, labels, title="close together")
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(boxes) == 4
    for place, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:place])


def test_imgshow_shows_red_as_red() -> None:
    red = np.zeros((4, 6, 3), dtype=np.uint8)
    red[:, :, 2] = 255
    shown = imgshow(red).axes[0].images[0].get_array()
    assert shown is not None
    assert shown[0, 0].tolist() == [255, 0, 0]


def test_channels_are_labelled_with_the_extractors_numbers(images: list[BGRImage]) -> None:
    figure = plot_picture_channels(images[3], title="one picture")
    values = dict(zip(FEATURE_NAMES, extract_features(images[3]), strict=True))
    expected = f"mean {values['h_hsv_mean']:.1f}   std {values['h_hsv_std']:.1f}"
    assert figure.axes[5].get_title(loc="left") == "hue (half-degrees)"
    assert figure.axes[5].get_xlabel() == expected


def test_the_average_of_pictures_is_their_mean() -> None:
    dark, light = np.zeros((10, 20, 3), dtype=np.uint8), np.full((30, 10, 3), 200, dtype=np.uint8)
    average = average_pictures([dark, light], side=8)
    assert average.shape == (8, 8, 3)
    assert np.unique(average).tolist() == [100]
