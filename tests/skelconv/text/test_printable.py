"""Text that is safe to print."""

import pytest

from skelconv.text import printable


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a\tb\nc", "a\tb\nc"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("back\rto\x08the\x00start\x7f\x9b", "back\\x0dto\\x08the\\x00start\\x7f\\x9b"),
        ("été 骨", "été 骨"),
    ],
)
def test_control_characters_are_written_out(text: str, safe: str) -> None:
    assert printable(text) == safe
