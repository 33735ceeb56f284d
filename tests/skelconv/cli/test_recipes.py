"""validate, show, schema and init."""

import json
import shlex

import jsonschema
import pytest
import yaml

from skelconv import RecipeError, load_recipe
from skelconv.cli.app import run
from skelconv.recipe.finding import shipped_recipes

RECIPE = """\
skelconv: 1
name: a
vars: {n: 4}
source:
  use: toy
  with:
    clips: ${vars.n}
    rejected: ['[red]1e-3[/red]', '$${x}']
splits: [toy-halves]
sink: {use: toy, with: {path: out.txt}}
"""


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(RECIPE)


def test_validate(capsys):
    assert run(["validate", "a.yaml"]) == 0
    assert capsys.readouterr() == ("a.yaml: valid: a: toy -> toy\n", "")


def test_validate_what_is_wrong(capsys):
    assert run(["validate", "a.yaml", "--set", "source.with.clip=1", "--set", "name=[]"]) == 1
    assert capsys.readouterr() == (
        "a.yaml: not valid: 2 problems\n",
        "--set: name: must be letters, digits, '.', '_' and '-', not []\n"
        "--set: source.with.clip: no option 'clip': did you mean 'clips'?\n",
    )


def test_validate_for_programs(capsys):
    assert run(["validate", "a.yaml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"recipe": "a.yaml", "valid": True, "problems": []}
    ]
    with open("a.yaml", "a") as file:
        file.write("sinc: 1\n")
    assert run(["validate", "a.yaml", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == [
        {
            "recipe": "a.yaml",
            "valid": False,
            "problems": [
                {
                    "what": "no key 'sinc' here: did you mean 'sink'?",
                    "path": "sinc",
                    "file": "a.yaml",
                    "line": 11,
                    "column": 1,
                }
            ],
        }
    ]


def test_validate_shows_the_line_of_each_problem(capsys):
    with open("a.yaml", "a") as file:
        file.write("splitz: [toy-halves]\n")
    assert run(["validate", "a.yaml"]) == 1
    assert capsys.readouterr().err == (
        "a.yaml:11:1: splitz: no key 'splitz' here: did you mean 'splits'?\n"
        "  11 | splitz: [toy-halves]\n"
        "     | ^\n"
    )


def test_validate_many(capsys, tmp_path):
    (tmp_path / "b.yaml").write_text("skelconv: 1\nname a\n")
    assert run(["validate", "a.yaml", "b.yaml", "ntu60_xsub", "a.yaml"]) == 1
    assert capsys.readouterr() == (
        "a.yaml: valid: a: toy -> toy\n"
        "b.yaml: not valid: 1 problem\n"
        "ntu60_xsub: valid: ntu60_xsub: ntu-raw -> ntu-bodies -> pickle\n"
        "a.yaml: valid: a: toy -> toy\n",
        "b.yaml:2:5: not valid YAML: a colon is missing after 'name'\n  2 | name a\n    |     ^\n"
        "not here: data/nturgb+d_skeletons (the source 'ntu-raw')\n",
    )
    assert run(["validate", "a.yaml", "b.yaml", "--json"]) == 1
    results = json.loads(capsys.readouterr().out)
    assert [(one["recipe"], one["valid"]) for one in results] == [
        ("a.yaml", True),
        ("b.yaml", False),
    ]


NEEDY = """\
from skelconv.plugin import Options, SourcePlugin, hookimpl

@hookimpl
def skelconv_sources():
    requires = (("no_such_module", "no-such-sdk[gpu]>=2,<3"), ("nor_this", "other sdk"))
    yield SourcePlugin(name="needy", summary="Needs much", create=Options, requires=requires)
"""


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["validate", "a.yaml", "--set", "source=needy"], 0),
        (["build", "a.yaml", "--set", "source=needy"], 1),
        (["plan", "a.yaml", "--set", "source=needy"], 1),
        (["describe", "needy"], 0),
        (["list-plugins", "--kind", "source"], 0),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_is_not_installed_comes_with_a_command_to_paste(install, capsys, command, code):
    install("acme-needy", {"n": "acme_needy"}, {"acme_needy": NEEDY})
    assert run(command) == code
    lines = [line for line in "".join(capsys.readouterr()).splitlines() if "no-such-sdk" in line]
    (pasted,) = [line[line.index("pip install") :] for line in lines]
    pasted = pasted.removesuffix(")")
    assert shlex.split(pasted) == ["pip", "install", "no-such-sdk[gpu]>=2,<3", "other sdk"]


def test_validate_says_what_is_not_installed_on_stderr(install, capsys):
    install("acme-needy", {"n": "acme_needy"}, {"acme_needy": NEEDY})
    assert run(["validate", "a.yaml", "--set", "source=needy"]) == 0
    out, err = capsys.readouterr()
    assert out == "a.yaml: valid: a: needy -> toy\n"
    assert err.startswith("to build it here: pip install ")


def test_show_prints_a_recipe_that_says_the_same(capsys, tmp_path):
    assert run(["show", "a.yaml", "--set", "vars.n=5"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    (tmp_path / "b.yaml").write_text(out)
    recipe = load_recipe("b.yaml")
    assert recipe == load_recipe("a.yaml", ["vars.n=5"])
    assert recipe.source.plain()["with"]["rejected"] == ["[red]1e-3[/red]", "${x}"]


def test_show_for_programs(capsys):
    assert run(["show", "a.yaml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == load_recipe("a.yaml").resolved()


def test_schema(capsys):
    assert run(["schema"]) == 0
    validator = jsonschema.Draft202012Validator(json.loads(capsys.readouterr().out))
    recipe = yaml.safe_load(RECIPE)
    validator.validate(recipe)
    recipe["source"]["with"]["clip"] = 1
    assert not validator.is_valid(recipe)


def test_init_lists(capsys):
    assert run(["init"]) == 0
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines()] == list(shipped_recipes())
    assert err == "to copy one: skelconv init NAME; to build one as it is: skelconv build NAME\n"


def test_init_copies(capsys):
    assert run(["init", "ntu60_xsub"]) == 0
    assert capsys.readouterr() == ("ntu60_xsub.yaml\n", "next: skelconv plan ntu60_xsub.yaml\n")
    assert run(["validate", "ntu60_xsub.yaml"]) == 0
    capsys.readouterr()
    assert run(["init", "ntu60_xsub"]) == 1
    message = "ntu60_xsub.yaml: there is a file of this name already\n"
    assert capsys.readouterr() == ("", message)


def test_init_makes_the_folder(capsys, tmp_path):
    assert run(["init", "ntu60_xsub", "sub/"]) == 0
    assert capsys.readouterr().out == "sub/ntu60_xsub.yaml\n"
    assert run(["validate", "sub/ntu60_xsub.yaml"]) == 0


@pytest.mark.parametrize(
    ("name", "absent", "command"),
    [
        ("video_folder", ["av", "cv2", "onnxruntime"], "pip install 'skelconv[video]'"),
        ("video_folder", ["onnxruntime"], "pip install 'skelconv[video]'"),
        ("video_folder_gpu", ["torch", "transformers"], "pip install 'skelconv[transformers]'"),
        (
            "video_folder_published",
            ["mmcv", "mmdet", "mmpose"],
            "pip install 'skelconv[openmmlab]' && pip install --no-deps mmpose==1.3.2",
        ),
    ],
)
def test_init_says_what_is_not_installed(name, absent, command, capsys, monkeypatch):
    monkeypatch.setattr(
        "skelconv.plugin.registry._is_installed", lambda module: module not in absent
    )
    assert run(["init", name]) == 0
    err = capsys.readouterr().err
    assert err == (
        f"it needs packages that are not installed: {command}\nnext: skelconv plan {name}.yaml\n"
    )


def test_init_from_says_what_the_models_need(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("skelconv.plugin.registry._is_installed", lambda module: module != "av")
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "a.mp4").touch()
    assert run(["init", "--from", "clips"]) == 0
    err = capsys.readouterr().err
    assert "it needs packages that are not installed: pip install 'skelconv[" in err


def test_init_of_a_recipe_that_cannot_be_loaded_yet(capsys, monkeypatch):
    monkeypatch.setenv("DEVICE", "toaster")
    assert run(["init", "video_folder_gpu"]) == 0
    assert capsys.readouterr().err == "next: skelconv plan video_folder_gpu.yaml\n"
    with pytest.raises(RecipeError, match="device"):
        load_recipe("video_folder_gpu.yaml")


@pytest.mark.parametrize("name", shipped_recipes())
def test_what_is_shipped_is_right_by_its_name(name, capsys):
    assert run(["validate", name]) == 0
    assert run(["show", name]) == 0


@pytest.mark.parametrize("name", shipped_recipes())
def test_what_is_shipped_is_right(name, capsys):
    assert run(["init", name, "my recipe.yaml"]) == 0
    assert "next: skelconv plan 'my recipe.yaml'\n" in capsys.readouterr().err
    assert run(["validate", "my recipe.yaml"]) == 0
    assert load_recipe("my recipe.yaml").name == name.rpartition("/")[2]
