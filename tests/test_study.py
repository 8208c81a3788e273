"""The study's numbers are those that the reference material gives."""

import json
from pathlib import Path

import pytest

from src import study


@pytest.mark.reference
def test_the_numbers_are_the_published_ones(shared_dir: Path) -> None:
    published = json.loads((shared_dir / "reference" / "study_results.json").read_text("utf-8"))
    scraping = published["scraping"]
    assert (scraping["tiles"], scraping["tiles_without_image"]) == (study.TILES, study.TILES_WITHOUT_IMAGE)
    assert scraping["listing_seconds"] == study.LISTING_SECONDS
    assert dict(study.CLASS_COUNTS) == published["class_counts_read_off_a_bar_chart"]
    assert list(study.CLASS_COUNTS) == scraping["colours"]
    assert {name: list(scores) for name, scores in study.BEST_PER_FAMILY.items()} == published["best_per_family"]
    assert published["svm_test_accuracy"] == study.SVM_TEST_ACCURACY
    assert [list(pair) for pair in study.PERMUTATION_IMPORTANCE.items()] == published["permutation_importance"]
    rows = published["feature_elimination"]["rows"]
    assert dict(study.FEATURE_ELIMINATION) == {row[0]: row[1] for row in rows}
    matrix = published["confusion_matrix_percent"]
    assert list(study.CONFUSION_PERCENT) == matrix["order"]
    assert [list(row) for row in study.CONFUSION_PERCENT.values()] == matrix["rows"]
