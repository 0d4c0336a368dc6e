"""One place for the errors that name what was expected and what came.

Every function raises `ValueError` and otherwise returns None, or the value it was asked to make.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def tensor(name: str, value: object, shape: tuple[int | None, ...]) -> None:
    """`value` is a floating-point tensor on the CPU of `shape`, where None stands for any size."""
    if not isinstance(value, Tensor):
        raise ValueError(f"{name} must be a torch tensor; got {type(value).__name__}")
    if not value.is_floating_point():
        raise ValueError(f"{name} must have a floating-point dtype; got {value.dtype}")
    if value.device.type != "cpu":
        raise ValueError(f"{name} must be on the CPU; got a tensor on {value.device}")
    fits = value.dim() == len(shape) and all(
        want is None or want == got for want, got in zip(shape, value.shape, strict=True)
    )
    if not fits:
        raise ValueError(f"{name} must have shape {describe(shape)}; got {tuple(value.shape)}")


def describe(shape: tuple[int | None, ...]) -> str:
    """A shape in words: `(None, 3)` becomes `(any, 3)`."""
    sizes = ", ".join("any" if size is None else str(size) for size in shape)
    return f"({sizes},)" if len(shape) == 1 else f"({sizes})"


def finite(name: str, value: Tensor) -> None:
    """`value` has no NaN and no infinity."""
    bad = int((~torch.isfinite(value)).sum())
    if bad:
        raise ValueError(f"{name} must be finite; got {bad} NaN or infinite of {value.numel()}")


def at_least(name: str, value: int, least: int) -> None:
    """`value` is a whole number, not below `least`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ValueError(f"{name} must be a whole number, at least {least}; got {value!r}")


def positive(name: str, value: float) -> None:
    """`value` is a finite number above zero."""
    if not (isinstance(value, int | float) and 0 < value < float("inf")):
        raise ValueError(f"{name} must be a number above 0; got {value!r}")


def fraction(name: str, value: float) -> None:
    """`value` lies in [0, 1]."""
    if not (isinstance(value, int | float) and 0 <= value <= 1):
        raise ValueError(f"{name} must lie in [0, 1]; got {value!r}")


def bounds(low: object, high: object) -> tuple[Tensor, Tensor]:
    """Action bounds as two tensors `(A,)`; each lower one is below its upper one."""
    low, high = (torch.as_tensor(np.asarray(x), dtype=torch.float32) for x in (low, high))
    if low.dim() != 1 or low.shape != high.shape:
        raise ValueError(
            "action bounds must be two vectors of one length; "
            f"got shapes {tuple(low.shape)} and {tuple(high.shape)}"
        )
    finite("action bounds", torch.stack([low, high]))
    if bool((low >= high).any()):
        raise ValueError(
            f"each lower action bound must be below its upper one; "
            f"got low {low.tolist()} and high {high.tolist()}"
        )
    return low, high
