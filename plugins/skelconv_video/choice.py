"""Which files below a root are data: by their endings, and by what is beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skelconv_video.kinds import Kind, is_sniffed, kind_by, stem_of, suffix_of
from skelconv_video.series import Series, series_of


@dataclass(frozen=True)
class Choice:
    """Which files are data.

    Attributes
    ----------
    suffixes : sequence of str, optional
        Endings, in lower case, with their dots; by default those of all videos and images.
    images : str, optional
        A regular expression with a group ``frame`` for names of images.
    """

    suffixes: Sequence[str] | None = None
    images: str | None = None

    def kind(self, path: str) -> Kind:
        """Return what a file is by its ending.

        Parameters
        ----------
        path : str
            The file.

        Returns
        -------
        {"video", "image", "archive", ""}
            The kind; empty where it is none of the data.
        """
        suffix = suffix_of(path)
        kind = kind_by(suffix)
        if self.suffixes is None or kind == "archive":
            return kind
        if suffix not in self.suffixes:
            return ""
        return kind or "video"

    def may_end(self, path: str) -> bool:
        """Return whether what a path ends in is an ending of videos.

        Parameters
        ----------
        path : str
            A path in a list, which may be without an ending.

        Returns
        -------
        bool
            Whether it is.
        """
        suffix = suffix_of(path)
        is_sometimes = self.suffixes is None and bool(suffix) and is_sniffed(suffix)
        return self.kind(path) == "video" or is_sometimes

    def series(self, names: Sequence[str]) -> Series:
        """Find the frames among the files of a folder.

        Parameters
        ----------
        names : sequence of str
            The names of all files in it.

        Returns
        -------
        Series
            The frames.

        Raises
        ------
        SeriesError
            See `skelconv_video.series.series_of`.
        """
        kinds = {name: self.kind(name) for name in names if not name.startswith(".")}
        images = [name for name, kind in kinds.items() if kind == "image"]
        videos = {stem_of(name) for name, kind in kinds.items() if kind == "video"}
        apart = [name for name in images if stem_of(name) not in videos] if videos else images
        series = series_of(apart, self.images)
        if videos and len(series.names) < 2:
            series = Series((), series.names, ())
        taken = set(series.names)
        return series._replace(others=[name for name in images if name not in taken])


def is_hidden(path: str) -> bool:
    """Return whether a file is not meant to be seen.

    macOS leaves a ``._NAME`` beside each NAME on foreign disks and in archives.

    Parameters
    ----------
    path : str
        Its path in the root.

    Returns
    -------
    bool
        Whether it is.
    """
    parts = path.split("/")
    return parts[0] == "__MACOSX" or any(part.startswith(".") and part != ".." for part in parts)
