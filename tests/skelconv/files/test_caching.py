import os

import pytest

from skelconv.files import remove_old, user_cache


@pytest.mark.parametrize("relative", ["", "a/relative/folder"])
def test_the_cache_is_that_of_xdg_where_it_is_an_absolute_path(tmp_path, monkeypatch, relative):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "there"))
    assert user_cache("checked") == tmp_path / "there" / "skelconv" / "checked"
    monkeypatch.setenv("XDG_CACHE_HOME", relative)
    assert user_cache("checked") == tmp_path / ".cache" / "skelconv" / "checked"


@pytest.mark.parametrize("number", [4, 5, 9])
def test_the_oldest_files_go_when_there_are_too_many(tmp_path, number):
    for at in range(number):
        (tmp_path / f"{at}").touch()
        os.utime(tmp_path / f"{at}", ns=(0, (at * 7 % 10) * 10**9))
    newest = sorted(range(number), key=lambda at: at * 7 % 10)[-2:]
    remove_old(tmp_path, 4)
    left = {int(path.name) for path in tmp_path.iterdir()}
    assert left == (set(newest) if number > 4 else set(range(number)))


@pytest.mark.parametrize(
    ("sizes", "left"),
    [
        ([50, 50, 0, 0], {0, 1, 2, 3}),
        ([50, 50, 1, 0], {2, 3}),
        ([90, 10, 20, 30], {2, 3}),
        ([10, 30, 20, 41], {3}),
        ([1, 1, 1, 500], {3}),
        ([500], {0}),
    ],
)
def test_the_oldest_files_go_when_they_are_too_large(tmp_path, sizes, left):
    for at, size in enumerate(sizes):
        (tmp_path / f"{at}").write_bytes(bytes(size))
        os.utime(tmp_path / f"{at}", ns=(0, at * 10**9))
    remove_old(tmp_path, 4, 100)
    assert {int(path.name) for path in tmp_path.iterdir()} == left
