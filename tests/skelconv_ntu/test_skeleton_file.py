import pickle
import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skelconv_ntu import skeleton_native
from skelconv_ntu.roots import MAX_FILE_BYTES
from skelconv_ntu.skeleton_file import SkeletonFile, SkeletonFileError, parse_skeleton
from skelconv_ntu.skeleton_native import read_native
from skelconv_ntu.skeleton_plain import Records, read_plain
from skelconv_ntu.synthetic import QUIRKS, synthetic_skeleton

HEADER = b"72057594037931101 0 1 1 1 1 0 0.02764709 -0.05745083 2"
JOINT = b"0.2181153 -0.1725972 3.785547 277.419 191.8218 1036.233 519.1677 -0.2 0.05 0.9 -0.1 2"
BODY = [HEADER, b"25", *[JOINT] * 25]
# Two frames of one body: 1 number of frames, 2 number of bodies, 3 header, 4 number of joints,
# 5 to 29 joints, 30 number of bodies, 31 header, 32 number of joints, 33 to 57 joints.
# As Microsoft's C library and .NET write what is not finite.
OTHER_WORDS = [*b"-1.#IND 1.#QNAN0 1.#INF00 -1.#inf 001.#SNAN".split(), b"\xe2\x88\x9e"]
LINES = [b"2", b"1", *BODY, b"1", *BODY]


def text(lines: list[bytes], end: bytes = b"\n") -> bytes:
    return b"".join(line + end for line in lines)


def with_line(number: int, line: bytes) -> bytes:
    lines = LINES.copy()
    lines[number - 1] = line
    return text(lines)


def with_field(number: int, place: int, field: bytes) -> bytes:
    fields = LINES[number - 1].split()
    fields[place] = field
    return with_line(number, b" ".join(fields))


def by_tokens(data: bytes) -> tuple[Records, list[list[str]], list[list[str]]]:
    """Read a valid file as one stream of words; also the words of the headers and joints."""
    words = iter(data.decode().split())
    total_frames = int(next(words))
    where, ids, headers, joints = [], [], [], []
    for frame in range(total_frames):
        for slot in range(int(next(words))):
            where.append((frame, slot))
            headers.append([next(words) for _ in range(10)])
            ids.append(int(headers[-1][0]))
            joints += [[next(words) for _ in range(12)] for _ in range(int(next(words)))]
    frames, slots = np.array(where, np.int64).reshape(-1, 2).T
    xyz = np.array([[float(word) for word in joint[:3]] for joint in joints])
    assert next(words, None) is None
    records = Records(
        total_frames,
        frames.astype(np.int32),
        slots.astype(np.int16),
        np.array(ids, np.int64),
        xyz.reshape(-1, 25, 3),
    )
    return records, headers, joints


def assert_same(found: SkeletonFile | Records, expected: SkeletonFile | Records) -> None:
    assert found.total_frames == expected.total_frames
    for name in ("frame", "slot", "body_id", "xyz"):
        ours, theirs = getattr(found, name), getattr(expected, name)
        assert ours.dtype == theirs.dtype, name
        assert ours.shape == theirs.shape, name
        assert ours.tobytes() == theirs.tobytes(), name


def error_of(data: bytes, *, extras: bool = False) -> SkeletonFileError:
    with pytest.raises(SkeletonFileError) as caught:
        parse_skeleton(data, extras=extras)
    return caught.value


class TestValidFiles:
    @pytest.mark.parametrize("line_end", ["\n", "\r\n"])
    @pytest.mark.parametrize("quirks", [(), QUIRKS], ids=["plain", "quirks"])
    @pytest.mark.parametrize("bodies", [1, 2, 4])
    def test_gives_what_a_reading_word_by_word_gives(self, line_end, quirks, bodies):
        for seed in range(8):
            data = synthetic_skeleton(
                seed, frames=7 + seed, bodies=bodies, quirks=quirks, line_end=line_end
            )
            expected, _, _ = by_tokens(data)
            assert_same(parse_skeleton(data), expected)
            assert_same(read_plain(data), expected)

    def test_arrays_are_contiguous_and_their_own(self):
        file = parse_skeleton(text(LINES))
        for array in (file.frame, file.slot, file.body_id, file.xyz):
            assert array.flags.c_contiguous
            assert array.flags.writeable
        assert file.xyz.shape == (2, 25, 3)
        assert file.extras == {}

    def test_ids_that_are_equal_as_float64_stay_apart(self):
        data = synthetic_skeleton(3, frames=4, bodies=4, quirks={"close-ids"})
        ids = np.unique(parse_skeleton(data).body_id)
        assert len(ids) == 4
        assert len(np.unique(ids.astype(np.float64))) == 1

    @pytest.mark.parametrize("body_id", [0, 7, 2**53 + 1, 10**18 - 1, 10**18, 2**63 - 1])
    def test_an_id_keeps_its_digits(self, body_id):
        data = with_field(31, 0, b"%d" % body_id)
        assert parse_skeleton(data).body_id.tolist() == [72057594037931101, body_id]

    def test_ids_of_nineteen_digits(self):
        data = text(LINES).replace(HEADER.split()[0], b"%d" % (2**63 - 1))
        assert parse_skeleton(data).body_id.tolist() == [2**63 - 1] * 2

    def test_frames_without_bodies(self):
        file = parse_skeleton(text([b"3", b"0", b"1", *BODY, b"0"]))
        assert file.total_frames == 3
        assert file.frame.tolist() == [1]

    def test_no_body_in_any_frame(self):
        file = parse_skeleton(b"3\r\n0\r\n0\r\n0\r\n", extras=True)
        assert (file.total_frames, len(file.frame), file.xyz.shape) == (3, 0, (0, 25, 3))
        assert file.extras["tracking_state"].shape == (0, 25)

    def test_more_than_nine_bodies_in_a_frame(self):
        data = text([b"2", b"12", *BODY * 12, b"1", *BODY])
        assert_same(parse_skeleton(data), by_tokens(data)[0])

    @pytest.mark.parametrize(
        "data",
        [
            text(LINES)[:-1],
            text(LINES, b"\r\n")[:-2],
            text(LINES) + b"\n \r\n\t\n",
            text(LINES, b" \n"),
            text(LINES).replace(b" ", b"  "),
            text(LINES).replace(b" ", b"\t"),
            text([b"  " + line for line in LINES]),
            text(LINES[:20]) + text(LINES[20:], b"\r\n"),
        ],
        ids=[
            "no last LF",
            "no last CRLF",
            "blank lines at the end",
            "space before line ends",
            "two spaces",
            "tabs",
            "indented",
            "mixed line ends",
        ],
    )
    def test_odd_white_space(self, data):
        assert_same(parse_skeleton(data), by_tokens(text(LINES))[0])

    @pytest.mark.parametrize(
        "word", [b"NaN", b"nan", b"-inf", b"Infinity", *OTHER_WORDS, b"-\xe2\x88\x9e"]
    )
    @pytest.mark.parametrize("place", range(3, 12))
    def test_fields_that_are_not_read_may_be_not_finite(self, word, place):
        data = with_field(12, place, word)
        assert_same(parse_skeleton(data), by_tokens(text(LINES))[0])


# Numbers as the recorder writes them, and as it does not.
DIGITS = st.integers(0, 10**12).map(str)
NUMBERS = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "-"]),
    st.one_of(st.integers(0, 9), st.integers(0, 10**6), st.just("007")),
    st.one_of(
        st.just(""),
        st.just("."),
        st.builds(".{}{}".format, st.sampled_from(["", "0", "000", "00000"]), DIGITS),
    ),
    st.one_of(st.just(""), st.builds("E{}".format, st.integers(-30, 30)), st.just("e+5")),
)


class TestNumbers:
    @settings(deadline=None)
    @given(st.lists(NUMBERS, min_size=3, max_size=60))
    def test_equal_float_to_the_bit(self, words):
        lines = LINES.copy()
        rows = [words[i : i + 3] for i in range(0, len(words) - 2, 3)]
        for number, row in enumerate(rows, start=5):
            lines[number - 1] = " ".join([*row, *JOINT.decode().split()[3:]]).encode()
        xyz = parse_skeleton(text(lines)).xyz[0, : len(rows)]
        expected = np.array([[float(word) for word in row] for row in rows])
        assert xyz.tobytes() == expected.tobytes()

    @pytest.mark.parametrize("decimals", range(11))
    def test_equal_float_at_every_length(self, decimals):
        random = np.random.default_rng(decimals)
        lines = [b"40"]
        words = []
        for _ in range(40):
            lines += [b"1", HEADER, b"25"]
            for _ in range(25):
                digits = [f"{n:0{decimals}}" for n in random.integers(0, 10**decimals, 3)]
                row = [
                    f"{sign}{whole}.{tail}" if decimals else f"{sign}{whole}"
                    for sign, whole, tail in zip(
                        random.choice(["", "-"], 3), random.integers(0, 10, 3), digits, strict=True
                    )
                ]
                words += row
                lines.append(" ".join([*row, *["0"] * 9]).encode())
        data = text(lines)
        expected = np.array([float(word) for word in words])
        assert parse_skeleton(data).xyz.tobytes() == expected.tobytes()

    def test_zero_keeps_its_sign(self):
        data = with_line(9, b"-0 0 -0.0 0 0 0 0 0 0 0 0 0")
        xyz = parse_skeleton(data).xyz[0, 4]
        assert np.signbit(xyz).tolist() == [True, False, True]
        assert not xyz.any()

    @pytest.mark.parametrize("word", [b"5E-05", b"4.9375E-05", b"-1E0", b"123E-2", b"1.5e3"])
    @pytest.mark.parametrize("place", range(3))
    def test_exponents(self, word, place):
        data = with_field(20, place, word)
        assert parse_skeleton(data).xyz[0, 15, place] == float(word)


NOT_NUMBERS = [
    *b"abc 1_0 +5 0x10 0b1 --1 1-1 - . 1.2.3 1,5 1/2 1: 1d5 5f infinit NaN0 0NaN -NaN-".split(),
    *b"1E E5 1E5.5 1E5E5 1E-5-5 1E--5 1e5_0".split(),
    *b"1.# 1.#I 1.#IND5 1.#INDx 1.0#IND 2.#IND -.#IND 1#IND 1.#e5 1.#NAN 1.#IND.0 10.#INF".split(),
    *[b"\xe2\x88", b"\xe2\xa8\x9e", b"1\xe2\x88\x9e", b"inf\xe2\x88\x9e", b"\xe2\x88\x9e0"],
    *[b"1\x002", b"\xff", "\u0661".encode(), "\uff15".encode()],
    b"1" * 70 + b".2.3",
    b"1." + b"1" * 130 + b".2",
]


class TestBadFiles:
    @pytest.mark.parametrize(
        ("data", "line", "reason"),
        [
            (b"", 1, "the file is empty"),
            (b"\n", 1, "an empty line where the number of frames should be"),
            (b"\xef\xbb\xbf" + text(LINES), 1, "byte order mark"),
            (text(LINES).decode().encode("utf-16"), 1, "number of frames"),
            (bytes(range(256)), 1, "number of frames"),
            (b"\x00" * 100, 1, "number of frames"),
            (with_line(1, b"0"), 1, "zero frames"),
            (with_line(1, b"-2"), 1, "the number of frames is '-2'"),
            (with_line(1, b"+2"), 1, "the number of frames is '+2'"),
            (with_line(1, b"2.0"), 1, "the number of frames is '2.0'"),
            (with_line(1, b"0_2"), 1, "the number of frames is '0_2'"),
            (with_line(1, "\u0662".encode()), 1, "the number of frames is"),
            (with_line(1, b"9" * 5000), 1, "the number of frames is '999999999999999999999999'..."),
            (with_line(1, b"3"), 58, "ends where the number of bodies of frame 3 of 3 should be"),
            (with_line(1, b"999999999"), 58, "the file ends where the number of bodies of frame 3"),
            (with_line(1, b"1"), 30, "'1' after frame 1, the last"),
            (with_line(2, b"-1"), 2, "the number of bodies of frame 1 of 2 is '-1'"),
            (with_line(2, b"0"), 3, "10 fields where the number of bodies of frame 2"),
            (
                with_line(2, b"2"),
                30,
                "1 field where the header of body 2 of 2 in frame 1 should be",
            ),
            (with_line(2, b"40000"), 2, "40000 bodies in one frame"),
            (with_line(30, b"9999999999999"), 30, "the number of bodies of frame 2 of 2 is"),
            (with_line(3, HEADER + b" 1"), 3, "11 fields where the header of body 1 of 1 in frame"),
            (with_line(31, HEADER[:-2]), 31, "9 fields where the header of body 1 of 1 in frame 2"),
            (with_field(3, 0, b"7205759403793110x"), 3, "the id of body 1 of 1 in frame 1 is"),
            (with_field(3, 0, b"7.205759403793110E16"), 3, "the id of body 1 of 1 in frame 1 is"),
            (with_field(3, 0, b"-72057594037931101"), 3, "the id of body 1 of 1 in frame 1 is"),
            (with_field(3, 0, b"%d" % 2**63), 3, "more than 63 bits hold"),
            (with_field(31, 0, b"1" * 5000), 31, "more than 63 bits hold"),
            (with_field(3, 4, b"x"), 3, "'x' in the header of body 1 of 1 in frame 1"),
            (with_line(4, b"24"), 4, "24 joints, expected 25, for body 1 of 1 in frame 1"),
            (with_line(32, b"26"), 32, "26 joints, expected 25, for body 1 of 1 in frame 2"),
            (with_line(4, b"2 5"), 4, "2 fields where the number of joints"),
            (with_line(5, b""), 5, "an empty line where joint 1 of body 1 of 1 in frame 1"),
            (with_line(29, JOINT[:-2]), 29, "11 fields where joint 25 of body 1 of 1 in frame 1"),
            (with_line(33, JOINT + b" 1"), 33, "13 fields where joint 1 of body 1 of 1 in frame 2"),
            (with_line(33, b"1 " * 10**6), 33, "more than 50 fields where joint 1"),
            (text(LINES[:11] + LINES[12:]), 29, "1 field where joint 25"),
            (text([*LINES[:11], JOINT, *LINES[11:]]), 30, "12 fields where the number of bodies"),
            (with_line(33, b" " + JOINT[:-2]), 33, "11 fields where joint 1 of body 1"),
            (with_line(33, JOINT[:-2] + b" "), 33, "11 fields where joint 1 of body 1"),
            (with_line(33, JOINT[:-2].replace(b" ", b"  ", 1)), 33, "11 fields where joint 1"),
            (with_line(31, b" " + HEADER[:-2]), 31, "9 fields where the header of body 1"),
            (text(LINES) + b"1\n", 58, "'1' after frame 2, the last"),
            (text(LINES) + b"\n\n\x00", 60, "after frame 2, the last, where the file should end"),
            (text(LINES) * 2, 58, "'2' after frame 2"),
            (b"999999999\n/\n" + b"0\n" * 400, 2, "the number of bodies of frame 1 of 999999999"),
            (text([b"2E0", *LINES[1:-1], JOINT + b"1" * 40 + b"E5"]), 1, "frames is '2E0'"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_says_what_and_where(self, data, line, reason):
        error = error_of(data)
        assert error.line == line
        assert reason in error.reason
        assert str(error) == f"line {line}: {error.reason}"
        assert error.reason.isprintable()
        assert len(error.reason) < 200

    @pytest.mark.parametrize("place", range(12))
    @pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
    def test_what_is_not_a_number_is_refused_in_every_column(self, place, line_end):
        for word in NOT_NUMBERS:
            error = error_of(with_field(40, place, word).replace(b"\n", line_end))
            assert error.line == 40
            assert "joint 8 of body 1 of 1 in frame 2 is not a number" in error.reason

    @pytest.mark.parametrize(
        "word", [b"NaN", b"-nan", b"inf", b"-Infinity", b"1E999", b"9" * 400, *OTHER_WORDS]
    )
    @pytest.mark.parametrize("place", range(3))
    def test_coordinates_are_finite(self, word, place):
        error = error_of(with_field(40, place, word))
        assert error.line == 40
        assert "not finite" in error.reason

    @pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
    def test_truncation_at_every_byte(self, line_end):
        lines = [b"1", b"2", *BODY, *BODY]
        whole = text(lines, line_end)
        for size in range(len(whole)):
            *complete, rest = whole[:size].split(b"\n")
            if size >= len(whole) - len(line_end):
                assert_same(parse_skeleton(whole[:size]), by_tokens(whole)[0])
                continue
            missing_line = len(complete) + 1
            if rest.rstrip(b"\r") == lines[len(complete)]:
                missing_line += 1
            assert error_of(whole[:size]).line == missing_line, size

    def test_files_over_the_limit_are_not_read(self):
        error = error_of(bytes(MAX_FILE_BYTES + 1))
        assert error.line is None
        assert str(error) == error.reason
        assert str(MAX_FILE_BYTES + 1) in error.reason

    @pytest.mark.parametrize(
        "data",
        [
            with_line(1, b"999999999"),
            with_line(2, b"32767"),
            with_line(33, b"1 " * 10**5),
            with_line(33, b"1" * 10**5),
            b"\n" * 10**5,
            b"2\n" * 10**5,
        ],
        ids=["frames", "bodies", "fields", "digits", "empty lines", "counts"],
    )
    def test_memory_follows_the_file_not_its_claims(self, data):
        parse_skeleton(text(LINES))
        tracemalloc.start()
        try:
            error_of(data)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < 30 * len(data) + 200_000

    def test_errors_cross_processes(self):
        error = pickle.loads(pickle.dumps(error_of(text(LINES[:-1]))))
        assert (error.line, type(error)) == (57, SkeletonFileError)
        assert str(error).startswith("line 57: the file ends where joint 25")


def outcome(read: Callable[[bytes], SkeletonFile | Records], data: bytes) -> object:
    try:
        return read(data)
    except SkeletonFileError as error:
        return error.line, error.reason


SMALL = [
    synthetic_skeleton(1, frames=1, line_end="\n"),
    synthetic_skeleton(2, frames=2, bodies=2),
    synthetic_skeleton(3, frames=2, bodies=2, quirks=QUIRKS),
]
# Mostly characters that could slip through.
CHARS = st.one_of(
    st.sampled_from([bytes([char]) for char in b"0123456789.-+ \r\n\tEeNan_/,:"]),
    st.binary(min_size=1, max_size=1),
)


@st.composite
def damaged_files(draw: st.DrawFn) -> bytes:
    data = draw(st.sampled_from(SMALL))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data) - 1)) if data else 0
        match draw(
            st.sampled_from(["replace", "insert", "delete", "cut", "drop", "repeat", "swap"])
        ):
            case "replace":
                data = data[:at] + draw(CHARS) + data[at + 1 :]
            case "insert":
                data = data[:at] + draw(CHARS) + data[at:]
            case "delete":
                data = data[:at] + data[at + draw(st.integers(1, 100)) :]
            case "cut":
                data = data[:at]
            case "swap":
                data = data[:at] + data[at : at + 2][::-1] + data[at + 2 :]
            case edit:
                lines = data.splitlines(keepends=True)
                if lines:
                    number = draw(st.integers(0, len(lines) - 1))
                    lines[number : number + 1] = [lines[number]] * (2 if edit == "repeat" else 0)
                data = b"".join(lines)
    return data


class TestTwoReaders:
    """The compiled reader takes what the plain one takes, with the same values, and no more."""

    def check(self, data: bytes) -> None:
        plain, found = outcome(read_plain, data), read_native(data)
        if not isinstance(plain, Records):
            assert found is None
            assert outcome(parse_skeleton, data) == plain
            return
        assert found is not None
        assert_same(found, plain)
        assert_same(plain, by_tokens(data)[0])

    @settings(max_examples=400, deadline=None)
    @given(damaged_files())
    def test_agree_on_damaged_files(self, data):
        self.check(data)

    @pytest.mark.parametrize("char", [b".", b"-", b" ", b"\n", b"E", b"/", b"9"])
    def test_agree_wherever_a_character_is_put(self, char):
        data = SMALL[0]
        for at in range(0, len(data), 3):
            self.check(data[:at] + char + data[at:])
            self.check(data[:at] + char + data[at + 1 :])

    @pytest.mark.parametrize("data", SMALL[:2], ids=["LF", "CRLF"])
    def test_agree_wherever_a_file_ends(self, data):
        for size in range(0, len(data), 7):
            self.check(data[:size])

    @pytest.mark.parametrize("char", [b"\0", b"\t", b" ", b"\x1f", b"\r", b"\n", b"\x0b", b""])
    @pytest.mark.parametrize("data", SMALL[:2], ids=["LF", "CRLF"])
    def test_agree_whatever_ends_a_line(self, data, char):
        for at in [at for at, end in enumerate(data) if end in b"\r\n"]:
            self.check(data[:at] + char + data[at + 1 :])

    @settings(deadline=None)
    @given(st.binary(max_size=300))
    def test_agree_on_any_bytes(self, data):
        self.check(data)

    @settings(deadline=None)
    @given(st.binary(max_size=50), st.integers(1, 200))
    def test_agree_on_any_bytes_amid_a_file(self, junk, length):
        data = SMALL[1]
        self.check(data[:400] + junk + data[400 + length :])

    @settings(max_examples=400, deadline=None)
    @given(st.text("0123456789.-+eEinfatyNIF ", max_size=30), st.integers(0, 11))
    def test_agree_on_any_number(self, word, place):
        self.check(with_field(40, place, word.encode()))

    @settings(max_examples=200, deadline=None)
    @given(st.text("01.-#inqsaNFD\u221e", max_size=9), st.integers(0, 11))
    def test_agree_on_what_is_not_finite(self, word, place):
        self.check(with_field(40, place, word.encode()))

    @pytest.mark.parametrize(
        "word",
        [
            # About the limits of what is exact: digits, 2**53, powers of ten, zeros that count not.
            *(
                b"9007199254740992 9007199254740993 9007199254740991e22 1e22 1e23 1e-22 1e-23"
            ).split(),
            *b"0.3333333333333333 0.33333333333333331 5e-324 2.2250738585072011e-308".split(),
            *b"1e00000000000000000000000000005 0e999 0e-999 1e308".split(),
            b"0" * 400 + b"1.5",
            b"0." + b"0" * 300 + b"25e300",
            b"1" + b"0" * 300 + b"e-300",
            b"12345678901234567890",
            b"1234567890123456789.5",
            b"0.1" + b"0" * 60,
        ],
    )
    @pytest.mark.parametrize("sign", [b"", b"-"])
    def test_agree_on_numbers_that_are_hard_to_round(self, sign, word):
        data = with_field(40, 1, sign + word)
        self.check(data)
        value = parse_skeleton(data).xyz[1, 7, 1]
        assert value.tobytes() == np.float64(float(sign + word)).tobytes()


class TestWithoutTheCompiledReader:
    def test_gives_the_same(self, monkeypatch):
        data = synthetic_skeleton(3, frames=5, bodies=2, quirks=QUIRKS)
        compiled = read_native(data)
        monkeypatch.setattr(skeleton_native, "library", lambda: "it was not built")
        assert read_native(data) is None
        assert_same(parse_skeleton(data), compiled)


class TestExtras:
    def test_hold_the_other_fields(self):
        data = synthetic_skeleton(5, frames=9, bodies=3, quirks=QUIRKS - {"nan"})
        file = parse_skeleton(data, extras=True)
        records, headers, joints = by_tokens(data)
        assert_same(file, records)
        header = np.array(headers, np.float64)
        joint = np.array(joints, np.float64).reshape(-1, 25, 12)
        expected = {
            "clipped_edges": header[:, 1].astype(np.int8),
            "hand_left_confidence": header[:, 2].astype(np.int8),
            "hand_left_state": header[:, 3].astype(np.int8),
            "hand_right_confidence": header[:, 4].astype(np.int8),
            "hand_right_state": header[:, 5].astype(np.int8),
            "is_restricted": header[:, 6].astype(np.int8),
            "lean": header[:, 7:9],
            "body_tracking_state": header[:, 9].astype(np.int8),
            "depth_xy": joint[:, :, 3:5],
            "color_xy": joint[:, :, 5:7],
            "orientation": joint[:, :, 7:11],
            "tracking_state": joint[:, :, 11].astype(np.int8),
        }
        assert file.extras.keys() == expected.keys()
        for name, array in expected.items():
            assert file.extras[name].dtype == array.dtype, name
            np.testing.assert_array_equal(file.extras[name], array, err_msg=name)

    @pytest.mark.parametrize("place", range(1, 10))
    def test_each_header_field_has_its_own_place(self, place):
        names = ["clipped_edges", "hand_left_confidence", "hand_left_state"]
        names += ["hand_right_confidence", "hand_right_state", "is_restricted"]
        names += ["lean", "lean", "body_tracking_state"]
        before = parse_skeleton(text(LINES), extras=True).extras
        after = parse_skeleton(with_field(31, place, b"9"), extras=True).extras
        changed = {name for name in before if not np.array_equal(before[name], after[name])}
        assert changed == {names[place - 1]}

    @pytest.mark.parametrize(
        ("word", "value"),
        [
            (b"-1.#IND", np.nan),
            (b"1.#QNAN0", np.nan),
            (b"1.#INF00", np.inf),
            (b"-1.#inf", -np.inf),
            (b"\xe2\x88\x9e", np.inf),
            (b"-\xe2\x88\x9e", -np.inf),
        ],
    )
    def test_images_may_be_written_by_microsofts_libraries(self, word, value):
        extras = parse_skeleton(with_field(6, 4, word), extras=True).extras
        assert np.array_equal(extras["depth_xy"][0, 1, 1], value, equal_nan=True)

    def test_images_may_be_nan(self):
        extras = parse_skeleton(with_field(6, 4, b"NaN"), extras=True).extras
        assert np.argwhere(np.isnan(extras["depth_xy"])).tolist() == [[0, 1, 1]]
        assert not np.isnan(extras["color_xy"]).any()

    @pytest.mark.parametrize("word", [b"1.5", b"128", b"-129", b"NaN", b"1E9", b"inf"])
    @pytest.mark.parametrize(
        ("line", "place", "name"),
        [(3, 1, "clipped_edges"), (31, 9, "body_tracking_state"), (57, 11, "tracking_state")],
    )
    def test_states_are_small_whole_numbers(self, word, line, place, name):
        data = with_field(line, place, word)
        error = error_of(data, extras=True)
        assert error.line == line
        assert error.reason.startswith(f"{name} is ")
        parse_skeleton(data)
