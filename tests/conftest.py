"""What all tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says nothing: what it needs may be imported by the first.
settings.register_profile("skelconv", deadline=None)
settings.load_profile("skelconv")

# Commands that tests start see the toy plugin as well.
TOY = str(Path(__file__).parent / "toy")


@pytest.fixture(autouse=True)
def _toy_in_subprocesses(monkeypatch: pytest.MonkeyPatch) -> None:
    inherited = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [TOY, inherited])))
