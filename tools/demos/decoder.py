"""V's decoder, which the VAE explorer and the dream share; explained in the chapter "VAE"."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from tools.demos.drives import moments, numbers, vision


@torch.inference_mode()
def export() -> tuple[dict[str, Any], dict[str, Any]]:
    """The decoder's weights as `book/_demos/nn.js` wants them, and some decoded pictures.

    A matrix is `(inputs, outputs)`, a transposed convolution `(inputs, kernel, kernel, outputs)`.
    """
    decoder = vision()
    tensors = {
        "latent_weight": _half(decoder.from_latent.weight.T),
        "latent_bias": _half(decoder.from_latent.bias),
    }
    layers = [layer for layer in decoder.decoder if isinstance(layer, nn.ConvTranspose2d)]
    for i, layer in enumerate(layers):
        if layer.stride != (2, 2) or layer.padding != (0, 0):
            raise ValueError(f"the page's layers have stride 2 and no padding; layer {i} has not")
        tensors[f"deconvolution_{i}_weight"] = _half(layer.weight.permute(0, 2, 3, 1))
        tensors[f"deconvolution_{i}_bias"] = _half(layer.bias)
    weights = {"meta": {"latent": decoder.settings.latent}, "tensors": tensors}
    noise = torch.randn(1, decoder.settings.latent, generator=torch.Generator().manual_seed(7))
    z = torch.cat([moments().mean[:2], noise])
    pictures = decoder.decode(z).permute(0, 2, 3, 1).flatten(start_dim=1)
    return weights, {"z": numbers(z), "pictures": numbers(pictures, 5)}


def _half(tensor: torch.Tensor) -> np.ndarray:
    return tensor.half().numpy()
