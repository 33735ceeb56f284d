"""What a build does about what it finds, row by row."""

import json
from pathlib import Path
from typing import Any

import pytest

from skelconv import BuildError
from skelconv.engine.decision import AlreadyBuilt, Found, GoOn, Refuse, StartAnew, decide
from skelconv.engine.identity import Identity
from skelconv.engine.report import BuildReport

TARGET = Path("out.pkl")
THIS = Identity.read(json.dumps({"items": 3}))
OTHER = Identity.read(json.dumps({"items": 4}))
REPORT = BuildReport(TARGET, 3, {}, (), {}, {}, (), (), "ab", already_built=True)

OUTPUT = {"output": True}
WHOLE = {"output": True, "report": REPORT}
SAME = {"earlier": THIS}
SAME_WITH_CLIPS = {"earlier": THIS, "earlier_clips": True}
OTHER_WITH_CLIPS = {"earlier": OTHER, "earlier_clips": True}
OTHER_EMPTY = {"earlier": OTHER}
REPLACEABLE = {"replaceable": True}
REPAIRED = {"repaired": True}

THERE = "the output is there already"
DIFFERS = "a build that was stopped here differs from this one"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        # Nothing is there, or only what an earlier run left.
        ({}, StartAnew()),
        (SAME, GoOn()),
        (SAME_WITH_CLIPS, GoOn()),
        (OTHER_EMPTY, StartAnew()),
        (OTHER_WITH_CLIPS, DIFFERS),
        (OTHER_WITH_CLIPS | REPLACEABLE, DIFFERS),
        # The output is there, and is what this build gives.
        (WHOLE, AlreadyBuilt(REPORT)),
        (WHOLE | SAME_WITH_CLIPS, AlreadyBuilt(REPORT)),
        (WHOLE | SAME_WITH_CLIPS | REPLACEABLE, AlreadyBuilt(REPORT)),
        # A build with --fresh was stopped before it replaced the output.
        (WHOLE | SAME_WITH_CLIPS | REPLACEABLE | {"replacing": True}, GoOn()),
        (WHOLE | OTHER_WITH_CLIPS | {"replacing": True}, AlreadyBuilt(REPORT)),
        (WHOLE | OTHER_EMPTY, AlreadyBuilt(REPORT)),
        (WHOLE | OTHER_WITH_CLIPS, AlreadyBuilt(REPORT)),
        # The output is there, and is another.
        (OUTPUT, THERE),
        (OUTPUT | SAME_WITH_CLIPS, THERE),
        (OUTPUT | SAME | REPLACEABLE, GoOn()),
        (OUTPUT | SAME_WITH_CLIPS | REPLACEABLE, GoOn()),
        (OUTPUT | OTHER_EMPTY, THERE),
        # The build that was stopped might replace it, and this is not that build.
        (OUTPUT | OTHER_EMPTY | REPLACEABLE, THERE),
        (OUTPUT | OTHER_WITH_CLIPS, THERE),
        (OUTPUT | OTHER_WITH_CLIPS | REPLACEABLE, DIFFERS),
        # Nothing but files of which no clip is whole has changed since.
        (OTHER_WITH_CLIPS | REPAIRED, GoOn()),
        (OTHER_EMPTY | REPAIRED, StartAnew()),
        (OUTPUT | OTHER_WITH_CLIPS | REPAIRED, THERE),
        (OUTPUT | OTHER_WITH_CLIPS | REPAIRED | REPLACEABLE, GoOn()),
    ],
    ids=str,
)
def test_without_fresh(found: dict[str, Any], expected: object) -> None:
    decision = decide(Found(TARGET, **found), THIS, fresh=False)
    if isinstance(expected, str):
        assert isinstance(decision, Refuse)
        assert decision.error.what.startswith(expected)
        assert "--fresh" in str(decision.error)
    else:
        assert decision == expected


def test_a_finished_output_with_repaired_files_asks_for_retry() -> None:
    found = Found(TARGET, **OUTPUT, **OTHER_WITH_CLIPS, **REPAIRED, **REPLACEABLE, finished=True)
    decision = decide(found, THIS, fresh=False)
    assert isinstance(decision, Refuse)
    assert "--retry" in str(decision.error)
    assert decide(found, THIS, fresh=False, retry=True) == GoOn()


FOREIGN = {"output": True, "foreign": True}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({}, StartAnew(replaces=True)),
        (OUTPUT, StartAnew(replaces=True)),
        (WHOLE, StartAnew(replaces=True)),
        (OUTPUT | SAME_WITH_CLIPS, StartAnew(replaces=True)),
        (OUTPUT | OTHER_WITH_CLIPS, StartAnew(replaces=True)),
        (OTHER_WITH_CLIPS, StartAnew(replaces=True)),
        (FOREIGN, None),
        (FOREIGN | OTHER_WITH_CLIPS, None),
        # A folder that a build put there just before it was stopped has no provenance yet.
        (FOREIGN | REPLACEABLE, StartAnew(replaces=True)),
    ],
    ids=str,
)
def test_with_fresh(found: dict[str, Any], expected: object) -> None:
    decision = decide(Found(TARGET, **found), THIS, fresh=True)
    if expected is None:
        assert isinstance(decision, Refuse)
        assert decision.error.where == str(TARGET)
        assert "--fresh" not in str(decision.error)
    else:
        assert decision == expected


def test_a_refusal_names_all_differences() -> None:
    found = Found(TARGET, output=True, differences=["versions.numpy: 1 -> 2", "items: 3 -> 4"])
    refusal = decide(found, THIS, fresh=False)
    assert isinstance(refusal, Refuse)
    assert refusal.error.what.splitlines()[1:] == [
        "    versions.numpy: 1 -> 2",
        "    items: 3 -> 4",
    ]
    stopped = decide(Found(TARGET, **OTHER_WITH_CLIPS), THIS, fresh=False)
    assert isinstance(stopped, Refuse)
    assert isinstance(stopped.error, BuildError)
    assert stopped.error.what.splitlines()[1:] == ["    items: 4 -> 3"]
