"""doctor, as a command."""

import json

import pytest

from skelconv.cli.app import run

PLUGIN = """\
from skelconv.plugin import CheckPlugin, CheckResult, hookimpl

def camera(options):
    return lambda: [
        CheckResult("ok", "camera 2.0"),
        CheckResult({status!r}, "the lens is\\n\\x1b[31mdirty", ("wipe --lens 1", "wipe --lens 2")),
    ]

@hookimpl
def skelconv_checks():
    yield CheckPlugin(name="camera", summary="A camera", create=camera, modules=("acme_sdk",))
"""


@pytest.fixture
def camera(install):
    def camera(status):
        install("acme", {"a": "acme_doctor"}, {"acme_doctor": PLUGIN.format(status=status)})

    return camera


@pytest.mark.parametrize("name", ["camera", "acme_sdk"])
def test_a_problem_and_what_repairs_it(camera, capsys, name):
    camera("problem")
    assert run(["doctor", name]) == 1
    assert capsys.readouterr() == (
        "camera  ok       camera 2.0\n"
        "camera  problem  the lens is \\x1b[31mdirty\n"
        "    wipe --lens 1\n"
        "    wipe --lens 2\n"
        "problems: 1\n",
        "",
    )


@pytest.mark.parametrize(
    ("status", "end"), [("ok", "no problems"), ("warning", "no problems, 1 warning")]
)
def test_what_is_no_problem(camera, capsys, status, end):
    camera(status)
    assert run(["doctor", "camera"]) == 0
    assert capsys.readouterr().out.endswith(f"\n{end}\n")


def test_for_programs(camera, capsys):
    camera("problem")
    assert run(["doctor", "camera", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["problems"] == 1
    (check,) = report["checks"]
    assert (check["name"], check["summary"]) == ("camera", "A camera")
    assert check["results"][1] == {
        "status": "problem",
        "what": "the lens is\n\x1b[31mdirty",
        "hint": ["wipe --lens 1", "wipe --lens 2"],
    }


def test_a_check_that_fails_is_a_problem(install, capsys):
    code = PLUGIN.format(status="ok").replace("return lambda:", "return 1 / 0,")
    install("acme", {"a": "acme_doctor"}, {"acme_doctor": code})
    assert run(["doctor", "camera"]) == 1
    assert "problem  the check failed: ZeroDivisionError" in capsys.readouterr().out


def test_a_broken_plugin_is_a_problem(install, capsys):
    install("acme-broken", {"b": "acme_broken"}, {"acme_broken": "1 / 0"})
    assert run(["doctor", "plugins"]) == 1
    assert "acme-broken 1.0 (b): ZeroDivisionError" in capsys.readouterr().out


def test_an_unknown_check(camera, capsys):
    camera("ok")
    assert run(["doctor", "camra"]) == 1
    assert capsys.readouterr() == ("", "no check is called 'camra': did you mean 'camera'?\n")
