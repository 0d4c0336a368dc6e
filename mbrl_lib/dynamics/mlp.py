"""Neural dynamics: normalise, predict the change of the state, undo the normalisation."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from mbrl_lib import validate
from mbrl_lib.dynamics.losses import gaussian_nll, mean_squared_error
from mbrl_lib.dynamics.networks import MLP
from mbrl_lib.normalizer import Normalizer
from mbrl_lib.storage import load_tensors, save_tensors
from mbrl_lib.types import Batch, Gaussian


@dataclass(frozen=True)
class MLPSettings:
    """The shape of a neural dynamics model."""

    state_size: int  # S
    action_size: int  # A
    hidden: tuple[int, ...] = (128, 128)  # widths of the hidden layers
    gaussian: bool = True  # predict a variance too

    def __post_init__(self) -> None:
        validate.at_least("state_size", self.state_size, 1)
        validate.at_least("action_size", self.action_size, 1)
        object.__setattr__(self, "hidden", tuple(self.hidden))


class MLPDynamics(nn.Module):
    r"""A network that predicts $s' - s$ from $(s, a)$, deterministic or Gaussian.

    Inputs and targets are normalised by statistics of the training data, which `fit` of
    `mbrl_lib.dynamics.fitting` sets. Until then `predict` raises `ValueError`.

    Parameters
    ----------
    settings : MLPSettings
    generator : torch.Generator, for the initial weights

    Explained in the chapter "Learning a dynamics function".
    """

    def __init__(self, settings: MLPSettings, generator: torch.Generator) -> None:
        super().__init__()
        self.settings = settings
        inputs = settings.state_size + settings.action_size
        self.network = MLP(
            inputs, settings.state_size, settings.hidden, settings.gaussian, generator
        )
        self.input_normalizer = Normalizer(inputs)
        self.target_normalizer = Normalizer(settings.state_size)
        self.register_buffer("fitted", torch.tensor(False))

    def fit_normalizers(self, batch: Batch) -> None:
        """Take input and target statistics from the training data."""
        self.input_normalizer.fit(torch.cat([batch.state, batch.action], dim=1))
        self.target_normalizer.fit(batch.next_state - batch.state)
        self.fitted.fill_(True)

    def loss(self, batch: Batch) -> Tensor:
        """`()`, negative log-likelihood or squared error of the normalised change."""
        mean, log_variance = self._normalized_change(batch.state, batch.action)
        target = self.target_normalizer.normalize(batch.next_state - batch.state)
        if log_variance is None:
            return mean_squared_error(mean, target)
        return gaussian_nll(mean, log_variance, target)

    def penalty(self) -> Tensor:
        """`()`, added to the loss in training only: keeps the variance bounds tight."""
        return self.network.bound_penalty()

    def predict(self, state: Tensor, action: Tensor) -> Gaussian:
        """The next state's distribution: `(B, S)`, `(B, A)` -> mean and std `(B, S)`."""
        if not bool(self.fitted):
            raise ValueError("this model has not been fitted; call mbrl_lib.dynamics.fit first")
        validate.tensor("state", state, (None, self.settings.state_size))
        validate.tensor("action", action, (state.shape[0], self.settings.action_size))
        mean, log_variance = self._normalized_change(state, action)
        change = self.target_normalizer.denormalize(mean)
        if log_variance is None:
            return Gaussian(state + change, torch.zeros_like(change))
        std = torch.exp(0.5 * log_variance) * self.target_normalizer.std
        return Gaussian(state + change, std)

    def _normalized_change(self, state: Tensor, action: Tensor) -> tuple[Tensor, Tensor | None]:
        x = self.input_normalizer.normalize(torch.cat([state, action], dim=1))
        mean, log_variance = self.network(x[None])  # the network has a leading member dimension
        return mean[0], None if log_variance is None else log_variance[0]

    def save(self, path: str | Path) -> None:
        """Write weights and settings to a safetensors file."""
        save_tensors(path, "mlp_dynamics", asdict(self.settings), self.state_dict())

    @classmethod
    def load(cls, path: str | Path) -> MLPDynamics:
        """Read what `save` wrote. Raises `ValueError` for a file of another kind."""
        settings, tensors = load_tensors(path, "mlp_dynamics")
        model = cls(MLPSettings(**settings), torch.Generator())
        model.load_state_dict(tensors)
        return model
