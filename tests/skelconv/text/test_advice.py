from skelconv.text.advice import nearest


def test_the_nearest():
    assert nearest("rooot", ["leaf", "root"]) == ": did you mean 'root'?"


def test_all_where_none_is_near():
    assert nearest("x", ["leaf", "root", "leaf"]) == "; there are: leaf, root"


def test_none():
    assert nearest("x", []) == "; there are none"


def test_many():
    assert nearest("x", map(str, range(100, 130))).endswith(", 118, 119 and 10 more")


def test_names_of_absurd_length_are_not_compared():
    long = "ab" * 50_000
    assert nearest(long, [f"{long}c", "root"]) == "; there are: root"
    assert nearest("root", [long]) == "; there are none"
