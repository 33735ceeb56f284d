"""The names of BABEL's actions."""

from __future__ import annotations

from importlib.resources import files


def class_names(classes: int) -> tuple[str, ...]:
    """Return the names of the classes (BABEL's ``act_cat``).

    Parameters
    ----------
    classes : {60, 120}
        The number of classes; the smaller set has the 60 most frequent ones, which are the first.

    Returns
    -------
    tuple of str
        In the order of labels.
    """
    text = files("skelconv_babel").joinpath("data", "action_labels.txt").read_text("utf-8")
    return tuple(text.splitlines()[:classes])
