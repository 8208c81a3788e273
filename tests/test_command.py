import errno
import signal
import subprocess
import sys
import textwrap

import pytest

from src.command import run_command
from src.errors import BlockedError, UsageError


def fail(error: BaseException) -> int:
    raise error


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (UsageError("no such folder"), 2, "error: no such folder\n"),
        (BlockedError("captcha"), 3, "error: captcha\n"),
        (KeyboardInterrupt(), 130, "go on later\n"),
        (OSError(errno.ENOSPC, "No space left on device", "/x/model"), 2, "error: /x/model: No space left on device"),
    ],
)
def test_what_ends_a_command_is_one_sentence_and_an_exit_code(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: int, message: str
) -> None:
    assert run_command(lambda: fail(error), "go on later") == code
    assert capsys.readouterr().err.startswith(message)


def test_an_error_of_the_program_itself_keeps_its_traceback() -> None:
    with pytest.raises(OSError, match="Interrupted"):
        run_command(lambda: fail(OSError(errno.EINTR, "Interrupted")))


def test_a_reader_that_leaves_early_gets_no_traceback() -> None:
    work = "lambda: print('x\\n' * 1000000) or 0"
    code = f"import sys; from src.command import run_command; sys.exit(run_command({work}))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(2)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_lets_the_work_clean_up(name: str) -> None:
    code = """
        import signal, sys, time
        from src.command import run_command
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whatever the tests were started by, such as nohup
        def work():
            try:
                print("ready", flush=True)
                time.sleep(60)
            finally:
                print("cleaned", flush=True)
            return 0
        sys.exit(run_command(work))
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(getattr(signal, name))
        assert process.communicate(timeout=30)[0] == b"cleaned\n"
    assert process.returncode == 130
