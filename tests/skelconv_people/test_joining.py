"""People who were hidden for long are one person again."""

import itertools
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.boxes import Box, around, clip_of, members

from skelconv import Clip, Field
from skelconv.testing import check_transform
from skelconv_people import plugin

Place = tuple[float, float]


def transform(name: str, **options: object) -> Callable[[Clip], Clip]:
    descriptor = next(d for d in plugin.skelconv_transforms() if d.name == name)
    made: Callable[[Clip], Clip] = descriptor.create(descriptor.options(**options))
    return made


def tracks_of(*people: dict[int, Box]) -> Clip:
    """Make a clip with a row for each of some tracks, from frames to boxes."""
    length = max(max(person) for person in people) + 1
    table = np.zeros((len(people), length, 5), np.float32)
    number = np.zeros((len(people), length), np.int32)
    for m, person in enumerate(people):
        for t, box in person.items():
            table[m, t], number[m, t] = box, m + 1
    return clip_of([[around(0, 0)] * len(people)] * length).replace(
        fields={
            "bbox": Field(table[..., :4], "MTB"),
            "bbox_score": Field(table[..., 4], "MT"),
            "number": Field(number, "MT"),
            "track_id": Field(np.arange(len(people), dtype=np.int32) + 7, "M"),
        }
    )


def joined(clip: Clip) -> list[list[int]]:
    """Return which tracks each person is made of, in their order."""
    return [list(dict.fromkeys(row)) for row in members(clip)]


@pytest.mark.parametrize("hidden", [10, 41, 60])
@pytest.mark.parametrize("fps", [30, 10])
def test_a_person_who_was_hidden_is_kept_whole(hidden: int, fps: int) -> None:
    """Two people walk; one is behind something for a time, and somebody is there for a moment."""
    frames: list[list[Box]] = []
    who: list[int] = []
    for t in range(140):
        people = {
            0: around(100 + 60 / fps * t, 200),
            1: around(600 - 30 / fps * t, 320, score=0.7),
            2: around(900 + t % 2, 100),
        }
        if 50 <= t < 50 + hidden:
            del people[1]
        if not 60 <= t < 90:
            del people[2]
        order = [m for m in ((2, 1, 0) if t % 2 else (0, 1, 2)) if m in people]
        frames.append([people[m] for m in order])
        who += order
    person = dict(enumerate(who, 1))
    clip = clip_of(frames)
    stages = (
        transform("track-people"),
        transform("join-tracks"),
        transform("keep-people", keep=2, by="length"),
    )
    for stage in stages:
        clip = check_transform(stage, clip)
    assert [sorted(person[box] for box in row) for row in members(clip)] == [
        [0] * 140,
        [1] * (140 - hidden),
    ]
    # Nothing is made up in between.
    assert not clip.fields["bbox"].values[1, 50 : 50 + hidden].any()
    assert not clip.fields["bbox_score"].values[1, 50 : 50 + hidden].any()


@pytest.mark.parametrize(("gap", "people"), [(7, [[1, 2]]), (8, [[1], [2]])])
def test_a_gap_has_a_longest_length(gap: int, people: list[list[int]]) -> None:
    one = {t: around(100, 200) for t in range(5)}
    other = {t: around(102, 200) for t in range(5 + gap, 9 + gap)}
    clip = check_transform(transform("join-tracks", max_gap=7), tracks_of(one, other))
    assert joined(clip) == people


def test_tracks_are_joined_in_a_row_and_keep_the_first_number() -> None:
    def part(begin: int) -> dict[int, Box]:
        return {t: around(100 + 3 * t, 200) for t in range(begin, begin + 4)}

    elsewhere = {t: around(1500, 200) for t in range(30)}
    clip = transform("join-tracks")(tracks_of(part(20), elsewhere, part(0), part(10)))
    assert joined(clip) == [[2], [3, 4, 1]]
    assert clip.fields["track_id"].values.tolist() == [8, 9]


def test_a_person_of_another_size_is_another_person() -> None:
    one = {t: around(100, 200) for t in range(5)}
    child = {t: around(100, 200, 20, 50) for t in range(8, 12)}
    assert joined(transform("join-tracks")(tracks_of(one, child))) == [[1], [2]]


def test_people_in_no_frame_are_left_out() -> None:
    clip = tracks_of({0: around(10, 10)}, {0: around(500, 10)})
    score = clip.fields["bbox_score"].values.copy()
    score[0] = 0
    bare = clip.replace(fields={**clip.fields, "bbox_score": Field(score, "MT")})
    assert joined(transform("join-tracks")(bare)) == [[2]]


def test_people_without_boxes_are_joined_by_their_joints() -> None:
    frames = np.arange(30)
    body = np.random.default_rng(0).uniform(0, 80, (17, 2))
    keypoint = np.zeros((2, 30, 17, 2), np.float32)
    keypoint[0, :10] = (body + np.stack([frames * 4, frames + 50], 1)[:, None])[:10]
    keypoint[1, 22:] = (body + np.stack([frames * 4, frames + 50], 1)[:, None])[22:]
    clip = transform("join-tracks")(Clip("a", keypoint, "coco17"))
    np.testing.assert_array_equal(clip.keypoint, keypoint.sum(0, keepdims=True))


def chains(pairs: set[tuple[int, int]], count: int) -> Iterator[list[int]]:
    after = dict(pairs)
    for first in sorted(set(range(1, count + 1)) - set(after.values())):
        chain = [first]
        while chain[-1] in after:
            chain.append(after[chain[-1]])
        yield chain


@given(
    st.lists(
        st.tuples(
            st.integers(0, 40),
            st.integers(1, 8),
            st.floats(0, 120, width=16),
            st.floats(-3, 3, width=16),
            st.floats(30, 60, width=16),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_the_best_pairs_are_joined_first_of_all_ways_to_join(
    people: list[tuple[int, int, float, float, float]],
) -> None:
    """Against the definition, for people of even motion: all sets of pairs are tried."""

    def similarity(i: int, j: int) -> float:
        (start, length, x, speed, width), (begin, other_length, u, pace, side) = (
            people[i],
            people[j],
        )
        gap = begin - (start + length - 1)
        if not 0 < gap <= 21:
            return 0
        way = u + pace * begin - (x + speed * (start + length - 1))
        even = gap * ((speed if length > 1 else 0) + (pace if other_length > 1 else 0)) / 2
        away = max(min(0, even) - way, way - max(0, even), 0)
        radius = ((width + side) / 2 * 100) ** 0.5 / 2
        alike = min(width, side) / max(width, side) / (1 + (away / radius) ** 2)
        return alike / (1 + gap / 20)

    count = len(people)
    good = {
        (i, j): value
        for i, j in itertools.permutations(range(count), 2)
        if (value := similarity(i, j)) >= 0.3
    }
    if len({round(value, 5) for value in good.values()}) < len(good):
        return  # equal pairs: either is right
    ways: list[tuple[list[float], set[tuple[int, int]]]] = [([], set())]
    for (i, j), value in good.items():
        ways += [
            ([*values, value], pairs | {(i + 1, j + 1)})
            for values, pairs in ways
            if all(i + 1 != a and j + 1 != b for a, b in pairs)
        ]
    _, expected = max((sorted(values, reverse=True), pairs) for values, pairs in ways)
    clip = tracks_of(
        *(
            {t: around(x + speed * t, 100, width) for t in range(start, start + length)}
            for start, length, x, speed, width in people
        )
    )
    result = transform("join-tracks", max_gap=20)(clip)
    assert joined(result) == list(chains(expected, count))


# Counts of two colours, of 192 in sum, as different clothes give.
RED, GREEN = np.array([192, 0]), np.array([0, 192])


def dressed(clip: Clip, clothes: dict[int, np.ndarray]) -> Clip:
    """Say what some of the people of a clip look like, by their rows."""
    there = clip.fields["bbox_score"].values > 0
    rows = np.zeros(there.shape, np.int32)
    counts = []
    for m, colours in clothes.items():
        for t in np.flatnonzero(there[m]):
            counts.append(colours)
            rows[m, t] = len(counts)
    fields = {
        "appearance": Field(np.array(counts, np.uint8).reshape(-1, 2), "NB"),
        "appearance_row": Field(rows, "MT"),
    }
    return clip.replace(fields={**clip.fields, **fields})


def turning_back() -> Clip:
    """Two people meet behind a pillar, and each goes back to where he or she came from."""
    return tracks_of(
        {t: around(124 + 8 * t, 200) for t in range(10)},
        {t: around(276 - 8 * t, 200) for t in range(10)},
        {t: around(164 - 8 * (t - 14), 200) for t in range(14, 24)},
        {t: around(236 + 8 * (t - 14), 200) for t in range(14, 24)},
    )


def test_people_who_turn_back_behind_a_pillar_are_known_by_their_clothes() -> None:
    clip = turning_back()
    clothes = {0: RED, 1: GREEN, 2: RED, 3: GREEN}
    join = transform("join-tracks")
    assert joined(join(clip)) == [[1, 4], [2, 3]]
    assert joined(check_transform(join, dressed(clip, clothes))) == [[1, 3], [2, 4]]
    blind = transform("join-tracks", appearance=False)
    assert joined(blind(dressed(clip, clothes))) == [[1, 4], [2, 3]]


def test_who_looks_different_is_somebody_else() -> None:
    clip = tracks_of(
        {t: around(100, 200) for t in range(5)}, {t: around(100, 200) for t in range(8, 12)}
    )
    join = transform("join-tracks")
    assert joined(join(dressed(clip, {0: RED, 1: RED}))) == [[1, 2]]
    assert joined(join(dressed(clip, {0: RED, 1: GREEN}))) == [[1], [2]]
    # 125 of 192 colours are 0.651 of them, and 124 are 0.646.
    for common, people in ((125, [[1, 2]]), (124, [[1], [2]])):
        mixed = np.array([common, 192 - common])
        assert joined(join(dressed(clip, {0: RED, 1: mixed}))) == people


def test_who_was_not_looked_at_is_judged_by_motion_and_size() -> None:
    clip = turning_back()
    for clothes in ({}, {0: RED, 1: GREEN}, {2: RED, 3: GREEN}):
        assert joined(transform("join-tracks")(dressed(clip, clothes))) == [[1, 4], [2, 3]]


@pytest.mark.parametrize(("away", "people"), [(60, [[1, 2]]), (150, [[1], [2]])])
def test_who_looks_alike_may_have_gone_elsewhere_but_not_far(
    away: float, people: list[list[int]]
) -> None:
    """A box of 40 x 100: at 60 pixels the similarity is 1 / (1 + 3.6), divided by 1 + 4 / 60."""
    clip = tracks_of(
        {t: around(100, 200) for t in range(5)}, {t: around(100 + away, 200) for t in range(8, 12)}
    )
    join = transform("join-tracks")
    assert joined(join(clip)) == [[1], [2]]
    assert joined(join(dressed(clip, {0: RED, 1: RED}))) == people
    assert joined(join(dressed(clip, {0: RED, 1: GREEN}))) == [[1], [2]]


def test_of_a_long_track_the_end_is_looked_at() -> None:
    """Somebody takes the coat off: of the last 15 frames, which are compared, 3 are in it."""
    long = {t: around(100, 200) for t in range(32)}
    clip = tracks_of(long, {t: around(100, 200) for t in range(36, 40)})
    looks = dressed(clip, {0: GREEN, 1: GREEN})
    counts = looks.fields["appearance"].values.copy()
    for changed, people in ((20, [[1, 2]]), (26, [[1], [2]])):
        counts[:changed], counts[changed:32] = RED, GREEN
        fields = {**looks.fields, "appearance": Field(counts, "NB")}
        assert joined(transform("join-tracks")(looks.replace(fields=fields))) == people
