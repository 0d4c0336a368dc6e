"""Training a neural dynamics model, and stopping when held-out data stop getting likelier."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from mbrl_lib import validate
from mbrl_lib.types import Batch


@dataclass(frozen=True)
class FitSettings:
    """How a network is trained."""

    epochs: int = 200  # passes over the training data, at most
    batch_size: int = 256
    learning_rate: float = 1e-3  # of AdamW
    weight_decay: float = 1e-5
    holdout: float = 0.2  # share of the data that is kept out of training
    patience: int = 15  # epochs without improvement on held-out data before stopping
    progress: bool = False  # show a progress bar

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "patience"):
            validate.at_least(name, getattr(self, name), 1)
        validate.positive("learning_rate", self.learning_rate)
        if not 0 < self.holdout < 1:
            raise ValueError(f"holdout must lie between 0 and 1; got {self.holdout!r}")


@dataclass
class FitHistory:
    """The loss after each epoch, and which epoch's weights were kept."""

    train: list[float] = field(default_factory=list)
    holdout: list[float] = field(default_factory=list)
    best_epoch: int = -1  # counted from 0; -1: the untrained weights were never beaten


def train_step(model: nn.Module, optimizer: torch.optim.Optimizer, batch: Batch) -> float:
    """One gradient step on one batch; returns the loss before it, without the penalty."""
    loss = model.loss(batch)
    optimizer.zero_grad()
    (loss + model.penalty()).backward()
    optimizer.step()
    return float(loss.detach())


def fit(
    model: nn.Module,
    data: Batch,
    generator: torch.Generator,
    settings: FitSettings = FitSettings(),
) -> FitHistory:
    """Train `model` on `data` until held-out data stop getting likelier; keep the best weights.

    Parameters
    ----------
    model : anything with `fit_normalizers(Batch)`, `loss(Batch)` and `penalty()`; changed in place
    data : Batch; a random share `settings.holdout` of it is never trained on, nor used for the
        normalisers
    generator : torch.Generator, for the split and the order of batches

    Raises
    ------
    ValueError
        For fewer than 2 transitions, or NaN among them.

    Explained in the chapter "Learning a dynamics function".
    """
    training, heldout = split_holdout(data, settings.holdout, generator)
    model.fit_normalizers(training)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
    )
    history = FitHistory()
    best_loss, best_weights = float("inf"), copy.deepcopy(model.state_dict())
    bar = tqdm(range(settings.epochs), unit="epoch", disable=not settings.progress)
    for epoch in bar:
        history.train.append(_train_epoch(model, optimizer, training, settings, generator))
        with torch.no_grad():
            history.holdout.append(float(model.loss(heldout)))
        bar.set_postfix(train=history.train[-1], holdout=history.holdout[-1])
        if history.holdout[-1] < best_loss:
            best_loss, best_weights = history.holdout[-1], copy.deepcopy(model.state_dict())
            history.best_epoch = epoch
        elif epoch - history.best_epoch >= settings.patience:
            break
    bar.close()
    model.load_state_dict(best_weights)
    return history


def split_holdout(data: Batch, holdout: float, generator: torch.Generator) -> tuple[Batch, Batch]:
    """A random share to train on, and the share `holdout` to stop by; at least one row each.

    Raises `ValueError` for fewer than 2 transitions, or NaN among them.
    """
    if len(data) < 2:
        raise ValueError(f"fitting needs at least 2 transitions; got {len(data)}")
    for name in ("state", "action", "next_state"):
        validate.finite(name, getattr(data, name))
    order = torch.randperm(len(data), generator=generator)
    held = min(max(1, round(holdout * len(data))), len(data) - 1)
    return data[order[held:]], data[order[:held]]


def _train_epoch(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    data: Batch,
    settings: FitSettings,
    generator: torch.Generator,
) -> float:
    order: Tensor = torch.randperm(len(data), generator=generator)
    chunks = order.split(settings.batch_size)
    losses = [train_step(model, optimizer, data[chunk]) * len(chunk) for chunk in chunks]
    return sum(losses) / len(data)
