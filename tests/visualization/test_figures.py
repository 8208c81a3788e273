"""Figures show the numbers that they are given and touch nothing global; notebooks and report draw all of them."""

import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from src.colours import SWATCHES
from src.features.extract_features import extract_features
from src.features.schema import FEATURE_NAMES
from src.visualization.data_figures import plot_class_counts, plot_colour_map
from src.visualization.imgshow import imgshow
from src.visualization.model_figures import plot_confusion_matrix, plot_family_scores, plot_feature_elimination
from src.visualization.output import render_figure
from src.visualization.pictures import average_pictures, plot_picture_channels


def read_texts(figure: Figure) -> set[str]:
    return {text.get_text() for text in figure.findobj(mpl.text.Text)}


def read_names(figure: Figure) -> list[str]:
    return [label.get_text() for label in figure.axes[0].get_yticklabels()]


def test_class_counts_are_bars_in_the_swatches_and_the_sites_order_and_settings_stay() -> None:
    settings = dict(mpl.rcParams)
    figure = plot_class_counts({"RED": 30, "WHITE": 10})
    assert read_names(figure) == ["WHITE", "RED"]
    assert [bar.get_width() for bar in figure.axes[0].patches] == [10, 30]
    fills = [to_hex(bar.get_facecolor()).upper() for bar in figure.axes[0].patches]
    assert fills == [SWATCHES["WHITE"], SWATCHES["RED"]]
    assert "30  (75.0 %)" in read_texts(figure)
    assert render_figure(figure).startswith(b"\x89PNG")
    assert dict(mpl.rcParams) == settings
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or pyplot.get_fignums() == []


def test_confusion_is_reordered_and_counts_near_and_far_misses() -> None:
    figure = plot_confusion_matrix(np.array([[8, 1, 1], [0, 5, 0], [2, 0, 3]]), ("TEAL", "RED", "BLUE"))
    assert read_names(figure) == ["BLUE (5)", "TEAL (10)", "RED (5)"]
    expected = {"right: 16 of 20 (80.0 %)", "near miss: 3 (15.0 %)", "far miss: 1 (5.0 %)", "60 %\n3"}
    assert expected <= read_texts(figure)


def test_elimination_says_how_few_would_do_and_families_stand_best_first_beside_the_reference() -> None:
    features = pd.DataFrame({"accuracy": [0.5, 0.8, 0.805]}, ["a", "b", "c"])
    figure = plot_feature_elimination(features, reference={1: 0.4, 2: 0.7})
    assert "2 features: within 0.01 of the best (0.805)" in read_texts(figure)
    means, deviations = {"random_forest": 0.84, "svm": 0.88}, {"random_forest": 0.004, "svm": 0.002}
    figure = plot_family_scores(means, deviations, reference={"svm": 0.87})
    assert read_names(figure) == ["svm", "random forest"]
    assert {"0.880", "0.870"} <= read_texts(figure)


def test_names_on_a_map_do_not_cover_each_other() -> None:
    points = np.repeat([[0.0, 0.0], [0.01, 0.0], [0.0, 0.01], [10.0, 10.0]], 5, axis=0)
    labels = [name for name in ("RED", "PINK", "BLUE", "WHITE") for _ in range(5)]
    figure = plot_colour_map(points, labels, title="close together")
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(boxes) == 4
    for place, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:place])


def test_red_is_shown_as_red_and_channels_have_the_extractors_numbers() -> None:
    red = np.zeros((4, 6, 3), dtype=np.uint8)
    red[:, :, 2], red[0] = 255, 40
    shown = imgshow(red).axes[0].images[0].get_array()
    assert shown is not None
    assert shown[1, 0].tolist() == [255, 0, 0]
    figure = plot_picture_channels(red, title="one picture")
    values = dict(zip(FEATURE_NAMES, extract_features(red), strict=True))
    assert figure.axes[5].get_title(loc="left") == "hue (half-degrees)"
    assert figure.axes[5].get_xlabel() == f"mean {values['h_hsv_mean']:.1f}   std {values['h_hsv_std']:.1f}"


def test_the_average_of_pictures_is_their_mean() -> None:
    dark, light = np.zeros((10, 20, 3), dtype=np.uint8), np.full((30, 10, 3), 200, dtype=np.uint8)
    average = average_pictures([dark, light], side=8)
    assert average.shape == (8, 8, 3)
    assert np.unique(average).tolist() == [100]
