"""Commands that a test runs to their end."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from src.paths import PROJECT_ROOT


def run_command(
    *command: str | Path,
    folder: Path = PROJECT_ROOT,
    environment: Mapping[str, str] | None = None,
    seconds: float = 120,
) -> "subprocess.CompletedProcess[str]":
    """Run a command, whatever its exit code; its output is text."""
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=seconds, check=False
    )


def run_python(*arguments: str | Path, **options: object) -> "subprocess.CompletedProcess[str]":
    """Run the interpreter of the tests with arguments, as :func:`run_command` does."""
    return run_command(sys.executable, *arguments, **options)
