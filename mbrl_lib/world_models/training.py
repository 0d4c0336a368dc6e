"""The training loop that V and M share: batches, a held-out part, and going on after a kill."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from mbrl_lib import validate
from mbrl_lib.storage import load_tensors, save_tensors_whole

Loss = Callable[[Tensor, torch.Generator], dict[str, Tensor]]
"""From row numbers `(B,)` to named scalars; the one named "loss" is minimised."""


@dataclass(frozen=True)
class TrainSettings:
    """How a network is trained."""

    epochs: int = 10  # passes over the training rows
    batch_size: int = 100
    learning_rate: float = 1e-4  # of Adam, at the beginning
    final_learning_rate: float | None = None  # at the end, reached exponentially; None: the same
    holdout: float = 0.05  # share of the rows, the last ones, that is never trained on
    clip: float | None = None  # largest norm of the gradient
    checkpoint_every: int = 500  # steps
    progress: bool = False  # show a progress bar

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "checkpoint_every"):
            validate.at_least(name, getattr(self, name), 1)
        for name in ("learning_rate", "final_learning_rate", "clip"):
            if getattr(self, name) is not None:
                validate.positive(name, getattr(self, name))
        if not 0 < self.holdout < 1:
            raise ValueError(f"holdout must lie between 0 and 1; got {self.holdout!r}")


@dataclass
class TrainHistory:
    """The parts of the loss after each epoch, and how far training came."""

    train: list[dict[str, float]] = field(default_factory=list)  # mean over the epoch
    holdout: list[dict[str, float]] = field(default_factory=list)  # after it
    step: int = 0  # gradient steps so far
    finished: bool = False  # False when `should_stop` ended it


def never() -> bool:
    """No reason to stop."""
    return False


def train(
    model: nn.Module,
    loss: Loss,
    rows: int,
    generator: torch.Generator,
    settings: TrainSettings,
    checkpoint: Path | None = None,
    should_stop: Callable[[], bool] = never,
    on_epoch: Callable[[TrainHistory], None] | None = None,
) -> TrainHistory:
    """Minimise `loss` over row numbers 0 to `rows - 1` with Adam, the last share held out.

    Neighbouring rows look alike, so a random share would be no test of anything.

    Parameters
    ----------
    model : nn.Module, changed in place
    generator : torch.Generator; one number is drawn from it
    checkpoint : file that is written every `settings.checkpoint_every` steps, and from which the
        training goes on if it exists: with the numbers of a run that was never interrupted
    should_stop : asked after every step; True ends the run, after a checkpoint
    on_epoch : is given the history after every epoch

    Raises
    ------
    ValueError
        For fewer than 2 rows, for a checkpoint of other data or batches, and when the loss is NaN.
    """
    training, heldout = split_rows(rows, settings.holdout)
    per_epoch = -(-training // settings.batch_size)
    total = per_epoch * settings.epochs
    seed = int(torch.randint(2**40, (), generator=generator))
    run = _Run(model, (training, settings.batch_size), seed, settings.learning_rate)
    if checkpoint is not None and checkpoint.exists():
        run.load(checkpoint)
    history = run.history
    model.train()
    bar = tqdm(
        total=total, initial=history.step, unit="step", disable=not settings.progress, leave=False
    )
    stopped = False
    while history.step < total and not stopped:
        epoch, position = divmod(history.step, per_epoch)
        order = torch.randperm(training, generator=_seeded(run.seed + epoch))
        for batch in order.split(settings.batch_size)[position:]:
            _set_rate(run.optimizer, settings, history.step / total)
            run.add(_step(model, run.optimizer, loss(batch, run.noise), settings.clip, history))
            bar.update()
            if history.step % per_epoch == 0:
                run.end_epoch(_evaluate(model, loss, heldout, settings, run.seed))
                bar.set_postfix(holdout=history.holdout[-1]["loss"])
                if on_epoch is not None:
                    on_epoch(history)
            history.finished = history.step == total
            stopped = should_stop() and not history.finished
            due = stopped or history.finished or history.step % settings.checkpoint_every == 0
            if checkpoint is not None and due:
                run.save(checkpoint)
            if stopped:
                break
    bar.close()
    model.eval()
    return history


def split_rows(rows: int, holdout: float) -> tuple[int, Tensor]:
    """How many rows come first, to train on, and the numbers of those held out."""
    if rows < 2:
        raise ValueError(f"training needs at least 2 rows; got {rows}")
    held = min(max(1, round(holdout * rows)), rows - 1)
    return rows - held, torch.arange(rows - held, rows)


def _step(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    parts: dict[str, Tensor],
    clip: float | None,
    history: TrainHistory,
) -> dict[str, float]:
    """One gradient step; the parts of the loss before it."""
    values = {name: float(part.detach()) for name, part in parts.items()}
    if not abs(values["loss"]) < float("inf"):
        raise ValueError(
            f"the loss is {values['loss']} after {history.step} steps; "
            "look for NaN in the data, or lower the learning rate"
        )
    optimizer.zero_grad()
    parts["loss"].backward()
    if clip is not None:
        nn.utils.clip_grad_norm_(model.parameters(), clip)
    optimizer.step()
    history.step += 1
    return values


@torch.no_grad()
def _evaluate(
    model: nn.Module, loss: Loss, heldout: Tensor, settings: TrainSettings, seed: int
) -> dict[str, float]:
    """The parts of the loss on rows that are not trained on, with the same noise every time."""
    model.eval()
    noise, mean = _seeded(seed), _Mean()
    for batch in heldout.split(settings.batch_size):
        parts = {name: float(part) for name, part in loss(batch, noise).items()}
        mean.add(parts, len(batch))
    model.train()
    return mean.take()


def _set_rate(optimizer: torch.optim.Optimizer, settings: TrainSettings, share: float) -> None:
    first, last = settings.learning_rate, settings.final_learning_rate
    rate = first if last is None else first * (last / first) ** share
    for group in optimizer.param_groups:
        group["lr"] = rate


def _seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


class _Mean:
    """Means of named numbers."""

    def __init__(self) -> None:
        self.sums: dict[str, float] = {}
        self.count = 0

    def add(self, parts: dict[str, float], count: int = 1) -> None:
        for name, value in parts.items():
            self.sums[name] = self.sums.get(name, 0.0) + value * count
        self.count += count

    def take(self) -> dict[str, float]:
        """The means; then begin again."""
        means = {name: value / self.count for name, value in self.sums.items()}
        self.sums, self.count = {}, 0
        return means


class _Run:
    """Everything that an interrupted training needs to go on with the same numbers."""

    def __init__(self, model: nn.Module, shape: tuple[int, int], seed: int, rate: float) -> None:
        self.model, self.shape, self.seed = model, shape, seed
        parameters = [p for p in model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.Adam(parameters, lr=rate)
        self.noise = _seeded(seed)
        self.history, self.mean = TrainHistory(), _Mean()

    def add(self, parts: dict[str, float]) -> None:
        self.mean.add(parts)

    def end_epoch(self, heldout: dict[str, float]) -> None:
        self.history.train.append(self.mean.take())
        self.history.holdout.append(heldout)

    def save(self, path: Path) -> None:
        """Write the file whole or not at all."""
        tensors = {f"model.{name}": t for name, t in self.model.state_dict().items()}
        tensors |= optimizer_tensors(self.optimizer)
        tensors["noise"] = self.noise.get_state()
        facts = {
            "shape": self.shape,
            "seed": self.seed,
            "history": json.loads(json.dumps(asdict(self.history))),
            "sums": self.mean.sums,
            "count": self.mean.count,
        }
        save_tensors_whole(path, "training", facts, tensors)

    def load(self, path: Path) -> None:
        facts, tensors = load_tensors(path, "training")
        if tuple(facts["shape"]) != self.shape:
            raise ValueError(
                f"{path} was trained on (rows, batch size) {tuple(facts['shape'])}, "
                f"this run has {self.shape}: remove it to begin again"
            )
        try:
            self.model.load_state_dict(under("model", tensors))
        except RuntimeError as error:
            raise ValueError(f"{path} is of another configuration: {error}") from None
        restore_optimizer(self.optimizer, tensors)
        self.noise.set_state(tensors["noise"])
        self.seed, self.history = facts["seed"], TrainHistory(**facts["history"])
        self.mean.sums, self.mean.count = facts["sums"], facts["count"]


def optimizer_tensors(optimizer: torch.optim.Adam) -> dict[str, Tensor]:
    """What Adam remembers of each parameter, for a file."""
    return {
        f"adam.{number}.{name}": tensor
        for number, state in optimizer.state_dict()["state"].items()
        for name, tensor in state.items()
    }


def restore_optimizer(optimizer: torch.optim.Adam, tensors: dict[str, Tensor]) -> None:
    """Take over what `optimizer_tensors` gave."""
    own = optimizer.state_dict()
    for key, tensor in under("adam", tensors).items():
        number, name = key.split(".")
        own["state"].setdefault(int(number), {})[name] = tensor
    optimizer.load_state_dict(own)


def under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Those whose names begin with `prefix.`, without it."""
    start = prefix + "."
    return {name[len(start) :]: t for name, t in tensors.items() if name.startswith(start)}
