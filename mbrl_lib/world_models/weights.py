"""What the networks of this room share: first weights from a generator, and files of weights.

Trained ones come with the course: in the repository they lie in `results/world_models/`, in an
installed package in `mbrl_lib/weights/`. `pretrained` finds them in either.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from mbrl_lib.storage import load_tensors, save_tensors

_PACKAGE = Path(__file__).resolve().parents[1]
PRETRAINED = (_PACKAGE / "weights", _PACKAGE.parent / "results" / "world_models")


def pretrained(name: str) -> Path:
    """The file of weights that come with the course, such as "car_racing_vae".

    Raises `FileNotFoundError`, naming those that there are.
    """
    for folder in PRETRAINED:
        path = folder / f"{name}.safetensors"
        if path.exists():
            return path
    there = sorted({path.stem for folder in PRETRAINED for path in folder.glob("*.safetensors")})
    raise FileNotFoundError(
        f"no weights called {name!r} come with the course; there are {', '.join(there) or 'none'}"
    )


def draw_weights(model: nn.Module, generator: torch.Generator) -> None:
    """Fill a module built on the meta device, uniformly within 1 / sqrt(inputs of a unit).

    That is torch's own default for linear, convolutional and recurrent layers, which takes no
    generator. Buffers become zero.
    """
    model.to_empty(device="cpu")
    for layer in model.modules():
        own = list(layer.parameters(recurse=False))
        if not own:
            continue
        bound = 1 / math.sqrt(_inputs(layer))
        for parameter in own:
            noise = torch.rand(parameter.shape, generator=generator)
            parameter.data.copy_((2 * noise - 1) * bound)
    for buffer in model.buffers():
        buffer.zero_()


def _inputs(layer: nn.Module) -> int:
    if isinstance(layer, nn.RNNBase):
        return layer.hidden_size
    return layer.weight[0].numel()


def save_model(path: str | Path, kind: str, model: nn.Module, half: bool = True) -> None:
    """Write a model's weights beside its `settings`, in float16 (half the size) unless told.

    Raises `ValueError` for weights that are not finite, in float16 if that is asked for.
    """
    dtype = torch.float16 if half else torch.float32
    tensors = {name: tensor.to(dtype) for name, tensor in model.state_dict().items()}
    _check_finite(tensors, f"{kind} to be saved in {dtype}")
    save_tensors(path, kind, asdict(model.settings), tensors)


def load_model(
    path: str | Path,
    kind: str,
    make: Callable[[dict[str, Any]], nn.Module],
    expected: object | None = None,
) -> nn.Module:
    """The model that `save_model` wrote, in float32.

    Parameters
    ----------
    make : from the settings as JSON kept them to a model
    expected : the settings that the file must have, if any

    Raises
    ------
    ValueError
        For a file of another kind, of another configuration than `expected`, with settings or
        weights that do not fit each other, or with weights that are not finite.
    """
    kept, tensors = load_tensors(path, kind)
    try:
        model = make(kept)
        model.load_state_dict(tensors)  # copies, and so converts, into float32
    except (TypeError, RuntimeError) as error:
        raise ValueError(f"{path} does not fit this version's {kind}: {error}") from None
    if expected is not None and model.settings != expected:
        raise ValueError(
            f"{path} has another configuration: {_differences(model.settings, expected)}"
        )
    _check_finite(tensors, f"{path}")
    return model


def _differences(got: Any, expected: Any) -> str:
    got, expected = asdict(got), asdict(expected)
    unlike = [name for name in expected if got[name] != expected[name]]
    return "; ".join(f"{n} is {got[n]!r}, expected {expected[n]!r}" for n in unlike)


def _check_finite(tensors: dict[str, Tensor], what: str) -> None:
    bad = [name for name, tensor in tensors.items() if not bool(torch.isfinite(tensor).all())]
    if bad:
        raise ValueError(f"{what}: weights are NaN or infinite in {', '.join(bad)}")
