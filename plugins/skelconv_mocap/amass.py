"""AMASS: rotations of a body model in each frame, of which joints are made with the model.

The form is that of Mahmood et al., AMASS (2019): ``poses`` (T, 3 V) of rotation vectors, ``trans``
(T, 3), ``betas``, ``gender`` and ``mocap_framerate``. Where the joints are is Loper et al., SMPL
(2015), equations 2 to 4 and 10: the joints of a shape are those of the mean body and, for each
beta, a shift of them (``J_regressor`` times the vertices, which are linear in betas), and each is
turned about its parent. The vertices of the posed body are not needed.
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass

import numpy as np

from skelconv import Array, Clip, ClipError
from skelconv_mocap.frames import Pace, sound_rate
from skelconv_mocap.npz import read_arrays
from skelconv_mocap.options import AMASS_LAYOUTS
from skelconv_mocap.rotations import of_vectors, product

_FILE = ("poses", "trans", "betas", "gender", "mocap_framerate", "mocap_frame_rate")
_MODEL = ("v_template", "shapedirs", "J_regressor", "kintree_table")
# How the models are named in the archives that are handed out.
_MODELS = ("{gender}/model.npz", "SMPLX_{capitals}.npz")
_MAX_MODEL = 2**30
# Far beyond any body: those of AMASS are below 10.
_MAX_BETA = 1000
_MAX_JOINTS, _MAX_VERTICES = 100, 20_000
_BLOCK = 1024

# Of SMPL-H the 52 are in this order; SMPL-X has the jaw and the eyes in between.
_BODY, _HANDS = 22, 30


@dataclass(frozen=True)
class BodyModel:
    """The joints of a body model.

    Attributes
    ----------
    joints : ndarray of shape (V, 3)
        Of the mean body, in metres.
    shifts : ndarray of shape (B, V, 3)
        What a beta of 1 adds to them.
    parents : tuple of int
        Of each joint, which comes before it; -1 for the first.
    """

    joints: Array
    shifts: Array
    parents: tuple[int, ...]

    def placed(self, betas: Array, poses: Array, trans: Array) -> Array:
        """Return where joints are.

        Parameters
        ----------
        betas : ndarray of shape (B,)
            The shape; not more than the model has.
        poses : ndarray of shape (T, V, 3)
            The rotation of each joint about its parent, as vectors in radians.
        trans : ndarray of shape (T, 3)
            The place of the body.

        Returns
        -------
        ndarray of shape (T, V, 3)
            In metres.
        """
        shaped = self.joints
        for beta, shift in zip(betas.tolist(), self.shifts, strict=False):
            shaped = shaped + beta * shift
        turned: list[Array] = []
        places = np.empty((len(poses), len(self.parents), 3))
        for joint, parent in enumerate(self.parents):
            rotation = of_vectors(poses[:, joint])
            if parent < 0:
                places[:, joint] = shaped[joint] + trans
            else:
                bone = np.tile((shaped[joint] - shaped[parent])[:, np.newaxis], (len(poses), 1, 1))
                places[:, joint] = places[:, parent] + product(turned[parent], bone)[..., 0]
                rotation = product(turned[parent], rotation)
            turned.append(rotation)
        return places


@functools.lru_cache(maxsize=4)
def read_model(path: str) -> BodyModel:
    """Read a body model.

    Parameters
    ----------
    path : str
        An npz file of SMPL-H or SMPL-X.

    Returns
    -------
    BodyModel
        Its joints.

    Raises
    ------
    ClipError
        When it cannot be read, or is not such a model.
    """
    try:
        arrays = read_arrays(path, _MODEL, _MAX_MODEL)
    except ClipError as error:
        raise ClipError(f"the body model {path}: {error.reason} (option model)") from error
    try:
        template, directions, regressor, tree = (arrays[name] for name in _MODEL)
        vertices, joints = len(template), len(regressor)
        sound = (
            template.shape == (vertices, 3)
            and directions.ndim == 3
            and directions.shape[:2] == (vertices, 3)
            and directions.shape[2] <= 1000
            and regressor.shape == (joints, vertices)
            and tree.shape == (2, joints)
            and _BODY <= joints <= _MAX_JOINTS
            and vertices <= _MAX_VERTICES
            and all(_are_finite(arrays[name]) for name in _MODEL)
        )
    except (KeyError, TypeError):
        sound = False
    if not sound:
        needed = ", ".join(_MODEL)
        raise ClipError(f"the body model {path} has not {needed} that fit (option model)")
    parents = (-1, *(int(parent) for parent in tree[0, 1:]))
    if not all(0 <= parent < joint for joint, parent in enumerate(parents) if joint):
        raise ClipError(f"the body model {path}: a joint is before its parent (option model)")
    weights = regressor.astype(np.float64)
    shapes = [template, *np.moveaxis(directions, 2, 0)]
    # Sums over the vertices one after another, whose bits are the same on any processor.
    moved = [(weights[:, :, np.newaxis] * shape.astype(np.float64)).sum(1) for shape in shapes]
    return BodyModel(moved[0], np.array(moved[1:]), parents)


def load(path: str, *, model: str, joints: str, pace: Pace, max_bytes: int) -> Clip:
    """Load a file.

    Parameters
    ----------
    path : str
        The file.
    model : str
        The body model, or the folder of those of the genders; see `read_model`.
    joints : {"body", "hands"}
        Which joints are kept.
    pace : Pace
        Which frames are kept.
    max_bytes : int
        The largest file that is read.

    Returns
    -------
    Clip
        One person in metres; z is up, as in AMASS.

    Raises
    ------
    ClipError
        When the file or the model cannot be read, or they do not fit each other.
    """
    arrays = read_arrays(path, _FILE, max_bytes)
    poses, trans = _rows(arrays, "poses"), _rows(arrays, "trans")
    betas = arrays.get("betas", np.zeros(0)).reshape(-1)
    if betas.dtype.kind not in "fiu" or not (np.abs(betas) < _MAX_BETA).all():
        raise ClipError("betas have numbers that cannot be a shape")
    betas = betas.astype(np.float64)
    body = read_model(_of_gender(arrays, model) if os.path.isdir(model) else model)
    count = len(body.parents)
    if poses.shape[1] != 3 * count or trans.shape != (len(poses), 3):
        raise ClipError(
            f"poses {poses.shape} and trans {trans.shape} do not fit a model of {count} joints: "
            f"(T, {3 * count}) and (T, 3) were expected (option model)"
        )
    if len(betas) > len(body.shifts):
        if betas[len(body.shifts) :].any():
            raise ClipError(
                f"{len(betas)} betas, where the model has {len(body.shifts)} (option model)"
            )
        betas = betas[: len(body.shifts)]
    rate = _rate(arrays)
    frames = pace.kept(len(poses), rate)
    kept = [*range(_BODY), *(range(count - _HANDS, count) if joints == "hands" else ())]
    if len(set(kept)) < len(kept):
        raise ClipError(f"the model has {count} joints, and none of hands (option joints: body)")
    keypoint = np.empty((1, len(frames), len(kept), 3), np.float32)
    for start in range(0, len(frames), _BLOCK):
        some = frames[start : start + _BLOCK]
        turns = poses[some].astype(np.float64).reshape(len(some), count, 3)
        place = trans[some].astype(np.float64)
        # One number that is not finite, or absurd, is in no joint, or in all.
        if not ((np.abs(turns) < 1e4).all() and (np.abs(place) < 1e6).all()):
            raise ClipError("poses or trans have numbers that cannot be rotations and places")
        keypoint[0, start : start + len(some)] = body.placed(betas, turns, place)[:, kept]
    return pace.clip(keypoint, AMASS_LAYOUTS[joints], rate)


def _rows(arrays: dict[str, Array], name: str) -> Array:
    array = arrays.get(name)
    if array is None or array.ndim != 2 or array.dtype.kind not in "fiu":
        what = "no array" if array is None else f"{array.shape} of {array.dtype} as"
        raise ClipError(f"it has {what} {name}: it is not a file of AMASS")
    return array


def _are_finite(array: Array) -> bool:
    return array.dtype.kind in "fiu" and bool(np.isfinite(array).all())


def _rate(arrays: dict[str, Array]) -> float | None:
    for name in ("mocap_framerate", "mocap_frame_rate"):
        if name in arrays and arrays[name].size == 1 and arrays[name].dtype.kind in "fiu":
            return sound_rate(float(arrays[name].reshape(-1)[0]))
    return None


def _of_gender(arrays: dict[str, Array], folder: str) -> str:
    """Return the path of the model of the file's gender."""
    value = arrays["gender"].reshape(-1)[0] if arrays.get("gender", np.zeros(0)).size else ""
    gender = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
    if gender not in ("female", "male", "neutral"):
        raise ClipError(f"its gender is {gender!r:.40} (option model: one file is for all genders)")
    names = [name.format(gender=gender, capitals=gender.upper()) for name in _MODELS]
    paths = [os.path.join(folder, name) for name in names]
    found = next((path for path in paths if os.path.isfile(path)), None)
    if found is None:
        raise ClipError(f"{folder} has no {' or '.join(names)} (option model)")
    return found
