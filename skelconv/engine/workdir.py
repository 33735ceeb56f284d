"""The folder in which a build works: its lock, its identity and its spool.

It is beside the output, named ``OUT.skelconv-build``, and is removed when the output is complete.
After a crash, the next build of the same output continues from what is in it.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from skelconv.data.errors import BuildError, ClipError
from skelconv.data.opening import open_regular
from skelconv.engine.identity import Identity
from skelconv.engine.outcome import GAVE_CLIPS, Outcome
from skelconv.engine.spool import Spool, complete_among, count_outcomes
from skelconv.files.outputs import output_digest
from skelconv.files.reading import parse_json, read_record
from skelconv.files.writing import drafted, write_whole

STAMP = 16
"""Bytes of `Plan.stamps` for each item."""

# Files beside an output have its name and a suffix; file systems allow names of 255 bytes.
_LONGEST_NAME = 255 - len(".skelconv-build")


@dataclass(frozen=True, slots=True)
class BuildStatus:
    """The progress of a build.

    Attributes
    ----------
    running : bool
        Whether a process is running it.
    items : int
        Number of items of the build.
    converted, dropped, failed : int
        Number of items that gave clips, were left out by a transform, or failed.
    rate : float
        Items per second in the last or current run.
    """

    running: bool
    items: int
    converted: int
    dropped: int
    failed: int
    rate: float

    @property
    def left(self) -> int:
        """The number of items that are not done."""
        return self.items - self.converted - self.dropped - self.failed


class Workdir:
    """The working folder of the build of one target, locked by this process.

    Parameters
    ----------
    target : Path
        The output.

    Attributes
    ----------
    path : Path
        The folder.
    staging : Path
        Where the output is written, before it is moved to the target.
    provenance_draft : Path
        Where its provenance is written, before it is moved beside the target.
    aside : Path
        Where an earlier output is moved, before this one takes its place.

    Raises
    ------
    BuildError
        When the target has no name, or one that is too long.
    """

    def __init__(self, target: Path) -> None:
        if target.name in ("", "..") or len(os.fsencode(target.name)) > _LONGEST_NAME:
            raise BuildError("this cannot be the name of an output", where=str(target))
        self.path = target.with_name(f"{target.name}.skelconv-build")
        self.staging = self.path / "output"
        self.provenance_draft = self.path / "provenance"
        self.aside = self.path / "replaced"
        self._target = target
        self._identity = self.path / "build.json"
        self._stamps = self.path / "stamps"
        self._spool = self.path / "spool"
        self._run = self.path / "run.json"
        self._replaces = self.path / "replaces"
        self._digest = self.path / "digest"
        self._is_new = False

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock in a ``with`` block; the system also frees it when the process ends.

        An earlier output that a run had moved aside when it was killed is put back.

        Raises
        ------
        BuildError
            When another build holds the lock, or the folder cannot be created.
        """
        lock = _lock(self.path)
        try:
            if self.aside.exists() and not os.path.lexists(self._target):
                os.replace(self.aside, self._target)
            yield
        finally:
            if not self.holds_work:
                self.remove()
            os.close(lock)

    @property
    def holds_work(self) -> bool:
        """Whether an unfinished build left something to continue from."""
        return self._spool.exists()

    def earlier(self) -> Identity | None:
        """Return the identity of the unfinished build in this folder.

        Returns
        -------
        Identity or None
            None where there is no such build.

        Raises
        ------
        BuildError
            When it cannot be read.
        """
        try:
            return Identity.read(read_record(self._identity))
        except FileNotFoundError:
            return None
        except OSError as error:
            # It may be whole, and readable later: nothing here says that it may be discarded.
            raise BuildError(
                f"what an earlier build left here cannot be read now: {error.strerror or error}",
                where=str(self._identity),
            ) from error
        except ValueError as error:
            raise BuildError(
                "what an earlier build left here cannot be read",
                where=str(self._identity),
                hint="to discard it and start from the beginning: --fresh",
            ) from error

    def has_clips(self) -> bool:
        """Return whether the unfinished build in this folder has converted or dropped any clip."""
        counts = count_outcomes(self._spool) if self.holds_work else {}
        return any(counts.get(one) for one in (*GAVE_CLIPS, Outcome.DROPPED))

    def is_repaired_by(self, identity: Identity, stamps: bytes) -> bool:
        """Return whether a build differs from the one here by files alone that gave no clips.

        What the build here has done holds then, but for the items of these files, which it has
        quarantined or not reached.

        Parameters
        ----------
        identity : Identity
            The other build.
        stamps : bytes
            Its `Plan.stamps`.

        Returns
        -------
        bool
            False also where there is no build here.
        """
        earlier = self.earlier()
        if earlier is None or earlier.lasting_digest != identity.lasting_digest:
            return False
        changed = self._changed(stamps)
        return changed is not None and not (
            self.holds_work and complete_among(self._spool, changed)
        )

    def _changed(self, stamps: bytes) -> list[int] | None:
        """Return the positions of the items with other stamps; None where all may be others."""
        before, now = self._stamped(), _in_rows(stamps)
        if before is None or not np.array_equal(before[:, 0], now[:, 0]):
            return None
        changed: list[int] = np.flatnonzero(before[:, 1] != now[:, 1]).tolist()
        return changed

    def _stamped(self) -> np.ndarray[Any, np.dtype[np.uint64]] | None:
        """Return the stamps of the build in this folder; None where they cannot be read."""
        try:
            with open_regular(self._stamps) as file:
                content = file.read()
        except OSError:
            return None
        return None if len(content) % STAMP else _in_rows(content)

    def added_among(self, stamps: bytes) -> Sequence[bool] | None:
        """Return which items the build in this folder did not have.

        Parameters
        ----------
        stamps : bytes
            Those of the items that there are now; see `Plan.stamps`.

        Returns
        -------
        sequence of bool or None
            For each item whether it was added; None where not all of the others are that build's,
            in its order.
        """
        before, now = self._stamped(), _in_rows(stamps)
        if before is None:
            return None
        there = np.isin(now[:, 0], before[:, 0])
        if not np.array_equal(now[there, 0], before[:, 0]):
            return None
        added: list[bool] = (~there).tolist()
        return added

    def start_anew(self, identity: Identity, stamps: bytes, *, replaces: bool) -> None:
        """Remove what an earlier run left, and write down what is being built.

        Parameters
        ----------
        identity : Identity
            What is being built.
        stamps : bytes
            The `Plan.stamps` of it.
        replaces : bool
            Whether an existing output may be replaced.
        """
        self._forget()
        self._is_new = True
        if replaces:
            self._replaces.touch()
        self._note(identity, stamps)

    def _note(self, identity: Identity, stamps: bytes) -> None:
        """Write down what is being built. The identity is written last: it says that all is."""
        with drafted(self._stamps) as file:
            file.write_bytes(stamps)
        write_whole(self._identity, identity.text)

    @contextlib.contextmanager
    def open_spool(self, identity: Identity, stamps: bytes) -> Iterator[Spool]:
        """Open the spool of this build, new or as an earlier run left it.

        Items whose files were changed since then count as not done; see `is_repaired_by`. A build
        that stops before it has done any item, such as when a model cannot be loaded,
        leaves nothing.

        Parameters
        ----------
        identity : Identity
            What is being built.
        stamps : bytes
            The `Plan.stamps` of it.

        Yields
        ------
        Spool
            The open spool.

        Raises
        ------
        BuildError
            When the file is the spool of another build, or not a spool.
        """
        items = len(stamps) // STAMP
        with Spool(self._spool, bytes.fromhex(identity.lasting_digest), items) as spool:
            try:
                changed = self._changed(stamps) or ()
                if changed or self.earlier() != identity:
                    # In this order: killed in between, the next run does the same again.
                    spool.take_back(changed)
                    self._note(identity, stamps)
                yield spool
            except BaseException:
                # What --fresh has permitted to a run that was killed holds for this one too.
                permitted = self._replaces.exists() and not self._is_new
                if not (len(spool) or permitted or self._digest.exists()):
                    self._forget()
                raise

    def note_start(self, items: int, done: int) -> None:
        """Write down when this run began, for `status`.

        Parameters
        ----------
        items : int
            Number of items of the build.
        done : int
            Number of items that earlier runs have done.
        """
        self._run.write_text(json.dumps({"start": time.time(), "items": items, "done": done}))

    def status(self) -> BuildStatus | None:
        """Return the progress of the build, whether it is running or stopped.

        Returns
        -------
        BuildStatus or None
            None where there is no build.

        Raises
        ------
        BuildError
            When the folder cannot be read.
        """
        try:
            counts = count_outcomes(self._spool)
            written = self._spool.stat().st_mtime
            run = parse_json(read_record(self._run).encode())
            start, items, before = float(run["start"]), int(run["items"]), int(run["done"])
        except FileNotFoundError:
            return None
        except (ClipError, OSError, ArithmeticError, ValueError, KeyError, TypeError) as error:
            raise BuildError(f"the build cannot be read: {error}", where=str(self.path)) from error
        running = _is_locked(self.path / "lock")
        seconds = (time.time() if running else written) - start
        done = sum(counts.values())
        return BuildStatus(
            running=running,
            items=items,
            converted=sum(counts[one] for one in GAVE_CLIPS),
            dropped=counts[Outcome.DROPPED],
            failed=counts[Outcome.FAILED],
            rate=(done - before) / seconds if seconds > 0 else 0.0,
        )

    def note_digest(self, digest: str) -> None:
        """Write down the digest of the output that is about to be moved to the target.

        Those of outputs that it replaces stay behind it: until it is moved, one of them is there.

        Parameters
        ----------
        digest : str
            Its SHA-256, in hexadecimal.
        """
        write_whole(self._digest, "\n".join(dict.fromkeys([digest, *self._written()])))

    def _written(self) -> list[str]:
        """Return the digests of the outputs that this build has written, the last one first."""
        try:
            return read_record(self._digest).split()
        except FileNotFoundError:
            return []

    def may_replace(self, target: Path) -> bool:
        """Return whether the unfinished build may replace the output, or has written it itself.

        A file that was put there since is not this build's.

        Parameters
        ----------
        target : Path
            The output.

        Returns
        -------
        bool
            Whether the output may be replaced.
        """
        if not self.holds_work:
            return False
        return self._replaces.exists() or self.has_written(target)

    def has_written(self, target: Path) -> bool:
        """Return whether the output is what the build in this folder has written.

        Parameters
        ----------
        target : Path
            The output.

        Returns
        -------
        bool
            Whether its digest is one that the build has noted.
        """
        written = self._written()
        return bool(written) and os.path.exists(target) and output_digest(target) in written

    @property
    def replaces(self) -> bool:
        """Whether the unfinished build was allowed to replace what exists already."""
        return self._replaces.exists()

    def end_replacing(self) -> None:
        """Take that permission back: it is for one complete output."""
        self._replaces.unlink(missing_ok=True)

    def clear_staging(self) -> None:
        """Remove a half-written output that an earlier run may have left."""
        remove(self.staging)

    def finish(self, identity: Identity, *, again: bool) -> None:
        """Remove what a build of this identity left; what another build left is kept.

        Parameters
        ----------
        identity : Identity
            What was built: its output is complete.
        again : bool
            Whether to keep what lets quarantined clips be tried again.
        """
        if not (self.holds_work and self.earlier() == identity):
            return
        if again:
            self.end_replacing()
            remove(self.aside)
            remove(self.provenance_draft)
        else:
            self.remove()

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _forget(self) -> None:
        """Remove everything to continue from; the lock stays.

        The permission to replace an output is removed first and the identity last, so that a
        build that is killed in between leaves nothing that could count as another build's.
        """
        for left in (self._replaces, self._digest, self._spool, self._stamps, self._identity):
            left.unlink(missing_ok=True)


def noted_digest(target: Path) -> str | None:
    """Return the digest of the output that an unfinished build of a target has made, if any.

    Between moving the output to its place and writing its provenance, only this says what it is.

    Parameters
    ----------
    target : Path
        The output.

    Returns
    -------
    str or None
        The SHA-256 of the output, in hexadecimal.
    """
    try:
        noted = read_record(target.with_name(f"{target.name}.skelconv-build") / "digest")
    except (OSError, ValueError):
        return None
    return next(iter(noted.split()), None)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it exists.

    Parameters
    ----------
    path : Path
        The file or folder.
    """
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _in_rows(stamps: bytes) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """Return stamps as rows of two numbers: of the id, and of all else."""
    return np.frombuffer(stamps, np.uint64).reshape(-1, 2)


def _is_locked(path: Path) -> bool:
    try:
        file = os.open(path, os.O_RDONLY)  # it may be another user's
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
    """Create the folder and lock it; return the file that holds the lock while it is open."""
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
