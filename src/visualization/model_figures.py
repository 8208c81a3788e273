"""Figures of a model: scores beside other families, errors, probabilities, and the features that it needs."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import StrMethodFormatter
from numpy.typing import NDArray

from src.colours import are_neighbours, order_colours
from src.visualization.style import FAR, INK, MUTED, NEAR, OURS, OUTLINE, REFERENCE, Look, choose_swatch, styled


@styled
def plot_family_scores(
    means: Mapping[str, float], deviations: Mapping[str, float], *, reference: Mapping[str, float]
) -> Figure:
    """Draw the cross-validated accuracy (0-1) of each family's best candidate, best family first.

    The bars are one deviation over the folds to each side; the study's means (``reference``) are diamonds.
    """
    families = sorted(means, key=lambda family: -means[family])
    figure = Figure(figsize=(7.6, 0.5 * len(families) + 1.4), layout="constrained")
    axes = figure.add_subplot()
    ours = {place - 0.12: means[family] for place, family in enumerate(families)}
    theirs = {place + 0.16: reference[family] for place, family in enumerate(families) if family in reference}
    errors = [deviations[family] for family in families]
    axes.errorbar(list(ours.values()), list(ours), xerr=errors, color=OURS, fmt="o", capsize=3, label="this project")
    axes.plot(list(theirs.values()), list(theirs), color=REFERENCE, marker="D", linestyle="none", label="the study")
    for points, colour, offset in ((ours, OURS, 6), (theirs, REFERENCE, -13)):
        for place, value in points.items():
            options: Look = {"textcoords": "offset points", "ha": "center", "color": colour, "fontsize": 9}
            axes.annotate(f"{value:.3f}", (value, place), (0, offset), **options)
    values = [*ours.values(), *theirs.values()]
    axes.set_yticks(range(len(families)), [family.replace("_", " ") for family in families])
    axes.set_ylim(len(families) - 0.4, -0.6)
    axes.set_xlim(max(0.0, min(values) - 0.05), min(1.0, max(values) + 0.05))
    axes.set_xlabel("accuracy in cross-validation (bars: ± one deviation over the folds; axis not from 0)")
    axes.set_title("The best candidate of each family")
    axes.legend(loc="best")
    return figure


@styled
def plot_grid_scores(scores: pd.DataFrame, *, title: str) -> Figure:
    """Draw the accuracy (0-1) of a grid of two parameters as a heat map, the best cell outlined.

    ``scores`` has a named row for each value of one parameter and a named column for each of the other.
    """
    import seaborn as sns  # noqa: PLC0415 - a second to import, and only heat maps need it

    rows, columns = scores.shape
    figure = Figure(figsize=(1.0 * columns + 2.2, 0.55 * rows + 1.6), layout="constrained")
    axes = figure.add_subplot()
    look: Look = {"cmap": "cividis", "linewidths": 1, "cbar_kws": {"label": "accuracy"}}
    named = scores.rename(index="{:g}".format, columns="{:g}".format)
    sns.heatmap(named, annot=True, fmt=".3f", ax=axes, **look)
    row, column = np.unravel_index(int(np.nanargmax(scores)), scores.shape)
    axes.add_patch(Rectangle((float(column), float(row)), 1, 1, fill=False, edgecolor=REFERENCE, linewidth=3))
    axes.tick_params(axis="y", rotation=0)
    axes.set_title(title)
    return figure


@styled
def plot_class_scores(scores: Mapping[str, Mapping[str, float]]) -> Figure:
    """Draw each colour's ``precision`` and ``recall`` (0-1), joined by a line, with its ``count`` beside its name."""
    colours = order_colours(scores)
    figure = Figure(figsize=(7.2, 0.36 * len(colours) + 1.4), layout="constrained")
    axes = figure.add_subplot()
    places = range(len(colours))
    precisions, recalls = ([scores[colour][name] for colour in colours] for name in ("precision", "recall"))
    axes.hlines(places, precisions, recalls, color=OUTLINE, linewidth=1.4)
    axes.plot(precisions, places, "s", color=NEAR, label="precision: answers that are right")
    axes.plot(recalls, places, "o", color=OURS, label="recall: pictures that are found")
    axes.set_yticks(places, [f"{colour} ({scores[colour]['count']:,})" for colour in colours])
    fills = [choose_swatch(colour) for colour in colours]
    look: Look = {"s": 81, "c": fills, "marker": "s", "edgecolors": OUTLINE, "clip_on": False}
    axes.scatter([-0.016] * len(colours), places, transform=axes.get_yaxis_transform(), **look)
    axes.tick_params(axis="y", pad=14)
    axes.invert_yaxis()
    axes.set_xlim(min(0.5, *precisions, *recalls) - 0.03, 1.01)
    axes.set_xlabel("share")
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.12), ncols=2)
    axes.set_title("Precision and recall of each colour", color=INK)
    return figure


@styled
def plot_confusion_matrix(matrix: NDArray[np.integer], classes: Sequence[str]) -> Figure:
    """Draw a confusion matrix: percentage of the row, and count, in each cell; near and far misses framed.

    ``matrix`` counts true colours in rows and predicted ones in columns, both in the order of ``classes``; the figure
    puts them in the site's order.
    """
    import seaborn as sns  # noqa: PLC0415

    colours = order_colours(classes)
    counts = pd.DataFrame(matrix, list(classes), list(classes)).loc[list(colours), list(colours)].to_numpy()
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0)
    is_near = np.array([[are_neighbours(true, predicted) for predicted in colours] for true in colours])

    side = 0.68 * len(colours) + 1.9
    figure = Figure(figsize=(side, side * 0.9), layout="constrained")
    axes = figure.add_subplot()
    texts = np.vectorize(_describe_cell)(counts, shares)
    sns.heatmap(shares, annot=texts, fmt="", cmap="Blues", vmin=0, vmax=1, cbar=False, annot_kws={"size": 9}, ax=axes)
    near: Look = {"edgecolor": NEAR, "linewidth": 1.7}
    far: Look = {"edgecolor": FAR, "linewidth": 1.2, "linestyle": ":"}
    for row, column in zip(*np.nonzero(counts * ~np.eye(len(colours), dtype=bool)), strict=True):
        frame = near if is_near[row, column] else far
        axes.add_patch(Rectangle((column + 0.05, row + 0.05), 0.9, 0.9, fill=False, **frame))
    _label_confusion(axes, colours, totals[:, 0])

    total, right, missed_near = int(counts.sum()), int(np.trace(counts)), int(counts[is_near].sum())
    kinds: list[tuple[str, int, Look]] = [
        (f"right: {right:,} of {total:,}", right, {"color": "#08519C"}),
        (f"near miss: {missed_near:,}", missed_near, {"fill": False, **near}),
        (f"far miss: {total - right - missed_near:,}", total - right - missed_near, {"fill": False, **far}),
    ]
    handles = [Patch(label=f"{text} ({100 * number / max(total, 1):.1f} %)", **look) for text, number, look in kinds]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    axes.set_title("Which colour is taken for which")
    return figure


def _describe_cell(count: int, share: float) -> str:
    return f"{100 * share:.{0 if share >= 0.095 else 1}f} %\n{count:,}" if count else "·"


def _label_confusion(axes: Axes, colours: Sequence[str], totals: NDArray[np.integer]) -> None:
    """Name rows and columns, and put each colour's swatch beside its name."""
    centres = np.arange(len(colours)) + 0.5
    axes.set_xticks(centres, colours, rotation=40, ha="right", rotation_mode="anchor")
    names = [f"{colour} ({total:,})" for colour, total in zip(colours, totals, strict=True)]
    axes.set_yticks(centres, names, rotation=0)
    axes.tick_params(axis="both", pad=14)
    axes.set(xlabel="predicted colour", ylabel="true colour (pictures)")
    for place, colour in enumerate(colours):
        swatch: Look = {"facecolor": choose_swatch(colour), "edgecolor": OUTLINE, "linewidth": 0.6, "clip_on": False}
        axes.add_patch(Rectangle((-0.25, place + 0.08), 0.17, 0.84, **swatch))
        axes.add_patch(Rectangle((place + 0.08, len(colours) + 0.08), 0.84, 0.17, **swatch))


@styled
def plot_learning_curve(curve: pd.DataFrame) -> Figure:
    """Draw accuracy (0-1) over the number of training pictures, which is the index.

    Columns are ``test`` on pictures not seen, its ``deviation`` over the folds, and ``train`` on those learned from.
    """
    sizes, mean, deviation = curve.index.to_numpy(), curve["test"].to_numpy(), curve["deviation"].to_numpy()
    figure = Figure(figsize=(7.2, 4.2), layout="constrained")
    axes = figure.add_subplot()
    axes.fill_between(sizes, mean - deviation, mean + deviation, color=OURS, alpha=0.18, linewidth=0)
    axes.plot(sizes, mean, color=OURS, marker="o", label="pictures not seen (band: ± one deviation over folds)")
    axes.plot(sizes, curve["train"], color=MUTED, marker="s", linestyle=":", label="pictures learned from")
    last = (sizes[-1], mean[-1])
    axes.annotate(f"{mean[-1]:.3f}", last, (0, -15), textcoords="offset points", ha="center", color=OURS)
    axes.set_xscale("log")
    axes.set_xticks(sizes)
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.tick_params(axis="x", which="minor", bottom=False, labelbottom=False)
    axes.set(xlabel="training pictures (logarithmic)", ylabel="accuracy")
    axes.legend(loc="best")
    axes.set_title("What more pictures bring")
    return figure


@styled
def plot_reliability(
    confidence: NDArray[np.float64],
    accuracy: NDArray[np.float64],
    counts: NDArray[np.intp],
    *,
    calibration_error: float,
) -> Figure:
    """Draw a reliability diagram of bins of answers: their mean probability, the share that was right, how many."""
    from scipy.stats import binomtest  # noqa: PLC0415 - half a second to import

    intervals = [  # Wilson's, which stays within 0-1 where bins are small
        binomtest(round(share * size), int(size)).proportion_ci(0.95, "wilson")
        for share, size in zip(accuracy, counts, strict=True)
    ]
    figure = Figure(figsize=(6.4, 5.6), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    upper.plot([0, 1], [0, 1], color=MUTED, linestyle="--", linewidth=1.2, label="perfectly calibrated")
    lows, highs = zip(*((interval.low, interval.high) for interval in intervals), strict=True)
    upper.vlines(confidence, lows, highs, color=OURS, linewidth=1.4, label="95 % interval")
    upper.plot(confidence, accuracy, color=OURS, marker="o", label="this model")
    upper.set(ylabel="share of right answers", ylim=(0, 1.02))
    upper.legend(loc="upper left")
    note = f"expected calibration error {calibration_error:.3f}"
    upper.annotate(note, (0.98, 0.04), xycoords="axes fraction", ha="right", fontsize=10)
    upper.set_title("Does a probability mean what it says?")
    lower.bar(confidence, counts, width=min(0.06, 0.8 / max(len(confidence), 1)), color=OURS, alpha=0.75)
    lower.set(xlabel="probability that the model gives its answer", ylabel="pictures", xlim=(0, 1.02))
    return figure


@styled
def plot_permutation_importance(features: pd.DataFrame, *, reference: Mapping[str, float]) -> Figure:
    """Draw the accuracy (0-1) lost when one feature is shuffled among the pictures, most important first.

    ``features`` has a row for each, with its ``importance`` and the ``deviation`` over the repeats, drawn to each
    side; the study's numbers (``reference``) are diamonds.
    """
    figure = Figure(figsize=(7.2, 0.29 * len(features) + 1.2), layout="constrained")
    axes = figure.add_subplot()
    names, places = features.index.to_list(), range(len(features))
    look: Look = {"xerr": features["deviation"], "color": OURS, "label": "this project", "error_kw": {"ecolor": INK}}
    axes.barh(places, features["importance"], 0.7, **look)
    theirs = [reference.get(name, float("nan")) for name in names]
    axes.plot(theirs, places, "D", color=REFERENCE, markeredgecolor="white", label="the study")
    axes.legend(loc="lower right")
    axes.set_yticks(places, names, family="DejaVu Sans Mono")
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("accuracy lost when the feature is shuffled")
    axes.set_title("What shuffling one feature costs")
    return figure


@styled
def plot_feature_elimination(features: pd.DataFrame, *, reference: Mapping[int, float]) -> Figure:
    """Draw accuracy over the number of features that are kept, beside the study's (``reference``).

    ``features`` has a row for each in the order in which they are added, with the ``accuracy`` (0-1) then.
    """
    accuracies = features["accuracy"].to_list()
    counts, best = range(1, len(accuracies) + 1), max(accuracies)
    figure = Figure(figsize=(7.6, 4.4), layout="constrained")
    axes = figure.add_subplot()
    axes.plot(list(reference), list(reference.values()), "D--", color=REFERENCE, label="the study")
    axes.plot(counts, accuracies, "o-", color=OURS, label="this project")
    enough = next(count for count, accuracy in zip(counts, accuracies, strict=True) if accuracy >= best - 0.01)
    note, place = f"{enough} features: within 0.01 of the best ({best:.3f})", (enough, accuracies[enough - 1])
    look: Look = {"ha": "center", "fontsize": 9, "arrowprops": {"arrowstyle": "->", "color": INK}}
    axes.annotate(note, place, (0, -44), textcoords="offset points", **look)
    labels = [f"{count}  + {name}" for count, name in zip(counts, features.index, strict=True)]
    axes.set_xticks(counts, labels, rotation=60, ha="right", rotation_mode="anchor", fontsize=8)
    axes.set(xlabel="features kept, and the one that each step adds", ylabel="accuracy")
    axes.legend(loc="lower right")
    axes.set_title("How few features would do")
    return figure
