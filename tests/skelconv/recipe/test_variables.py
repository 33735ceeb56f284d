import pytest

RECIPE = """\
skelconv: 1
name: a
vars:
  text: t
  number: 3
  float: 1e-3
  yes: true
  nothing: ~
  digits: '7'
  env: ${HOME}/data
  later: ${vars.last}!
  last: end
source: {use: folder, with: {root: %s}}
sink: {use: file, with: {path: c}}
"""


BASE = "skelconv: 1\nname: a\nsource: bare\nsink: {use: file, with: {path: b}}\n"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("${vars.text}", "t"),
        ("a/${vars.text}/${vars.text}.pkl", "a/t/t.pkl"),
        ("x${vars.number}", "x3"),
        ("x${vars.float}", "x0.001"),
        ("x${vars.yes}", "xtrue"),
        ("x${vars.nothing}", "xnull"),
        ("${vars.digits}", "7"),
        ("${vars.env}", "/home/me/data"),
        ("${vars.later}", "end!"),
        ("${HOME}", "/home/me"),
        ("${EMPTY}x", "x"),
        ("${NO:-data}", "data"),
        ("${NO:-}x", "x"),
        ("${EMPTY:-data}", "data"),
        ("${HOME:-data}", "/home/me"),
        ("${NO:-a:-b}", "a:-b"),
        ("$${HOME}", "${HOME}"),
        ("$${vars.x}${vars.text}", "${vars.x}t"),
        ("$HOME $ }{ $$", "$HOME $ }{ $$"),
        ("${TRICK}", "${vars.text}: [*a"),
    ],
)
def test_values(load, written, value):
    environ = {"HOME": "/home/me", "EMPTY": "", "TRICK": "${vars.text}: [*a"}
    assert load(RECIPE % f"'{written}'", environ=environ).source.options.root == value


@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_a_variable_alone_keeps_its_type(load, quote):
    text = f"{BASE}expect:\n  clips: {quote}${{vars.n}}{quote}\nvars: {{n: 3}}\n"
    assert load(text).expect.clips == 3


def test_in_flow_style_a_variable_needs_quotes(problems):
    (problem,) = problems(f"{BASE}expect: {{clips: ${{vars.n}}}}\n")
    assert problem.endswith(": inside [] and {}, ${...} must be in quotes")


def test_they_stand_in_names_of_plugins_too(load):
    text = "skelconv: 1\nname: ${N}\nvars: {s: bare}\nsource: ${vars.s}\n"
    recipe = load(text + "sink: {use: file, with: {path: b}}", environ={"N": "n"})
    assert (recipe.name, recipe.source.use) == ("n", "bare")


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("${vars.txt}", "no variable 'txt': did you mean 'text'?"),
        (
            "${text}",
            "the environment variable text is not set: did you mean ${vars.text}?",
        ),
        (
            "${NTU_ROOT}/x",
            "the environment variable NTU_ROOT is not set: set it, or write ${NTU_ROOT:-DEFAULT}",
        ),
        ("a ${b", "a ${ that is not closed (write $${ for the characters ${)"),
        ("${}", "no variable ''; there are: vars.text, vars.number, vars.float, vars.yes, "
         "vars.nothing, vars.digits, vars.env, vars.later, vars.last"),
        ("${var.text}", "no variable 'var.text': did you mean 'vars.text'?"),
        ("${A:-${B}}", "a ${ that is not closed (write $${ for the characters ${)"),
    ],
)  # fmt: skip
def test_what_is_not_there(problems, written, problem):
    found = problems(RECIPE % f"'{written}'", environ={"HOME": "/"})
    assert found == [f"recipe.yaml:13:36: source.with.root: {problem}"]


def test_what_cannot_be_had_is_not_complained_of_twice(problems):
    text = RECIPE % "a, workers: '${vars.env}', box: {low: '${NO}'}"
    assert problems(text) == [
        "recipe.yaml:10:8: vars.env: the environment variable HOME is not set: "
        "set it, or write ${HOME:-DEFAULT}",
        "recipe.yaml:13:74: source.with.box.low: the environment variable NO is not set: "
        "set it, or write ${NO:-DEFAULT}",
    ]


def test_variables_that_refer_to_each_other_in_a_circle(problems):
    text = "skelconv: 1\nvars:\n  a: ${vars.b}\n  b: x${vars.c}\n  c: ${vars.b}\n"
    assert problems(text + BASE[12:]) == ["recipe.yaml:4:6: vars.b: refers to itself: b -> c -> b"]


def test_a_long_chain(problems):
    chain = "".join(f"  v{n}: ${{vars.v{n + 1}}}\n" for n in range(3000))
    assert problems(f"{BASE}vars:\n{chain}") == [
        "recipe.yaml:38:8: vars.v32: a chain of more than 32 variables"
    ]


@pytest.mark.parametrize("value", ["[1]", "{a: 1}"])
def test_a_variable_is_one_value(problems, value):
    (problem,) = problems(f"{BASE}vars: {{x: {value}}}")
    assert problem.startswith("recipe.yaml:5:11: vars.x: a variable is one value, not a ")


def test_vars_are_a_mapping(problems):
    assert problems(f"{BASE}vars: [1]") == ["recipe.yaml:5:7: vars: must be a mapping, not a list"]


def test_a_bomb(problems):
    lines = ["skelconv: 1", "name: a", "source: bare", "vars:", "  v0: '0123456789'"]
    lines += [f"  v{n}: '{f'${{vars.v{n - 1}}}' * 10}'" for n in range(1, 30)]
    (problem,) = problems("\n".join([*lines, "sink: {use: file, with: {path: '${vars.v29}'}}"]))
    assert problem == (
        "recipe.yaml:10:7: vars.v5: variables expand to more than 1000000 characters"
    )


def test_a_bomb_of_the_environment(problems):
    text = "skelconv: 1\nname: a\nsource: bare\nsink: {use: file, with: {path: '%s'}}"
    (problem,) = problems(text % ("${A}" * 10_000), environ={"A": "a" * 100_000})
    assert problem.endswith("variables expand to more than 1000000 characters")
