import os

from skelconv.text import shown


def test_names_of_any_bytes_can_be_shown():
    assert shown("plain/ä") == "plain/ä"
    hostile = os.fsdecode(b"a\xff\n\x1b[2J")
    assert shown(hostile) == "a\\udcff\\n\\x1b[2J"
    shown(hostile).encode("utf-8")
