"""BABEL's split, by what the clips' ids begin with."""

from __future__ import annotations

from skelconv import BuildError


class BabelSplit:
    """The split into train and val that BABEL's files come in.

    Attributes
    ----------
    names : tuple of str
        ``("train", "val")``.
    """

    names = ("train", "val")

    def assign(self, frame_dir: str) -> tuple[str]:
        """Name the one part that a clip belongs to.

        Raises
        ------
        BuildError
            When its id begins with neither, as in MMAction2's profile, which has no split.
        """
        part, separator, _ = frame_dir.partition("_")
        if not separator or part not in self.names:
            raise BuildError(
                f"the clip {frame_dir!r} is in neither part, for its id begins with neither "
                "'train_' nor 'val_'",
                where="babel",
                hint="The source 'babel' names its clips so, except with profile mmaction2, "
                "which takes train alone: leave the split out there.",
            )
        return (part,)
