"""Opening a port."""

import socket

import pytest

from src.errors import UsageError
from src.listener import open_listener


def test_a_free_port_is_opened_and_children_may_have_it() -> None:
    with open_listener("127.0.0.1", 0) as listener:
        assert listener.get_inheritable()
        with socket.create_connection(listener.getsockname(), timeout=5):
            pass


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", None), ("127.0.0.1", 70_000), ("no such host", 0)])
def test_what_cannot_be_opened_says_so(host: str, port: int | None) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(UsageError, match=r"cannot listen on .*takes a free one"),
    ):
        open_listener(host, taken.getsockname()[1] if port is None else port)
