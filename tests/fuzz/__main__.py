"""Runs a fuzzer: ``python tests/fuzz pickle --seconds 300``; without a target, lists them.

With atheris (``pip install atheris``; Linux and macOS) inputs are led by the coverage that they
reach, otherwise they are mutations by chance. Each fault is printed once, and its input is kept.
"""

import argparse
import sys
import warnings
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from fuzz.guided import fuzz_guided  # noqa: E402
from fuzz.runner import Runner, fuzz  # noqa: E402
from fuzz.targets import TARGETS  # noqa: E402


def main() -> None:
    warnings.simplefilter("error", RuntimeWarning)  # of NumPy: users would see it
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", nargs="?", choices=TARGETS)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--count", type=int, default=10**9, help="inputs at most")
    parser.add_argument("--seed", type=int, default=0, help="of the mutations by chance")
    parser.add_argument("--guided", action="store_true", help="by atheris")
    parser.add_argument("--keep", type=Path, default=Path("/tmp/fuzz"), help="folder of inputs")
    parser.add_argument("--input", type=Path, help="try this one again, with its traceback")
    given = parser.parse_args()
    if given.target is None:
        print(*TARGETS, sep="\n")
    elif given.input:
        TARGETS[given.target].make()(given.input.read_bytes())
    elif given.guided:
        fuzz_guided(TARGETS[given.target], given.seconds, given.keep)
    else:
        runner = Runner(TARGETS[given.target], given.keep)
        fuzz(runner, given.seconds, given.count, given.seed)
        print(runner.summary())
        sys.exit(bool(runner.faults))


if __name__ == "__main__":
    main()
