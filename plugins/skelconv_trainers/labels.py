"""What all trainers need of labels."""

from __future__ import annotations

from collections.abc import Iterator

from skelconv import Clip


def check_label(clip: Clip, trainer: str) -> Iterator[str]:
    """Say why a trainer of single labels cannot use a clip's label.

    Parameters
    ----------
    clip : Clip
        The clip.
    trainer : str
        The trainer's name.

    Yields
    ------
    str
        One line for each fault.
    """
    if clip.label is None:
        yield f"{trainer} needs a label"
    elif isinstance(clip.label, tuple):
        yield f"{trainer} needs one label, not several"
