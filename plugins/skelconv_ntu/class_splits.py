"""Splits of NTU RGB+D by classes: one-shot and zero-shot, as they were published.

Actions are counted from 1, as in samples' names.

- One-shot: the authors of NTU RGB+D 120 (Liu et al., TPAMI 2019), section "Evaluation Protocol of
  One-Shot Action Recognition" of https://github.com/shahroudy/NTURGB-D.
- ``synse-...``: SynSE (Gupta et al., ICIP 2021), https://github.com/skelemoa/synse-zsl, which lists
  the unseen actions. Most later papers compare on these.
- ``smie-...``: SMIE (Zhou et al., ACM MM 2023), https://github.com/YujieOuO/SMIE, ``split_1`` to
  ``split_6`` of its split.py, in which classes are counted from 0.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from skelconv_ntu.names import SampleName
from skelconv_ntu.splits import Benchmark, NtuSplit, sample_of

ZeroShot = Literal[
    "synse-55-5",
    "synse-48-12",
    "synse-110-10",
    "synse-96-24",
    "smie-55-5-1",
    "smie-55-5-2",
    "smie-55-5-3",
    "smie-110-10-1",
    "smie-110-10-2",
    "smie-110-10-3",
]


class _Unseen(NamedTuple):
    """Which actions are not seen in training, and how many there are in all."""

    actions: int
    unseen: frozenset[int]


def _of(actions: int, *unseen: int) -> _Unseen:
    return _Unseen(actions, frozenset(unseen))


# fmt: off
UNSEEN: dict[ZeroShot, _Unseen] = {
    "synse-55-5": _of(60, 11, 12, 20, 27, 57),
    "synse-48-12": _of(60, 4, 6, 10, 13, 16, 41, 43, 48, 52, 57, 59, 60),
    "synse-110-10": _of(120, 5, 14, 38, 44, 50, 66, 89, 96, 100, 107),
    "synse-96-24": _of(
        120, 6, 10, 12, 17, 19, 21, 23, 30, 36, 40, 46, 50, 60, 69, 71, 82, 85, 88, 94, 95, 105,
        114, 115, 120,
    ),
    "smie-55-5-1": _of(60, 5, 20, 32, 48, 52),
    "smie-55-5-2": _of(60, 13, 30, 33, 45, 60),
    "smie-55-5-3": _of(60, 8, 21, 29, 40, 59),
    "smie-110-10-1": _of(120, 4, 19, 27, 39, 42, 61, 88, 100, 103, 111),
    "smie-110-10-2": _of(120, 6, 13, 15, 16, 18, 43, 68, 83, 101, 120),
    "smie-110-10-3": _of(120, 7, 21, 28, 34, 43, 56, 72, 98, 105, 119),
}
# fmt: on

NOVEL = frozenset(range(1, 121, 6))
"""The actions that the one-shot protocol evaluates: A1, A7, ... A115."""


def exemplar(action: int) -> SampleName:
    """Return the one sample of a novel action that may be used.

    Parameters
    ----------
    action : int
        One of `NOVEL`.

    Returns
    -------
    SampleName
        Of performer 8 and camera 3, in the first setup that has the action.
    """
    return SampleName(1 if action <= 60 else 18, 3, 8, 1, action)


class OneShotSplit:
    """The one-shot protocol of NTU RGB+D 120.

    Attributes
    ----------
    names : tuple of str
        ``oneshot_train`` has the 100 other actions (the auxiliary set), ``oneshot_exemplars`` one
        sample of each novel action, and ``oneshot_test`` all others of these.
    """

    names = ("oneshot_train", "oneshot_exemplars", "oneshot_test")

    def assign(self, clip_id: str) -> tuple[str]:
        """Name the one part that a sample belongs to.

        Parameters
        ----------
        clip_id : str
            The sample's name.

        Returns
        -------
        tuple of one str
            One of `names`.

        Raises
        ------
        BuildError
            When the clip's id is not an NTU name.
        """
        sample = sample_of(clip_id, "one-shot")
        train, exemplars, test = self.names
        if sample.action not in NOVEL:
            return (train,)
        return (exemplars if sample == exemplar(sample.action) else test,)


class ZeroShotSplit:
    """A zero-shot protocol: some actions are not seen in training.

    Parameters
    ----------
    classes : str
        Which actions are not seen; see `UNSEEN`.
    benchmark : {"xsub", "xview", "xset"}
        Which samples are for training, and which for testing.

    Attributes
    ----------
    names : tuple of str
        ``zsl_train`` has the seen actions in samples for training, ``zsl_test`` the unseen actions
        in samples for testing, and ``gzsl_test`` (generalised) all actions in these.
    """

    names = ("zsl_train", "zsl_test", "gzsl_test")

    def __init__(self, classes: ZeroShot, benchmark: Benchmark) -> None:
        self._classes = UNSEEN[classes]
        self._benchmark = NtuSplit(benchmark)

    def assign(self, clip_id: str) -> tuple[str, ...]:
        """Name the parts that a sample belongs to.

        Parameters
        ----------
        clip_id : str
            The sample's name.

        Returns
        -------
        tuple of str
            None for unseen actions in samples for training, and for actions of NTU120 alone where
            the protocol is of NTU60.

        Raises
        ------
        BuildError
            When the clip's id is not an NTU name.
        """
        sample = sample_of(clip_id, "zero-shot")
        train, zsl, gzsl = self.names
        if sample.action > self._classes.actions:
            return ()
        unseen = sample.action in self._classes.unseen
        if self._benchmark.assign(clip_id) == self._benchmark.names[:1]:
            return () if unseen else (train,)
        return (zsl, gzsl) if unseen else (gzsl,)
