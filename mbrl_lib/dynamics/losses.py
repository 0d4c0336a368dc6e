"""How wrong a prediction is."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def mean_squared_error(mean: Tensor, target: Tensor) -> Tensor:
    """`()`, the mean over all entries of the squared error; both arguments of one shape."""
    _require_one_shape(mean=mean, target=target)
    return ((mean - target) ** 2).mean()


def gaussian_nll(mean: Tensor, log_variance: Tensor, target: Tensor) -> Tensor:
    r"""The mean negative log-likelihood of `target` under independent Gaussians, in nats.

    $$\frac12\left(\frac{(y-\mu)^2}{\sigma^2} + \log\sigma^2 + \log 2\pi\right)$$

    averaged over all entries. All arguments have one shape; the result is `()`. Working with
    $\log\sigma^2$ keeps the variance positive and the gradient finite.
    Explained in the chapter "Learning a dynamics function".
    """
    _require_one_shape(mean=mean, log_variance=log_variance, target=target)
    squared = (target - mean) ** 2 * torch.exp(-log_variance)
    return 0.5 * (squared + log_variance + math.log(2 * math.pi)).mean()


def _require_one_shape(**tensors: Tensor) -> None:
    shapes = {name: tuple(value.shape) for name, value in tensors.items()}
    if len(set(shapes.values())) > 1:
        described = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"all arguments must have one shape; got {described}")
