"""The names of NTU RGB+D samples, such as ``S001C002P003R001A050``."""

from __future__ import annotations

import re
from typing import NamedTuple

_NAME = re.compile(r"S(\d{3})C(\d{3})P(\d{3})R(\d{3})A(\d{3})\Z", re.ASCII)


class SampleName(NamedTuple):
    """The numbers in a sample's name; tuples sort as names do.

    Attributes
    ----------
    setup, camera, performer, replication, action : int
        Counted from 1.
    """

    setup: int
    camera: int
    performer: int
    replication: int
    action: int

    @property
    def label(self) -> int:
        """The class, from 0."""
        return self.action - 1

    def __str__(self) -> str:
        setup, camera, performer, replication, action = self
        return f"S{setup:03}C{camera:03}P{performer:03}R{replication:03}A{action:03}"


def parse_name(text: str) -> SampleName | None:
    """Read a sample's name.

    Parameters
    ----------
    text : str
        The name alone, without a folder or an ending.

    Returns
    -------
    SampleName or None
        None when it does not have the form ``SsssCcccPpppRrrrAaaa`` with three digits each.
    """
    match = _NAME.match(text)
    return SampleName(*map(int, match.groups())) if match else None
