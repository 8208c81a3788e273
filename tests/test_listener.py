import pytest

from src.errors import UsageError
from src.listener import open_listener


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("no such host", 0)])
def test_what_cannot_be_opened_says_so(host: str, port: int) -> None:
    with pytest.raises(UsageError, match=r"cannot listen on .*takes a free one"):
        open_listener(host, port)
