"""The dream to drive in: M and C, and what M remembers in each real frame."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from mbrl_lib.world_models import Hidden
from tools.demos.drives import ON_ROAD, controller, memory, moments, numbers

TEMPERATURES = (0.1, 1.0, 1.5)  # of the golden dreams
STEPS = 5  # of each


@torch.inference_mode()
def export() -> tuple[dict[str, Any], dict[str, Any]]:
    """The weights of M and C as `book/_demos/nn.js` wants them, and some dreams, step by step."""
    model, (linear, parameters) = memory(), controller()
    if model.reward_head is None:
        raise ValueError("the page's dream shows what M expects to earn; this M does not say")
    lstm, settings = model.lstm, model.settings
    weight, bias = linear.unflatten(parameters)
    half = {
        "input_weight": lstm.weight_ih_l0.T,
        "hidden_weight": lstm.weight_hh_l0.T,
        "lstm_bias": lstm.bias_ih_l0 + lstm.bias_hh_l0,
        "head_weight": model.head.weight.T,
        "head_bias": model.head.bias,
        "reward_weight": model.reward_head.weight[0],
        "reward_bias": model.reward_head.bias,
        "controller_weight": weight,
        "controller_bias": bias[0],
        "h": moments().h,
        "c": moments().c,
    }
    tensors = {name: tensor.half().numpy() for name, tensor in half.items()}
    scale = torch.cat([model.reward_normalizer.mean, model.reward_normalizer.std])
    tensors["reward_scale"] = scale.float().numpy()
    meta = {
        "latent": settings.latent,
        "hidden": settings.hidden,
        "mixtures": settings.mixtures,
        "decisions_per_second": 25,  # two steps of a world with 50 to a second
        "starts": ON_ROAD,  # so many of the explorer's frames: the car is on the road there
    }
    dreams = [_dream(start, tau) for start, tau in enumerate(TEMPERATURES)]
    return {"meta": meta, "tensors": tensors}, {"dreams": dreams}


def _dream(start: int, temperature: float) -> dict[str, Any]:
    """A dream from one of the real frames, with all the noise that the page needs to repeat it."""
    model, (linear, parameters) = memory(), controller()
    generator = torch.Generator().manual_seed(start)
    real = moments()[torch.tensor([start])]
    z, hidden, steps = real.mean, Hidden(real.h, real.c), []
    for _ in range(STEPS):
        action = linear.act(parameters, linear.features(z, hidden))
        prediction, hidden = model.step(z, action, hidden)
        uniform = torch.rand(z.shape, generator=generator)
        normal = torch.randn(z.shape, generator=generator)
        following = prediction.draw(uniform, normal, temperature)
        said = {
            "z": z,
            "action": action,
            "h": hidden.h,
            "c": hidden.c,
            "log_weights": prediction.log_weights.flatten(start_dim=1),
            "mean": prediction.mean.flatten(start_dim=1),
            "std": prediction.std.flatten(start_dim=1),
            "reward": prediction.reward,
            "uniform": uniform,
            "normal": normal,
            "next_z": following,
        }
        steps.append({name: _row(value) for name, value in said.items()})
        z = following
    return {"start": start, "temperature": temperature, "steps": steps}


def _row(batch: Tensor) -> list:
    """The only row of a batch, as numbers."""
    return numbers(batch[0])
