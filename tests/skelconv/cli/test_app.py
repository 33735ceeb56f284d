"""How commands end, and what they cost before they begin."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from skelconv import BuildError
from skelconv.cli.app import run
from skelconv.version import __version__

HEAVY = {"numpy", "torch", "zarr", "rich", "yaml", "mmcv", "mmengine", "mmdet", "mmpose"}


def modules_after(arguments):
    """Run a command in a process of its own, and return the modules that it imported."""
    code = (
        "import sys; from skelconv.cli.app import run; code = run(sys.argv[1:]);"
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "SKELCONV_NO_PLUGINS": "1"},
    )
    assert done.stdout
    return set(done.stderr.split())


def test_help_imports_nothing_heavy():
    modules = modules_after(["--help"])
    assert not modules & (HEAVY | {"pydantic", "pluggy", "skelconv.plugin.registry"})


@pytest.mark.parametrize(
    "arguments", [["list-plugins"], ["list-plugins", "--json"], ["--version"]], ids=" ".join
)
def test_listing_imports_nothing_heavy(arguments):
    assert not modules_after(arguments) & HEAVY


def test_a_worker_that_imports_the_console_script_imports_no_command():
    code = "import sys; from skelconv.cli import main; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    loaded = {name for name in done.stdout.split() if name.startswith(("skelconv", "typer"))}
    assert loaded == {"skelconv", "skelconv.cli"}


def test_the_console_script():
    done = subprocess.run(
        [Path(sys.executable).with_name("skelconv"), "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"skelconv {__version__}\n"


def test_without_a_command_it_shows_its_help(capsys):
    assert run([]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("Usage: skelconv ")
    assert err == ""
    commands = {line.split()[0] for line in out.partition("Commands:")[2].splitlines() if line}
    assert commands >= {
        "build",
        "plan",
        "validate",
        "show",
        "describe",
        "list-plugins",
        "schema",
        "init",
    }


def test_the_help_of_build_lists_how_it_ends(capsys):
    assert run(["build", "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    codes = text.partition("Exit codes: ")[2].partition(".")[0]
    assert [word for word in codes.split() if word.isdecimal()] == ["0", "1", "2", "3", "130"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bild"], "No such command 'bild'. Did you mean 'build'?\n  see: skelconv --help\n"),
        (["list"], "No such command 'list'. Did you mean 'list-recipes', 'list-plugins'?\n"),
        (["VIEW"], "No such command 'VIEW'. Did you mean 'view'?\n"),
        ([""], "No such command ''.\n"),
        (["show"], "Missing argument 'RECIPE'.\n  see: skelconv show --help\n"),
        (["list-plugins", "--jsn"], "No such option: --jsn"),
        (["--nonsense"], "No such option: --nonsense"),
        (["build", "a.yaml", "--workers", "many"], "Invalid value for '--workers': "),
        (["build", "a.yaml", "--workers", "-1"], "Invalid value for '--workers': "),
    ],
)
def test_wrong_usage_is_for_the_user_to_correct(capsys, arguments, message):
    assert run(arguments) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(message)


@pytest.fixture
def fail(monkeypatch):
    """Make ``skelconv show`` fail."""

    def fail(error):
        def raise_error(*args, **kwargs):
            raise error

        monkeypatch.setattr("skelconv.recipe.load_recipe", raise_error)
        return run(["show", "a.yaml"])

    return fail


def test_what_the_user_can_correct(fail, capsys):
    assert fail(BuildError("the disk is full", where="out.pkl", hint="make room")) == 1
    assert capsys.readouterr() == ("", "out.pkl: the disk is full\n  make room\n")


def test_what_comes_from_a_file_cannot_command_the_terminal(fail, capsys):
    assert fail(BuildError("a\x1b[31mred\x07 [red]x[/red]")) == 1
    assert capsys.readouterr().err == "a\\x1b[31mred\\x07 [red]x[/red]\n"


@pytest.mark.parametrize("error", [ZeroDivisionError("oh"), RecursionError("oh"), SystemExit("oh")])
def test_a_fault_of_ours_is_one_line_and_what_to_do(fail, capsys, error):
    assert fail(error) == 3
    assert capsys.readouterr() == (
        "",
        f"an error in skelconv itself: {type(error).__name__}: oh\n"
        "  please report it, with the traceback that SKELCONV_TRACEBACK=1 shows\n",
    )


def test_a_fault_of_ours_with_its_traceback(fail, capsys, monkeypatch):
    monkeypatch.setenv("SKELCONV_TRACEBACK", "1")
    assert fail(ZeroDivisionError("oh")) == 3
    err = capsys.readouterr().err
    assert err.startswith("Traceback (most recent call last):\n")
    assert "in raise_error" in err


def test_an_interrupt(fail, capsys):
    assert fail(KeyboardInterrupt()) == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("buffering", [[], ["-u"]], ids=["at the end", "in the middle"])
def test_a_reader_that_goes_away(buffering):
    command = [sys.executable, *buffering, "-c", "from skelconv.cli import main; main()", "schema"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_a_file_name_that_is_no_text():
    done = subprocess.run(
        [sys.executable, "-c", "from skelconv.cli import main; main()", "show", b"\xff\n\x1b.yaml"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert done.returncode == 1
    assert done.stderr == (
        b"\\udcff\n\\x1b.yaml: there is no such file"
        b" (skelconv list-recipes lists the recipes that are installed)\n"
    )


def test_json_stays_json(capsys):
    assert run(["list-plugins", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["plugins"]


def test_streams_that_are_closed():
    code = "import sys; sys.stdout = sys.stderr = None; from skelconv.cli import main; main()"
    for arguments, returned in ((["list-plugins"], 0), (["show", "no.yaml"], 1)):
        done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True)
        assert (done.returncode, done.stdout, done.stderr) == (returned, b"", b"")


def test_messages_do_not_go_to_stdout_when_stderr_is_closed():
    code = "import sys; sys.stderr = None; from skelconv.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code, "show", "no.yaml"], capture_output=True)
    assert (done.returncode, done.stdout) == (1, b"")


@pytest.fixture
def recipe(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = {"use": "toy", "with": {"clips": 3, "behave": {"1": "error"}}}
    sink = {"use": "toy", "with": {"path": "out.txt"}}
    (tmp_path / "my recipe.yaml").write_text(
        json.dumps({"skelconv": 1, "name": "toy", "source": source, "sink": sink})
    )
    return "my recipe.yaml"


def test_the_command_that_tries_again_can_be_pasted(recipe, capsys, monkeypatch):
    arguments = ["build", recipe, "--executor", "serial", "--fresh"]
    monkeypatch.setattr(sys, "argv", ["skelconv", *arguments])
    assert run(arguments) == 2
    command = capsys.readouterr().out.partition("nothing else: ")[2].splitlines()[0]
    assert command == "skelconv build --retry 'my recipe.yaml' --executor serial"
    shutil.rmtree("out.txt.skelconv-build")
    assert run(arguments[:-1]) == 2
    assert "is kept" not in capsys.readouterr().out


def test_status_does_not_call_an_output_built_that_is_gone(recipe, capsys):
    assert run(["build", recipe, "--executor", "serial"]) == 2
    assert run(["status", "out.txt"]) == 0
    assert "out.txt is built" in capsys.readouterr().out
    Path("out.txt").unlink()
    assert run(["status", "out.txt"]) == 0
    assert "out.txt: stopped" in capsys.readouterr().out
    shutil.rmtree("out.txt.skelconv-build")
    assert run(["status", "out.txt"]) == 1
