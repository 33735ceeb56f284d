"""The folder in which a build works: its lock, its identity and its spool.

It is beside the output, named ``OUT.skelconv-build``, and is removed when the output is complete.
After a crash, the next build of the same output continues from what is in it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from skelconv.data.errors import BuildError
from skelconv.data.opening import open_regular
from skelconv.engine.identity import Identity
from skelconv.engine.locking import lock
from skelconv.engine.outcome import GAVE_CLIPS, Outcome
from skelconv.engine.spool import Spool, complete_among, count_outcomes
from skelconv.engine.stamps import STAMP, added, changed
from skelconv.files.outputs import output_digest
from skelconv.files.reading import read_record
from skelconv.files.writing import drafted, write_whole

# Files beside an output have its name and a suffix; file systems allow names of 255 bytes.
_LONGEST_NAME = 255 - len(".skelconv-build")


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
    spool, run : Path
        What is done, and when the present or last run began.

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
        self.spool = self.path / "spool"
        self.run = self.path / "run.json"
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
        held = lock(self.path)
        try:
            if self.aside.exists() and not os.path.lexists(self._target):
                os.replace(self.aside, self._target)
            yield
        finally:
            if not self.holds_work:
                self.remove()
            os.close(held)

    @property
    def holds_work(self) -> bool:
        """Whether an unfinished build left something to continue from."""
        return self.spool.exists()

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
        counts = count_outcomes(self.spool) if self.holds_work else {}
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
        others = changed(self._read_stamps(), stamps)
        return others is not None and not (self.holds_work and complete_among(self.spool, others))

    def _read_stamps(self) -> bytes:
        """Return the stamps of the build in this folder; nothing where they cannot be read."""
        try:
            with open_regular(self._stamps) as file:
                return file.read()
        except OSError:
            return b""

    def added_among(self, stamps: bytes) -> Sequence[bool] | None:
        """Return which items the build in this folder did not have.

        Parameters
        ----------
        stamps : bytes
            Those of the items that there are now; see `Plan.stamps`.

        Returns
        -------
        sequence of bool or None
            As of `skelconv.engine.stamps.added`; None where nothing is known of that build's.
        """
        before = self._read_stamps()
        return added(before, stamps) if before else None

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
        with Spool(self.spool, bytes.fromhex(identity.lasting_digest), items) as spool:
            try:
                others = changed(self._read_stamps(), stamps) or ()
                if others or self.earlier() != identity:
                    # In this order: killed in between, the next run does the same again.
                    spool.take_back(others)
                    self._note(identity, stamps)
                yield spool
            except BaseException:
                # What --fresh has permitted to a run that was killed holds for this one too.
                permitted = self._replaces.exists() and not self._is_new
                if not (len(spool) or permitted or self._digest.exists()):
                    self._forget()
                raise

    def note_start(self, items: int, done: int) -> None:
        """Write down when this run began, for `skelconv.engine.status.status_of`.

        Parameters
        ----------
        items : int
            Number of items of the build.
        done : int
            Number of items that earlier runs have done.
        """
        self.run.write_text(json.dumps({"start": time.time(), "items": items, "done": done}))

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
        for left in (self._replaces, self._digest, self.spool, self._stamps, self._identity):
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
