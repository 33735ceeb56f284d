"""What splits have in common that are decided once, when the source was listed."""

from __future__ import annotations


class Surveyed:
    """A split whose method ``survey`` puts each clip of the source into its parts.

    Clips that the source does not have are in none: one that is cut from another, such as a window
    of a recording, belongs where that does.

    Attributes
    ----------
    names : tuple of str
        The parts.
    """

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self._parts: dict[str, tuple[str, ...]] = {}

    def assign(self, clip_id: str) -> tuple[str, ...]:
        """Return the parts of a clip.

        Parameters
        ----------
        clip_id : str
            The clip's id.

        Returns
        -------
        tuple of str
            The parts; none for a clip that the source does not have.
        """
        return self._parts.get(clip_id, ())
