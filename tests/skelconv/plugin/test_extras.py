"""The names of extras are from the project's own table, so that a command names no other."""

import tomllib
from pathlib import Path

import pytest

from skelconv.plugin.extras import install_command

PROJECT = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]


@pytest.mark.parametrize(
    ("missing", "command"),
    [
        (["av>=18"], "pip install 'skelconv[frames]'"),
        (["distributed", "cryptography"], "pip install 'skelconv[dask]'"),
        (["onnxruntime", "av>=18"], "pip install 'skelconv[video]'"),
        (["transformers>=5.23,<6"], "pip install 'skelconv[transformers]'"),
        (
            ["mmdet==3.3.0", "--no-deps mmpose==1.3.2"],
            "pip install 'skelconv[openmmlab]' && pip install --no-deps mmpose==1.3.2",
        ),
        (["acme-sdk>=2"], "pip install 'acme-sdk>=2'"),
        (["av>=18", "acme-sdk"], "pip install 'skelconv[frames]' acme-sdk"),
        # Another version than the extra's: the extra would not bring it.
        (["av>=99"], "pip install 'av>=99'"),
    ],
    ids=str,
)
def test_an_extra_is_named_where_one_has_it(missing, command):
    assert install_command(missing) == command


OF_PLUGINS = [extra for extra in EXTRAS if extra not in ("viz", "test", "dev", "dev-mediapipe")]


@pytest.mark.parametrize("extra", OF_PLUGINS)
def test_an_extra_installs_what_it_has(extra):
    own = [one for one in EXTRAS[extra] if not one.startswith("skelconv[")]
    named = install_command(own).split()[-1].strip("'")
    assert named.startswith("skelconv[")
    chosen = named.removeprefix("skelconv[").removesuffix("]")
    assert {*own} <= {*EXTRAS[chosen]}
