"""Models by name, and what has to be fetched for one: what plugins tell of both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

FetchProgress = Callable[[int, int | None], None]
"""Is told how many bytes are fetched, and of how many; None where that is not known."""


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that a plugin knows by its name.

    Attributes
    ----------
    name : str
        The name that the plugin's option ``model`` takes.
    url : str
        Where its weights are published.
    layout : str, optional
        The layout of its joints; None for a detector.
    input_size : (int, int), optional
        Height and width of its input in pixels, where it has one size.
    sha256 : str, optional
        SHA-256 of the weights, or its first digits, where the publisher gives them.
    megabytes : int, optional
        Size of the weights, where it is known.
    """

    name: str
    url: str
    layout: str | None = None
    input_size: tuple[int, int] | None = None
    sha256: str | None = None
    megabytes: int | None = None


class Fetchable(Protocol):
    """What a stage fetches once and then keeps, such as weights.

    Its *pin* says which bytes are meant: a SHA-256 of a file, or a commit of a folder on a hub.
    `skelconv.vision.RemoteFile` is one for a file behind a URL.
    """

    @property
    def name(self) -> str:
        """Its URL, or its id on a hub."""

    @property
    def option(self) -> str:
        """The option that takes a pin."""

    @property
    def pin(self) -> str | None:
        """What the options or the publisher say that it must be; None where nobody says it."""

    @property
    def requires(self) -> tuple[str, ...]:
        """What is not installed of the packages that fetching needs, by their names for pip."""

    @property
    def cache_variable(self) -> str:
        """The environment variable that names the folder in which it is kept."""

    def kept(self) -> Path | None:
        """Return where it lies on this machine; None where it was not fetched yet."""

    def fetch(self, pin: str | None, progress: FetchProgress | None = None) -> tuple[Path, str]:
        """Fetch it, if it is not kept.

        Parameters
        ----------
        pin : str, optional
            What it must be, in place of its own `pin`; a first part of a digest is enough.
        progress : callable, optional
            Is told while bytes come.

        Returns
        -------
        path : Path
            The file or folder.
        pin : str
            Its whole pin.

        Raises
        ------
        skelconv.SkelconvError
            When it cannot be fetched, or is something else.
        """
