"""Runs a command, kills it, runs it again until it ends, and compares what is there then."""

import contextlib
import os
import random
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slow.forked import Forked, Nursery
from slow.scenarios import BUCKET, Scenario

# What may be left running after a kill has this long to end.
_SECONDS_TO_END = 30.0
_LIMIT = 180.0
# Moments at the end of a build: what is written then, in this order.
_ENDS = ("written", "digest", "moved", "provenance")
_TICK = threading.Event()


@dataclass
class State:
    """What is in the folder and the bucket.

    Attributes
    ----------
    files : dict of str to bytes
        Files by their paths; folders end in a slash. Of what a build has kept, only the names.
    objects : dict of str to bytes
        The bucket, by keys.
    """

    files: dict[str, bytes]
    objects: dict[str, bytes]

    def at(self, out: str) -> dict[str, bytes]:
        """Return the files of an output.

        Parameters
        ----------
        out : str
            Its name.

        Returns
        -------
        dict of str to bytes
            The files.
        """
        return {
            name: content
            for name, content in self.files.items()
            if name == out or name.startswith(f"{out}/")
        }

    def seen_at_url(self) -> dict[str, bytes]:
        """Return the files or objects of the dataset that a reader finds at the URL."""
        there = {key: value for key, value in self.files.items() if key.startswith("there/")}
        shown = {
            key: value
            for key, value in {**there, **self.objects}.items()
            if ".skelconv" not in key and not key.endswith("/")
        }
        return shown if any(key.endswith(".zarr/zarr.json") for key in shown) else {}


@dataclass
class Reference:
    """What an undisturbed run does.

    Attributes
    ----------
    before, after : State
        What is there before it, and after it.
    code : int
        The exit code.
    spool : int
        The bytes of the spool at its end.
    begin, full, end : float
        Seconds until the working folder was there, the spool had grown to its end, and the process
        ended.
    """

    before: State
    after: State
    code: int
    spool: int
    begin: float
    full: float
    end: float

    @property
    def tail(self) -> float:
        """Seconds, on average, between something at the end of a build and a kill."""
        return max((self.end - self.full) / 8, 0.001)


@dataclass
class Tally:
    """What was done, for the summary.

    Attributes
    ----------
    kills : Counter
        Kills by command, who was killed, and how the moment was chosen.
    left : Counter
        What killed drivers could not remove, by kind.
    """

    kills: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)

    def lines(self) -> Iterator[str]:
        """Yield the summary.

        Yields
        ------
        str
            A line.
        """
        yield f"{self.kills.total()} kills"
        for place, what in enumerate(("command", "killed", "moment")):
            counts: Counter[str] = Counter()
            for kind, count in self.kills.items():
                counts[kind[place]] += count
            yield f"{what}: " + ", ".join(f"{name} {n}" for name, n in sorted(counts.items()))
        for kind, count in sorted(self.left.items()):
            yield f"left by killed drivers: {count} {kind}"


class Harness:
    """Runs scenarios in one folder.

    Parameters
    ----------
    root : Path
        An empty folder.
    client : boto3 client, optional
        Of a server of S3 that commands find in their environment.
    nursery : Nursery, optional
        Starts commands, in place of ``python -m skelconv``.
    """

    def __init__(self, root: Path, client: Any = None, nursery: Nursery | None = None) -> None:
        self._nursery = nursery
        self._root = root
        self.folder = root / "work"
        self._client = self._bucket = client
        self._prepared: dict[str, Reference] = {}
        self.tally = Tally()

    def round(self, scenario: Scenario, seed: int) -> None:
        """Kill a command one to five times, let it end, and compare.

        Parameters
        ----------
        scenario : Scenario
            The command.
        seed : int
            Chooses who is killed, and when.

        Raises
        ------
        AssertionError
            When something is not as without the kills.
        """
        self._bucket = self._client if scenario.url else None
        reference = self._prepared.get(scenario.name) or self._prepare(scenario)
        self._restore(scenario, reference.before)
        rng = random.Random(f"{scenario.name} {seed}")
        history: list[str] = []
        try:
            self._round(scenario, reference, rng, history)
        except AssertionError as error:
            told = "\n".join(["", *history, _repeat(scenario, seed)])
            raise AssertionError(f"{error}\n{told}") from None

    def _round(
        self, scenario: Scenario, reference: Reference, rng: random.Random, history: list[str]
    ) -> None:
        driver_killed = False
        for _ in range(rng.randint(1, 5)):
            command = _repeated(scenario.command, rng) if history else scenario.command
            killed = self._kill(scenario, command, reference, rng, history)
            driver_killed |= killed in ("driver", "group")
            self._check_whole(scenario, reference)
            if killed in ("", "worker"):
                break  # it is complete
        command = _repeated(scenario.command, rng) if history else scenario.command
        run = self._start(command)
        run.finish()
        history.append(f"at last: skelconv {shlex.join(command)}: {run.code}")
        if run.code == 1 and "--fresh" in scenario.command and "--fresh" not in command:
            assert "--fresh" in run.errors, run.errors
            command = scenario.command
            run = self._start(command)
            run.finish()
            history.append(f"then: skelconv {shlex.join(command)}: {run.code}")
        assert run.code == reference.code, run.errors
        run.check_clean()
        assert not run.semaphores_left(), "an undisturbed run leaves semaphores"
        _compare(self._state(), reference.after)
        left = list(self._root.joinpath("tmp").iterdir())
        if left:
            assert driver_killed, f"left in the folder of temporary files: {left}"
            self.tally.left["temporary files or folders"] += len(left)
            for path in left:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _kill(
        self,
        scenario: Scenario,
        command: Sequence[str],
        reference: Reference,
        rng: random.Random,
        history: list[str],
    ) -> str:
        """Run the command until a moment and kill; return who was killed."""
        moment = rng.choice(["time", "spool", "spool", *_ENDS])
        who = rng.choice(["driver", "worker", "group"]) if scenario.workers else "driver"
        workdir = self.folder / f"{scenario.out}.skelconv-build"
        spool = workdir / "spool"
        watched = {
            "begin": workdir / "run.json",
            "written": workdir / "output",
            "digest": workdir / "digest",
            "moved": self.folder / scenario.out,
            "provenance": self.folder / f"{scenario.out}.skelconv.json",
        }
        stamps = {name: _stamp(path) for name, path in watched.items()}
        if moment == "spool" and _size(spool) >= reference.spool:
            moment = "time"  # there is nothing more to convert
        share = rng.random()
        size = int(share * reference.spool)
        first = 0.8 * reference.begin  # before this, Python imports
        delay = 0.0 if moment in ("time", "spool") else rng.expovariate(1 / reference.tail)
        run = self._start(command)

        def reached() -> bool:
            if moment == "time":
                return run.seconds >= first + share * (reference.end - first)
            if moment == "spool":
                return changed("begin") and _size(spool) >= size
            return changed(moment)

        def changed(name: str) -> bool:
            return _stamp(watched[name]) not in (0, stamps[name])

        while run.running and not reached():
            _TICK.wait(0.001)
        _TICK.wait(delay)
        killed = run.kill(who, rng) if run.running else ""
        run.finish()
        history.append(
            f"skelconv {shlex.join(command)}: {killed or 'nobody'} killed "
            f"after {run.seconds:.2f} s ({moment} {delay or share:.3f}): {run.code}"
        )
        run.check_clean()
        if killed:
            self.tally.kills[scenario.name.partition("-")[0], killed, moment] += 1
        if killed in ("driver", "group") and run.code == -signal.SIGKILL:
            left = run.semaphores_left()
            self.tally.left["semaphores"] += len(left)
            for path in left:
                path.unlink(missing_ok=True)
        else:
            refused = run.code == 1 and "--fresh" in run.errors
            fine = run.code == reference.code or (refused and "--fresh" not in command)
            assert fine, run.errors
            assert not run.semaphores_left(), "semaphores are left"
        return killed

    def _check_whole(self, scenario: Scenario, reference: Reference) -> None:
        """Check that readers find a whole dataset, if any, and that the earlier one is kept."""
        state = self._state()
        wholes = [reference.before.at(scenario.out), reference.after.at(scenario.out)]
        found = state.at(scenario.out)
        assert not found or found in wholes, "what is there is not a whole dataset"
        aside = self.folder / f"{scenario.out}.skelconv-build" / "replaced"
        if wholes[0] and not found:
            assert aside.exists(), "the earlier dataset is lost"
        seen = state.seen_at_url()
        urls = [{}, reference.before.seen_at_url(), reference.after.seen_at_url()]
        assert seen in urls, "what is at the URL is not a whole dataset"

    def _prepare(self, scenario: Scenario) -> Reference:
        """Run what comes before a command, and then the command, undisturbed."""
        self._clear()
        scenario.prepare(self.folder)
        for command in scenario.before:
            run = self._start(command)
            run.finish()
            assert run.code in (0, 2), run.errors
        if scenario.corrected:
            (self.folder / "corrected").touch()
        prepared = self._root / "prepared" / scenario.name
        shutil.copytree(self.folder, prepared)
        before = self._state()
        workdir = self.folder / f"{scenario.out}.skelconv-build"
        stamp = _stamp(workdir / "run.json")
        run = self._start(scenario.command)
        size, begin, full = 0, 0.0, 0.0
        while run.running:
            if not begin and _stamp(workdir / "run.json") != stamp:
                begin = run.seconds
            if begin and size < (now := _size(workdir / "spool")):
                size, full = now, run.seconds
            _TICK.wait(0.001)
        end = run.seconds
        run.finish()
        assert run.code in (0, 2), run.errors
        after = self._state()
        kept = any(name.startswith(f"{workdir.name}/") for name in after.files)
        assert kept == (run.code == 2 and scenario.command[0] == "build"), sorted(after.files)
        reference = Reference(before, after, run.code, size, begin, full or begin, end)
        self._prepared[scenario.name] = reference
        return reference

    def _clear(self) -> None:
        for path in (self.folder, self._root / "tmp"):
            shutil.rmtree(path, ignore_errors=True)
            path.mkdir()
        for key in self._objects():
            self._bucket.delete_object(Bucket=BUCKET, Key=key)

    def _restore(self, scenario: Scenario, state: State) -> None:
        self._clear()
        # With times, which are part of what is built.
        shutil.copytree(self._root / "prepared" / scenario.name, self.folder, dirs_exist_ok=True)
        for key, content in state.objects.items():
            self._bucket.put_object(Bucket=BUCKET, Key=key, Body=content)

    def _state(self) -> State:
        files = {}
        for path in self.folder.rglob("*"):
            name = path.relative_to(self.folder).as_posix()
            with contextlib.suppress(FileNotFoundError):
                if path.is_dir():
                    files[f"{name}/"] = b""
                else:
                    kept = ".skelconv-build/" in name
                    files[name] = b"" if kept else path.read_bytes()
        return State(files, self._objects())

    def _objects(self) -> dict[str, bytes]:
        if self._bucket is None:
            return {}
        pages = self._bucket.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        keys = [found["Key"] for page in pages for found in page.get("Contents", ())]
        return {key: self._bucket.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}

    def _start(self, command: Sequence[str]) -> "_Run":
        own = {
            "TMPDIR": str(self._root / "tmp"),
            "XDG_CACHE_HOME": str(self._root / "cache"),
            "PYTHONFAULTHANDLER": "1",
        }
        environment = {**os.environ, **own}
        if self._nursery is not None:
            return _Run(self._nursery.start(command, self.folder, environment))
        process = subprocess.Popen(
            [sys.executable, "-m", "skelconv", *command],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        return _Run(process)


class _Run:
    """A command in a process group of its own."""

    def __init__(self, process: "subprocess.Popen[str] | Forked") -> None:
        self._start = time.monotonic()
        self._process = process
        self._semaphores: set[Path] = set()
        self.errors = ""

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._start

    @property
    def code(self) -> int:
        assert self._process.returncode is not None
        return self._process.returncode

    def kill(self, who: str, rng: random.Random) -> str:
        """Kill the driver, a worker or all; return who was killed."""
        self._note_semaphores()
        if who == "worker":
            workers = self._workers()
            if not workers:
                return ""
            with contextlib.suppress(ProcessLookupError):
                os.kill(rng.choice(workers), signal.SIGKILL)
                return who
            return ""
        if who == "group":
            os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()
        return who

    def finish(self) -> None:
        """Wait until the driver, and all that share its stderr, have ended."""
        try:
            self._process.wait(_LIMIT)
            # Workers hold the other end of this pipe: it ends with the last of them.
            _, self.errors = self._process.communicate(timeout=_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            group = self._group()
            for number in (signal.SIGABRT, signal.SIGKILL):  # the first shows where they are
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._process.pid, number)
                _TICK.wait(2)
            _, errors = self._process.communicate()
            raise AssertionError(f"it hangs: {group}\n{errors}") from None

    def check_clean(self) -> None:
        """Check that no process is left, and nothing is said that is not for users."""
        until = time.monotonic() + _SECONDS_TO_END
        while (left := self._group()) and time.monotonic() < until:
            _TICK.wait(0.05)  # it has closed its files, and is just ending
        assert not left, f"processes are left: {left}"
        for bad in ("Traceback", "Exception ignored", "leaked"):
            # The helper of multiprocessing warns of what a killed driver could not remove.
            if bad != "leaked" or self.code != -signal.SIGKILL:
                assert bad not in self.errors, self.errors
        assert self.code != 3, self.errors

    def semaphores_left(self) -> list[Path]:
        """List the semaphores that were there at the kill, and still are."""
        return [path for path in self._semaphores if path.exists()]

    def _note_semaphores(self) -> None:
        with contextlib.suppress(OSError):  # where there is no such file: not on Linux
            maps = Path(f"/proc/{self._process.pid}/maps").read_text()
            # They were made under other names than they have now.
            nodes = set(map(int, re.findall(r" (\d+) +/dev/shm/sem\.", maps)))
            there = Path("/dev/shm").glob("sem.*")
            self._semaphores = {path for path in there if _node(path) in nodes}

    def _workers(self) -> list[int]:
        own = Path(f"/proc/{self._process.pid}")
        try:  # ps takes so long that the work may be done meanwhile
            children = " ".join(path.read_text() for path in own.glob("task/*/children")).split()
            return [
                int(pid)
                for pid in children
                if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
            ]
        except OSError:
            return [pid for pid, arguments in self._group() if "spawn_main" in arguments]

    def _group(self) -> list[tuple[int, str]]:
        """List the processes of the group that live."""
        listing = ["ps", "-A", "-o", "pid=,pgid=,stat=,args="]
        output = subprocess.run(listing, capture_output=True, text=True, check=True).stdout
        found = [line.split(None, 3) for line in output.splitlines()]
        return [
            (int(pid), arguments)
            for pid, group, state, arguments in (each for each in found if len(each) == 4)
            if int(group) == self._process.pid and not state.startswith("Z")
        ]


def _repeated(command: Sequence[str], rng: random.Random) -> Sequence[str]:
    """Return the command as a user may repeat it: with --fresh, or without."""
    return [word for word in command if word != "--fresh"] if rng.random() < 0.5 else command


def _repeat(scenario: Scenario, seed: int) -> str:
    return f"to repeat it: pytest tests/slow --seed {seed} --seeds 1 -k {scenario.name}-{seed}"


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _node(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _compare(found: State, expected: State) -> None:
    for kind in ("files", "objects"):
        one, other = getattr(found, kind), getattr(expected, kind)
        assert not one.keys() - other.keys(), f"left: {sorted(one.keys() - other.keys())}"
        assert not other.keys() - one.keys(), f"missing: {sorted(other.keys() - one.keys())}"
        for name, content in one.items():
            assert content == other[name], f"{name} differs: {_differs(content, other[name])}"


def _differs(one: bytes, other: bytes) -> str:
    if not one.startswith(b"{"):
        return f"{len(one)} bytes, and not {len(other)}"
    lines = [text.decode().splitlines() for text in (one, other)]
    return "\n".join(sorted(set(lines[0]) ^ set(lines[1]))[:20])
