"""The guess of ``babel``, for ``skelconv init --from``."""

from __future__ import annotations

import re

from skelconv.files import Samples
from skelconv.plugin import Guess

_FILE = re.compile(r"(train|val|test)(_extra)?_ntu_sk_(60|120)\.npy\Z")
_PARTS = ("train", "val", "test")


def guess_babel(samples: Samples) -> Guess | None:
    """Guess whether these are BABEL's features.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where they are not.
    """
    matches = [match for path in samples.files if (match := _FILE.match(path))]
    if not matches:
        return None
    classes, extra = matches[0][3], bool(matches[0][2])
    alike = {match[1] for match in matches if (match[3], bool(match[2])) == (classes, extra)}
    options = {
        "root": samples.root,
        "classes": int(classes),
        "parts": [part for part in _PARTS if part in alike],
        **({"extra": True} if extra else {}),
    }
    return Guess(
        options=options, reason=f"{matches[0][0]}, as BABEL's download has it", confidence=1.0
    )
