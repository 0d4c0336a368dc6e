"""Networks whose every layer is one batched matrix product over E independent members."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from mbrl_lib import validate


class BatchedLinear(nn.Module):
    """E affine maps at once: `(E, B, inputs) -> (E, B, outputs)`.

    Parameters
    ----------
    members, inputs, outputs : int
    generator : torch.Generator, draws weights and biases uniformly within 1 / sqrt(inputs),
        independently for each member
    """

    def __init__(self, members: int, inputs: int, outputs: int, generator: torch.Generator) -> None:
        super().__init__()
        bound = 1 / math.sqrt(inputs)

        def draw(*shape: int) -> nn.Parameter:
            return nn.Parameter((2 * torch.rand(*shape, generator=generator) - 1) * bound)

        self.weight = draw(members, inputs, outputs)
        self.bias = draw(members, 1, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """One batched product, `bias + x @ weight`."""
        return torch.baddbmm(self.bias, x, self.weight)


class MLP(nn.Module):
    """E multi-layer perceptrons with SiLU activations and, if Gaussian, a bounded log-variance.

    Parameters
    ----------
    inputs, outputs : int
    hidden : sequence of int, the widths of the hidden layers
    gaussian : bool, whether a log-variance comes with each output
    generator : torch.Generator, for the initial weights
    members : int, E

    The log-variance is held between two bounds by softplus, so that it can neither vanish on the
    training data nor explode away from it (Chua et al., 2018, appendix A.1); the bounds are
    learned, and `bound_penalty` keeps them tight.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        hidden: Sequence[int],
        gaussian: bool,
        generator: torch.Generator,
        members: int = 1,
    ) -> None:
        super().__init__()
        for name, value in (("inputs", inputs), ("outputs", outputs), ("members", members)):
            validate.at_least(name, value, 1)
        for width in hidden:
            validate.at_least("hidden width", width, 1)
        self.inputs, self.outputs, self.gaussian, self.members = inputs, outputs, gaussian, members
        sizes = [inputs, *hidden, outputs * (2 if gaussian else 1)]
        self.layers = nn.ModuleList(
            BatchedLinear(members, a, b, generator) for a, b in itertools.pairwise(sizes)
        )
        if gaussian:
            self.max_log_variance = nn.Parameter(torch.full((members, 1, outputs), 0.5))
            self.min_log_variance = nn.Parameter(torch.full((members, 1, outputs), -10.0))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """`(E, B, inputs)` -> mean and log-variance `(E, B, outputs)`; None if deterministic."""
        validate.tensor("x", x, (self.members, None, self.inputs))
        in_place = not torch.is_grad_enabled()  # a pass through memory less, where none is kept
        for layer in self.layers[:-1]:
            x = nn.functional.silu(layer(x), inplace=in_place)
        x = self.layers[-1](x)
        if not self.gaussian:
            return x, None
        mean, log_variance = x.chunk(2, dim=-1)
        softplus = nn.functional.softplus
        log_variance = self.max_log_variance - softplus(self.max_log_variance - log_variance)
        log_variance = self.min_log_variance + softplus(log_variance - self.min_log_variance)
        return mean, log_variance

    def bound_penalty(self) -> Tensor:
        """`()`, 0.01 times the distance between the bounds of the log-variance, summed."""
        if not self.gaussian:
            return torch.zeros(())
        return 0.01 * (self.max_log_variance - self.min_log_variance).sum()
