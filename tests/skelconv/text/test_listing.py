import pytest

from skelconv.text import is_remote, listed, name_at


@pytest.mark.parametrize(
    ("names", "options", "expected"),
    [
        ([], {}, ""),
        (["a", "b"], {"most": 2}, "a, b"),
        (["a", "b", "c"], {"most": 2}, "a, b and 1 more"),
        ([3, 4], {"count": 12}, "3, 4 and 2 more"),
        (iter("abc"), {"most": 1, "between": "; "}, "a and 2 more"),
    ],
)
def test_the_first_names_and_how_many_more_there_are(names, options, expected):
    assert listed(names, **options) == expected


@pytest.mark.parametrize(
    ("location", "remote", "name"),
    [
        ("out/a.pkl", False, "a.pkl"),
        ("out/a.zarr/", False, "a.zarr"),
        ("a?b.pkl", False, "a?b.pkl"),
        ("./x://y", False, "y"),
        ("s3://bucket/a.zarr/", True, "a.zarr"),
        ("https://host/d/a.pkl?token=x/y", True, "a.pkl"),
        ("1://a", False, "a"),
    ],
)
def test_what_is_a_url_and_what_it_is_called(location, remote, name):
    assert is_remote(location) == remote
    assert name_at(location) == name
