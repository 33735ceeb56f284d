"""Each fuzzer for a moment; `python tests/fuzz` runs one for longer."""

import pytest

from fuzz.runner import Runner, fuzz
from fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_any_input_is_read_or_refused(name: str) -> None:
    runner = Runner(TARGETS[name])
    fuzz(runner, seconds=5, count=400)
    assert not list(runner.faults)
