"""BABEL's split, by the beginning of the clips' ids."""

from __future__ import annotations

from collections.abc import Sequence

from skelconv import BuildError


class BabelSplit:
    """The split of BABEL's files.

    Parameters
    ----------
    parts : sequence of {"train", "val", "test"}
        The parts that there are.

    Attributes
    ----------
    names : tuple of str
        The same.
    """

    def __init__(self, parts: Sequence[str] = ("train", "val")) -> None:
        self.names = tuple(parts)

    def assign(self, clip_id: str) -> tuple[str]:
        """Name the one part that a clip belongs to.

        Parameters
        ----------
        clip_id : str
            The clip's id.

        Returns
        -------
        tuple of one str
            One of `names`.

        Raises
        ------
        BuildError
            When its id begins with none, as in MMAction2's profile, which has no split.
        """
        part, separator, _ = clip_id.partition("_")
        if not separator or part not in self.names:
            beginnings = ", ".join(f"'{name}_'" for name in self.names)
            raise BuildError(
                f"the clip {clip_id!r} is in no part, for its id begins with none of {beginnings}",
                where="babel",
                hint="The source 'babel' names its clips so. Give the split the 'parts' of the "
                "source; leave it out with profile mmaction2, which takes train alone.",
            )
        return (part,)
