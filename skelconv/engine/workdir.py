"""The folder in which a build works: its lock, its identity and its spool.

It stands beside the output as ``OUT.skelconv-build`` and goes when the output is whole. What is
there after a crash is what the next build of the same output goes on from.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skelconv.engine.difference import differences, in_lines
from skelconv.engine.digest import output_digest
from skelconv.engine.pipeline import Outcome
from skelconv.engine.spool import Spool, count_outcomes
from skelconv.errors import BuildError

# What stands beside an output bears its name and an ending of ours; file systems allow 255 bytes.
_LONGEST_NAME = 255 - len(".skelconv.json.partial")


@dataclass(frozen=True, slots=True)
class BuildStatus:
    """How far a build is.

    Attributes
    ----------
    running : bool
        Whether a process is at it.
    items : int
        How many items there are.
    clips, dropped, failed : int
        How many of them were converted, left out by a transform, or failed.
    rate : float
        Items a second in the last or present run.
    """

    running: bool
    items: int
    clips: int
    dropped: int
    failed: int
    rate: float

    @property
    def left(self) -> int:
        """How many items are not done."""
        return self.items - self.clips - self.dropped - self.failed


class Workdir:
    """The working folder of the build of one target, locked by this process.

    Parameters
    ----------
    target : Path
        The output.
    """

    def __init__(self, target: Path) -> None:
        if not target.name or len(os.fsencode(target.name)) > _LONGEST_NAME:
            raise BuildError("this cannot be the name of an output", where=str(target))
        self.path = target.with_name(f"{target.name}.skelconv-build")
        self.staging = self.path / "output"
        self._identity = self.path / "build.json"
        self._spool = self.path / "spool"
        self._run = self.path / "run.json"
        self._replaces = self.path / "replaces"
        self._digest = self.path / "digest"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock; the system frees it when the process ends, however it ends.

        Raises
        ------
        BuildError
            When another build holds it, or the folder cannot be made.
        """
        lock = _lock(self.path)
        try:
            yield
        finally:
            if not self.holds_work:
                self.remove()
            os.close(lock)

    @property
    def holds_work(self) -> bool:
        """Whether a build that was stopped left something to go on from."""
        return self._spool.exists()

    def give_way(self, identity: Mapping[str, Any]) -> None:
        """Forget an earlier run that builds something else and has no clip to show for it.

        Every clip may have failed by an option that is mended now: nothing is lost.
        """
        earlier = self._read_identity()
        if earlier is None or earlier == json.loads(json.dumps(identity)):
            return
        counts = count_outcomes(self._spool) if self.holds_work else {}
        if not (counts.get(Outcome.CLIP) or counts.get(Outcome.DROPPED)):
            self._forget()

    @contextlib.contextmanager
    def open_spool(
        self, identity: Mapping[str, Any], items: int, *, fresh: bool
    ) -> Iterator[Spool]:
        """Open the spool of this build, new or as an earlier run left it.

        Stopped before anything came of it, as where models cannot be made, it leaves nothing.

        Parameters
        ----------
        identity : mapping
            What is being built, as JSON: recipe, versions, inventory.
        items : int
            How many items it has.
        fresh : bool
            Throw away what an earlier run left.

        Raises
        ------
        BuildError
            When what an earlier run left is of another build; the differences are named.
        """
        text = json.dumps(identity, sort_keys=True, indent=1)
        earlier = None if fresh else self._read_identity()
        if earlier is None:
            self._forget()
            if fresh:
                self._replaces.touch()
            write_whole(self._identity, text)
        elif earlier != json.loads(text):
            raise BuildError(
                "a build that was stopped here differs from this one:"
                + in_lines(differences(earlier, identity)),
                where=str(self.path),
                hint="to throw it away and start anew: --fresh",
            )
        with Spool(self._spool, hashlib.sha256(text.encode()).digest(), items) as spool:
            try:
                yield spool
            except BaseException:
                # What may be replaced is told once, by --fresh, and not when the build goes on.
                if not (len(spool) or self._replaces.exists() or self._digest.exists()):
                    self._forget()
                raise

    def note_start(self, items: int, done: int) -> None:
        """Leave word of when this run began and how far earlier ones had come."""
        self._run.write_text(json.dumps({"start": time.time(), "items": items, "done": done}))

    def status(self) -> BuildStatus | None:
        """Tell how far the build is, whether it runs or not; None where there is none.

        Raises
        ------
        BuildError
            When the folder cannot be read.
        """
        try:
            counts = count_outcomes(self._spool)
            written = self._spool.stat().st_mtime
            run = json.loads(self._run.read_text())
            start, items, before = float(run["start"]), int(run["items"]), int(run["done"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BuildError(f"the build cannot be read: {error}", where=str(self.path)) from error
        running = _is_locked(self.path / "lock")
        seconds = (time.time() if running else written) - start
        done = sum(counts.values())
        return BuildStatus(
            running=running,
            items=items,
            clips=counts[Outcome.CLIP],
            dropped=counts[Outcome.DROPPED],
            failed=counts[Outcome.FAILED],
            rate=(done - before) / seconds if seconds > 0 else 0.0,
        )

    def note_digest(self, digest: str) -> None:
        """Leave word of the output that is about to be put in its place."""
        write_whole(self._digest, digest)

    def may_replace(self, target: Path) -> bool:
        """Whether the build that was stopped here was to replace the output, or had put it there.

        A file that came there since is someone else's.
        """
        if not self.holds_work:
            return False
        if self._replaces.exists():
            return True
        return self._digest.exists() and self._digest.read_text() == output_digest(target)

    def clear_staging(self) -> None:
        """Remove what an earlier run may have left of a half-written output."""
        remove(self.staging)

    def remove_work_on(self, identity: Mapping[str, Any]) -> None:
        """Remove what a build of this identity left, and leave that of any other."""
        if self.holds_work and self._read_identity() == json.loads(json.dumps(identity)):
            self.remove()

    def remove(self) -> None:
        """Remove the folder: the output is whole."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _forget(self) -> None:
        """Remove all that there is to go on from; the lock stays.

        What lets an output be replaced goes first and what the build was goes last: killed in
        between, nothing is left that would be taken for another build's.
        """
        for left in (self._replaces, self._digest, self._spool, self._identity):
            left.unlink(missing_ok=True)

    def _read_identity(self) -> Any:
        """Return what the earlier run said it builds; None where there was none."""
        try:
            return json.loads(self._identity.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise BuildError(
                "what an earlier build left here cannot be read",
                where=str(self._identity),
                hint="to throw it away and start anew: --fresh",
            ) from error


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all, and survives a crash."""
    partial = path.with_name(path.name + ".partial")
    with open(partial, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _is_locked(path: Path) -> bool:
    try:
        file = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False


def _lock(folder: Path) -> int:
    """Make the folder and lock it; return the file that holds the lock as long as it is open."""
    path = folder / "lock"
    while True:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            try:
                file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
            except FileNotFoundError:
                continue  # the build that held it removed the folder just now
        except OSError as error:
            raise BuildError(
                f"the output cannot be written: {error.strerror}", where=str(folder)
            ) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(file)
            if error.errno not in (errno.EACCES, errno.EAGAIN):
                raise
            raise BuildError("another build of this output is running", where=str(folder)) from None
        # Between opening and locking, the build that held it may have removed the folder.
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file), os.stat(path)):
                return file
        os.close(file)
