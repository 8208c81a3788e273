import pytest

from src.errors import UsageError
from src.scraping.artwork import GOOGLE, Addresses
from src.scraping.fetch.manners import LONGEST_GROWN_PAUSE, Pace, choose_manners


def test_a_real_site_is_met_politely() -> None:
    manners = choose_manners(Addresses(GOOGLE), contact="me@example.org")
    assert manners.is_polite
    assert manners.browsers == 1
    assert manners.pause_seconds[0] >= 2.0
    assert manners.contact == "me@example.org"
    with pytest.raises(UsageError, match="--contact"):
        choose_manners(Addresses(GOOGLE), contact=None)
    assert choose_manners(Addresses(GOOGLE), contact="x", is_polite=False).is_polite


def test_this_machine_is_met_at_full_speed() -> None:
    manners = choose_manners(Addresses("http://127.0.0.1:8000"), contact=None)
    assert not manners.is_polite
    assert manners.pause_seconds == (0.0, 0.0)
    assert choose_manners(Addresses("http://127.0.0.1:8000"), contact="x", is_polite=True).is_polite


def test_the_pause_grows_with_trouble_and_shrinks_back() -> None:
    pace = Pace(2.0, 3.0)
    assert pace.pause_milliseconds == [2000.0, 3000.0]
    pace.note_failure()
    assert pace.pause_milliseconds == [4000.0, 6000.0]
    for _ in range(10):
        pace.note_failure()
    assert pace.factor == 16.0
    for _ in range(60):
        pace.note_answer(0.2)
    assert pace.factor == 1.0
    pace.note_answer(2.0)
    assert pace.factor == 1.5


def test_a_long_pause_grows_no_further() -> None:
    pace = Pace(90.0, 135.0)
    pace.note_failure()
    assert pace.pause_milliseconds == [90_000, 135_000]
    pace = Pace(30.0, 45.0)
    for _ in range(5):
        pace.note_failure()
    assert pace.pause_milliseconds[1] == 1000 * LONGEST_GROWN_PAUSE
