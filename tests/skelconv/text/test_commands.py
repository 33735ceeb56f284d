import shlex

import pytest

from skelconv.text import pip_install, skelconv_command


@pytest.mark.parametrize(
    "requirements",
    [["torch>=2,<3"], ["skelconv[video]"], ["a; python_version > '3'", "b"], ["a b", "$HOME"]],
    ids=str,
)
def test_what_is_installed_survives_a_shell(requirements):
    assert shlex.split(pip_install(*requirements)) == ["pip", "install", *requirements]


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
