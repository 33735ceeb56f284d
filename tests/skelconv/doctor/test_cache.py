"""The check of the cache."""


def test_the_cache_folder_is_left_as_it_is(look, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    (result,) = look("cache")
    assert result.what.startswith(str(tmp_path / "caches" / "skelconv"))
    assert list(tmp_path.iterdir()) == []


def test_a_cache_folder_that_cannot_be_written_to(look, tmp_path, monkeypatch):
    (tmp_path / "caches").write_text("a file")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    (result,) = look("cache")
    assert result.status == "problem"
    assert "Not a directory" in result.what
