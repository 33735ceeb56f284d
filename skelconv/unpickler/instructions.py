"""What each opcode of a pickle does, as far as plain data and arrays need it.

The machine itself carries out three: MEMOIZE, LONG_BINGET and BININT1.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from typing import Any, TypeAlias

from skelconv.unpickler.limits import check_keys, expect
from skelconv.unpickler.machine import (
    DICT,
    KEY,
    LIST,
    NOTHING,
    SET,
    TUPLE,
    Machine,
    RefusedError,
    StopError,
)
from skelconv.unpickler.names import Name, find, set_state

MAX_DEPTH = 256

_MAX_DIGITS = 255
_HIGHEST_PROTOCOL = 5

_UINT1, _UINT2, _UINT4, _UINT8 = map(struct.Struct, ("<B", "<H", "<I", "<Q"))
_INT4, _FLOAT8 = struct.Struct("<i"), struct.Struct(">d")

_ESCAPED = re.compile(rb"""(?:[^\\]|\\(?:[\\'"nrtabfv]|x[0-9a-fA-F]{2}))*""")

Opcode: TypeAlias = "Callable[[Machine], None]"
OPCODES: dict[int, Opcode] = {}


def _opcode(code: str) -> Callable[[Opcode], Opcode]:
    def register(carry_out: Opcode) -> Opcode:
        OPCODES[ord(code)] = carry_out
        return carry_out

    return register


# What frames the program.


@_opcode("\x80")
def _proto(machine: Machine) -> None:
    protocol = machine.number(_UINT1)
    if protocol > _HIGHEST_PROTOCOL:
        raise RefusedError(f"pickle protocol {protocol} is not known")


@_opcode("\x95")
def _frame(machine: Machine) -> None:
    machine.check(machine.number(_UINT8))


@_opcode(".")
def _stop(machine: Machine) -> None:
    raise StopError(machine.stack[-1])


# The stack and the memo.


@_opcode("(")
def _mark(machine: Machine) -> None:
    if len(machine.marks) >= MAX_DEPTH:
        raise RefusedError(f"it is nested more than {MAX_DEPTH} deep")
    machine.marks.append(machine.stack)
    machine.stack = []


@_opcode("0")
def _pop(machine: Machine) -> None:
    if machine.stack:
        machine.stack.pop()
    else:
        machine.pop_to_mark()


@_opcode("1")
def _pop_mark(machine: Machine) -> None:
    machine.pop_to_mark()


@_opcode("2")
def _dup(machine: Machine) -> None:
    machine.push(machine.stack[-1])


@_opcode("h")
def _binget(machine: Machine) -> None:
    at = machine.at
    try:
        thing = machine.memo[machine.data[at]]
    except IndexError:
        thing = machine.scattered[machine.data[at]]
    if thing is NOTHING:
        raise LookupError
    machine.stack.append(thing)
    machine.at = at + 1


@_opcode("g")
def _get(machine: Machine) -> None:
    machine.push(machine.recall(int(machine.line())))


@_opcode("q")
def _binput(machine: Machine) -> None:
    at = machine.at
    machine.remember(machine.data[at])
    machine.at = at + 1


@_opcode("r")
def _long_binput(machine: Machine) -> None:
    machine.remember(machine.number(_UINT4))


@_opcode("p")
def _put(machine: Machine) -> None:
    machine.remember(int(machine.line()))


# Numbers and constants.


@_opcode("N")
def _none(machine: Machine) -> None:
    machine.push(None)


@_opcode("\x88")
def _true(machine: Machine) -> None:
    machine.push(True)


@_opcode("\x89")
def _false(machine: Machine) -> None:
    machine.push(False)


@_opcode("M")
def _binint2(machine: Machine) -> None:
    machine.stack.append(machine.number(_UINT2))


@_opcode("J")
def _binint(machine: Machine) -> None:
    machine.stack.append(machine.number(_INT4))


@_opcode("\x8a")
def _long1(machine: Machine) -> None:
    machine.push(int.from_bytes(machine.take(machine.number(_UINT1)), "little", signed=True))


@_opcode("\x8b")
def _long4(machine: Machine) -> None:
    length = machine.number(_UINT4)
    if length > _MAX_DIGITS:
        raise RefusedError(f"an integer of {length:,} bytes is refused")
    machine.push(int.from_bytes(machine.take(length), "little", signed=True))


@_opcode("I")
def _int(machine: Machine) -> None:
    digits = _digits(machine)
    machine.push(digits == b"01" if digits in (b"00", b"01") else int(digits))


@_opcode("L")
def _long(machine: Machine) -> None:
    machine.push(int(_digits(machine).removesuffix(b"L")))


@_opcode("F")
def _float(machine: Machine) -> None:
    machine.push(float(_digits(machine)))


@_opcode("G")
def _binfloat(machine: Machine) -> None:
    machine.push(machine.number(_FLOAT8))


def _digits(machine: Machine) -> bytes:
    digits = machine.line()
    if len(digits) > _MAX_DIGITS:
        raise RefusedError(f"a number of {len(digits):,} digits is refused")
    return digits


# Text and bytes.


@_opcode("\x8c")
def _short_binunicode(machine: Machine) -> None:
    start = machine.at + 1
    machine.at = end = start + machine.data[start - 1]
    machine.stack.append(str(machine.data[start:end], "utf-8", "surrogatepass"))


@_opcode("X")
def _binunicode(machine: Machine) -> None:
    machine.push_text(machine.number(_UINT4))


@_opcode("\x8d")
def _binunicode8(machine: Machine) -> None:
    machine.push_text(machine.number(_UINT8))


@_opcode("V")
def _unicode(machine: Machine) -> None:
    machine.push(str(machine.line(), "raw-unicode-escape"))


@_opcode("U")
def _short_binstring(machine: Machine) -> None:
    machine.push_old_text(machine.number(_UINT1))


@_opcode("T")
def _binstring(machine: Machine) -> None:
    machine.push_old_text(machine.number(_UINT4))


@_opcode("S")
def _string(machine: Machine) -> None:
    line = machine.line()
    if len(line) < 2 or line[:1] not in (b"'", b'"') or line[-1:] != line[:1]:
        raise RefusedError("a string without quotes")
    if not _ESCAPED.fullmatch(line[1:-1]):
        raise RefusedError("a string with an escape that Python does not write")
    machine.push(str(line[1:-1], "unicode-escape"))


@_opcode("C")
def _short_binbytes(machine: Machine) -> None:
    machine.push(machine.bytes_or_span(machine.number(_UINT1)))


@_opcode("B")
def _binbytes(machine: Machine) -> None:
    machine.push(machine.bytes_or_span(machine.number(_UINT4)))


@_opcode("\x8e")
def _binbytes8(machine: Machine) -> None:
    machine.push(machine.bytes_or_span(machine.number(_UINT8)))


@_opcode("\x96")
def _bytearray8(machine: Machine) -> None:
    machine.push(machine.bytes_or_span(machine.number(_UINT8)))


# Containers.


@_opcode(")")
def _empty_tuple(machine: Machine) -> None:
    machine.push(())


@_opcode("\x85")
def _tuple1(machine: Machine) -> None:
    stack = machine.stack
    stack[-1] = (stack[-1],)
    machine.charge(TUPLE)


@_opcode("\x86")
def _tuple2(machine: Machine) -> None:
    stack = machine.stack
    last = stack.pop()
    stack[-1] = (stack[-1], last)
    machine.charge(TUPLE)


@_opcode("\x87")
def _tuple3(machine: Machine) -> None:
    stack = machine.stack
    last, middle = stack.pop(), stack.pop()
    stack[-1] = (stack[-1], middle, last)
    machine.charge(TUPLE)


@_opcode("t")
def _tuple(machine: Machine) -> None:
    machine.charge(TUPLE)
    items = machine.pop_to_mark()
    machine.stack.append(tuple(items))


@_opcode("]")
def _empty_list(machine: Machine) -> None:
    machine.charge(LIST)
    machine.push([])


@_opcode("l")
def _list(machine: Machine) -> None:
    machine.charge(LIST)
    machine.push(machine.pop_to_mark())


@_opcode("a")
def _append(machine: Machine) -> None:
    item = machine.stack.pop()
    expect(machine.stack[-1], list).append(item)


@_opcode("e")
def _appends(machine: Machine) -> None:
    items = machine.pop_to_mark()
    expect(machine.stack[-1], list).extend(items)


@_opcode("}")
def _empty_dict(machine: Machine) -> None:
    machine.charge(DICT)
    machine.push({})


@_opcode("d")
def _dict(machine: Machine) -> None:
    items = machine.pop_to_mark()
    machine.charge(DICT)
    machine.push({})
    _set_items(machine, items)


@_opcode("s")
def _setitem(machine: Machine) -> None:
    value = machine.stack.pop()
    _set_items(machine, [machine.stack.pop(), value])


@_opcode("u")
def _setitems(machine: Machine) -> None:
    _set_items(machine, machine.pop_to_mark())


def _set_items(machine: Machine, items: list[Any]) -> None:
    target = expect(machine.stack[-1], dict)
    keys = items[::2]
    machine.charge(KEY * len(keys))
    check_keys(keys, target, machine)
    target.update(zip(keys, items[1::2], strict=True))


@_opcode("\x8f")
def _empty_set(machine: Machine) -> None:
    machine.charge(SET)
    machine.push(set())


@_opcode("\x90")
def _additems(machine: Machine) -> None:
    items = machine.pop_to_mark()
    target = expect(machine.stack[-1], set)
    machine.charge(KEY * len(items))
    check_keys(items, target, machine)
    target.update(items)


@_opcode("\x91")
def _frozenset(machine: Machine) -> None:
    items = machine.pop_to_mark()
    machine.charge(SET + KEY * len(items))
    check_keys(items, (), machine)
    machine.push(frozenset(items))


# Names, and what is made by calling them.


@_opcode("c")
def _global(machine: Machine) -> None:
    module, name = str(machine.line(), "utf-8"), str(machine.line(), "utf-8")
    machine.push(find(module, name))


@_opcode("\x93")
def _stack_global(machine: Machine) -> None:
    name = machine.stack.pop()
    module = machine.stack.pop()
    machine.push(find(expect(module, str), expect(name, str)))


@_opcode("R")
def _reduce(machine: Machine) -> None:
    arguments = machine.stack.pop()
    called = expect(machine.stack.pop(), Name)
    machine.push(called.call(expect(arguments, tuple), machine))


@_opcode("b")
def _build(machine: Machine) -> None:
    state = machine.stack.pop()
    set_state(machine.stack[-1], state, machine)
