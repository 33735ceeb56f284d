"""The names of BABEL's actions."""

from __future__ import annotations

from importlib.resources import files


def class_names(classes: int) -> tuple[str, ...]:
    """Return the names of the classes (BABEL's ``act_cat``), in the order of labels.

    The smaller set has the first 60 of the larger one's, the most frequent.

    Parameters
    ----------
    classes : {60, 120}
        How many actions are told apart.
    """
    text = files("skelconv_babel").joinpath("data", "action_labels.txt").read_text("utf-8")
    return tuple(text.splitlines()[:classes])
