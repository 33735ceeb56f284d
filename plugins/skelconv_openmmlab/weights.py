"""Weights: fetched, checked, loaded without running what is in them, and fitted to a model."""

from __future__ import annotations

import pickle
import re
from collections import OrderedDict, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from skelconv import PluginError, SkelconvError, local_file

if TYPE_CHECKING:
    import torch

_SHOWN = 3
# What PyTorch says when a file names what is not allowed, or calls what may only be named.
_ASKS_FOR = re.compile(r"(?:GLOBAL|unrecognized function|but got) (?:<[a-z-]+ )?([^\s>]+)")


class _Log:
    """Takes the place of MMEngine's log of training, of which nothing is used."""


def _method_of_log(log: object, name: str) -> None:
    """Take the place of `getattr`, which MMEngine's log asks for: nothing can be reached by it."""


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
    PluginError
        When the file is not there, is another one, is no checkpoint, asks for code to be run, or
        belongs to another model.
    """
    try:
        path = local_file(weights, sha256)
    except SkelconvError as error:
        raise PluginError(error.what, error.where, error.hint) from error
    given = _state(_read(path, trust=trust), path)
    # MMPose translates the names of its old checkpoints in a hook of this.
    wrong = [
        f"{name} is {tuple(given[name].shape)}, not {tuple(value.shape)}"
        for name, value in model.state_dict().items()
        if name in given and given[name].shape != value.shape
    ]
    if wrong:
        raise _misfit(path, "have other shapes", wrong)
    try:
        left_out = model.load_state_dict(given, strict=False).missing_keys
    except RuntimeError as error:  # shapes of what such a hook has translated
        raise _misfit(path, "have other shapes", str(error).split("\n\t")[1:]) from None
    # Files from before PyTorch 0.4.1 do not count the batches.
    missing = [name for name in left_out if not name.endswith("num_batches_tracked")]
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
    except Exception as error:  # with `trust`, whatever the file's own code raises
        asked = _ASKS_FOR.search(str(error))
        if asked and not trust and isinstance(error, pickle.UnpicklingError):
            raise PluginError(
                f"the file asks for {asked[1]}, which is no part of plain weights; "
                "nothing of it was run",
                where=str(path),
                hint="set `trust: true` only if you would run a program from the same place",
            ) from None
        why = " ".join(str(error).split())[:200] or type(error).__name__
        raise PluginError(
            f"it is no file of weights, or a damaged one: {why}", where=str(path)
        ) from error


def _harmless() -> list[Any]:
    """Return what checkpoints hold beside tensors: numbers of NumPy, plain containers, a log."""
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
        (_Log, "mmengine.logging.history_buffer.HistoryBuffer"),
        (_method_of_log, "builtins.getattr"),
    ]


def _state(checkpoint: Any, path: Path) -> OrderedDict[str, torch.Tensor]:
    import torch

    state = checkpoint.get("state_dict", checkpoint) if isinstance(checkpoint, dict) else None
    if not isinstance(state, dict) or not state:
        raise PluginError("there are no weights in it", where=str(path))
    tensors: Any = OrderedDict(
        (str(name).removeprefix("module."), value)
        for name, value in state.items()
        if isinstance(value, torch.Tensor)
    )
    if not tensors:
        raise PluginError("there are no weights in it", where=str(path))
    # The versions of the layers, by which they translate what older ones have written.
    tensors._metadata = getattr(state, "_metadata", None) or {}
    return tensors  # type: ignore[no-any-return]
