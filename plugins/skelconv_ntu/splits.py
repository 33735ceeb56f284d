"""The official splits of NTU RGB+D: by performer, by camera, by setup."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from skelconv import BuildError
from skelconv_ntu.names import SampleName, parse_name

Benchmark = Literal["xsub", "xview", "xset"]

# The training performers of NTU120; those up to 40 are the training performers of NTU60, whose
# performers go up to 40, so one list serves both.
# fmt: off
_TRAINING_PERFORMERS = frozenset([
    1, 2, 4, 5, 8, 9, 13, 14, 15, 16, 17, 18, 19, 25, 27, 28, 31, 34, 35, 38,
    45, 46, 47, 49, 50, 52, 53, 54, 55, 56, 57, 58, 59, 70, 74, 78, 80, 81, 82, 83, 84, 85, 86,
    89, 91, 92, 93, 94, 95, 97, 98, 100, 103,
])
# fmt: on

# Whether a sample is for training.
_TRAINS: dict[Benchmark, Callable[[SampleName], bool]] = {
    "xsub": lambda sample: sample.performer in _TRAINING_PERFORMERS,
    "xview": lambda sample: sample.camera in (2, 3),
    "xset": lambda sample: sample.setup % 2 == 0,
}


def sample_of(clip_id: str, split: str) -> SampleName:
    """Return the sample that a clip is.

    Parameters
    ----------
    clip_id : str
        The clip's id.
    split : str
        The name of the split that needs it, for the error.

    Returns
    -------
    SampleName
        The sample.

    Raises
    ------
    BuildError
        When the id is not an NTU name.
    """
    sample = parse_name(clip_id)
    if sample is None:
        raise BuildError(
            f"the clip {clip_id!r} has no place in the {split} split, "
            "for its id is not an NTU name",
            where=f"ntu-{split}",
            hint="NTU names have the form SsssCcccPpppRrrrAaaa, such as S001C002P003R001A050",
        )
    return sample


class NtuSplit:
    """A split of all samples into two parts, by their names.

    Parameters
    ----------
    benchmark : {"xsub", "xview", "xset"}
        By performer (NTU60 and NTU120), by camera (NTU60) or by setup (NTU120).

    Attributes
    ----------
    names : tuple of str
        Such as ``("xsub_train", "xsub_val")``.
    """

    def __init__(self, benchmark: Benchmark) -> None:
        self.names = (f"{benchmark}_train", f"{benchmark}_val")
        self._benchmark = benchmark
        self._trains = _TRAINS[benchmark]

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
        sample = sample_of(clip_id, self._benchmark)
        train, val = self.names
        return (train if self._trains(sample) else val,)
