"""Children end with us, however we end."""

import contextlib
import signal
import subprocess
import sys
import textwrap

import psutil
import pytest

from src.processes import end_process, run_stage, start_process

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.mark.parametrize("fails", [False, True])
def test_a_process_ends_with_the_block_also_where_that_fails(fails: bool) -> None:
    with contextlib.suppress(ValueError), start_process(SLEEPER) as process:
        assert process.poll() is None
        if fails:
            raise ValueError("stop")
    assert process.returncode == -signal.SIGTERM


def test_a_process_that_ignores_the_request_is_killed() -> None:
    program = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"1\n"
    end_process(process, grace_seconds=0.2)
    process.stdout.close()
    assert process.returncode == -signal.SIGKILL


def test_the_exit_code_of_a_stage_comes_back() -> None:
    assert run_stage([sys.executable, "-c", "raise SystemExit(3)"]) == 3


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="PR_SET_PDEATHSIG is Linux's own")
def test_a_child_dies_with_a_killed_parent() -> None:
    program = textwrap.dedent(
        """
        import sys, time
        from src.processes import start_process
        with start_process([sys.executable, "-c", "import time; time.sleep(60)"]) as child:
            print(child.pid, flush=True)
            time.sleep(60)
        """
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    psutil.wait_procs([child], timeout=10)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE  # one that nobody has asked after
