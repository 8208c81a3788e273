"""Modules that an import does without."""

import subprocess
import sys
from importlib import import_module

import pytest

from src.hidden_modules import hidden_modules
from src.paths import PROJECT_ROOT


def test_a_module_is_absent_in_the_block_and_there_again_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "wave", raising=False)
    with hidden_modules("wave"), pytest.raises(ModuleNotFoundError):
        import_module("wave")
    assert import_module("wave").__name__ == "wave"


def test_what_is_loaded_stays_loaded() -> None:
    json = import_module("json")
    with hidden_modules("json"):
        assert import_module("json") is json
    assert sys.modules["json"] is json


def test_the_service_loads_nothing_heavy_that_it_does_not_use() -> None:
    heavy = ("pandas", "pyarrow", "rich", "matplotlib", "selenium", "boto3", "IPython")
    program = f"import sys, main; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
