import tracemalloc

import pytest

from skelconv import BuildError, ClipError
from skelconv.files import csv_rows, read_table, rows_in, separator_of


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


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("names", ["id,label", "ID,Label", "note,LABEL,Id"])
def test_separators_and_capitals_of_a_header(separator, names):
    header = names.split(",")
    row = {"id": "a", "label": "1,5" if separator != "," else "1.5", "note": ""}
    text = "\n".join([separator.join(header), separator.join(row[name.lower()] for name in header)])
    assert list(rows_in(text, "x", ["id", "label"])) == [(2, [row["id"], row["label"]])]


def test_separators_in_quotes_do_not_count():
    assert separator_of('"a;b;c",d\n;;;;') == ","
    assert separator_of("") == ","


def test_a_name_that_is_there_exactly_is_meant():
    assert list(rows_in("ID,id\n1,2\n", "x", ["id"])) == [(2, ["2"])]


def test_rows_of_only_separators_are_nothing():
    text = "id;label\na;1\n;\n ; \nb;2\n;\n"
    assert [line for line, _ in rows_in(text, "x", ["id", "label"])] == [2, 5]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_tables_in_utf_16_are_read(tmp_path, encoding):
    path = tmp_path / "a.csv"
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    path.write_bytes((mark + "id,label\r\nä,größe\r\n").encode(encoding))
    assert {key: cell.text for key, cell in read_table(path, "label").items()} == {"ä": "größe"}
