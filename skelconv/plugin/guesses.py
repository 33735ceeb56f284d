"""What a source takes files for: ``skelconv init --from`` asks all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Guess:
    """What a source takes files for.

    Attributes
    ----------
    options : mapping
        Options of the source, as a recipe has them: those that differ from the defaults and are
        known.
    reason : str
        What was seen that speaks for it, as the end of "it looks like NAME: ".
    confidence : float
        From 0 to 1; the greatest of all sources wins. 1: the files say what they are; 0.8: nothing
        else has this structure; 0.5: names or shapes speak for it; 0.2: it may be. What is below
        0.1 counts only where there is no other guess.
    unknown : mapping of str to str
        Options that must be given and cannot be seen, such as ``img_shape`` or ``columns.id``, each
        with words that say what to fill in.
    advice : mapping of str to str
        Options that one may want, each with its value and maybe a comment, in YAML. They are
        written as comments.
    details : sequence of str
        What was seen in the files, such as the header of a table, and what of it is not read.
    """

    options: Mapping[str, Any]
    reason: str
    confidence: float
    unknown: Mapping[str, str] = field(default_factory=dict)
    advice: Mapping[str, str] = field(default_factory=dict)
    details: Sequence[str] = ()
