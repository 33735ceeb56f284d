"""The example and the test of each kind of plugin, as its page has them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from skelconv.plugin.offering import KINDS

PAGES = Path(__file__).parents[2] / "docs/kinds"
FILE = re.compile(r"^```\w+\n(# ([\w/]+\.\w+)\n.*?)^```$", re.MULTILINE | re.DOTALL)


def test_examples_pass_their_tests(tmp_path: Path) -> None:
    for kind in KINDS:
        files = FILE.findall((PAGES / f"{kind}.md").read_text())
        assert len([name for _, name in files if name.endswith(".py")]) == 2, kind
        for text, name in files:
            assert not (tmp_path / name).exists()
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{os.environ['PYTHONPATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    passed = int(re.search(r"(\d+) passed", done.stdout)[1])
    assert passed >= 2 * len(KINDS) - 2


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_is_declared_is_imported(kind: str) -> None:
    text = (PAGES / f"{kind}.md").read_text()
    modules = set(re.findall(r"^(?:from|import) (skelconv[\w.]*)", text, re.MULTILINE))
    assert modules <= {"skelconv", "skelconv.plugin", "skelconv.testing", "skelconv.vision"}
