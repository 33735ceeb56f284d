import ast
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv.text import pip_install, skelconv_command


@pytest.mark.parametrize(
    "requirements",
    [["torch>=2,<3"], ["skelconv[video]"], ["a; python_version > '3'", "b"], ["a b", "$HOME"]],
    ids=str,
)
def test_what_is_installed_survives_a_shell(requirements):
    assert shlex.split(pip_install(*requirements)) == ["pip", "install", *requirements]


@given(
    st.lists(st.text(min_size=1).filter(lambda one: not one.startswith("--no-deps ")), min_size=1)
)
def test_any_requirement_survives_a_shell(requirements):
    given_once = list(dict.fromkeys(requirements))
    assert shlex.split(pip_install(*requirements)) == ["pip", "install", *given_once]


def test_no_other_place_writes_such_a_command():
    """Docstrings and help may show one; whatever is put together is put together here."""
    root = Path(__file__).parents[3]
    found = []
    for path in [*root.glob("skelconv/**/*.py"), *root.glob("plugins/**/*.py")]:
        tree = ast.parse(path.read_text())
        shown = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        found += [
            f"{path}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and "pip install" in node.value
            and id(node) not in shown
        ]
    assert not found


def test_what_must_come_without_its_requirements_is_installed_after_the_rest():
    assert pip_install("--no-deps b==1", "a", "--no-deps c<2", "a") == (
        "pip install a && pip install --no-deps b==1 'c<2'"
    )
    assert pip_install("--no-deps b==1") == "pip install --no-deps b==1"


@pytest.mark.parametrize(
    "words", [["build", "my recipe.yaml"], ["a'b", "--set", "x=$(ls)"]], ids=str
)
def test_a_command_survives_a_shell(words):
    assert shlex.split(skelconv_command(*words)) == ["skelconv", *words]
