"""The spool, against a dictionary and against damage of every kind."""

import os
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv.data.classes import Label
from skelconv.data.errors import BuildError
from skelconv.engine.outcome import Outcome, encoded_in, label_in, with_label
from skelconv.engine.spool import Spool, count_outcomes

DIGEST = bytes(range(32))
RECORDS = [
    (3, Outcome.CLIP, b"three"),
    (0, Outcome.FAILED, b'{"reason": "bad"}'),
    (2, Outcome.DROPPED, "zu kürz".encode()),
    (4, Outcome.CLIP, b""),
]
PREAMBLE = len(b"skelconv spool 3\n") + 32


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


@given(
    label=st.none() | st.integers() | st.lists(st.integers(), max_size=400).map(tuple),
    encoded=st.binary(max_size=200),
)
def test_the_label_of_a_clip_is_read_without_the_clip(
    tmp_path_factory: pytest.TempPathFactory, label: Label, encoded: bytes
) -> None:
    path = tmp_path_factory.mktemp("spool") / "spool"
    with Spool(path, DIGEST, 2) as spool:
        spool.append([(1, Outcome.CLIP, with_label(label, encoded))])
        spool.append([(0, Outcome.CLIP, with_label(None, b"x" * 300))])
    with Spool(path, DIGEST, 2) as spool:  # as a build that goes on finds it
        assert label_in(spool.first_line(1)) == label
        assert encoded_in(spool.read(1)) == encoded
        assert label_in(spool.first_line(0)) is None


def test_the_first_line_of_a_payload_without_lines(tmp_path: Path) -> None:
    with Spool(tmp_path / "spool", DIGEST, 2) as spool:
        spool.append([(0, Outcome.CLIP, b"a" * 5000), (1, Outcome.CLIP, b"")])
        assert (spool.first_line(0), spool.first_line(1)) == (b"a" * 5000, b"")
