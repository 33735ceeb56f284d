"""Connections to clusters that others have started: with keys, and without."""

from collections.abc import Iterator
from pathlib import Path

import dask
import pytest
from distributed.security import Security
from support.dask_clusters import Cluster, cluster, recipe

import skelconv
from skelconv import BuildError
from skelconv.plugin import Resources
from skelconv_dask.executor import DaskExecutor, is_exposed

# Dask closes its sockets and event loops late.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def guarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Cluster, dict]]:
    """A cluster with TLS, and what is needed in Dask's configuration to use it."""
    keys = Security.temporary()
    (tmp_path / "certificate.pem").write_text(keys.tls_ca_file)
    (tmp_path / "key.pem").write_text(keys.tls_client_key)
    files = {"cert": str(tmp_path / "certificate.pem"), "key": str(tmp_path / "key.pem")}
    settings: dict[str, str] = {"distributed.comm.tls.ca-file": files["cert"]}
    for role in ("client", "scheduler", "worker"):
        for part, file in files.items():
            settings[f"distributed.comm.tls.{role}.{part}"] = file
    with monkeypatch.context() as environment:
        for key, value in settings.items():
            name = key.upper().replace(".", "__").replace("-", "_")
            environment.setenv(f"DASK_{name}", value)
        started = Cluster("tls", keys)
        try:
            started.start_workers(1)
            environment.undo()
            yield started, settings
        finally:
            started.close()


def test_a_cluster_with_tls_is_used_with_the_keys_of_dasks_configuration(
    guarded: tuple[Cluster, dict], tmp_path: Path
) -> None:
    started, settings = guarded
    path = recipe(tmp_path)
    with dask.config.set(settings):
        assert skelconv.build(path, executor="dask", scheduler=started.address).clips == 300
    with pytest.raises(BuildError, match="no keys for this connection") as raised:
        skelconv.build(path, executor="dask", scheduler=started.address)
    assert "docs/dask.md" in str(raised.value.hint)


@pytest.mark.parametrize(
    ("address", "exposed"),
    [
        ("tcp://10.0.0.7:8786", True),
        ("tcp://driver:8786", True),
        ("tcp://[fe80::1]:8786", True),
        ("tls://10.0.0.7:8786", False),
        ("tcp://127.0.0.1:8786", False),
        ("tcp://[::1]:8786", False),
        ("tcp://localhost:8786", False),
    ],
)
def test_an_open_connection_over_a_network_is_exposed(address: str, exposed: bool) -> None:
    assert is_exposed(address) == exposed


def test_an_exposed_connection_is_reported_once(capfd: pytest.CaptureFixture[str]) -> None:
    with cluster(1) as started:
        DaskExecutor(0, started.address, 1).start(Resources()).shutdown()
        assert capfd.readouterr().err == ""
        # Another name of this machine, which Dask cannot know to be loopback.
        executor = DaskExecutor(0, started.address.replace("127.0.0.1", "0.0.0.0"), 1)
        for _ in range(2):
            executor.start(Resources()).shutdown()
        assert capfd.readouterr().err.count("can run code on the workers and here") == 1
