"""Weights: fetched, checked, loaded without running what is in them, and fitted to a model."""

from __future__ import annotations

import pickle
from collections import OrderedDict, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from skelconv import PluginError, local_file

if TYPE_CHECKING:
    import torch

_SHOWN = 3


def load_weights(model: torch.nn.Module, weights: str, sha256: str | None, *, trust: bool) -> None:
    """Put weights into a model.

    Parameters
    ----------
    model : Module
        Is filled.
    weights : str
        A path or URL of a checkpoint as MMEngine, or MMCV before it, writes it.
    sha256 : str, optional
        What the file must be.
    trust : bool
        Whether to load it even if that runs code that is in the file.

    Raises
    ------
    SkelconvError
        When the file is not there, is another one, is no checkpoint, asks for code to be run, or
        belongs to another model.
    """
    path = local_file(weights, sha256)
    given = _state(_read(path, trust=trust), path)
    # MMPose translates the names of its old checkpoints in a hook of this.
    wrong = [
        f"{name} is {tuple(given[name].shape)}, not {tuple(value.shape)}"
        for name, value in model.state_dict().items()
        if name in given and given[name].shape != value.shape
    ]
    if wrong:
        raise _misfit(path, "have other shapes", wrong)
    missing = [
        name
        for name in model.load_state_dict(given, strict=False).missing_keys
        if not name.endswith("num_batches_tracked")
    ]
    if missing:
        raise _misfit(path, "are missing", missing)


def _misfit(path: Path, what: str, names: list[str]) -> PluginError:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return PluginError(
        f"these weights are not for this model: {len(names)} {what}: "
        f"{', '.join(names[:_SHOWN])}{more}",
        where=str(path),
        hint="`config` and `weights` must belong together",
    )


def _read(path: Path, *, trust: bool) -> Any:
    import torch

    if not path.is_file():
        raise PluginError("there is no such file of weights", where=str(path))
    try:
        with torch.serialization.safe_globals(_harmless()):
            return torch.load(path, map_location="cpu", weights_only=not trust)
    except pickle.UnpicklingError as error:
        asks = str(error).partition("Please file an issue")[0]
        name = _after(asks, "GLOBAL ") or _after(asks, "class ") or "something"
        raise PluginError(
            f"the file asks for {name}, which is no part of plain weights; nothing of it was run",
            where=str(path),
            hint="set `trust: true` only if you would run a program from the same place",
        ) from None
    except Exception as error:
        raise PluginError(
            f"it is no file of weights, or a damaged one: {' '.join(str(error).split())[:200]}",
            where=str(path),
        ) from error


def _after(text: str, word: str) -> str:
    rest = text.partition(word)[2].split()
    return rest[0].strip("`'\",.") if rest else ""


def _harmless() -> list[Any]:
    """Return what checkpoints hold beside tensors: numbers of NumPy and plain containers.

    The training log that MMEngine can put into a checkpoint is not among them: to read it,
    pickle needs `getattr`, with which a hostile file can reach anything.
    """
    core: Any = getattr(np, "_core", None) or np.core
    dtypes = {type(np.dtype(name)) for name in ("f2", "f4", "f8", "i4", "i8", "u1", "b1")}
    return [
        np.ndarray,
        np.dtype,
        *sorted(dtypes, key=repr),
        core.multiarray._reconstruct,
        core.multiarray.scalar,
        # The names that files of NumPy 1 have for them.
        (core.multiarray._reconstruct, "numpy.core.multiarray._reconstruct"),
        (core.multiarray.scalar, "numpy.core.multiarray.scalar"),
        OrderedDict,
        defaultdict,
    ]


def _state(checkpoint: Any, path: Path) -> dict[str, torch.Tensor]:
    import torch

    state = checkpoint.get("state_dict", checkpoint) if isinstance(checkpoint, dict) else None
    if not isinstance(state, dict) or not state:
        raise PluginError("there are no weights in it", where=str(path))
    tensors = {
        str(name).removeprefix("module."): value
        for name, value in state.items()
        if isinstance(value, torch.Tensor)
    }
    if not tensors:
        raise PluginError("there are no weights in it", where=str(path))
    return tensors
