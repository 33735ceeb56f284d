"""What kind of file one is: by its ending, and where that says nothing by its first bytes."""

from __future__ import annotations

from typing import Literal

Kind = Literal["video", "image", "archive", ""]

# Endings that only videos have.
# fmt: off
VIDEOS = frozenset(
    (
        ".264", ".265", ".3g2", ".3gp", ".amv", ".apng", ".asf", ".avi", ".divx", ".dv", ".f4v",
        ".flv", ".gif", ".h264", ".h265", ".hevc", ".ivf", ".m1v", ".m2ts", ".m2v", ".m4v", ".mj2",
        ".mjpeg", ".mjpg", ".mkv", ".mov", ".mp4", ".mpe", ".mpeg", ".mpg", ".mpv", ".mxf", ".nut",
        ".obu", ".ogv", ".qt", ".vob", ".webm", ".wmv", ".wtv", ".xvid", ".y4m",
    )
)
# fmt: on
IMAGES = frozenset([".jpg", ".jpeg", ".png", ".webp", ".bmp"])
ARCHIVES = frozenset([".zip", ".tar", ".tar.gz", ".tgz"])

# Other things have these endings too: TypeScript, cell phones' settings, or anything.
_SOMETIMES = frozenset([".ts", ".mts", ".ogg", ".dat", ".mod", ".tod", ".bin", ""])
# fmt: off
_SOUNDS = frozenset(
    (
        ".aac", ".ac3", ".aiff", ".amr", ".flac", ".m4a", ".mp3", ".oga", ".opus", ".wav", ".wma",
    )
)
# fmt: on

SNIFFED = 4096
"""How many first bytes of a file are looked at."""

_EBML = b"\x1a\x45\xdf\xa3"
_ASF = bytes.fromhex("3026b2758e66cf11")
_MPEG = (b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3")
_TS, _M2TS = 188, 192


def suffix_of(path: str) -> str:
    """Return the ending of a file's name.

    Parameters
    ----------
    path : str
        The file.

    Returns
    -------
    str
        In lower case, with its dot: ``.mp4``, ``.tar.gz``; empty where there is none.
    """
    name = path.rpartition("/")[2].lower()
    if name.endswith(".tar.gz"):
        return ".tar.gz"
    stem, dot, ending = name.rpartition(".")
    return f".{ending}" if dot and stem.strip(".") else ""


def stem_of(path: str) -> str:
    """Return a path without the ending of the file's name.

    Parameters
    ----------
    path : str
        The file.

    Returns
    -------
    str
        The rest.
    """
    return path[: len(path) - len(suffix_of(path))]


def kind_by(suffix: str) -> Kind:
    """Return what files with an ending are.

    Parameters
    ----------
    suffix : str
        See `suffix_of`.

    Returns
    -------
    {"video", "image", "archive", ""}
        The kind; empty where the ending does not say it.
    """
    if suffix in VIDEOS:
        return "video"
    if suffix in IMAGES:
        return "image"
    return "archive" if suffix in ARCHIVES else ""


def is_sniffed(suffix: str) -> bool:
    """Return whether only a file's content says if it is a video.

    Parameters
    ----------
    suffix : str
        See `suffix_of`.

    Returns
    -------
    bool
        Whether it is so: with an ending that is a video's at times.
    """
    return suffix in _SOMETIMES


def looks_like_video(begin: bytes) -> bool:
    """Return whether a file begins as one of the containers of videos.

    Parameters
    ----------
    begin : bytes
        The first `SNIFFED` bytes of the file.

    Returns
    -------
    bool
        Whether it does.
    """
    return (
        begin[4:8] in (b"ftyp", b"moov", b"mdat", b"wide")
        or begin.startswith((_EBML, _ASF, b"FLV\x01", b"GIF8", *_MPEG))
        or (begin.startswith(b"OggS") and b"theora" in begin)
        or (begin[:4] == b"RIFF" and begin[8:12] == b"AVI ")
        or _has_packets(begin, 0, _TS)
        or _has_packets(begin, 4, _M2TS)
    )


def _has_packets(begin: bytes, first: int, size: int) -> bool:
    """Return whether there are the packets of a transport stream, of one size."""
    marks = begin[first::size]
    is_text = begin.isascii() and b"\0" not in begin
    return not is_text and len(marks) > 2 and marks.count(0x47) == len(marks)


def why_stray(suffix: str) -> str:
    """Return why a file that is not taken is no video.

    Parameters
    ----------
    suffix : str
        See `suffix_of`.

    Returns
    -------
    str
        The reason.
    """
    if suffix in _SOUNDS:
        return "sound without pictures"
    return "not a video"
