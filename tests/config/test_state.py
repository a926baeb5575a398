"""The state folder and the secrets in it."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from config import state


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "state"


def test_folder_is_made_and_may_be_entered_but_not_listed(home: Path) -> None:
    assert state.folder() == home
    assert home.stat().st_mode & 0o777 == 0o711


def test_relative_folder_counts_from_the_project(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    monkeypatch.chdir(home)
    monkeypatch.setenv("STATE_DIR", "config")
    assert state.folder() == state.PROJECT / "config"


def test_folder_that_cannot_be_made_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(PermissionError, match="set STATE_DIR"):
        state.folder()


def test_secret_is_kept_and_readable_by_its_owner_alone(home: Path) -> None:
    first = state.secret("bell")
    assert state.secret("bell") == first
    assert state.secret("other") != first
    assert (home / "bell.secret").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in home.iterdir()) == ["bell.secret", "other.secret"]


def test_first_calls_at_once_agree_on_one_secret() -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        assert len(set(pool.map(state.secret, ["bell"] * 8))) == 1
