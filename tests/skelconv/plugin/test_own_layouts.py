"""Layouts that a recipe or a file defines."""

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv import Layout
from skelconv.plugin import OwnLayout, define, layout_named, layout_of_stored, stored_layout
from skelconv.plugin.own_layouts import MAX_JOINTS, DefinitionError

HAND = {
    "name": "my_hand",
    "joints": ["wrist", "left_tip", "right_tip", "end"],
    "parents": {"left_tip": "wrist", "right_tip": "wrist", "end": "wrist"},
}


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """Draw layouts with trees, or several, lines and pairs."""
    count = draw(st.integers(1, 12))
    parents = [
        draw(st.none() | st.integers(0, joint - 1)) if joint else None for joint in range(count)
    ]
    joints = st.integers(0, count - 1)
    limbs = draw(
        st.lists(
            st.tuples(joints, joints).filter(lambda pair: pair[0] != pair[1]),
            unique_by=frozenset,
        )
    )
    order = draw(st.permutations(range(count)))
    pairs = draw(st.integers(0, count // 2))
    return Layout(
        name=draw(st.from_regex(r"[a-z][a-z0-9_.-]{0,10}", fullmatch=True)),
        summary="",
        joints=tuple(f"joint_{number}" for number in order),
        bones=tuple((joint, up) for joint, up in enumerate(parents) if up is not None),
        pairs=tuple((order[2 * pair], order[2 * pair + 1]) for pair in range(pairs)),
        limbs=tuple(limbs),
    )


@given(layout=layouts())
def test_a_definition_holds_all_of_a_layout(layout: Layout) -> None:
    own = OwnLayout(layout)
    stored = json.loads(json.dumps(stored_layout(own)))
    for again in (layout_of_stored(stored), pickle.loads(pickle.dumps(own))):
        assert again == own
        found = layout_named(again)
        for part in ("name", "joints", "bones", "pairs", "limbs"):
            assert getattr(found, part) == getattr(layout, part)


def test_two_definitions_of_one_name_are_two_layouts() -> None:
    one, other = define(HAND), define({**HAND, "limbs": [["wrist", "end"]]})
    assert one != other
    assert [str(each).partition("#")[0] for each in (one, other)] == ["my_hand", "my_hand"]
    assert define({**HAND, "left_right": [["left_tip", "right_tip"]]}) == one  # as the names say


def test_a_tree_is_made_of_lines_with_a_circle() -> None:
    limbs = [["c", "b"], ["a", "b"], ["d", "c"], ["d", "a"]]
    own = define({"name": "x", "joints": ["a", "b", "c", "d"], "limbs": limbs})
    assert own.layout.bones == ((1, 0), (2, 1), (3, 0))
    assert own.layout.limbs == ((2, 1), (0, 1), (3, 2), (3, 0))


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"joints": []}, ("joints",), "needs a list"),
        ({"joints": None}, ("joints",), "needs a list"),
        ({"joints": "wrist"}, ("joints",), "needs a list"),
        ({"joints": ["wrist", 5]}, ("joints", "1"), "in quotes"),
        ({"joints": ["wrist", ""]}, ("joints", "1"), "no name of a joint"),
        ({"joints": ["wrist", "a\nb"]}, ("joints", "1"), "no name of a joint"),
        ({"joints": ["wrist", "end", "wrist"]}, ("joints", "2"), "twice: as number 0 and 2"),
        ({"joints": [f"j{n}" for n in range(MAX_JOINTS + 1)]}, ("joints",), "1,001 joints"),
        ({"name": "../x"}, ("name",), "must be at most 64"),
        ({"name": None}, ("name",), "is missing"),
        ({"bones": []}, ("bones",), "no key 'bones'"),
        ({"parents": [["a", "b"]]}, ("parents",), "must be a mapping"),
        ({"parents": {"tip": "wrist"}}, ("parents", "tip"), "'tip' is none of the joints"),
        ({"parents": {"end": "elbow"}}, ("parents", "end"), "'elbow' is none"),
        ({"parents": {"left_tip": "wrist"}}, ("parents",), "wrist, right_tip, end have no parent"),
        (
            {"parents": {"left_tip": "end", "end": "right_tip", "right_tip": "left_tip"}},
            ("parents", "left_tip"),
            "a circle: left_tip -> end -> right_tip -> left_tip",
        ),
        ({"parents": {"end": "end"}}, ("parents", "end"), "a circle: end -> end"),
        ({"limbs": {}}, ("limbs",), "must be a list of pairs"),
        ({"limbs": [["end"]]}, ("limbs", "0"), "a pair of joints"),
        ({"limbs": [["end", 3]]}, ("limbs", "0", "1"), "3 is none of the joints"),
        ({"limbs": [["end", "end"]]}, ("limbs", "0"), "with itself"),
        ({"limbs": [["end", "wrist"], ["wrist", "end"]]}, ("limbs", "1"), "twice"),
        ({"limbs": [["end", "wrist"]] * 10_001}, ("limbs",), "10,001 pairs"),
        (
            {"left_right": [["left_tip", "end"], ["end", "right_tip"]]},
            ("left_right", "1"),
            "'end' is in two pairs",
        ),
        (
            {
                "parents": {"left_tip": "wrist", "right_tip": "end", "end": "wrist"},
                "left_right": [["left_tip", "right_tip"]],
            },
            ("left_right", "0"),
            "do not mirror each other: their parents are wrist and end",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(change, path, words) -> None:
    with pytest.raises(DefinitionError) as error:
        define({**HAND, **change})
    assert any(place == path and words in what for place, what in error.value.faults)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("wrist"),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    ),
    st.sampled_from(["name", "joints", "parents", "limbs", "left_right"]),
)
def test_any_value_is_refused_or_taken(value, key) -> None:
    try:
        own = define({**HAND, key: value})
    except DefinitionError:  # anything else is a fault
        return
    assert layout_of_stored(stored_layout(own)) == own


def test_several_roots_are_said_by_null() -> None:
    own = define(
        {"name": "x", "joints": ["a", "b", "c"], "parents": {"b": "a", "a": None, "c": None}}
    )
    assert own.layout.bones == ((1, 0),)
