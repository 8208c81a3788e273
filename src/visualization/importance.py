"""Which of the 18 numbers matter, and how few would do."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from src.visualization.style import OURS, REFERENCE, styled


@styled
def plot_permutation_importance(
    means: Mapping[str, float],
    deviations: Mapping[str, float] | None = None,
    *,
    reference: Mapping[str, float] | None = None,
) -> Figure:
    """Draw the accuracy lost when one feature is shuffled among the pictures, largest first.

    Parameters
    ----------
    means
        For each feature the accuracy lost (0-1), mean over the repeats.
    deviations
        Standard deviation over the repeats.
    reference
        The same numbers from elsewhere, as marks.

    Returns
    -------
    matplotlib.figure.Figure
    """
    names = sorted(means, key=lambda name: -means[name])
    figure = Figure(figsize=(7.2, 0.29 * len(names) + 1.2), layout="constrained")
    axes = figure.add_subplot()
    places = range(len(names))
    errors = None if deviations is None else [deviations[name] for name in names]
    axes.barh(
        places,
        [means[name] for name in names],
        xerr=errors,
        color=OURS,
        height=0.7,
        label="this project",
        error_kw={"ecolor": "#222222", "elinewidth": 1},
    )
    if reference is not None:
        axes.plot(
            [reference.get(name, float("nan")) for name in names],
            places,
            color=REFERENCE,
            marker="D",
            markersize=6,
            markeredgecolor="white",
            linestyle="none",
            label="the study",
        )
        axes.legend(loc="lower right")
    axes.set_yticks(places, names, family="DejaVu Sans Mono")
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("accuracy lost when the feature is shuffled")
    axes.set_title("What shuffling one feature costs")
    return figure


@styled
def plot_feature_elimination(
    accuracies: Mapping[int, float], *, added: Sequence[str] | None = None, reference: Mapping[int, float] | None = None
) -> Figure:
    """Draw accuracy over the number of features that are kept.

    Parameters
    ----------
    accuracies
        Accuracy (0-1) for each number of features.
    added
        The feature that the first, second … number adds, written along the axis.
    reference
        The same numbers from elsewhere.

    Returns
    -------
    matplotlib.figure.Figure
    """
    counts = sorted(accuracies)
    figure = Figure(figsize=(7.6, 4.4), layout="constrained")
    axes = figure.add_subplot()
    if reference is not None:
        numbers = sorted(reference)
        axes.plot(
            numbers,
            [reference[number] for number in numbers],
            color=REFERENCE,
            marker="D",
            markersize=5,
            linestyle="--",
            label="the study",
        )
    axes.plot(counts, [accuracies[count] for count in counts], color=OURS, marker="o", label="this project")
    best = max(accuracies.values())
    enough = next(count for count in counts if accuracies[count] >= best - 0.01)
    axes.annotate(
        f"{enough} features: within 0.01 of the best ({best:.3f})",
        (enough, accuracies[enough]),
        (0, -44),
        textcoords="offset points",
        ha="center",
        fontsize=9,
        arrowprops={"arrowstyle": "->", "color": "#222222"},
    )
    if added is None:
        axes.set_xticks(counts)
        axes.set_xlabel("features kept, the most important first")
    else:
        labels = [f"{count}  + {name}" for count, name in zip(counts, added, strict=True)]
        axes.set_xticks(counts, labels, rotation=60, ha="right", rotation_mode="anchor", fontsize=8)
        axes.set_xlabel("features kept, and the one that each step adds")
    axes.set_ylabel("accuracy")
    axes.legend(loc="lower right")
    axes.set_title("How few features would do")
    return figure
