from tools.data_dictionary import DICTIONARY_PATH, build_dictionary


def test_the_committed_dictionary_follows_from_the_tables() -> None:
    assert DICTIONARY_PATH.read_text("utf-8") == build_dictionary(), "run python -m tools.data_dictionary"
