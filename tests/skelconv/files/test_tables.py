import tracemalloc

import pytest

from skelconv import BuildError, ClipError
from skelconv.files import csv_rows, read_table, rows_in


def test_rows_have_their_lines_whatever_the_line_endings():
    for end in ("\n", "\r\n", "\r"):
        text = end.join(["a,b", '"1', '2",3', "", "4,5"])
        expected = [(1, ["a", "b"]), (3, [f"1{end}2", "3"]), (4, []), (5, ["4", "5"])]
        assert list(csv_rows(text)) == expected


@pytest.mark.parametrize(
    "text", ["a," * 600_000, '"a\n",' * 300_000, "a" * 2**20 + "b"], ids=["line", "lines", "cell"]
)
def test_a_row_that_is_too_long_is_refused(text):
    with pytest.raises(ClipError, match="a row has more than 1,048,576 characters"):
        list(csv_rows(text))


def test_a_cell_that_is_too_long_is_refused():
    with pytest.raises(ClipError, match="not valid csv: field larger than field limit"):
        list(csv_rows("a" * 2**18))


def test_of_a_header_with_many_columns_some_are_named():
    with pytest.raises(BuildError) as caught:
        next(rows_in(",".join(map(str, range(1000))), "x", ["id"]))
    assert caught.value.hint.endswith(", '19', ...")


def test_memory_is_in_proportion_to_the_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,label\n" + "".join(f"clip number {n},{n % 60}\n" for n in range(50_000)))
    tracemalloc.start()
    table = read_table(path, "label")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(table) == 50_000
    assert peak < 24 * path.stat().st_size
