"""An answer is written in one go."""

import asyncio
from unittest.mock import Mock, call

from application.transport import JoinedTransport


def test_header_and_body_leave_together() -> None:
    async def run() -> None:
        inner = Mock()
        transport = JoinedTransport(inner, asyncio.get_running_loop())
        transport.write(b"header")
        assert inner.write.mock_calls == []
        transport.write(b"body")
        assert inner.write.mock_calls == [call(b"headerbody")]
        await asyncio.sleep(0)
        assert inner.write.mock_calls == [call(b"headerbody")]

    asyncio.run(run())


def test_what_nothing_follows_leaves_when_the_loop_turns_or_with_the_end() -> None:
    async def run() -> None:
        inner = Mock()
        inner.is_closing.return_value = False
        transport = JoinedTransport(inner, asyncio.get_running_loop())
        transport.write(b"first")
        await asyncio.sleep(0)
        assert inner.write.mock_calls == [call(b"first")]
        transport.write(b"last")
        transport.close()
        assert inner.write.mock_calls == [call(b"first"), call(b"last")]
        assert inner.mock_calls[-1] == call.close()

    asyncio.run(run())


def test_a_client_that_has_left_is_sent_nothing() -> None:
    async def run() -> None:
        inner = Mock()
        transport = JoinedTransport(inner, asyncio.get_running_loop())
        transport.write(b"header")
        inner.is_closing.return_value = True
        await asyncio.sleep(0)
        assert inner.write.mock_calls == []
        assert transport.is_closing()

    asyncio.run(run())
