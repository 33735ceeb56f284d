import pytest


def recipe(options):
    return (
        "skelconv: 1\nname: a\nsink: {use: file, with: {path: b}}\n"
        f"source:\n  use: folder\n  with: {options}\n"
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("{root: a}", {"root": "a"}),
        ("{root: [a, b]}", {"root": ["a", "b"]}),
        ("{root: a, workers: 3}", {"workers": 3}),
        ("{root: a, actions: [1, 0x10]}", {"actions": [1, 16]}),
        ("{root: a, rename: {1: one, 2: two}}", {"rename": {"1": "one", "2": "two"}}),
        ("{root: a, box: {high: 7}}", {"box": {"low": 0.0, "high": 7.0}}),
    ],
)
def test_options_are_complete_and_plain(load, options, expected):
    given = load(recipe(options)).source.plain()["with"]
    assert given.keys() == {"root", "workers", "actions", "rename", "box"}
    assert given.items() >= expected.items()


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ("{}", "recipe.yaml:6:9: source.with.root: the option 'root' is missing"),
        ("", "recipe.yaml:5:8: source.with.root: the option 'root' is missing"),
        (
            "{root: 5}",
            "recipe.yaml:6:16: source.with.root: must be text or be a list, not 5 (in quotes it is "
            "text)",
        ),
        ("{root: ''}", "recipe.yaml:6:16: source.with.root: name at least one folder"),
        (
            "{root: a, rooot: b}",
            "recipe.yaml:6:19: source.with.rooot: no option 'rooot': did you mean 'root'?",
        ),
        (
            "{root: a, workers: many}",
            "recipe.yaml:6:28: source.with.workers: must be a valid integer, not 'many'",
        ),
        (
            "{root: a, workers: 0}",
            "recipe.yaml:6:28: source.with.workers: must be greater than or equal to 1, not 0",
        ),
        (
            "{root: a, workers: {x: 1}}",
            "recipe.yaml:6:28: source.with.workers: must be a valid integer, not a mapping",
        ),
        (
            "{root: a, actions: [1, 2, x]}",
            "recipe.yaml:6:35: source.with.actions.2: must be a valid integer, not 'x'",
        ),
        (
            "{root: a, rename: {one: x}}",
            "recipe.yaml:6:28: source.with.rename.one: must be a valid integer, not 'one'",
        ),
        (
            "{root: a, box: {hihg: 2}}",
            "recipe.yaml:6:25: source.with.box.hihg: no option 'hihg': did you mean 'high'?",
        ),
        (
            "{root: a, box: {low: .nan}}",
            "recipe.yaml:6:30: source.with.box.low: must be a finite number, not .inf or .nan",
        ),
    ],
)
def test_what_is_wrong(problems, options, problem):
    assert problems(recipe(options)) == [problem]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ("{code: A}", "code: must be something like 'ab' or 'cd', not 'A'"),
        ("{plain: A}", "plain: must match pattern '^[a-z]+$', not 'A'"),
        ("{code: 007}", "code: must be text, not 7 (in quotes it is text)"),
        ("{code: true}", "code: must be text, not true (in quotes it is text)"),
        ("{code: null}", "code: must be text, not null"),
        ("{codes: [a, B]}", "codes.1: must be something like 'ab', not 'B'"),
        ("{codes: [B]}", "codes.0: must be something like 'ab', not 'B'"),
        ("{codes: []}", "codes: must have at least 1 item, not an empty list"),
        ("{codes: a}", "codes: must be a list, not 'a'"),
        ("{folder: null}", "folder: must be a path, not null"),
        ("{box: 5}", "box: must be a mapping, not 5"),
        ("{boxes: 5}", "boxes: must be a mapping, not 5"),
        (
            "{boxes: {low: [{hihg: 2}]}}",
            "boxes.low.0.hihg: no option 'hihg': did you mean 'high'?",
        ),
    ],
)
def test_what_is_wrong_is_said_in_words_of_recipes(problems, options, problem):
    text = recipe(options).replace("use: folder", "use: camera")
    (given,) = problems(text)
    assert given.partition("source.with.")[2] == problem


def test_a_plugin_that_fails_at_checking(problems):
    text = "skelconv: 1\nname: a\nsource: bare\nsink:\n  use: faulty\n  with: {path: b}"
    (problem,) = problems(text)
    fault = "the sink 'faulty' failed: ZeroDivisionError: oh (conftest.py:"
    assert problem.startswith(f"recipe.yaml:6:9: sink.with: {fault}")
