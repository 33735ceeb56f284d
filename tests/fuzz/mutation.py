"""Changes inputs by chance."""

import struct
from collections.abc import Sequence
from random import Random

_NUMBERS = [
    b"0", b"-1", b"1", b"255", b"65536", b"2147483648", b"9223372036854775808", b"1e999", b"-1e999",
    b"nan", b"NaN", b"Infinity", b"1e-400", b"0.5", b"9" * 400, b"null", b"true", b"\xef\xbb\xbf",
]  # fmt: skip
_INTEGERS = [
    0,
    1,
    127,
    128,
    255,
    256,
    2**15,
    2**16 - 1,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**63,
    2**64 - 1,
]


def mutated(chance: Random, seeds: Sequence[bytes], words: Sequence[bytes], largest: int) -> bytes:
    """Return one of the seeds with some changes."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 2, 3, 5, 9, 17))):
        _change(chance, data, seeds, words)
        del data[largest:]
    return bytes(data)


def _change(
    chance: Random, data: bytearray, seeds: Sequence[bytes], words: Sequence[bytes]
) -> None:
    at = chance.randrange(len(data) + 1)
    length = min(chance.choice((1, 1, 2, 4, 8, 16, 64, 1024)), len(data) - at)
    kind = chance.randrange(10)
    if kind == 0 and length:
        data[at] ^= 1 << chance.randrange(8)
    elif kind == 1 and length:
        data[at] = chance.randrange(256)
    elif kind == 2:
        del data[at : at + length]
    elif kind == 3:
        data[at:at] = data[at : at + length] * chance.choice((1, 2, 16, 300, 20_000))
    elif kind == 4:
        data[at:at] = chance.choice((*words, *_NUMBERS))
    elif kind == 5:
        word = chance.choice((*words, *_NUMBERS))
        data[at : at + len(word)] = word
    elif kind == 6:
        other = chance.choice(seeds)
        start = chance.randrange(len(other) + 1)
        data[at : at + length] = other[start : start + chance.choice((4, 16, 64, 1024))]
    elif kind == 7:
        packed = struct.pack(chance.choice("<>") + "Q", chance.choice(_INTEGERS))
        size = chance.choice((1, 2, 4, 8))
        data[at : at + size] = packed[:size] if chance.random() < 0.5 else packed[-size:]
    elif kind == 8:
        _change_number(chance, data, at)
    else:
        del data[at:]


def _change_number(chance: Random, data: bytearray, at: int) -> None:
    """Replace the next number in digits."""
    while at < len(data) and not 48 <= data[at] <= 57:
        at += 1
    end = at
    while end < len(data) and (48 <= data[end] <= 57 or data[end] in b".eE-+"):
        end += 1
    data[at:end] = chance.choice(_NUMBERS)
