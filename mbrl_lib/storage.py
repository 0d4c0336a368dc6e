"""Tensors on disk: safetensors files that say what they hold. Nothing is ever unpickled."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor


def save_tensors(
    path: str | Path, kind: str, settings: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> None:
    """Write tensors with the settings needed to make sense of them.

    Parameters
    ----------
    kind : str, what the file holds, e.g. "replay_buffer"
    settings : what JSON can say
    """
    contiguous = {name: tensor.contiguous() for name, tensor in tensors.items()}
    save_file(contiguous, str(path), metadata={kind: json.dumps(settings)})


def save_tensors_whole(
    path: Path, kind: str, settings: Mapping[str, Any], tensors: Mapping[str, Tensor]
) -> None:
    """`save_tensors`, wholly or not at all: a kill or a full disk leaves the file that was there.

    Parameters are those of `save_tensors`.
    """
    unfinished = path.with_name(path.name + ".part")
    save_tensors(unfinished, kind, settings, tensors)
    os.replace(unfinished, path)


def load_tensors(path: str | Path, kind: str) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The settings and tensors that `save_tensors` wrote.

    Raises `ValueError` for a file that is none, or holds something else than `kind`.
    """
    try:
        with safe_open(str(path), framework="pt") as file:
            metadata = file.metadata() or {}
            if kind not in metadata:
                raise ValueError(f"{path} holds no {kind}, but: {', '.join(metadata) or 'nothing'}")
            names = file.keys()  # not a dict: it cannot be iterated over
            return json.loads(metadata[kind]), {name: file.get_tensor(name) for name in names}
    except SafetensorError as error:
        raise ValueError(f"{path} is not a safetensors file: {error}") from None
