"""Models on the Hugging Face Hub: those that are known to work, and how one is fetched."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from skelconv import PluginError
from skelconv.plugin import FetchProgress, KnownModel
from skelconv.text import one_line

# JSON and safetensors alone: no pickle, and no code.
_FILES = (
    "config.json",
    "preprocessor_config.json",
    "model.safetensors",
    "model.safetensors.index.json",
    "model-*-of-*.safetensors",
)
_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHARD = re.compile(r"model-[0-9]+-of-([0-9]+)\.safetensors")


def _is_whole(folder: Path) -> bool:
    """Return whether no download of the folder was interrupted."""
    names = {file.name for file in folder.iterdir()}
    shards = [found for name in names if (found := _SHARD.fullmatch(name))]
    weights = "model.safetensors" in names or any(len(shards) == int(one[1]) for one in shards)
    return weights and {"config.json", "preprocessor_config.json"} <= names


def _models(
    owner: str, sizes: dict[str, int | None], input_size: tuple[int, int], layout: str | None = None
) -> tuple[KnownModel, ...]:
    return tuple(
        KnownModel(
            f"{owner}/{name}",
            f"https://huggingface.co/{owner}/{name}",
            layout,
            input_size,
            megabytes=megabytes,
        )
        for name, megabytes in sizes.items()
    )


# With the megabytes of their weights, where the Hub's pages say them.
RT_DETR = _models(
    "PekingU",
    {
        "rtdetr_r18vd": None,
        "rtdetr_r18vd_coco_o365": 81,
        "rtdetr_r34vd": None,
        "rtdetr_r50vd": None,
        "rtdetr_r50vd_coco_o365": 172,
        "rtdetr_r101vd": None,
        "rtdetr_v2_r18vd": None,
        "rtdetr_v2_r34vd": None,
        "rtdetr_v2_r50vd": None,
        "rtdetr_v2_r101vd": None,
    },
    (640, 640),
)
VITPOSE = _models(
    "usyd-community",
    {
        "vitpose-base": 360,
        "vitpose-base-simple": 344,
        "vitpose-plus-small": 133,
        "vitpose-plus-base": 502,
        "vitpose-plus-large": None,
        "vitpose-plus-huge": 3600,
    },
    (256, 192),
    "coco17",
)


@dataclass(frozen=True, slots=True)
class HubModel:
    """A model on the Hub, as `skelconv.plugin.Fetchable`.

    Attributes
    ----------
    name : str
        Its id.
    pin : str, optional
        The commit, or another revision, that the options name.
    option : str
        The option that takes a commit.
    requires : tuple of str
        Nothing: transformers brings what fetches from the Hub.
    """

    name: str
    pin: str | None = None
    option: str = "revision"
    requires: tuple[str, ...] = ()

    @property
    def cache_variable(self) -> str:
        """The environment variable that names the Hub's cache."""
        return "HF_HUB_CACHE"

    def kept(self) -> Path | None:
        """Return the folder in the Hub's cache; None where it was not fetched yet."""
        return self._kept(self.pin)

    def _kept(self, revision: str | None) -> Path | None:
        from huggingface_hub import snapshot_download

        try:
            folder = Path(snapshot_download(self.name, revision=revision, local_files_only=True))
        except Exception:  # the library's own errors, of several families
            return None
        return folder if _is_whole(folder) else None

    def fetch(self, pin: str | None, progress: FetchProgress | None = None) -> tuple[Path, str]:
        """Fetch the model into the Hub's cache, if it is not there.

        Parameters
        ----------
        pin : str, optional
            The commit, or another revision.
        progress : callable, optional
            Not told: the Hub's own library shows how far it is.

        Returns
        -------
        path : Path
            The folder.
        pin : str
            Its commit.

        Raises
        ------
        PluginError
            When it cannot be fetched.
        """
        from huggingface_hub import snapshot_download
        from huggingface_hub.utils.tqdm import disable_progress_bars

        # What a commit is does not change: the Hub need not be asked.
        if pin is not None and _COMMIT.fullmatch(pin) and (kept := self._kept(pin)):
            return kept, pin
        if sys.stderr is None or not sys.stderr.isatty():
            disable_progress_bars()
        try:
            # `from_pretrained` would ask the Hub to convert weights that are a pickle.
            folder = Path(snapshot_download(self.name, revision=pin, allow_patterns=list(_FILES)))
        except Exception as error:  # from the HTTP library, the Hub or the disk
            raise PluginError(
                "there is no such folder, and it cannot be fetched from the Hub: "
                f"{one_line(error)}",
                where=self.name,
            ) from None
        return folder, folder.name


def weights_of(model: str, revision: str | None) -> HubModel | None:
    """Return what has to be fetched for a model.

    Parameters
    ----------
    model : str
        A folder, or an id on the Hub.
    revision : str, optional
        The commit of a model on the Hub.

    Returns
    -------
    HubModel or None
        None where the model is a folder of this machine.

    Raises
    ------
    PluginError
        When there is no such folder, and it cannot be an id.
    """
    if Path(model).expanduser().is_dir():
        return None
    if not _ID.fullmatch(model):
        raise PluginError(
            "there is no such folder",
            where=model,
            hint="`model` is a folder, or an id on the Hugging Face Hub (OWNER/NAME), such as "
            "those that `skelconv models` lists",
        )
    return HubModel(model, revision)
