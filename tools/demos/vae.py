"""The VAE explorer: real frames, their z, and which latents change the picture most.

The encoder stays at home: the page has frames that are encoded already.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from mbrl_lib.world_models import to_input
from tools.demos.drives import moments, numbers, vision

SWING = 2.0  # how far a latent is moved to see what it does, either way


@torch.inference_mode()
def export() -> tuple[dict[str, Any], dict[str, Any]]:
    """Frames with their z, and how well the page must draw them again."""
    real = moments()
    effect = effects(real.mean[::2])
    tensors = {
        "frames": real.frame,
        "mean": real.mean.numpy(),
        "std": real.std.numpy(),
        "effect": effect.numpy(),
    }
    meta = {"order": effect.argsort(descending=True).tolist(), "swing": SWING}
    error = vision().decode(real.mean) - to_input(real.frame)
    golden = {"error": numbers(error.square().mean(dim=(1, 2, 3)).sqrt() * 255)}
    return {"meta": meta, "tensors": tensors}, golden


def effects(z: Tensor) -> Tensor:
    """`(Z,)`: how far each latent of frames `(N, Z)` moves a colour, of 255 steps.

    The root of the mean square between the pictures at z - SWING and z + SWING.
    """
    changes = []
    for latent in range(z.shape[1]):
        low, high = z.clone(), z.clone()
        low[:, latent] -= SWING
        high[:, latent] += SWING
        difference = vision().decode(high) - vision().decode(low)
        changes.append(difference.square().mean().sqrt() * 255)
    return torch.stack(changes)
