"""The official splits of NTU RGB+D: by performer, by camera, by setup."""

from __future__ import annotations

from collections.abc import Callable

from skelconv import BuildError
from skelconv_ntu.names import SampleName, parse_name

# The training performers of NTU120; those up to 40 are the training performers of NTU60, whose
# performers go up to 40, so one list serves both.
# fmt: off
_TRAINING_PERFORMERS = frozenset([
    1, 2, 4, 5, 8, 9, 13, 14, 15, 16, 17, 18, 19, 25, 27, 28, 31, 34, 35, 38,
    45, 46, 47, 49, 50, 52, 53, 54, 55, 56, 57, 58, 59, 70, 74, 78, 80, 81, 82, 83, 84, 85, 86,
    89, 91, 92, 93, 94, 95, 97, 98, 100, 103,
])
# fmt: on
_TRAINING_CAMERAS = frozenset([2, 3])


class NtuSplit:
    """A split of all samples into two parts, by what their names say.

    Parameters
    ----------
    benchmark : str
        ``xsub``, ``xview`` or ``xset``.
    trains : callable
        Whether a sample is for training.

    Attributes
    ----------
    names : tuple of str
        Such as ``("xsub_train", "xsub_val")``.
    """

    def __init__(self, benchmark: str, trains: Callable[[SampleName], bool]) -> None:
        self.names = (f"{benchmark}_train", f"{benchmark}_val")
        self._benchmark = benchmark
        self._trains = trains

    def assign(self, frame_dir: str) -> tuple[str]:
        """Name the one part that a sample belongs to.

        Raises
        ------
        BuildError
            When the clip's id is no NTU name.
        """
        sample = parse_name(frame_dir)
        if sample is None:
            raise BuildError(
                f"the clip {frame_dir!r} has no place in the {self._benchmark} split, "
                "for its id is no NTU name",
                where=f"ntu-{self._benchmark}",
                hint="NTU names have the form SsssCcccPpppRrrrAaaa, such as S001C002P003R001A050",
            )
        train, val = self.names
        return (train if self._trains(sample) else val,)


def cross_subject() -> NtuSplit:
    """Split by performer, for NTU60 and NTU120."""
    return NtuSplit("xsub", lambda sample: sample.performer in _TRAINING_PERFORMERS)


def cross_view() -> NtuSplit:
    """Split by camera (NTU60): the first camera's views are for validation."""
    return NtuSplit("xview", lambda sample: sample.camera in _TRAINING_CAMERAS)


def cross_setup() -> NtuSplit:
    """Split by setup (NTU120): even setups are for training."""
    return NtuSplit("xset", lambda sample: sample.setup % 2 == 0)
