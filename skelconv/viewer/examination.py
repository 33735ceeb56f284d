"""What is found out about all clips of a dataset while some are shown."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from skelconv.data.clip import Array, Clip
from skelconv.data.errors import DatasetError
from skelconv.datasets.dataset import Dataset
from skelconv.datasets.measures import jitter, joint_scores, lowness, missing_share
from skelconv.datasets.verify.audit import verify

# Clips of a finding that are named, at most.
_FOUND = 1_000


class Examination:
    """Measures of clips, and what the audit finds. One thread examines, and others may ask.

    Parameters
    ----------
    clips : int
        The number of clips.
    """

    def __init__(self, clips: int) -> None:
        self._clips = clips
        self._facts: list[tuple[float, float, float]] = []
        self._joints: Array | None = None
        self._findings: list[Mapping[str, Any]] | None = None

    def findings(self) -> list[Mapping[str, Any]] | None:
        """Return what the audit has found.

        Returns
        -------
        list of mapping or None
            JSON values; None until it has ended.
        """
        return self._findings

    def examine(self, reopen: Callable[[], Dataset], stop: threading.Event | None = None) -> None:
        """Measure all clips, and look for all that is wrong, as ``skelconv verify`` does.

        Parameters
        ----------
        reopen : callable
            Opens the dataset once more: its clips are read while others are shown.
        stop : Event, optional
            Ends it when it is set.
        """

        def look(index: int, clip: Clip) -> None:
            if stop is not None and stop.is_set():
                raise _StoppedError
            self._fill(index)
            self._facts.append(self._measured(index, clip))

        try:
            findings = verify(reopen(), seen=look).findings
        except _StoppedError:
            return
        except Exception as error:  # it is shown, whatever it is
            self._findings = [_finding("", "error", f"the audit ended: {error}", ())]
        else:
            self._findings = [
                _finding(one.code, one.severity, one.what, one.ids) for one in findings
            ]
        self._fill(self._clips)

    def _fill(self, until: int) -> None:
        """Nothing is known of clips that could not be read."""
        self._facts += [(float("nan"),) * 3] * (until - len(self._facts))

    def _measured(self, index: int, clip: Clip) -> tuple[float, float, float]:
        try:
            scores = joint_scores(clip)
            if self._joints is None:
                # Two bytes for each number: there may be millions.
                shape = (self._clips, len(scores))
                self._joints = np.full(shape, np.nan, np.float16)
            if len(scores) == self._joints.shape[1]:
                self._joints[index] = scores
            score = float("nan") if clip.keypoint_score is None else 1 - lowness(clip)
            return missing_share(clip), score, jitter(clip)
        except Exception:  # one clip, whatever is wrong with it, does not end the others
            return (float("nan"),) * 3

    def facts(self, since: int) -> Mapping[str, Any]:
        """Return what has been measured so far.

        Parameters
        ----------
        since : int
            How many clips are known already.

        Returns
        -------
        mapping
            JSON values: ``missing``, ``score`` and ``jitter`` of the clips from there on.
        """
        found = self._facts[since:]
        columns = zip(*found, strict=True) if found else ((), (), ())
        missing, score, trembling = ([_json_number(one) for one in column] for column in columns)
        return {"since": since, "missing": missing, "score": score, "jitter": trembling}

    def joint_scores(self, joint: int, since: int) -> list[float | None]:
        """Return what has been measured so far of one joint.

        Parameters
        ----------
        joint : int
            Its position in the layout.
        since : int
            How many clips are known already.

        Returns
        -------
        list of float or None
            See `skelconv.datasets.measures.joint_scores`.

        Raises
        ------
        DatasetError
            When there is no such joint.
        """
        until, joints = len(self._facts), self._joints
        if joints is None:
            return []
        if not 0 <= joint < joints.shape[1]:
            raise DatasetError(f"there is no joint {joint}")
        return [_json_number(float(one)) for one in joints[since:until, joint]]


class _StoppedError(Exception):
    """The viewer is closed."""


def _finding(code: str, severity: str, what: str, ids: Sequence[str]) -> Mapping[str, Any]:
    return {"code": code, "severity": severity, "what": what, "ids": list(ids)[:_FOUND]}


def _json_number(value: float) -> float | None:
    return round(value, 5) if np.isfinite(value) else None
