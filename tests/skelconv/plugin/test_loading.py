"""Plugins that are broken in every way there is must not take anything else down."""

import json
import subprocess
import sys

import pytest

from skelconv import PluginError, load_recipe
from skelconv.cli.app import run
from skelconv.plugin.loading import load_registry
from skelconv.plugin.offering import KINDS

GOOD = """\
from skelconv.plugin import Options, SourcePlugin, hookimpl

@hookimpl
def skelconv_sources():
    yield SourcePlugin(name="{name}", summary="Good", create=Options)
"""


def broken_of(distribution):
    return {
        broken.entry_point: broken.reason
        for broken in load_registry().broken
        if broken.distribution == distribution
    }


def offers_of(distribution):
    return [offer.name for offer in load_registry().offers if offer.distribution == distribution]


def test_a_plugin_is_found(install):
    install("acme-pose", {"acme": "acme_plugin"}, {"acme_plugin": GOOD.format(name="camera")})
    offer = load_registry().get("source", "camera")
    assert (offer.kind, offer.distribution, offer.version) == ("source", "acme-pose", "1.0")
    assert offer.qualified_name == "acme-pose/camera"
    assert load_registry().get("source", "acme-pose/camera") == offer
    assert broken_of("acme-pose") == {}


def test_an_object_in_a_module_can_be_a_plugin(install):
    code = """\
    from skelconv.plugin import Options, SinkPlugin, hookimpl

    class Plugin:
        @hookimpl
        def skelconv_sinks(self):
            return [SinkPlugin(name="object-sink", summary="", create=Options)]

    plugin = Plugin()
    """
    install("acme-object", {"a": "acme_object:plugin"}, {"acme_object": code})
    assert offers_of("acme-object") == ["object-sink"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("raise ImportError('two\\n  lines')", "ImportError: two lines"),
        ("import sys; sys.exit('leaving')", "SystemExit: leaving"),
        ("raise SystemExit", "SystemExit"),
        ("raise BaseException('panic')", "BaseException: panic"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("raise RecursionError('too deep')", "RecursionError: too deep"),
    ],
)
def test_a_module_that_cannot_be_imported(install, code, reason):
    install("acme-broken", {"b": "acme_broken"}, {"acme_broken": code})
    install("acme-good", {"g": "acme_good"}, {"acme_good": GOOD.format(name="good")})
    assert broken_of("acme-broken") == {"b": reason}
    assert offers_of("acme-good") == ["good"]


def test_a_module_with_a_syntax_error(install):
    install("acme-syntax", {"b": "acme_syntax"}, {"acme_syntax": "def"})
    assert broken_of("acme-syntax")["b"].startswith("SyntaxError: ")


@pytest.mark.parametrize("value", ["acme_no_such", "acme_there:plugin", "acme there", ""])
def test_an_entry_point_that_points_nowhere(install, value):
    install("acme-nowhere", {"b": value}, {"acme_there": ""})
    assert broken_of("acme-nowhere").keys() == {"b"}


HOOKS = """\
from skelconv.plugin import Options, SinkPlugin, SourcePlugin, TransformPlugin, hookimpl

@hookimpl
def skelconv_sources():
    {body}

@hookimpl
def skelconv_sinks():
    yield SinkPlugin(name="still-here", summary="", create=Options)
"""
SOURCE = 'SourcePlugin(name="here", summary="", create=Options)'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("raise ValueError('oh')", "ValueError: oh"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        (f"yield {SOURCE}; raise ValueError('halfway')", "ValueError: halfway"),
        ("return None", "gave a NoneType: yield what it offers"),
        (f"return {SOURCE}", "gave a SourcePlugin: yield what it offers"),
        ("yield {'name': 'x'}", "gave a dict, not a SourcePlugin"),
        ("yield SourcePlugin", "gave a type, not a SourcePlugin"),
        (
            "yield TransformPlugin(name='x', summary='', create=Options)",
            "gave a TransformPlugin, not a SourcePlugin",
        ),
        ("yield SourcePlugin(name='x')", "TypeError: "),
        (
            "yield SourcePlugin(name='Not Kebab', summary='', create=Options)",
            "the name 'Not Kebab' is not in kebab-case",
        ),
        (
            "yield SourcePlugin(name=7, summary='', create=Options)",
            "the name 7 is not in kebab-case",
        ),
        (
            "yield SourcePlugin(name='x', summary=None, create=None, options=dict, requires=7, "
            "example=[1])",
            "x: not what the interface asks for: summary, options, create, requires, example",
        ),
        (
            "yield SourcePlugin(name='x', summary='', create=Options, requires=('torch',))",
            "x: not what the interface asks for: requires",
        ),
        (
            "yield SourcePlugin(name='x', summary='', create=Options, uses_if_there='torch')",
            "x: not what the interface asks for: uses_if_there",
        ),
        (
            "yield SourcePlugin(name='x', summary='', create=Options, example={'a': Options})",
            "x: not what the interface asks for: example",
        ),
        (
            "yield SourcePlugin(name='x', summary='', create=Options, resources=2)",
            "x: not what the interface asks for: resources",
        ),
        (f"yield {SOURCE}; yield {SOURCE}", "here: offered twice"),
    ],
)
def test_a_hook_that_fails_takes_no_other_along(install, body, reason):
    install("acme-hooks", {"b": "acme_hooks"}, {"acme_hooks": HOOKS.format(body=body)})
    assert broken_of("acme-hooks")["b"].startswith(f"skelconv_sources: {reason}")
    assert "still-here" in offers_of("acme-hooks")


def test_an_unknown_hook_takes_no_other_along(install):
    code = HOOKS.format(body=f"yield {SOURCE}") + "@hookimpl\ndef skelconv_dreams(): yield 1\n"
    install("acme-later", {"l": "acme_later"}, {"acme_later": code})
    reason = broken_of("acme-later")["l"]
    assert reason.startswith("skelconv_dreams: there is no such hook")
    assert offers_of("acme-later") == ["here", "still-here"]


def test_a_misspelt_hook_names_the_nearest_right_one(install):
    code = "from skelconv.plugin import hookimpl\n@hookimpl\ndef skelconv_transform(): return []"
    install("acme-misspelt", {"m": "acme_misspelt"}, {"acme_misspelt": code})
    assert broken_of("acme-misspelt") == {
        "m": "skelconv_transform: there is no such hook: did you mean 'skelconv_transforms'?"
    }


def test_a_module_without_a_hook_is_reported(install):
    code = "def skelconv_sources(): return []"
    install("acme-unmarked", {"u": "acme_unmarked"}, {"acme_unmarked": code})
    assert broken_of("acme-unmarked") == {
        "u": "it offers nothing: no function in it is marked with @hookimpl"
    }


def test_a_hook_that_is_not_marked_beside_others_that_are(install):
    code = HOOKS.format(body=f"yield {SOURCE}") + "def skelconv_layouts(): return []\n"
    install("acme-forgot", {"f": "acme_forgot"}, {"acme_forgot": code})
    assert broken_of("acme-forgot") == {"f": "skelconv_layouts: it is not marked with @hookimpl"}
    assert offers_of("acme-forgot") == ["here", "still-here"]


CAST = """\
from skelconv.plugin import Options, TransformPlugin, hookimpl

@hookimpl
def skelconv_transforms():
    yield TransformPlugin(name="cast", summary="Acme's own", create=Options)
"""


def test_a_third_party_cannot_change_what_a_name_means(install, capsys):
    recipe = {
        "skelconv": 1,
        "name": "a",
        "source": "toy",
        "transforms": [{"use": "cast", "with": {"dtype": "float16"}}, "acme/cast"],
        "sink": {"use": "toy", "with": {"path": "out"}},
    }
    install("acme", {"c": "acme_cast"}, {"acme_cast": CAST})
    own, theirs = load_recipe(recipe).transforms
    assert (own.offer.distribution, theirs.offer.distribution) == ("skelconv", "acme")
    assert run(["list-plugins", "--kind", "transform", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["plugins"]
    casts = {one["qualified_name"]: one["ambiguous"] for one in listed if one["name"] == "cast"}
    assert casts == {"skelconv/cast": False, "acme/cast": True}
    assert run(["list-plugins", "--kind", "transform"]) == 0
    rows = [line.split()[1:3] for line in capsys.readouterr().out.splitlines()]
    assert ["cast", "skelconv"] in rows
    assert ["acme/cast", "acme"] in rows


def test_an_example_names_the_plugin_that_is_described(install, capsys):
    install("acme", {"c": "acme_cast"}, {"acme_cast": CAST})
    assert run(["describe", "acme/cast"]) == 0
    assert capsys.readouterr().out.endswith("example:\n  transforms:\n    - use: acme/cast\n")


@pytest.mark.parametrize("code", ["1 / 0", HOOKS.format(body="1 / 0")], ids=["import", "hook"])
@pytest.mark.parametrize("asked", ["", "0", "1"])
def test_tracebacks_of_plugins_are_printed_when_asked_for(
    install, monkeypatch, capsys, code, asked
):
    monkeypatch.setenv("SKELCONV_TRACEBACK", asked)
    install("acme-broken", {"b": "acme_broken"}, {"acme_broken": code})
    assert "ZeroDivisionError" in broken_of("acme-broken")["b"]
    err = capsys.readouterr().err
    assert ("Traceback (most recent call last):" in err) == (asked == "1")
    assert ("acme_broken.py" in err) == (asked == "1")


def test_a_hook_that_asks_for_arguments(install):
    code = (
        "from skelconv.plugin import hookimpl\n@hookimpl\ndef skelconv_sources(config): return []"
    )
    install("acme-arguments", {"a": "acme_arguments"}, {"acme_arguments": code})
    assert broken_of("acme-arguments")["a"].startswith("PluginValidationError: ")


def test_one_entry_point_name_in_two_distributions(install):
    for name in ("one", "two"):
        install(f"acme-{name}", {"same": f"acme_{name}"}, {f"acme_{name}": GOOD.format(name=name)})
    assert offers_of("acme-one") == ["one"]
    assert offers_of("acme-two") == ["two"]


def test_two_plugins_of_one_name(install):
    for name in ("one", "two"):
        code = GOOD.format(name="shared")
        install(f"acme-{name}", {"x": f"acme_{name}"}, {f"acme_{name}": code})
    registry = load_registry()
    assert [offer.distribution for offer in registry.find("shared")] == ["acme-one", "acme-two"]
    with pytest.raises(PluginError) as caught:
        registry.get("source", "shared")
    assert str(caught.value) == (
        "two plugins offer the source 'shared': write acme-one/shared or acme-two/shared"
    )
    assert registry.get("source", "acme-two/shared").distribution == "acme-two"


def test_a_distribution_that_is_there_twice_counts_once(install, site, monkeypatch):
    code = GOOD.format(name="doubled")
    install("Acme.Doubled", {"x": "acme_doubled"}, {"acme_doubled": code}, version="2.0")
    further = site / "further"
    monkeypatch.setattr(sys, "path", [*sys.path, str(further)])
    install("acme-doubled", {"x": "acme_doubled"}, {}, version="1.0", folder=further)
    versions = [offer.version for offer in load_registry().find("doubled")]
    assert versions == ["2.0"]


def test_metadata_that_cannot_be_read(install, site):
    info = site / "acme_garbled-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_bytes(b"[skelconv]\nno equals sign\n\xff\xfe")
    nameless = site / "acme_nameless-1.0.dist-info"
    nameless.mkdir()
    (nameless / "entry_points.txt").write_text("[skelconv]\nx = acme_nameless\n")
    install("acme-good", {"g": "acme_good"}, {"acme_good": GOOD.format(name="good")})
    assert offers_of("acme-good") == ["good"]


OTHERS = """\
from skelconv import Layout
from skelconv.plugin import CheckPlugin, Options, ReaderPlugin, SinkPlugin, hookimpl

@hookimpl
def {hook}():
    yield {offered}
"""


@pytest.mark.parametrize(
    ("hook", "offered", "wrong"),
    [
        ("sinks", "SinkPlugin(name='x', summary='', create=Options, suffixes='.x')", "suffixes"),
        (
            "readers",
            "ReaderPlugin(name='x', summary='', create=Options, recognises='.x')",
            "recognises",
        ),
        ("checks", "CheckPlugin(name='x', summary='', create=Options, modules='x')", "modules"),
        ("layouts", "Layout('x', '', (1, 2), ())", "joints"),
        ("layouts", "Layout('x', '', ('a',), ((0, 0, 0),))", "bones"),
    ],
)
def test_what_one_kind_has_is_checked_too(install, hook, offered, wrong):
    code = OTHERS.format(hook=f"skelconv_{hook}", offered=offered)
    install("acme-odd", {"o": "acme_odd"}, {"acme_odd": code})
    reason = f"skelconv_{hook}: x: not what the interface asks for: {wrong}"
    assert broken_of("acme-odd") == {"o": reason}


def test_what_a_plugin_prints_stays_out_of_the_results(install, capsys):
    code = "print('hello')\n" + HOOKS.format(body=f"print('there'); yield {SOURCE}")
    install("acme-chatty", {"c": "acme_chatty"}, {"acme_chatty": code})
    assert offers_of("acme-chatty") == ["here", "still-here"]
    out, err = capsys.readouterr()
    assert (out, err) == ("", "hello\nthere\n")


def test_an_interrupt_is_no_fault_of_the_plugin(install):
    install(
        "acme-interrupt", {"i": "acme_interrupt"}, {"acme_interrupt": "raise KeyboardInterrupt"}
    )
    with pytest.raises(KeyboardInterrupt):
        load_registry()


def test_others_plugins_can_be_left_alone(install, monkeypatch):
    monkeypatch.setenv("SKELCONV_NO_PLUGINS", "1")
    install("acme-pose", {"acme": "acme_plugin"}, {"acme_plugin": "raise ValueError"})
    registry = load_registry()
    assert {offer.distribution for offer in registry.offers} == {"skelconv"}
    assert broken_of("acme-pose") == {}
    assert "acme_plugin" not in sys.modules


def test_loading_can_be_traced(install, monkeypatch, capsys):
    monkeypatch.setenv("SKELCONV_TRACE_PLUGINS", "1")
    install("acme-broken", {"b": "acme_broken"}, {"acme_broken": "1 / 0"})
    load_registry()
    trace = [line for line in capsys.readouterr().err.splitlines() if "acme" in line]
    assert trace == [
        "skelconv plugins: acme-broken 1.0: b: loading acme_broken",
        "skelconv plugins: acme-broken 1.0: b: ZeroDivisionError: division by zero",
    ]


def test_the_order_is_that_of_kinds_and_names(install):
    for name in ("b", "a"):
        install(f"acme-{name}", {"x": f"acme_{name}"}, {f"acme_{name}": GOOD.format(name="zz")})
    order = [(KINDS.index(o.kind), o.name, o.distribution) for o in load_registry().offers]
    assert order == sorted(order)


def test_an_unknown_name_may_be_that_of_a_broken_plugin(install):
    install("acme-broken", {"b": "acme_broken"}, {"acme_broken": "1 / 0"})
    with pytest.raises(PluginError, match="some plugins are broken: skelconv list-plugins"):
        load_registry().get("source", "acme")


def test_looking_for_what_is_missing_imports_nothing(install):
    modules = {"acme_heavy": "raise ValueError('imported')"}
    code = GOOD.replace("create=Options", "create=Options, requires=(('acme_heavy', 'x'),)")
    install("acme-light", {"l": "acme_light"}, {**modules, "acme_light": code.format(name="light")})
    assert load_registry().get("source", "light").missing == ()
    assert "acme_heavy" not in sys.modules


def test_a_hook_is_called_when_its_kind_is_asked_for_and_once(install, capsys):
    code = "import sys\n" + OTHERS.format(
        hook="skelconv_readers",
        offered="(print('readers are asked'), ReaderPlugin(name='x', summary='', "
        "create=Options, recognises=str.isdigit))[1]",
    )
    code += "\n@hookimpl\ndef skelconv_sinks():\n    1 / 0\n    yield\n"
    install("acme-odd", {"o": "acme_odd"}, {"acme_odd": code})
    registry = load_registry()
    assert registry.of_kind("source")
    assert capsys.readouterr().err == ""
    for _ in range(2):
        assert [offer.name for offer in registry.find("acme-odd/x", "reader")] == ["x"]
    assert offers_of("acme-odd") == ["x"]  # all kinds
    assert capsys.readouterr().err == "readers are asked\n"
    assert broken_of("acme-odd")["o"].startswith("skelconv_sinks: ZeroDivisionError")


def test_options_of_kinds_that_are_not_asked_for_are_not_imported():
    code = """if True:
    import sys
    from skelconv.plugin.loading import load_registry
    registry = load_registry()
    assert registry.of_kind("reader") and registry.of_kind("layout")
    assert "skelconv_splits.options" not in sys.modules
    assert registry.get("split", "csv")
    assert "skelconv_splits.options" in sys.modules
    assert "skelconv_transforms.options" not in sys.modules
    """
    subprocess.run([sys.executable, "-c", code], check=True)
