import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.s3_server import s3_server

from slow.forked import Nursery
from slow.harness import Harness
from slow.scenarios import BUCKET, scenarios

TOY = str(Path(__file__).parents[1] / "support" / "toy")
HARNESS = pytest.StashKey[Harness]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=0, help="the first seed")
    parser.addoption("--seeds", type=int, default=3, help="how many seeds each case is tried with")
    parser.addoption("--forked", action="store_true", help="spare commands the start of Python")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    first, count = metafunc.config.getoption("--seed"), metafunc.config.getoption("--seeds")
    cases = [
        (scenario.name, seed)
        for seed in range(first, first + count)
        for scenario in scenarios(Path("/")).values()
        if not scenario.slow or seed % 3 == 0 or count == 1
    ]
    metafunc.parametrize(("name", "seed"), cases)


@pytest.fixture(scope="session")
def harness(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Harness]:
    """Start a server of S3, and a harness whose commands are sent to it."""
    with (
        s3_server() as client,
        pytest.MonkeyPatch.context() as patch,
        contextlib.ExitStack() as stack,
    ):
        patch.setenv("PYTHONPATH", TOY, prepend=os.pathsep)
        client.create_bucket(Bucket=BUCKET)
        forked = request.config.getoption("--forked")
        nursery = stack.enter_context(Nursery()) if forked else None
        harness = Harness(tmp_path_factory.mktemp("killed"), client, nursery)
        request.config.stash[HARNESS] = harness
        yield harness


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    harness = config.stash.get(HARNESS, None)
    if harness is not None:
        terminalreporter.section("kills")
        for line in harness.tally.lines():
            terminalreporter.line(line)
