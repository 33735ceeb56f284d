"""The machine that a pickle is a program for; `instructions` has what its instructions do."""

from __future__ import annotations

import pickletools
import struct
from collections.abc import Callable, Mapping
from io import RawIOBase
from typing import Any, TypeAlias

from skelconv.data.budget import Budget
from skelconv.data.errors import DatasetError
from skelconv.unpickler.arrays import Span

# Text and bytes from this length on stay in the file: the data of arrays, and nothing else.
_LONG = 1024
# How much of the file is read at a time, and how much of it is ahead when an opcode is carried
# out: its code, a length of one byte, and as many bytes as that can say.
_WINDOW = 1 << 13
_AT_HAND = 1 << 9
# Behind bytes that were passed over, the next ones of these are mostly near.
_WINDOW_BEHIND_DATA = 1 << 10

# Bytes that objects take at most, with what Python's allocator adds.
TUPLE, LIST, DICT, SET, MEMO_ENTRY = 64, 112, 88, 240, 160
# Of a dict or set just after it grew, with its old table.
KEY = 144

NOTHING = object()

# Those that the machine itself carries out.
_COMMONEST = (0x94, 0x6A, 0x4B)
_uint4 = struct.Struct("<I").unpack_from

Opcodes: TypeAlias = "Mapping[int, Callable[[Machine], None]]"


class RefusedError(Exception):
    """What an opcode asks for is not done."""


class StopError(Exception):
    """The pickle is at its end; this is what it is a pickle of."""


class Machine:
    """The stack machine that a pickle is a program for.

    Parameters
    ----------
    file : raw binary file
        The program.
    size : int
        Its bytes.

    Attributes
    ----------
    data : bytes
        The part of it that is at hand: of what is ahead, `_AT_HAND` bytes or all there is.
    base : int
        Where in the program `data` begins.
    at : int
        The byte of `data` that is read next, for an opcode that is being carried out; beyond its
        end where bytes were passed over.
    stack : list
        What was pushed since the last mark.
    marks : list of list
        The stacks below each mark.
    memo : list
        What was remembered, as it is numbered by every writer: one after the other.
    scattered : dict of int to object
        What was remembered in other places.
    number_work : int
        How many comparisons the keys that are not text may have needed so far.
    """

    def __init__(self, file: RawIOBase, size: int) -> None:
        self._file = file
        self.size = size
        self.data = b""
        self.base = 0
        self.at = 0
        self._last = -1
        self.stack: list[Any] = []
        self.marks: list[list[Any]] = []
        self.memo: list[Any] = []
        self.scattered: dict[int, Any] = {}
        self.number_work = 0
        self._budget = Budget(size)

    def run(self, opcodes: Opcodes, where: str) -> Any:
        """Run the program, and return what it leaves.

        Parameters
        ----------
        opcodes : mapping of int to callable
            What each opcode does, but for the commonest.
        where : str
            The file, as messages name it.

        Returns
        -------
        object
            What the pickle is a pickle of.

        Raises
        ------
        DatasetError
            When an opcode is refused, or the file is damaged.
        """
        memo, uint4 = self.memo, _uint4
        data, stack, base, at, last = self.data, self.stack, 0, 0, -1
        try:
            while True:
                if at > last:
                    self.at = at
                    self._read_on()
                    data, base, at, last = self.data, self.base, self.at, self._last
                code = data[at]
                # Three of four opcodes in the pickle of many clips are one of these.
                if code == 0x94:  # MEMOIZE
                    memo.append(stack[-1])
                    at += 1
                elif code == 0x6A:  # LONG_BINGET
                    place = uint4(data, at + 1)[0]
                    try:
                        thing = memo[place]
                    except IndexError:
                        thing = self.scattered[place]
                    if thing is NOTHING:
                        raise LookupError
                    stack.append(thing)
                    at += 5
                elif code == 0x4B:  # BININT1
                    stack.append(data[at + 1])
                    at += 2
                else:
                    self.at = at + 1
                    opcodes[code](self)
                    at, stack = self.at, self.stack
                    if data is not self.data:
                        data, base, last = self.data, self.base, self._last
        except StopError as stop:
            return stop.args[0]
        except RefusedError as error:
            reason = str(error)
        except (LookupError, ValueError, TypeError, OverflowError, struct.error):
            if base == self.base:
                self.at = max(self.at, at + 1)
            reason = self._fault(base + at, opcodes)
        raise DatasetError(
            reason,
            where=f"{where}, byte {base + at}",
            hint="Nothing that is in the file was run.",
        )

    def _fault(self, start: int, opcodes: Opcodes) -> str:
        if self.at >= len(self.data):
            return "the file ends in the middle of the pickle"
        self._file.seek(start)
        code = (self._file.read(1) or b"\0")[0]
        name = next((op.name for op in pickletools.opcodes if op.code == chr(code)), None)
        if name is None:
            return f"not a pickle, or a damaged one: there is no opcode {code:#04x}"
        if code not in opcodes and code not in _COMMONEST:
            return f"the opcode {name} is refused: it can make objects of any kind"
        return f"the pickle is damaged: the opcode {name} cannot be carried out"

    def _read_on(self, length: int = 0) -> None:
        """Have what comes next at hand: some bytes, and what an opcode needs."""
        window = _WINDOW_BEHIND_DATA if self.at > len(self.data) else _WINDOW
        self.base += self.at
        self.at = 0
        self._file.seek(self.base)
        self.data = self._file.read(max(length + _AT_HAND, window)) or b""
        there = len(self.data)
        self._last = there - _AT_HAND if self.base + there < self.size else there

    def take(self, length: int) -> bytes:
        """Read some bytes of an opcode's argument.

        Parameters
        ----------
        length : int
            Bytes.

        Returns
        -------
        bytes
            As many.
        """
        self.check(length)
        if self.at + length > len(self.data):
            self._read_on(length)
        start = self.at
        self.at = start + length
        return self.data[start : self.at]

    def number(self, number: struct.Struct) -> Any:
        """Read a number.

        Parameters
        ----------
        number : struct.Struct
            How it is written.

        Returns
        -------
        int or float
            The number.
        """
        at = self.at
        self.at = at + number.size
        return number.unpack_from(self.data, at)[0]

    def line(self) -> bytes:
        """Read up to the end of the line."""
        while (end := self.data.find(b"\n", self.at)) < 0:
            if self.base + len(self.data) >= self.size:
                raise RefusedError("the file ends in the middle of the pickle")
            self._read_on(2 * len(self.data))
        start = self.at
        self.at = end + 1
        return self.data[start:end]

    def check(self, length: int) -> None:
        """Refuse a length that goes beyond the end of the file.

        Parameters
        ----------
        length : int
            Bytes.

        Raises
        ------
        RefusedError
            When fewer are left.
        """
        left = self.size - self.base - self.at
        if length > left:
            raise RefusedError(f"{length:,} bytes are announced, and {left:,} are left in the file")

    def bytes_or_span(self, length: int, *, text: bool = False) -> bytes | Span:
        """Read bytes, or pass over them when they are many.

        Parameters
        ----------
        length : int
            Bytes.
        text : bool
            Whether they are text in UTF-8.

        Returns
        -------
        bytes or Span
            The bytes, or where they are.
        """
        if length < _LONG:
            return self.take(length)
        start = self.base + self.at
        if length > self.size - start:
            self.check(length)
        self.at += length
        return Span(start, length, text)

    def push_text(self, length: int) -> None:
        """Read text onto the stack.

        Parameters
        ----------
        length : int
            Bytes.
        """
        found = self.bytes_or_span(length, text=True)
        self.push(found.decode("utf-8", "surrogatepass") if isinstance(found, bytes) else found)

    def push_old_text(self, length: int) -> None:
        """Read a `str` of Python 2, which may be text or bytes, onto the stack.

        Parameters
        ----------
        length : int
            Bytes.
        """
        found = self.bytes_or_span(length)
        self.push(found.decode("latin-1") if isinstance(found, bytes) else found)

    def push(self, thing: Any) -> None:
        """Put something on the stack.

        Parameters
        ----------
        thing : object
            What takes no more memory than its opcode.
        """
        self.stack.append(thing)

    def charge(self, amount: int) -> None:
        """Count memory that an opcode takes beyond places on the stack, numbers and text.

        Parameters
        ----------
        amount : int
            Bytes, at most.

        Raises
        ------
        RefusedError
            When all that was counted is more than a file of this size may take.
        """
        budget = self._budget
        budget.left -= amount  # as `take` does: it is counted for each tuple
        if budget.left < 0:
            raise RefusedError(budget.reason)

    def remember(self, place: int) -> None:
        """Remember what is on top of the stack.

        Parameters
        ----------
        place : int
            Its number.
        """
        thing = self.stack[-1]
        if place == 1 and not self.memo:
            self.memo.append(NOTHING)  # Python 2 counts from 1
        count = len(self.memo)
        if place == count:
            self.memo.append(thing)
        elif 0 <= place < count:
            self.memo[place] = thing
        else:
            self.charge(MEMO_ENTRY)
            self.scattered[place] = thing

    def recall(self, place: int) -> Any:
        """Return what was remembered.

        Parameters
        ----------
        place : int
            Its number.

        Returns
        -------
        object
            What is there.
        """
        if place >= len(self.memo):
            return self.scattered[place]
        if place < 0 or self.memo[place] is NOTHING:
            raise LookupError
        return self.memo[place]

    def pop_to_mark(self) -> list[Any]:
        """Take everything from the stack that was pushed since the last mark, and the mark."""
        items = self.stack
        self.stack = self.marks.pop()
        return items
