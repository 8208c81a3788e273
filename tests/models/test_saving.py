"""A folder holds one whole model at any moment: while two save, after a kill, on a full disk."""

import errno
import multiprocessing
import os
import shutil
import subprocess
import sys
from pathlib import Path

import joblib
import pytest

from src.models.artefacts import PARTS, PUBLISHING, STAGING, load_model
from src.paths import PROJECT_ROOT
from tests.support.made_rows import fit_small_model, make_rows, save_small_model

ROUNDS = 60
KILLS = 20


def list_files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def save_in_rounds(folder: Path, seed: int, barrier: "multiprocessing.synchronize.Barrier") -> None:
    save = fit_small_model(make_rows(seed, 12))
    save(folder.with_name(str(seed)))
    for _ in range(ROUNDS):
        barrier.wait(60)
        save(folder)
        barrier.wait(60)


@pytest.mark.slow
def test_two_savers_at_once_leave_one_of_their_models(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(3)
    folder = tmp_path / "models"
    savers = [context.Process(target=save_in_rounds, args=(folder, seed, barrier)) for seed in (1, 2)]
    for saver in savers:
        saver.start()
    for number in range(ROUNDS):
        barrier.wait(60)
        if number == 0:
            # Saved by the savers too: a process that has loaded a model before pickles the same values as other bytes.
            versions = [load_model(tmp_path / str(seed)).version for seed in (1, 2)]
        else:
            assert load_model(folder).version in versions  # while both save
        barrier.wait(60)
        assert load_model(folder).version in versions
    for saver in savers:
        saver.join(60)
    assert [saver.exitcode for saver in savers] == [0, 0]
    assert list_files(folder) == sorted(PARTS)


KILL_SAVERS = f"""
import os, random, signal, sys, time
from pathlib import Path
from src.models.artefacts import load_model
from tests.support.made_rows import fit_small_model, make_rows
folder, savers = Path(sys.argv[1]), [fit_small_model(make_rows(seed, 12)) for seed in (1, 2)]
print(*(save(folder.with_name(str(number))).version for number, save in enumerate(savers)))
savers[0](folder)
generator = random.Random(5)
for _ in range({KILLS}):
    child = os.fork()
    while child == 0:
        for save in savers:
            save(folder)
    time.sleep(generator.uniform(0.02, 0.2))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print(load_model(folder).version)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="fork and SIGKILL")
def test_a_kill_while_saving_leaves_the_old_model_or_the_new_one(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    command = [sys.executable, "-W", "ignore", "-c", KILL_SAVERS, str(folder)]
    done = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=True, timeout=120)
    first, second, *loaded = done.stdout.split()
    assert len(loaded) == KILLS
    assert set(loaded) == {first, second}
    save_small_model(folder, make_rows(1, 12))
    assert list_files(folder) == sorted(PARTS)


@pytest.mark.parametrize("moved", [0, 1, 2, 3])
def test_an_interruption_between_the_renames_is_the_new_model(tmp_path: Path, moved: int) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    versions = [save_small_model(folder, make_rows(seed, 12)).version for seed, folder in ((1, old), (2, new))]
    copied = shutil.copytree(old, tmp_path / "copied")
    shutil.copytree(new, old / PUBLISHING)
    for name in PARTS[:moved]:
        (old / PUBLISHING / name).replace(old / name)
    assert load_model(old).version == versions[moved > 0]
    shutil.copytree(copied, old, dirs_exist_ok=True)
    assert load_model(old).version == versions[0], "what is copied over an interrupted model is the model"
    (old / f"{STAGING}x").mkdir()
    save_small_model(old, make_rows(3, 12))
    assert list_files(old) == sorted(PARTS)


@pytest.mark.parametrize("name", PARTS)
def test_a_disk_that_fills_leaves_the_old_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    version = save_small_model(tmp_path, make_rows(1, 12)).version
    dump, write_text = joblib.dump, Path.write_text

    def fill(place: Path) -> None:
        if place.name == name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(place))

    monkeypatch.setattr("joblib.dump", lambda part, place, **options: (fill(place), dump(part, place, **options)))
    monkeypatch.setattr(
        Path, "write_text", lambda place, *args, **opts: (fill(place), write_text(place, *args, **opts))
    )
    with pytest.raises(OSError, match="No space left"):
        save_small_model(tmp_path, make_rows(2, 12))
    assert load_model(tmp_path).version == version
    assert list_files(tmp_path) == sorted(PARTS)
