"""BABEL's split, by the beginning of the clips' ids."""

from __future__ import annotations

from skelconv import BuildError


class BabelSplit:
    """The split into train and val of BABEL's files.

    Attributes
    ----------
    names : tuple of str
        ``("train", "val")``.
    """

    names = ("train", "val")

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
            When its id begins with neither, as in MMAction2's profile, which has no split.
        """
        part, separator, _ = clip_id.partition("_")
        if not separator or part not in self.names:
            raise BuildError(
                f"the clip {clip_id!r} is in neither part, for its id begins with neither "
                "'train_' nor 'val_'",
                where="babel",
                hint="The source 'babel' names its clips so, except with profile mmaction2, "
                "which takes train alone: leave the split out there.",
            )
        return (part,)
