"""Bring every feature to mean 0 and standard deviation 1, and back.

A network that sees positions in metres beside velocities in metres per second learns the larger
of the two first. With data x of N rows, each feature j is mapped to (x_j - mean_j) / std_j.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mbrl_lib import validate


class Normalizer(nn.Module):
    """Standardise features by the mean and standard deviation of the data it was fitted to.

    Parameters
    ----------
    size : int, the number of features F
    min_std : float, features that vary less than this are only centred: dividing by a standard
        deviation near 0 would blow rounding errors up into signals

    Explained in the chapter "Learning a dynamics function".
    """

    def __init__(self, size: int, min_std: float = 1e-6) -> None:
        super().__init__()
        validate.at_least("size", size, 1)
        validate.positive("min_std", min_std)
        self.min_std = min_std
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("std", torch.ones(size))

    def fit(self, x: Tensor) -> Normalizer:
        """Take mean and (population) standard deviation from `x (N, F)`; returns itself."""
        validate.tensor("x", x, (None, self.mean.shape[0]))
        if x.shape[0] == 0:
            raise ValueError("a normaliser needs at least one row; got an empty tensor")
        validate.finite("x", x)
        self.mean = x.mean(dim=0)
        std = x.std(dim=0, correction=0)
        self.std = torch.where(std < self.min_std, torch.ones_like(std), std)
        return self

    def normalize(self, x: Tensor) -> Tensor:
        """`(..., F)` in the data's units to mean 0 and standard deviation 1."""
        return (x - self.mean) / self.std

    def denormalize(self, x: Tensor) -> Tensor:
        """The inverse of `normalize`."""
        return x * self.std + self.mean
