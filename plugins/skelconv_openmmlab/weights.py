"""Weights: fetched, checked, loaded without running code in the file, and put into a model."""

from __future__ import annotations

import pickle
import re
import threading
import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from skelconv import PluginError, SkelconvError
from skelconv.text import listed, one_line
from skelconv.vision import open_file

if TYPE_CHECKING:
    import torch

_SHOWN = 3
# PyTorch's messages when a file names what is not allowed, or calls what it may only name.
_ASKS_FOR = re.compile(r"(?:GLOBAL|unrecognized function|but got) (?:<[a-z-]+ )?([^\s>]+)")

# What PyTorch allows is set for the whole process, and each of its threads may load a model.
_LOADING = threading.Lock()


class _Unused:
    """Replaces everything in a checkpoint that is not a tensor, and keeps nothing of it.

    No NumPy object may be made from a file: its state can forge a dtype that makes Python use the
    bytes of an array as pointers.
    """

    def __new__(cls, *_: object) -> Self:
        return super().__new__(cls)

    def __init__(self, *_: object) -> None: ...

    def __setstate__(self, _: object) -> None: ...


# MMEngine's training log, the numbers and arrays in it and in the metadata, and the functions of
# NumPy 1 and NumPy 2 that make them.
_UNUSED_NAMES = (
    "mmengine.logging.history_buffer.HistoryBuffer",
    "builtins.getattr",
    "numpy.dtype",
    "numpy.ndarray",
    "numpy.core.multiarray._reconstruct",
    "numpy.core.multiarray.scalar",
    "numpy._core.multiarray._reconstruct",
    "numpy._core.multiarray.scalar",
)


def load_weights(model: torch.nn.Module, weights: str, sha256: str | None, *, trust: bool) -> None:
    """Put weights into a model.

    Parameters
    ----------
    model : Module
        The model to fill.
    weights : str
        The path or URL of a checkpoint as MMEngine, or MMCV before it, writes it.
    sha256 : str, optional
        SHA-256 of the file, or at least its first 8 digits.
    trust : bool
        Whether to load the file even if that runs code in it.

    Raises
    ------
    PluginError
        When the file does not exist, has another SHA-256, is not a checkpoint, asks for code to
        be run, or belongs to another model.
    """

    def _opened(path: Path) -> tuple[Path, OrderedDict[str, torch.Tensor]]:
        return path, _state(_read(path, trust=trust), path)

    try:
        path, given = open_file(weights, sha256, _opened)
    except PluginError:
        raise
    except SkelconvError as error:
        raise PluginError(error.what, error.where, error.hint) from error
    # A hook of MMPose translates the names of its old checkpoints in `state_dict`.
    wrong = [
        f"{name} is {tuple(given[name].shape)}, not {tuple(value.shape)}"
        for name, value in model.state_dict().items()
        if name in given and given[name].shape != value.shape
    ]
    if wrong:
        raise _misfit(path, "have other shapes", wrong)
    try:
        left_out = model.load_state_dict(given, strict=False).missing_keys
    except RuntimeError as error:  # shapes of weights that such a hook renamed
        raise _misfit(path, "have other shapes", str(error).split("\n\t")[1:]) from None
    # Files from before PyTorch 0.4.1 have no count of batches.
    missing = [name for name in left_out if not name.endswith("num_batches_tracked")]
    if missing:
        raise _misfit(path, "are missing", missing)
    # Such a model would find no person in any video.
    if wild := [n for n, value in model.state_dict().items() if not value.isfinite().all()]:
        raise PluginError(
            f"the weights are damaged: there are numbers that are not finite in {listed(wild, 1)}",
            where=str(path),
        )


def _misfit(path: Path, what: str, names: list[str]) -> PluginError:
    return PluginError(
        f"these weights are not for this model: {len(names)} {what}: {listed(names, _SHOWN)}",
        where=str(path),
        hint="`config` and `weights` must belong together",
    )


def _read(path: Path, *, trust: bool) -> Any:
    import torch

    if not path.is_file():
        raise PluginError("there is no such file of weights", where=str(path))
    try:
        with (
            _nothing_allowed_but([defaultdict, *((_Unused, name) for name in _UNUSED_NAMES)]),
            warnings.catch_warnings(),
        ):
            # These are about old forms of pickles; errors are raised.
            warnings.simplefilter("ignore")
            return torch.load(path, map_location="cpu", weights_only=not trust)
    except Exception as error:  # with `trust`, whatever the file's own code raises
        asked = _ASKS_FOR.search(str(error))
        if asked and not trust and isinstance(error, pickle.UnpicklingError):
            raise PluginError(
                f"the file asks for {asked[1]}, which is not part of plain weights; "
                "nothing of it was run",
                where=str(path),
                hint="set `trust: true` only if you would run a program from the same place",
            ) from None
        what = "it is not a file of weights, or it is damaged"
        # PyTorch's own message is about its internals, or how to run the code in the file.
        if trust or isinstance(error, OSError):
            what += f": {one_line(error)[:200]}"
        raise PluginError(what, where=str(path)) from error


@contextmanager
def _nothing_allowed_but(harmless: list[Any]) -> Iterator[None]:
    """Let PyTorch load these objects beside tensors, and not those that others have allowed."""
    from torch import serialization

    with _LOADING:
        allowed = serialization.get_safe_globals()
        serialization.clear_safe_globals()
        serialization.add_safe_globals(harmless)
        try:
            yield
        finally:
            serialization.clear_safe_globals()
            serialization.add_safe_globals(allowed)


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
    # The versions of the layers, which translate weights that older versions wrote.
    tensors._metadata = getattr(state, "_metadata", None) or {}
    return tensors  # type: ignore[no-any-return]
