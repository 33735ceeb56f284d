"""The spool, against a dictionary and against damage of every kind."""

import os
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv.data.errors import BuildError
from skelconv.engine.outcome import (
    GAVE_CLIPS,
    LACKS_CLIPS,
    Outcome,
    Result,
    heads_in,
    record,
    results_in,
)
from skelconv.engine.spool import Spool, count_outcomes

DIGEST = bytes(range(32))
RECORDS = [
    (3, Outcome.CLIP, b"three"),
    (0, Outcome.FAILED, b'{"reason": "bad"}'),
    (2, Outcome.DROPPED, "zu kürz".encode()),
    (4, Outcome.CLIP, b""),
]
PREAMBLE = len(b"skelconv spool 4\n") + 32


def written(path: Path) -> bytes:
    with Spool(path, DIGEST, 6) as spool:
        spool.append(RECORDS[:2])
        spool.append(RECORDS[2:])
    return path.read_bytes()


def contents(path: Path, digest: bytes = DIGEST) -> list[tuple[int, Outcome, bytes]]:
    with Spool(path, digest, 6) as spool:
        return [
            (position, outcome, spool.read(position))
            for outcome in Outcome
            for position in spool.positions(outcome)
        ]


def test_what_is_appended_is_there_when_opened_again(tmp_path: Path) -> None:
    written(tmp_path / "spool")
    assert sorted(contents(tmp_path / "spool")) == sorted(RECORDS)
    with Spool(tmp_path / "spool", DIGEST, 6) as spool:
        assert len(spool) == 4
        assert [p for p in range(6) if p in spool] == [0, 2, 3, 4]
        assert list(spool.missing()) == [1, 5]
        assert spool.count(Outcome.CLIP) == 2


@pytest.mark.parametrize("spoil", ["truncate", "flip"])
def test_damage_anywhere_leaves_a_prefix_of_the_records(tmp_path: Path, spoil: str) -> None:
    whole = written(tmp_path / "whole")
    ends = [PREAMBLE]
    for _, _, payload in RECORDS:
        ends.append(ends[-1] + 17 + len(payload))
    assert ends[-1] == len(whole)
    path = tmp_path / "spool"
    for place in range(PREAMBLE, len(whole)):
        damaged = bytearray(whole)
        if spoil == "truncate":
            del damaged[place:]
        else:
            damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        intact = sum(end <= place for end in ends[1:])
        assert sorted(contents(path)) == sorted(RECORDS[:intact])
        assert path.stat().st_size == ends[intact], "the damaged rest was not cut off"


def test_a_torn_preamble_is_started_again(tmp_path: Path) -> None:
    whole = written(tmp_path / "spool")
    for length in range(PREAMBLE):
        (tmp_path / "spool").write_bytes(whole[:length])
        assert contents(tmp_path / "spool") == []


@pytest.mark.parametrize(
    "foreign", [b"PK\x03\x04 something else altogether, long enough to differ" * 2, b"x"]
)
def test_a_file_that_is_no_spool_is_refused_and_left_alone(tmp_path: Path, foreign: bytes) -> None:
    path = tmp_path / "spool"
    path.write_bytes(foreign)
    with pytest.raises(BuildError, match="another build"):
        Spool(path, DIGEST, 6)
    assert path.read_bytes() == foreign


def test_the_spool_of_another_build_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "spool")
    with pytest.raises(BuildError, match="another build"):
        Spool(tmp_path / "spool", bytes(32), 6)


def test_a_record_changed_behind_its_back_is_not_handed_out(tmp_path: Path) -> None:
    path = tmp_path / "spool"
    whole = written(path)
    with Spool(path, DIGEST, 6) as spool:
        with open(path, "r+b") as file:
            file.seek(whole.index(b"three"))
            file.write(b"Three")
        with pytest.raises(BuildError, match="changed while the build ran"):
            spool.read(3)


@given(
    payloads=st.lists(st.binary(max_size=300), max_size=12),
    garbage=st.binary(max_size=100),
    seed=st.integers(0, 2**32),
)
def test_a_write_that_was_cut_off_is_written_over(
    tmp_path_factory: pytest.TempPathFactory, payloads: list[bytes], garbage: bytes, seed: int
) -> None:
    path = tmp_path_factory.mktemp("spool") / "spool"
    positions = list(range(len(payloads)))
    random.Random(seed).shuffle(positions)
    expected = {}
    for position, payload in zip(positions, payloads, strict=True):
        with Spool(path, DIGEST, len(payloads)) as spool:
            spool.append([(position, Outcome.CLIP, payload)])
        expected[position] = payload
        with open(path, "ab") as file:
            file.write(garbage)
    with Spool(path, DIGEST, len(payloads)) as spool:
        assert {p: spool.read(p) for p in spool.positions(Outcome.CLIP)} == expected


def test_a_full_disk_loses_nothing_that_was_written(tmp_path: Path, monkeypatch) -> None:
    with Spool(tmp_path / "spool", DIGEST, 6) as spool:
        spool.append(RECORDS[:2])
        pwrite = os.pwrite

        def full(file: int, data: memoryview, offset: int) -> int:
            pwrite(file, bytes(data[: len(data) // 2]), offset)
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "pwrite", full)
        with pytest.raises(OSError, match="No space"):
            spool.append(RECORDS[2:])
        monkeypatch.undo()
        assert len(spool) == 2
        spool.append(RECORDS[2:])
        assert len(spool) == 4
    assert sorted(contents(tmp_path / "spool")) == sorted(RECORDS)


def test_a_pipe_in_the_place_of_a_spool_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "spool")
    with pytest.raises(BuildError, match="this is not a regular file"):
        Spool(tmp_path / "spool", DIGEST, 6)
    with pytest.raises(OSError, match="not a regular file"):
        count_outcomes(tmp_path / "spool")


RESULTS = st.builds(
    Result,
    st.sampled_from([Outcome.CLIP, Outcome.DROPPED, Outcome.FAILED]),
    st.binary(max_size=200),
    st.lists(st.text(max_size=20), max_size=3).map(tuple),
    st.none() | st.integers() | st.lists(st.integers(), max_size=400).map(tuple),
    st.lists(st.text(max_size=20), max_size=3).map(tuple),
    st.text(max_size=20),
)


@given(results=st.lists(RESULTS, min_size=1, max_size=5))
def test_what_an_item_gave_is_read_with_and_without_its_clips(
    tmp_path_factory: pytest.TempPathFactory, results: list[Result]
) -> None:
    path = tmp_path_factory.mktemp("spool") / "spool"
    outcome, payload = record(results)
    found = {one.outcome for one in results}
    assert (outcome in GAVE_CLIPS) == (Outcome.CLIP in found)
    assert (outcome in LACKS_CLIPS) == (Outcome.FAILED in found)
    with Spool(path, DIGEST, 2) as spool:
        spool.append([(1, outcome, payload)])
    with Spool(path, DIGEST, 2) as spool:  # as a build that goes on finds it
        assert list(results_in(spool.read(1))) == results
        assert heads_in(spool.first_line(1)) == [
            (one.outcome, one.added, one.label, len(one.content), one.lost, one.layout)
            for one in results
        ]


def test_an_item_of_which_something_cannot_be_read_is_unread() -> None:
    clip = Result(Outcome.CLIP, b"x", ("@0",), 3)
    outcome, payload = record([clip, Result(Outcome.UNREAD, b"why", ("@1",))])
    assert outcome == Outcome.UNREAD
    assert list(results_in(payload)) == [Result(Outcome.FAILED, b"why")]


def test_clips_that_failed_are_tried_again_with_the_rest_of_their_item(tmp_path: Path) -> None:
    with Spool(tmp_path / "spool", DIGEST, 3) as spool:
        spool.append(
            [(0, Outcome.PARTLY, b"a"), (1, Outcome.FAILED, b"b"), (2, Outcome.CLIP, b"c")]
        )
        assert list(spool.positions(Outcome.CLIP, Outcome.PARTLY)) == [0, 2]
        spool.try_failed_again()
        assert (len(spool), list(spool.missing())) == (1, [0, 1])
        spool.append([(0, Outcome.CLIP, b"aa")])
    with Spool(tmp_path / "spool", DIGEST, 3) as spool:
        assert [spool.read(position) for position in range(3)] == [b"aa", b"b", b"c"]
        assert spool.count(Outcome.CLIP) == 2
        assert spool.count(Outcome.PARTLY, Outcome.FAILED) == 1
    assert count_outcomes(tmp_path / "spool")[Outcome.CLIP] == 2
    assert count_outcomes(tmp_path / "spool")[Outcome.PARTLY] == 0


def test_the_first_line_of_a_payload_without_lines(tmp_path: Path) -> None:
    with Spool(tmp_path / "spool", DIGEST, 2) as spool:
        spool.append([(0, Outcome.CLIP, b"a" * 5000), (1, Outcome.CLIP, b"")])
        assert (spool.first_line(0), spool.first_line(1)) == (b"a" * 5000, b"")
