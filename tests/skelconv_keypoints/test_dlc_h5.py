"""DeepLabCut's HDF5."""

import io
import os
import pickle

import h5py
import numpy as np
import pytest
from support.building import build
from support.keypoints import dlc_columns, dlc_h5, people

from skelconv import ClipError
from skelconv_keypoints.dlc_h5 import read_h5

JOINTS = ["snout", "leftear", "rightear", "tailbase"]
NAMES = ["mouse1", "mouse2"]


def loaded(tmp_path, content):
    path = tmp_path / "a.h5"
    path.write_bytes(content)
    return read_h5(str(path), 2**24)


@pytest.mark.parametrize("protocol", [0, 2, 5])
@pytest.mark.parametrize("names", [[], NAMES])
def test_columns_of_every_pickle(tmp_path, names, protocol):
    made = people(len(names) or 1)
    columns = dlc_columns(names, JOINTS, ("x", "y", "likelihood"))
    tracks = loaded(tmp_path, dlc_h5(made, names, JOINTS, kind=pickle.dumps(columns, protocol)))
    assert list(tracks.joints) == JOINTS
    np.testing.assert_array_equal(tracks.keypoint, made[..., :2].astype(np.float32))
    np.testing.assert_array_equal(tracks.score, made[..., 2].astype(np.float32))


class Harm:
    def __reduce__(self):
        return os.mkdir, ("harm",)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": pickle.dumps(Harm())}, "the names of its columns: "),
        ({"kind": b"\x80\x04garbage"}, "the names of its columns: "),
        ({"kind": pickle.dumps(["x", "y"], 0)}, "not named by scorer"),
        ({"kind": pickle.dumps([], 0)}, "not named by scorer"),
        ({"kind": pickle.dumps([("d", 1, "x")] * 24, 0)}, "a column's name is not text"),
        ({"kind": pickle.dumps([("d", "a", "x")], 0)}, "1 names of columns, and 24 columns"),
        ({"index": [b"img%d" % n for n in range(6)]}, "rows are not numbered"),
        ({"index": [0, 1, 2, 3, 4, -5]}, "negative"),
        ({"index": [0, 1, 2, 3, 4, 10**8]}, "too much for a file of"),
    ],
)
def test_malformed_files(tmp_path, monkeypatch, changes, words):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ClipError, match=words):
        loaded(tmp_path, dlc_h5(people(), NAMES, JOINTS, **changes))
    assert not (tmp_path / "harm").exists()


def test_what_is_no_table(tmp_path):
    with pytest.raises(ClipError, match="is not an HDF5 file"):
        loaded(tmp_path, b"scorer,a\n" * 99)
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file["other"] = [1]
    with pytest.raises(ClipError, match="it holds other, not one table that pandas wrote"):
        loaded(tmp_path, content.getvalue())


def test_links_to_other_files_are_not_followed(tmp_path):
    (tmp_path / "secret.h5").write_bytes(dlc_h5(people(), NAMES, JOINTS))
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file["df"] = h5py.ExternalLink("secret.h5", "df_with_missing")
    with pytest.raises(ClipError, match="is a link, and is not followed"):
        loaded(tmp_path, content.getvalue())


def test_a_dataset(tmp_path):
    made = people()
    report, dataset = build(tmp_path, "deeplabcut", {"a.h5": dlc_h5(made, NAMES, JOINTS)})
    assert not report.quarantined
    expected = np.nan_to_num(made[..., :2]).astype(np.float32)
    np.testing.assert_array_equal(dataset[0].keypoint, expected)
