"""The guide to training, done to the letter, on the sample and for one epoch."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUN = (
    "import runpy, support.mmaction_models as models; models.provide();"
    "runpy.run_path('train.py', run_name='__main__')"
)


@pytest.fixture
def run(tmp_path: Path):
    def run(*arguments: str) -> str:
        path = os.pathsep.join([str(ROOT / "tests"), os.environ["PYTHONPATH"]])
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env={
                **os.environ,
                "PYTHONPATH": path,
                "NTU_ROOT": str(ROOT / "samples" / "ntu"),
                "OMP_NUM_THREADS": "1",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_the_guide_trains_stgcn(run, tmp_path: Path) -> None:
    (command, script, *_) = BLOCK.findall((ROOT / "docs" / "training.md").read_text())
    shutil.copytree(ROOT / "recipes", tmp_path / "recipes")
    assert command == ("sh", "skelconv build recipes/ntu60_stgcn.yaml\n")
    # The sample is a small part of NTU60.
    run("-m", *command[1].split(), "--no-expect", "--executor", "serial")
    assert '"out/ntu60_stgcn.pkl", 80' in script[1]
    (tmp_path / "train.py").write_text(script[1].replace('.pkl", 80', '.pkl", 1'))
    assert re.search(r"^epoch 0: loss \d+\.\d+, top-1 [01]\.\d+$", run("-c", RUN), re.MULTILINE)
