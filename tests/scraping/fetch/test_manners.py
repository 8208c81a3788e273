import pytest

from src.errors import UsageError
from src.scraping.artwork import GOOGLE, Addresses
from src.scraping.fetch.manners import LONGEST_GROWN_PAUSE, Pace, choose_manners

LOCAL = Addresses("http://127.0.0.1:8000")


def test_a_real_site_is_met_politely_and_this_machine_at_full_speed() -> None:
    manners = choose_manners(Addresses(GOOGLE), contact="me@example.org")
    assert (manners.is_polite, manners.browsers, manners.pause_seconds[0]) == (True, 1, 2.0)
    assert choose_manners(Addresses(GOOGLE), contact="x", is_polite=False).is_polite
    with pytest.raises(UsageError, match="--contact"):
        choose_manners(Addresses(GOOGLE), contact=None)
    manners = choose_manners(LOCAL, contact=None)
    assert (manners.is_polite, manners.pause_seconds) == (False, (0.0, 0.0))
    assert choose_manners(LOCAL, contact="x", is_polite=True).is_polite


def test_the_pause_grows_with_trouble_and_shrinks_back() -> None:
    pace = Pace(2.0, 3.0)
    pace.note_failure()
    assert pace.pause_milliseconds == [4000.0, 6000.0]
    for _ in range(20):
        pace.note_answer(0.2)
    assert pace.pause_milliseconds == [2000.0, 3000.0]
    pace.note_answer(2.0)
    assert pace.pause_milliseconds == [3000.0, 4500.0]


@pytest.mark.parametrize(("longest", "grown"), [(3.0, 48.0), (45.0, LONGEST_GROWN_PAUSE), (135.0, 135.0)])
def test_a_long_pause_grows_no_further(longest: float, grown: float) -> None:
    pace = Pace(2.0, longest)
    for _ in range(5):
        pace.note_failure()
    assert pace.pause_milliseconds[1] == 1000 * grown
