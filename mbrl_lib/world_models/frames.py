"""Frames as an environment shows them, bytes, and as a network reads them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from mbrl_lib import validate

FRAME = (64, 64, 3)


def to_input(frames: np.ndarray | Tensor) -> Tensor:
    """Frames `(B, 64, 64, 3)` of uint8 as the network's input `(B, 3, 64, 64)` in [0, 1].

    Raises `ValueError` for another shape or dtype; floats, which could mean either range, included.
    """
    if not isinstance(frames, Tensor):  # torch wants arrays that could be written to
        frames = torch.from_numpy(np.require(frames, requirements=["C", "W"]))
    if frames.dtype != torch.uint8:
        raise ValueError(f"frames must be uint8, from 0 to 255; got {frames.dtype}")
    if frames.dim() != 4 or tuple(frames.shape[1:]) != FRAME:
        raise ValueError(f"frames must have shape (B, 64, 64, 3); got {tuple(frames.shape)}")
    return frames.permute(0, 3, 1, 2).float().div_(255)  # stays channels-last in memory


def to_frames(x: Tensor) -> np.ndarray:
    """The inverse of `to_input`, rounded: `(B, 3, 64, 64)` -> `(B, 64, 64, 3)` of uint8."""
    validate.tensor("x", x, (None, 3, 64, 64))
    return (x.detach().permute(0, 2, 3, 1) * 255).round().clamp(0, 255).byte().numpy()
