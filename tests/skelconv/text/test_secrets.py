"""What URLs must not show, in any text."""

import time

import pytest

from skelconv.data.errors import ClipError, SkelconvError
from skelconv.text import one_line, reason_of, without_secrets


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("https://me:pw@host/a.pkl", "https://***@host/a.pkl"),
        ("s3://KEY:SEC/RET@bucket/a", "s3://***@bucket/a"),
        ("http://host:8080/a@b.pkl", "http://host:8080/a@b.pkl"),
        ("https://me:p@ss@host/a", "https://***@host/a"),
        ("https://t0ken@host", "https://***@host"),
        ("simplecache::s3://key:secret@bucket/a b", "simplecache::s3://***@bucket/a b"),
        ("'https://a:b@h/x', 'https://c:d@h/y'", "'https://***@h/x', 'https://***@h/y'"),
        ("https://h/a?token=abc&part=2", "https://h/a?token=***&part=2"),
        ("https://h/a?part=2&ACCESS_TOKEN=abc#x", "https://h/a?part=2&ACCESS_TOKEN=***#x"),
        (
            "https://h/a?X-Amz-Credential=C%2F1&X-Amz-Signature=00ff&X-Amz-Date=2",
            "https://h/a?X-Amz-Credential=***&X-Amz-Signature=***&X-Amz-Date=***",
        ),
        ("https://h/a?sv=1&sig=aa%2Fb", "https://h/a?sv=1&sig=***"),
        (
            "https://h/a?Expires=1&Signature=a~b&Key-Pair-Id=K",
            "https://h/a?Expires=1&Signature=***&Key-Pair-Id=***",
        ),
        ("https://h/a?key=AIza", "https://h/a?key=***"),
        (
            "retries exceeded with url: /a?apikey=s (Caused",
            "retries exceeded with url: /a?apikey=*** (Caused",
        ),
        ("https://h/#access_token=s", "https://h/#access_token=***"),
        (
            "https://${USER}:${PASSWORD}@h/a?token=${TOKEN}",
            "https://${USER}:${PASSWORD}@h/a?token=${TOKEN}",
        ),
        ("https://h/a?token=${A}bc", "https://h/a?token=***"),
        ("me@example.org wrote key=value", "me@example.org wrote key=value"),
        ("https://h/a?download=1&path=b.pkl", "https://h/a?download=1&path=b.pkl"),
        ("~/a@b/c.pkl", "~/a@b/c.pkl"),
    ],
)
def test_secrets_are_left_out(text: str, safe: str) -> None:
    assert without_secrets(text) == safe
    assert without_secrets(safe) == safe


def test_errors_do_not_show_them() -> None:
    url = "https://me:pw@host/a?token=t"
    safe = "https://***@host/a?token=***"
    error = SkelconvError(f"no {url}", where=url, hint=f"try {url}")
    assert str(error) == f"{safe}: no {safe}\n  try {safe}"
    assert repr(error).count(safe) == 3
    assert str(ClipError(f"no {url}", path=url)) == f"{safe}: no {safe}"
    assert one_line(ValueError(url)) == f"ValueError: {safe}"
    assert reason_of(ValueError(url)) == safe


@pytest.mark.parametrize("piece", ["?token", "://a:b", "://${a}", "&x-amz-", "?aaaa", "://"])
def test_long_text_is_searched_in_time_in_proportion(piece: str) -> None:
    start = time.process_time()
    without_secrets(piece * 50_000 + " @=")
    assert time.process_time() - start < 5
