"""list-plugins and describe."""

import json

import pytest
import yaml

from skelconv import load_recipe
from skelconv.cli.app import run

PLUGIN = """\
from typing import Literal

from pydantic import BaseModel, Field

from skelconv import Layout
from skelconv.plugin import Options, SinkPlugin, SourcePlugin, hookimpl

class Box(BaseModel):
    low: float

class CameraOptions(Options):
    root: str | list[str] = Field(description="Where [bold]it[/bold] is.")
    rate: float = Field(30, gt=0, le=240, description="Frames a second.")
    mode: Literal["fast", "exact"] = "fast"
    boxes: list[Box] = []
    ids: list[int | str] | None = None
    flip: bool = False

@hookimpl
def skelconv_sources():
    yield SourcePlugin(
        name="camera",
        summary="Pose files\\nof a \\x1b[31mcamera",
        options=CameraOptions,
        create=Options,
        requires=(("no_such_module", "no-such-sdk"),),
        example={"root": "data", "rate": 25},
    )

@hookimpl
def skelconv_sinks():
    yield SinkPlugin(name="camera", summary="Back", create=Options)

@hookimpl
def skelconv_layouts():
    yield Layout("arm3", "An arm", ("shoulder", "left", "right"), ((1, 0), (2, 0)), ((1, 2),))
"""


@pytest.fixture(autouse=True)
def _acme(install):
    install("acme-camera", {"c": "acme_camera"}, {"acme_camera": PLUGIN})


def lines(capsys, word):
    out, err = capsys.readouterr()
    assert err == ""
    return [line for line in out.splitlines() if word in line]


def test_list(capsys):
    assert run(["list-plugins"]) == 0
    rows = [" ".join(line.split()) for line in lines(capsys, "acme")]
    assert rows == [
        "source camera acme-camera 1.0 Pose files of a \\x1b[31mcamera "
        "(needs: pip install no-such-sdk)",
        "sink camera acme-camera 1.0 Back",
        "layout arm3 acme-camera 1.0 An arm",
    ]


def test_list_one_kind(capsys):
    assert run(["list-plugins", "--kind", "sink"]) == 0
    listed = capsys.readouterr().out.partition("broken:")[0].splitlines()
    assert {line.split()[0] for line in listed} == {"KIND", "sink"}


def test_list_an_unknown_kind(capsys):
    assert run(["list-plugins", "--kind", "sorce"]) == 1
    message = "no kind of plugin is called 'sorce': did you mean 'source'?\n"
    assert capsys.readouterr() == ("", message)


def test_list_what_is_broken_and_what_clashes(install, capsys):
    install("acme-broken", {"b": "acme_broken"}, {"acme_broken": "1 / 0"})
    install("other", {"o": "other"}, {"other": PLUGIN.replace('name="arm3"', 'name="arm4"')})
    assert run(["list-plugins"]) == 0
    out = capsys.readouterr().out
    assert "broken: acme-broken 1.0 (b)\n  ZeroDivisionError: division by zero\n" in out
    rows = [" ".join(line.split()) for line in out.splitlines()]
    note = "Back (another plugin has this name too: write it in full)"
    assert f"sink acme-camera/camera acme-camera 1.0 {note}" in rows
    assert f"sink other/camera other 1.0 {note}" in rows


def test_list_for_programs(install, capsys):
    install("acme-broken", {"b": "acme_broken"}, {"acme_broken": "1 / 0"})
    assert run(["list-plugins", "--kind", "source", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    camera = next(plugin for plugin in listed["plugins"] if plugin["name"] == "camera")
    assert camera == {
        "kind": "source",
        "name": "camera",
        "qualified_name": "acme-camera/camera",
        "ambiguous": False,
        "summary": "Pose files\nof a \x1b[31mcamera",
        "distribution": "acme-camera",
        "version": "1.0",
        "missing": ["no-such-sdk"],
    }
    assert {
        "distribution": "acme-broken",
        "version": "1.0",
        "entry_point": "b",
        "reason": "ZeroDivisionError: division by zero",
    } in listed["broken"]


def test_describe(capsys):
    assert run(["describe", "camera", "--kind", "source"]) == 0
    assert (
        capsys.readouterr().out
        == """\
camera (source, acme-camera 1.0)
  Pose files of a \\x1b[31mcamera
  needs: pip install no-such-sdk
options:
  root: text | list of text; required
    Where [bold]it[/bold] is.
  rate: number > 0 <= 240; default 30
    Frames a second.
  mode: "fast" | "exact"; default "fast"
  boxes: list of mapping; default []
    low: number; required
  ids: list of (integer | text) | null; default null
  flip: true or false; default false
example:
  source:
    use: camera
    with:
      root: data
      rate: 25
"""
    )


def test_the_example_that_is_shown_is_a_piece_of_a_recipe(capsys, tmp_path):
    run(["describe", "camera", "--kind", "source"])
    example = yaml.safe_load(capsys.readouterr().out.partition("example:")[2])
    sink = {"use": "toy", "with": {"path": "x"}}
    recipe = {"skelconv": 1, "name": "a", **example, "sink": sink}
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(recipe))
    assert load_recipe(tmp_path / "a.yaml").source.plain()["with"]["rate"] == 25


def test_describe_what_stands_in_the_options_of_a_source(install, capsys):
    code = PLUGIN.replace("SourcePlugin", "DetectorPlugin").replace("_sources", "_detectors")
    install("acme-finder", {"f": "acme_finder"}, {"acme_finder": code})
    assert run(["describe", "acme-finder/camera", "--kind", "detector"]) == 0
    assert capsys.readouterr().out.endswith(
        "example:\n  use: camera\n  with:\n    root: data\n    rate: 25\n"
    )


def test_describe_all_of_one_name(capsys):
    assert run(["describe", "camera"]) == 0
    assert len(lines(capsys, "(s")) == 2


def test_describe_a_qualified_name(capsys):
    assert run(["describe", "acme-camera/camera", "--kind", "sink"]) == 0
    assert capsys.readouterr().out == (
        "camera (sink, acme-camera 1.0)\n  Back\noptions: none\n"
        "example:\n  sink:\n    use: camera\n"
    )


def test_describe_a_layout(capsys):
    assert run(["describe", "arm3"]) == 0
    assert (
        capsys.readouterr().out
        == """\
arm3 (layout, acme-camera 1.0)
  An arm
   JOINT     PARENT    OTHER SIDE
0  shoulder  -         -
1  left      shoulder  right
2  right     shoulder  left
  drawn: 1-0 2-0
"""
    )


def test_describe_an_unknown_name(capsys):
    assert run(["describe", "camra"]) == 1
    assert capsys.readouterr() == (
        "",
        "no plugin is called 'camra': did you mean 'camera'?\n"
        "  all of them: skelconv list-plugins\n",
    )


def test_describe_for_programs(capsys):
    assert run(["describe", "camera", "--kind", "source", "--json"]) == 0
    (described,) = json.loads(capsys.readouterr().out)
    assert described["options"]["required"] == ["root"]
    assert described["example"] == {"root": "data", "rate": 25}
    assert run(["describe", "arm3", "--json"]) == 0
    (described,) = json.loads(capsys.readouterr().out)
    assert described["joints"] == ["shoulder", "left", "right"]
    assert described["bones"] == [[1, 0], [2, 0]]


def test_a_layout_says_where_it_is_from_and_what_is_drawn(capsys):
    assert run(["describe", "movenet17"]) == 0
    out = capsys.readouterr().out
    assert "  drawn: 1-0 2-0 3-1 4-2 5-0 6-0 5-7 6-8" in out
    assert "  from: TensorFlow Hub's tutorial of MoveNet" in out
    assert run(["describe", "movenet17", "--json"]) == 0
    described = json.loads(capsys.readouterr().out)[0]
    assert described["limbs"][0] == [1, 0]
    assert described["origin"].startswith("TensorFlow Hub")


def test_an_option_that_is_a_layout_is_described_in_one_line(capsys):
    assert run(["describe", "map-layout"]) == 0
    assert "  to: layout's name | mapping; required\n" in capsys.readouterr().out
    assert run(["describe", "coco-keypoints"]) == 0
    words = '  layout: "from-file" | layout\'s name | mapping; default "coco17"\n'
    assert words in capsys.readouterr().out


def test_nothing_of_its_own_is_broken(capsys):
    assert run(["list-plugins"]) == 0
    assert "broken: skelconv " not in capsys.readouterr().out
