"""Completion in real shells: bash is driven through a terminal, as a user drives it."""

import contextlib
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest

from skelconv.cli.app import run
from skelconv.cli.completion import SCRIPTS, VARIABLE

PROMPT = "READY>"
FAULTS = ("Traceback", "error", "fault", "SystemExit", "not found", "No such")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder with the program on PATH, and a home of its own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "skelconv"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m skelconv "$@"\n')
    program.chmod(0o755)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return tmp_path


class Terminal:
    """An interactive bash."""

    def __init__(self):
        process, self._file = pty.fork()
        if not process:
            os.execvpe(
                "bash",
                ["bash", "--norc", "--noprofile", "-i"],
                {**os.environ, "PS1": PROMPT, "TERM": "dumb", "INPUTRC": "/dev/null"},
            )
        self._process = process
        self.seen = ""
        self.until(PROMPT)
        self.type("bind 'set bell-style none'; bind 'set show-all-if-ambiguous on'\n", PROMPT)
        self.type("source <(skelconv --show-completion bash)\n", PROMPT)

    def until(self, text):
        """Read until a text is seen, and return what was read."""
        end = time.monotonic() + 60
        start = len(self.seen)
        while text not in self.seen[start:]:
            assert time.monotonic() < end, self.seen
            if select.select([self._file], [], [], 1)[0]:
                self.seen += os.read(self._file, 65536).decode(errors="replace")
        return self.seen[start:]

    def type(self, text, until):
        os.write(self._file, text.encode())
        return self.until(until)

    def completes(self, typed, expected):
        """Type something and TAB, and return what is on the screen when it is completed."""
        screen = self.type(typed + "\t", expected)
        self.type("\x15\n", PROMPT)  # Ctrl-U takes the line away
        return screen

    def close(self):
        os.write(self._file, b"\x15exit\n")
        with contextlib.suppress(OSError):
            while os.read(self._file, 65536):
                pass
        os.close(self._file)
        os.waitpid(self._process, 0)


@pytest.fixture
def bash(home):
    terminal = Terminal()
    yield terminal
    terminal.close()
    assert not [word for word in FAULTS if word in terminal.seen], terminal.seen


def test_in_a_terminal(bash):
    bash.completes("skelconv vali", "skelconv validate ")
    bash.completes("skelconv build ntu60_xs", "skelconv build ntu60_xsub ")
    bash.completes("skelconv build --exec", "skelconv build --executor ")
    bash.completes("skelconv verify x --for pose", "skelconv verify x --for posec3d ")
    bash.completes("skelconv describe ntu-ra", "skelconv describe ntu-raw ")
    bash.completes("skelconv list-plugins --kind sou", "skelconv list-plugins --kind source ")
    bash.completes(
        "skelconv build sample --set source.with.data",
        "skelconv build sample --set source.with.dataset=",
    )
    bash.completes("skelconv build sample --set sink.use=pick", "sink.use=pickle ")


def test_in_a_terminal_files_too(bash, home):
    for name in ("mine.yaml", "my data.yaml", "$(touch pwned).yaml", "notes.txt"):
        (home / "here" / name).write_text("skelconv: 1\n")
    (home / "here" / "folder").mkdir()
    (home / "here" / "folder" / "in.yaml").write_text("")
    bash.completes("skelconv build min", "skelconv build mine.yaml ")
    bash.completes("skelconv build my", "data.yaml")
    bash.completes("skelconv build fold", "skelconv build folder/")
    bash.completes("skelconv build folder/", "skelconv build folder/in.yaml ")
    bash.completes("skelconv build '$(t", "pwned).yaml")
    # Where a file of any kind may be, bash itself completes.
    bash.completes("skelconv inspect note", "skelconv inspect notes.txt ")
    assert not (home / "here" / "pwned").exists()


FUNCTION = """\
source <(skelconv --show-completion bash)
COMP_WORDS=("$@")
COMP_CWORD=$(( $# - 1 ))
$(complete -p skelconv | sed 's/.*-F \\([^ ]*\\).*/\\1/') skelconv "${COMP_WORDS[COMP_CWORD]}" x
printf '%s\\n' "${COMPREPLY[@]}"
"""


def asked(*words):
    """Call the function that completes, as bash does, and return what it offers."""
    command = ["bash", "--norc", "-c", FUNCTION, "bash", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_the_words_that_bash_gives(home):
    commands = asked("skelconv", "")
    assert commands[:3] == ["build", "plan", "status"]
    assert asked("skelconv", "in") == ["init", "inspect"]
    # Bash takes words apart at =.
    assert asked("skelconv", "build", "sample", "--set", "source.use", "=", "ntu-r") == ["ntu-raw"]
    assert "pickle" in asked("skelconv", "build", "sample", "--set", "sink.use", "=")
    assert asked("skelconv", "build", "--executor", "=", "ser") == ["serial"]
    assert asked("skelconv", "convert", "a.pkl", "b", "--sink", "kpf") == ["kpfiles"]
    assert asked("skelconv", "merge", "a.pkl", "b.pkl", "--layout", "coco1") == ["coco17"]
    assert "sample" in asked("skelconv", "validate", "ntu60_xsub", "sam")
    assert asked("skelconv", "nonsense", "x") == [""]
    assert asked("skelconv", "init", "ntu60_xs") == ["ntu60_xsub"]


def test_ids_of_a_dataset(home, install, monkeypatch):
    import pickle

    annotations = [
        {
            "frame_dir": name,
            "label": 0,
            "keypoint": np.zeros((1, 2, 17, 2), np.float32),
            "total_frames": 2,
        }
        for name in ("jump_01", "jump_02", "wave 1", "wave\n2", "$(touch pwned)")
    ]
    with open("a.pkl", "wb") as file:
        pickle.dump({"split": {}, "annotations": annotations}, file)
    assert asked("skelconv", "inspect", "a.pkl", "ju") == ["jump_01", "jump_02"]
    assert asked("skelconv", "viz", "a.pkl", "-o", "a.png", "ju") == ["jump_01", "jump_02"]
    assert asked("skelconv", "doctor", "ntu60_xs") == ["ntu60_xsub"]
    assert asked("skelconv", "inspect", "a.pkl", "w") == ["wave\\ 1"]
    assert asked("skelconv", "inspect", "a.pkl", "\\$") == ["\\$\\(touch\\ pwned\\)"]
    assert asked("skelconv", "inspect", "no.pkl", "") == [""]
    (home / "here" / "broken.pkl").write_bytes(b"junk")
    assert asked("skelconv", "inspect", "broken.pkl", "") == [""]


@pytest.mark.parametrize("shell", SCRIPTS)
@pytest.mark.parametrize(
    "words",
    [
        [],
        [""],
        ["--"],
        ["build", "--set"],
        ["build", "nowhere.yaml", "--set", "x"],
        ["build", "--workers", "many", "--set", "'"],
        ["inspect", "/dev/zero", ""],
        ["describe", "\x1b[2J"],
        ["merge", "a", "--", "--x"],
        ["build", "\udcff"],
    ],
    ids=repr,
)
def test_nothing_fails(monkeypatch, capfd, shell, words):
    monkeypatch.setenv(VARIABLE, shell)
    assert run(words) == 0
    assert capfd.readouterr().err == ""


def test_what_the_other_shells_are_told(monkeypatch, capsys):
    monkeypatch.setenv(VARIABLE, "zsh")
    assert run(["build", "ntu60_xs"]) == 0
    assert capsys.readouterr().out == "ntu60_xsub\ta recipe that comes with skelconv\n"
    monkeypatch.setenv(VARIABLE, "fish")
    assert run(["va"]) == 0
    name, about = capsys.readouterr().out.rstrip("\n").split("\t")
    assert (name, about) == (
        "validate",
        "Check recipes, and show everything that is wrong with each.",
    )


def test_a_script_of_an_older_version_is_told_nothing(monkeypatch, capfd):
    monkeypatch.setenv(VARIABLE, "complete_bash")
    assert run(["build"]) == 0
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_script(capsys, shell, tmp_path):
    assert run(["--show-completion", shell]) == 0
    out, err = capsys.readouterr()
    assert (out, err) == (SCRIPTS[shell], "")
    # eval would run what a file or a clip is called
    assert not re.search(r"\beval\b", out.replace("zsh_eval_context", ""))
    for opened, closed in ("{}", "()"):
        assert out.count(opened) == out.count(closed)
    if shutil.which(shell):
        (tmp_path / "script").write_text(out)
        subprocess.run([shell, "-n", str(tmp_path / "script")], check=True)


def test_the_script_of_this_shell(home):
    done = subprocess.run(
        ["bash", "-c", "skelconv --show-completion; exit $?"],
        capture_output=True,
        text=True,
        env={**os.environ, "SHELL": "/bin/bash"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == SCRIPTS["bash"]


def test_a_shell_without_completion(capsys):
    assert run(["--show-completion", "zhs"]) == 1
    assert capsys.readouterr().err.startswith(
        "no completion for the shell 'zhs': did you mean 'zsh'?"
    )


def test_it_is_installed_once(home, capsys):
    (home / ".bashrc").write_text("export A=1")
    for _ in range(2):
        assert run(["--install-completion", "bash"]) == 0
    script = home / ".config" / "skelconv" / "completion.bash"
    assert (home / ".bashrc").read_text() == f"export A=1\nsource {script}\n"
    done = subprocess.run(
        ["bash", "--rcfile", str(home / ".bashrc"), "-i", "-c", "complete -p skelconv"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert "_skelconv_completion" in done.stdout
    assert run(["--install-completion", "fish"]) == 0
    assert (home / ".config/fish/completions/skelconv.fish").read_text() == SCRIPTS["fish"]
    assert run(["--install-completion", "zsh"]) == 0
    assert str(home / ".config/skelconv/completion.zsh") in (home / ".zshrc").read_text()


def test_a_home_that_cannot_be_written(home, capsys):
    (home / ".config").write_text("a file")
    assert run(["--install-completion", "bash"]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_completion_imports_nothing_heavy():
    script = (
        f"import os, sys; os.environ[{VARIABLE!r}] = 'bash'\n"
        "from skelconv.cli.app import run\n"
        "run(['build', 'ntu60_xs'])\n"
        "heavy = {'numpy', 'yaml', 'rich', 'zarr', 'pluggy', 'multiprocessing'}\n"
        "print(sorted(heavy & sys.modules.keys()))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "ntu60_xsub\n[]\n", done.stderr
