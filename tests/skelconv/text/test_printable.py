"""Text that is safe to print."""

import pytest

from skelconv.text import printable


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a\tb\nc", "a\tb\nc"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("back\rto\x08the\x00start\x7f\x9b", "back\\x0dto\\x08the\\x00start\\x7f\\x9b"),
        ("\x84next\x85line", "\\x84next\\x85line"),
        ("a\u2028b\u2029c", "a\\u2028b\\u2029c"),
        ("\u202egpj.exe\u2066\u200f", "\\u202egpj.exe\\u2066\\u200f"),
        ("été 骨", "été 骨"),
        ("a https://me:pw@host/x?token=t\n", "a https://***@host/x?token=***\n"),
    ],
)
def test_control_characters_are_written_out(text: str, safe: str) -> None:
    assert printable(text) == safe
