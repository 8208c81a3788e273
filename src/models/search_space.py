"""What the search tries, as data: the study's five families, and what goes beyond them.

The study's grids are those it published (January 2023); where one fit answers for several
candidates, ``shared`` names the parameter, and :mod:`src.models.shared_fits` knows how.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from types import MappingProxyType
from typing import Any, Final

from sklearn.model_selection import ParameterGrid

from src.errors import UsageError

Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class Candidate:
    """One point of a search space.

    Attributes
    ----------
    family
        Key of :data:`SEARCH_SPACES`.
    parameters
        What the grid varies, by name.
    """

    family: str
    parameters: Parameters

    @property
    def label(self) -> str:
        """For tables: ``C=100, gamma=0.01``."""
        return ", ".join(f"{name}={value}" for name, value in self.parameters.items())


@dataclass(frozen=True)
class SearchUnit:
    """Candidates of one family that one fit answers for, together."""

    family: str
    candidates: tuple[Candidate, ...]

    @property
    def label(self) -> str:
        """For progress: the family and what its candidates have in common."""
        first = self.candidates[0].parameters
        common = [
            f"{name}={value}"
            for name, value in first.items()
            if all(other.parameters[name] == value for other in self.candidates)
        ]
        return f"{self.family} {', '.join(common)}".strip()


@dataclass(frozen=True)
class SearchSpace:
    """One family of models and the grid that is searched.

    Attributes
    ----------
    family, title
        Name on the command line, and for people.
    grid
        Values of each parameter.
    fixed
        Parameters that do not vary.
    shared
        Parameter of the grid that one fit answers for in all its values.
    deviation
        In what the search differs from an exhaustive one, for the report.
    """

    family: str
    title: str
    grid: Mapping[str, tuple[Any, ...]]
    fixed: Parameters = field(default_factory=dict)
    shared: str | None = None
    deviation: str = "none: every candidate is fitted in every fold"

    def list_candidates(self) -> tuple[Candidate, ...]:
        """Every point of the grid, in the grid's order."""
        names = list(self.grid)
        return tuple(
            Candidate(self.family, {name: point[name] for name in names})
            for point in ParameterGrid({name: list(values) for name, values in self.grid.items()})
        )

    def list_units(self) -> tuple[SearchUnit, ...]:
        """Group the candidates that one fit answers for."""

        def rest(candidate: Candidate) -> str:
            return str([(name, value) for name, value in candidate.parameters.items() if name != self.shared])

        if self.shared is None:
            return tuple(SearchUnit(self.family, (candidate,)) for candidate in self.list_candidates())
        ordered = sorted(self.list_candidates(), key=rest)
        return tuple(SearchUnit(self.family, tuple(members)) for _, members in groupby(ordered, key=rest))


STUDY_CHOICE: Final = Candidate("svm", {"C": 100, "gamma": 0.01})
"""What the study's own search chose."""

_SPACES: Final = (
    SearchSpace(
        family="svm",
        title="support vector machine",
        grid={"C": (0.1, 1, 10, 100, 1000), "gamma": (1, 0.1, 0.01, 0.001, 0.0001)},
        fixed={"break_ties": True},
        shared="C",
        deviation=(
            "the kernel matrix of a gamma is computed once for its five C (same answer); tied votes go to the "
            "larger sum of confidences and not to the first class"
        ),
    ),
    SearchSpace(
        family="neural_network",
        title="neural network",
        grid={
            "alpha": (0, 0.5, 1),
            "hidden_layer_sizes": ((100,), (200,), (400,), (50, 50), (10, 10, 10)),
            "solver": ("lbfgs", "adam"),
        },
        fixed={
            "max_iter": 500,
            "early_stopping": True,
            "n_iter_no_change": 25,
            "learning_rate_init": 0.001,
            "batch_size": 50,
        },
        deviation=(
            "adam stops after 25 epochs without a better score on a tenth of the training rows and keeps its best "
            "weights (the study waited for 400 of at most 500 epochs); the search fits in single precision"
        ),
    ),
    SearchSpace(
        family="logistic_regression",
        title="logistic regression",
        grid={"C": (0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2, 3, 5, 7, 10, 15, 20)},
        fixed={"max_iter": 1500},
    ),
    SearchSpace(
        family="random_forest",
        title="random forest",
        grid={"max_depth": (10, 15, 20, 25), "n_estimators": tuple(range(10, 201, 10))},
        shared="n_estimators",
        deviation="the first k trees of a forest of 200 answer for the forest of k (same trees, same answer)",
    ),
    SearchSpace(
        family="gradient_boosting",
        title="gradient boosting",
        grid={"max_depth": (1, 100), "n_estimators": (5, 50)},
        fixed={"learning_rate": 1, "n_iter_no_change": 20},
        shared="n_estimators",
        deviation="stage 5 of 50 answers for 5 stages (same stages, same answer)",
    ),
    SearchSpace(
        family="svm_extended",
        title="support vector machine, larger space",
        grid={"C": (300, 1000, 3000, 10000), "gamma": (0.0003, 0.001, 0.003)},
        fixed={"break_ties": True},
        shared="C",
        deviation="as the support vector machine",
    ),
    SearchSpace(
        family="polynomial",
        title="logistic regression on products of features",
        grid={"degree": (2,), "C": (0.1, 0.3, 1, 3, 10, 30, 100)},
        fixed={"max_iter": 1000},
    ),
    SearchSpace(
        family="blend",
        title="mean of two support vector machines and a logistic regression on products",
        grid={"logistic_C": (1, 10)},
        # C and gamma of the study's choice, and of the best of the larger space on real rows
        fixed={"machines": ((100, 0.01), (3000, 0.001)), "degree": 2, "max_iter": 1000},
    ),
    SearchSpace(
        family="nystroem",
        title="logistic regression on an approximate RBF kernel (linear in rows)",
        grid={"gamma": (0.01, 0.02), "C": (30, 100, 300)},
        fixed={"n_components": 500, "max_iter": 300},
    ),
)

SEARCH_SPACES: Final = MappingProxyType({space.family: space for space in _SPACES})
"""Every family, by name."""

STUDY_FAMILIES: Final = ("svm", "neural_network", "logistic_regression", "random_forest", "gradient_boosting")
"""The five of the study, in its order of success."""

EXTENDED_FAMILIES: Final = tuple(family for family in SEARCH_SPACES if family not in STUDY_FAMILIES)
"""What the study did not try."""

_GROUPS: Final = MappingProxyType({"study": STUDY_FAMILIES, "extended": EXTENDED_FAMILIES, "all": tuple(SEARCH_SPACES)})


def parse_families(names: Iterable[str]) -> tuple[str, ...]:
    """Read names of families, or of groups of them (``study``, ``extended``, ``all``).

    Raises
    ------
    UsageError
        If a name is unknown.
    """
    chosen: dict[str, None] = {}
    for name in names:
        if name not in SEARCH_SPACES and name not in _GROUPS:
            raise UsageError(f"unknown family {name!r}: expected some of {', '.join((*SEARCH_SPACES, *_GROUPS))}")
        chosen.update(dict.fromkeys(_GROUPS.get(name, (name,))))
    return tuple(chosen)
