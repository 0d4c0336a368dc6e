"""Linear dynamics by least squares: the first model to try, and the one to beat."""

from __future__ import annotations

import torch
from torch import Tensor

from mbrl_lib import validate
from mbrl_lib.types import Batch, Gaussian


class LinearDynamics:
    r"""$s' = s + A s + B a + c$ with Gaussian noise, by least squares.

    Parameters
    ----------
    state_size, action_size : int
    ridge : float, weight of the squared coefficients; a little keeps the solution unique

    Explained in the chapter "Learning a dynamics function".
    """

    def __init__(self, state_size: int, action_size: int, ridge: float = 1e-6) -> None:
        validate.at_least("state_size", state_size, 1)
        validate.at_least("action_size", action_size, 1)
        validate.positive("ridge", ridge)
        self.state_size, self.action_size, self.ridge = state_size, action_size, ridge
        self.coefficients: Tensor | None = None  # (S + A + 1, S)
        self.residual_std: Tensor | None = None  # (S,)

    def fit(self, batch: Batch) -> LinearDynamics:
        """Solve for the coefficients in float64; returns itself."""
        validate.tensor("state", batch.state, (None, self.state_size))
        validate.tensor("action", batch.action, (len(batch), self.action_size))
        validate.tensor("next_state", batch.next_state, (len(batch), self.state_size))
        if len(batch) == 0:
            raise ValueError("fitting needs at least 1 transition; got 0")
        for name in ("state", "action", "next_state"):
            validate.finite(name, getattr(batch, name))
        x = _features(batch.state, batch.action).double()
        y = (batch.next_state - batch.state).double()
        gram = x.T @ x + self.ridge * torch.eye(x.shape[1], dtype=torch.float64)
        solution = torch.linalg.solve(gram, x.T @ y)
        self.coefficients = solution.float()
        self.residual_std = (y - x @ solution).std(dim=0, correction=0).float()
        return self

    def predict(self, state: Tensor, action: Tensor) -> Gaussian:
        """`(B, S)`, `(B, A)` -> mean and std `(B, S)`; the std is the training residuals'."""
        if self.coefficients is None:
            raise ValueError("this model has not been fitted; call its fit(batch) first")
        validate.tensor("state", state, (None, self.state_size))
        validate.tensor("action", action, (state.shape[0], self.action_size))
        mean = state + _features(state, action) @ self.coefficients
        return Gaussian(mean, self.residual_std.expand_as(mean))


def _features(state: Tensor, action: Tensor) -> Tensor:
    return torch.cat([state, action, torch.ones(state.shape[0], 1, dtype=state.dtype)], dim=1)
