from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pose.task and holistic.task."""
    from support.task_bundles import make_bundles

    folder = tmp_path_factory.mktemp("bundles")
    make_bundles(folder)
    return folder
