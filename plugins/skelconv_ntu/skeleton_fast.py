"""The fast reader of ``.skeleton`` files, for the form that the recorder writes.

It is all NumPy, on the whole file at once:

1. Every byte is classified (blank, minus, dot, digit) into *planes*: sets that hold one bit for
   each byte, 64 bytes to a word. The grammar of a number is then a handful of shifts, masks and one
   addition over words, for all fields of the file.
2. The positions of the blanks give the structure: each body has the same number of fields, so that
   the place of a field follows from the frames' body counts by arithmetic.
3. x, y and z are converted together. Nearly all have one digit before the dot and up to eight
   behind it. Those eight are loaded as one 64-bit word and become an integer with three
   multiplications [1]_. ``digit * 10**8 + decimals`` is below 2**53 and 10**8 is exact, so the one
   division rounds once and gives what `float` gives. The few others (``E`` notation, 9 or 10
   decimals) go through `float`.

Why NumPy: a file of 240 kB takes 0.6 ms on one core (AMD EPYC, best of many; 0.85 in the median). A
loop compiled by numba takes 0.37 (0.43), but 3 s to import and compile, 0.7 s with a cache, in each
worker process, and 200 MB to install: a worker has to read thousands of files before it gains.
pandas (1.9 ms), pyarrow (1.0) and `numpy.loadtxt` (2.7) have to be kept from the lines between the
joints and check nothing. Splitting and `float` take 8 ms, `read_plain` 18.

References
----------
.. [1] D. Lemire, "Number parsing at a gigabyte per second", Software: Practice and Experience 51
   (2021), on the digits of a number within one machine word.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

JOINTS: Final = 25
HEADER_FIELDS: Final = 10
JOINT_FIELDS: Final = 12
COUNT_DIGITS: Final = 9


class Records(NamedTuple):
    """The N bodies of a file; see `skelconv_ntu.skeleton_file.SkeletonFile`."""

    total_frames: int
    frame: NDArray[np.int32]
    slot: NDArray[np.int16]
    body_id: NDArray[np.int64]
    xyz: NDArray[np.float64]


# Without this, glibc would return some memory to the system with each file and take it again, page
# by page, with the next: a third of the time. It keeps up to twice the largest block ever freed.
np.empty(16 * 2**20, np.uint8)

_Words = NDArray[np.uint64]
_Index = NDArray[np.intp]

_MINUS, _DOT, _ZERO, _NINE, _LF, _CR, _SPACE = b"-.09\n\r "
_ONE: Final = np.uint64(1)
_TOP: Final = np.uint64(63)
_FULL: Final = np.uint64(2**64 - 1)


def read_fast(data: bytes) -> Records | None:
    """Read a file in the recorder's own form, or return None.

    The form: LF or CRLF throughout, one space between fields, numbers ``-?d+(.d+)?`` or a few with
    an exponent or NaN, up to nine bodies in a frame, at least one in all, and ids of one length.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    Records or None
        None for a file of another form, which may still be valid.
    """
    text = _mask_rare(data)
    if text is None or not text.endswith(b"\n"):
        return None
    chars = np.frombuffer(text, np.uint8)
    if chars.max() > _NINE:
        return None
    planes = _Planes(chars)
    layout = _lay_out(text, planes.blanks)
    if layout is None or not planes.hold_numbers() or not _lines_match(planes, layout):
        return None
    body_id = _convert_ids(data, planes.blanks, layout)
    xyz = _convert_xyz(data, planes, layout)
    if body_id is None or xyz is None:
        return None
    return Records(
        layout.total_frames,
        layout.frame.astype(np.int32),
        layout.slot.astype(np.int16),
        body_id,
        xyz,
    )


_EXPONENT: Final = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?E[-+]?[0-9]+(?=[ \r\n])")
_LONGEST_MANTISSA: Final = 24


def _mask_rare(data: bytes) -> bytes | bytearray | None:
    """Replace NaN and numbers with an exponent by zeros, as many characters.

    A number of several digits without a point is one that `_convert_xyz` leaves to `float`, which
    then reads the original.
    """
    if b"N" in data:
        # Twice: two neighbours share a space, and the first pass misses every second one.
        data = data.replace(b" NaN ", b" 000 ").replace(b" NaN ", b" 000 ")
    at = data.find(b"E")
    if at < 0:
        return data
    masked = bytearray(data)
    while at >= 0:
        low = max(at - _LONGEST_MANTISSA, 0)
        start = max(data.rfind(b" ", low, at), data.rfind(b"\n", low, at)) + 1
        number = _EXPONENT.match(data, start)
        if start == 0 or number is None:
            return None
        masked[start : number.end()] = b"0" * (number.end() - start)
        at = data.find(b"E", number.end())
    return masked


class _Planes:
    """The characters of a file by class: one bit for each, 64 to a word, the first one lowest.

    Parameters
    ----------
    chars : (size,) uint8
        The characters, none of them above "9".

    Attributes
    ----------
    blanks : (K,) intp
        Where the blanks are: spaces, line ends and other control characters.
    spaces : int
        How many of them are spaces.
    space, blank, minus, dot, digit : (words,) uint64
        The planes. Each character is in one of the last four at most, or foreign; a space is in
        `blank` too.
    """

    def __init__(self, chars: NDArray[np.uint8]) -> None:
        self.chars = chars
        size = len(chars)
        flags = np.empty(-(-size // 64) * 64, np.bool_)
        inside, tail = flags[:size], flags[size:]
        tail[:] = False
        np.less_equal(chars, _SPACE, out=inside)
        self.blanks = np.flatnonzero(inside)
        self.blank = _pack(flags)
        np.equal(chars, _SPACE, out=inside)
        self.spaces = np.count_nonzero(inside)
        self.space = _pack(flags)
        np.equal(chars, _MINUS, out=inside)
        self.minus = _pack(flags)
        np.equal(chars, _DOT, out=inside)
        self.dot = _pack(flags)
        np.greater_equal(chars, _ZERO, out=inside)
        tail[:] = True  # Digits behind the last line end do no harm.
        self.digit = _pack(flags)

    def hold_numbers(self) -> bool:
        """Return whether there are only numbers ``-?d+(.d+)?``, each with one blank behind it.

        Two blanks that are not spaces (CR LF) count as one here; which they are, and where, is
        checked with the layout.
        """
        blank, dot, digit = self.blank, self.dot, self.digit
        body = digit | dot
        bad = ~(body | blank | self.minus)  # Any other character.
        # A minus follows a blank; a dot or a blank follows a digit. What follows a minus or a dot
        # is then a digit, since nothing else may.
        bad |= self.minus & ~_next(blank)
        other_blank = blank ^ self.space
        bad |= (dot | blank) & ~(_next(digit) | (other_blank & _next(other_blank)))
        # One dot in a number: a number's digits and dot are a run of ones. Adding the dot's bit
        # clears it and carries to the end of the run. A second dot that the carry meets is left
        # set. A run that fills a word could lose the carry.
        total = body + dot
        carry = (total < dot).astype(np.uint64)
        total[1:] += carry[:-1]
        bad |= total & dot
        return not bad.any() and body.max() != _FULL


def _pack(flags: NDArray[np.bool_]) -> _Words:
    return np.packbits(flags, bitorder="little").view("<u8")


def _next(plane: _Words) -> _Words:
    """Return the plane of the characters that follow those of `plane`."""
    moved = plane << _ONE
    moved[1:] |= plane[:-1] >> _TOP
    return moved


class _Layout:
    """Where everything is, as indices into the blanks; a field has that of the blank behind it.

    Attributes
    ----------
    total_frames, step : int
        Frames, and characters of a line end.
    frame, slot, header : (N,) intp
        Frame, place in the frame and first blank of each body.
    counts : (T,) intp
        The line ends behind the frames' body counts.
    """

    def __init__(self, bodies: list[int], step: int) -> None:
        per_body = _blanks_per_body(step)
        self.total_frames = len(bodies)
        self.step = step
        count = np.array(bodies, np.intp)
        before = count.cumsum() - count
        frames = np.arange(len(bodies))
        self.counts = (1 + frames) * step + before * per_body
        self.frame = np.repeat(frames, count)
        order = np.arange(len(self.frame))
        self.slot = order - before[self.frame]
        self.header = (2 + self.frame) * step + order * per_body


def _blanks_per_body(step: int) -> int:
    """Return the blanks of a body record with line ends of `step` characters."""
    return (HEADER_FIELDS - 1 + step) + step + JOINTS * (JOINT_FIELDS - 1 + step)


def _lay_out(text: bytes | bytearray, blanks: _Index) -> _Layout | None:
    """Walk from frame to frame: each body has the same number of blanks."""
    first = int(blanks[0])
    head = text[:first]
    step = 2 if text[first] == _CR else 1
    if not head.isdigit() or len(head) > COUNT_DIGITS:
        return None
    per_body = _blanks_per_body(step)
    place = blanks.data
    bodies = []
    at = step
    try:
        for _ in range(int(head)):
            count = text[place[at] - 1] - _ZERO
            if count < 0:
                return None
            bodies.append(count)
            at += step + count * per_body
    except IndexError:
        return None
    return _Layout(bodies, step) if at == len(blanks) and any(bodies) else None


# Within a body, from its first blank on: the ends of its lines, and the blanks behind x, y and z.
_JOINT_STARTS: Final = {
    step: (HEADER_FIELDS - 1) + 2 * step + np.arange(JOINTS) * (JOINT_FIELDS - 1 + step)
    for step in (1, 2)
}
_LINE_ENDS: Final = {
    step: np.array([HEADER_FIELDS - 1, HEADER_FIELDS - 1 + step, *(joints + JOINT_FIELDS - 1)])
    for step, joints in _JOINT_STARTS.items()
}
_XYZ: Final = {
    step: (joints[:, np.newaxis] + np.arange(3)).ravel() for step, joints in _JOINT_STARTS.items()
}


def _lines_match(planes: _Planes, layout: _Layout) -> bool:
    """Return whether all line ends are where the layout has them, and the counts are right.

    All other blanks are then spaces.
    """
    chars, blanks, step = planes.chars, planes.blanks, layout.step
    in_bodies = blanks.take(layout.header[:, np.newaxis] + _LINE_ENDS[step])
    counts = blanks.take(layout.counts)
    ends = np.concatenate((blanks[:1], counts, in_bodies.ravel()))
    if len(blanks) - planes.spaces != step * len(ends):
        return False
    if step == 2:
        if not (chars.take(ends) == _CR).all():
            return False
        ends += 1
    headers, joint_counts = in_bodies[:, 0], in_bodies[:, 1]
    return bool(
        (chars.take(ends) == _LF).all()
        and (counts - blanks.take(layout.counts - 1) == 2).all()
        and (joint_counts - headers == step + len("25")).all()
        and (chars.take(joint_counts - 2) == ord("2")).all()
        and (chars.take(joint_counts - 1) == ord("5")).all()
    )


def _convert_ids(data: bytes, blanks: _Index, layout: _Layout) -> NDArray[np.int64] | None:
    """Convert the ids, or return None if they are not all of one length up to 18 digits."""
    starts = blanks.take(layout.header - 1) + 1
    widths = blanks.take(layout.header) - starts
    width = int(widths[0])
    if width > len(_TENS) or not (widths == width).all():
        return None
    chars = np.frombuffer(data, np.uint8)
    digits = chars.take(starts[:, np.newaxis] + np.arange(width))
    digits -= _ZERO
    if digits.max() > 9:
        return None
    return digits.astype(np.int64) @ _TENS[-width:]


_DECIMALS: Final = 8
_SCALE: Final = 10.0**_DECIMALS
# For a number of n characters from its first digit on, the bytes of the eight characters behind
# its dot that belong to it: none for "d" (n = 1), all for "d.dddddddd" (n = 10) and beyond.
_KEEP: Final = np.array([0, 0, 0, *(2 ** (8 * n) - 1 for n in range(1, _DECIMALS + 1))], np.uint64)
_TENS: Final = 10 ** np.arange(17, -1, -1, dtype=np.int64)


def _convert_xyz(data: bytes, planes: _Planes, layout: _Layout) -> NDArray[np.float64] | None:
    """Convert x, y and z, or return None if one of them is not finite."""
    chars, blanks = planes.chars, planes.blanks
    behind = layout.header[:, np.newaxis] + _XYZ[layout.step]
    ends = blanks.take(behind)
    behind -= 1
    starts = blanks.take(behind)
    starts += 1
    negative = (chars.take(starts) == _MINUS).astype(np.int64)
    at = starts + negative
    whole = chars.take(at)
    whole &= 15
    widths = ends - at
    at += 1
    # "d.dddd" and "d": behind the first digit is a dot, or a blank.
    easy = chars.take(at) <= _DOT
    easy &= widths <= 2 + _DECIMALS
    at += 1
    # More than eight characters are left from here: nine fields follow.
    loads = np.ndarray((len(data) - 7,), "<u8", buffer=chars, strides=(1,))
    decimals = _digits_to_integer(loads[at] & _KEEP.take(widths, mode="clip"))
    values = whole.astype(np.float64)
    values *= _SCALE
    values += decimals
    values /= _SCALE
    bits = values.view(np.int64)
    bits |= negative << 63
    hard = np.flatnonzero(~easy)
    if len(hard):
        spans = zip(starts.take(hard).tolist(), ends.take(hard).tolist(), strict=True)
        found = [float(data[start:end]) for start, end in spans]
        if not np.isfinite(found).all():
            return None
        values.put(hard, found)
    xyz: NDArray[np.float64] = values.reshape(-1, JOINTS, 3)
    return xyz


# Joins neighbours: digits to pairs, pairs to fours, fours to eights. The left neighbour, in the
# lower bits, is moved up to meet the right one, with its weight.
_JOINS: Final = [
    (np.uint64(mask), np.uint64((weight << shift) + 1), np.uint64(shift))
    for mask, weight, shift in (
        (0x0F0F0F0F0F0F0F0F, 10, 8),
        (0x00FF00FF00FF00FF, 100, 16),
        (0x0000FFFF0000FFFF, 10_000, 32),
    )
]


def _digits_to_integer(words: _Words) -> NDArray[np.int64]:
    """Convert eight digits in a word, the first in the lowest byte, in place.

    NUL bytes count as zeros.
    """
    for mask, weight, shift in _JOINS:
        words &= mask
        words *= weight
        words >>= shift
    return words.view(np.int64)
