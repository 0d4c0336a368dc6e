r"""C improved by gradient on what it has tried, with critics that know more than it sees.

A critic $Q(s, a)$ learns what an action $a$ leads to where the simulator knows the state $s$. It is
needed for learning only, so it may know what no camera shows; C goes on acting on what V and M give
it. Where the critic rises as an action changes, C changes what it says:

$$ g = \mathbb{E}\big[ [z, h, 1]^\top\, \nabla_{\!u}\, Q(s, \tanh u) \big],
   \qquad u = W [z, h] + b, $$

and since C is linear, the direction that does this best for a given mean square change of its
output is known in closed form: $C^{-1} g$ with $C = \mathbb{E}[[z, h, 1] [z, h, 1]^\top]$. Sources:
Silver et al. (2014) for the gradient, Fujimoto et al. (2018) for two critics, Pinto et al. (2018)
for critics that know the state, Kakade (2001) for the natural direction.
"""

from __future__ import annotations

import json
import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from tqdm.auto import tqdm

from mbrl_lib import validate
from mbrl_lib.storage import load_tensors, save_tensors_whole
from mbrl_lib.world_models.controller import Controller
from mbrl_lib.world_models.evolve import EvolveSettings, Fitness, Workers
from mbrl_lib.world_models.training import never, optimizer_tensors, restore_optimizer, under
from mbrl_lib.world_models.weights import draw_weights


@dataclass(frozen=True)
class Attempts:
    """Whole episodes, one after another: D decisions.

    Attributes
    ----------
    seen : Tensor of float16, `(D, F)`, what C saw
    known : Tensor, `(D, S)`, the state, for the critics
    tried : Tensor, `(D, A)`, what C said and the noise on it, before it is squashed
    reward : Tensor, `(D,)`
    last : Tensor of bool, `(D,)`, whether the episode is over after it
    totals : Tensor, `(E,)`, each episode's return, as the environment counts it
    """

    seen: Tensor
    known: Tensor
    tried: Tensor
    reward: Tensor
    last: Tensor
    totals: Tensor


class Practice(Protocol):
    """Drives with noise. It is sent to worker processes: a function of a module, or small."""

    def __call__(self, parameters: Tensor, seeds: Sequence[int]) -> Attempts:
        """Episodes of the controller `(N,)` that the seeds start."""
        ...


@dataclass(frozen=True)
class GradientSettings:
    """How C is improved."""

    updates: int = 300
    episodes: int = 20  # tried in each of them
    keep: int = 60  # updates whose decisions the critics learn from
    warmup: int = 40  # updates in which they alone learn
    discount: float = 0.99
    horizon: int = 5  # rewards that are added up before a critic says what follows
    batches: int = 250  # gradient steps of the critics in an update
    batch_size: int = 1024
    critic_rate: float = 3e-4  # learning rate of Adam
    hidden: int = 256  # units of a critic's two layers
    target: float = 0.005  # share by which the critics' slow copies follow after each step
    noise: float = 0.15  # standard deviation of what is tried around what C says
    step: float = 0.002  # root mean square of what an update changes in what C says
    momentum: float = 0.8  # of the gradient
    ridge: float = 0.03  # of the features' mean variance: directions that hardly vary stay
    evaluate_every: int = 50
    workers: int = 1  # processes; 1: none but this one
    progress: bool = False  # show a progress bar

    def __post_init__(self) -> None:
        for name in (
            "updates", "episodes", "keep", "horizon", "batches", "batch_size", "hidden",
            "evaluate_every", "workers",
        ):  # fmt: skip
            validate.at_least(name, getattr(self, name), 1)
        validate.at_least("warmup", self.warmup, 0)
        for name in ("critic_rate", "noise", "step", "ridge"):
            validate.positive(name, getattr(self, name))
        for name in ("discount", "target", "momentum"):
            validate.fraction(name, getattr(self, name))


@dataclass(frozen=True)
class Ascent:
    """One point of the curve."""

    number: int  # counted from 1
    steps: int  # decisions so far, held-out episodes not counted
    mean: float  # return of the episodes that were tried, with noise
    loss: float  # of the critics
    agreement: float  # cosine between the two critics' gradients: 1 if they agree
    seconds: float  # it took
    heldout_mean: float | None = None  # without noise, where it was evaluated
    heldout_std: float | None = None


@dataclass
class Improvement:
    """What was found, and how: `best (N,)`, its held-out return, and the history."""

    best: Tensor
    best_return: float = -math.inf
    history: list[Ascent] = field(default_factory=list)
    finished: bool = False


def improve(
    practice: Practice,
    start: Tensor,
    controller: Controller,
    generator: torch.Generator,
    settings: GradientSettings = GradientSettings(),
    heldout: Sequence[int] = (),
    judge: Fitness | None = None,
    checkpoint: Path | None = None,
    should_stop: Callable[[], bool] = never,
    on_update: Callable[[Improvement], None] | None = None,
) -> Improvement:
    """Improve a linear controller from `start (N,)` on.

    Parameters
    ----------
    practice : tries a controller with noise of `settings.noise`
    controller : Controller, linear, with biases
    generator : torch.Generator; one number is drawn from it
    heldout, judge : seeds, and what evaluates on them; the best there is kept, `start` included
    checkpoint : folder that is written after every update, and from which it goes on if it exists,
        with the numbers of a run that was never interrupted; what was tried is removed at the end
    should_stop : asked after every update
    on_update : is given what there is after every update

    Raises `ValueError` for a controller with a layer or without biases, and for a checkpoint of
    another search.
    """
    own = controller.settings
    if own.layer or not own.bias:
        raise ValueError("the controller must be linear and have biases")
    validate.tensor("start", start, (controller.size,))
    validate.finite("start", start)
    run = _Run(controller, start, settings, int(torch.randint(2**40, (), generator=generator)))
    if checkpoint is not None and (checkpoint / "state.safetensors").exists():
        run.load(checkpoint)
    found, total = run.found, settings.updates
    found.finished = len(found.history) >= total
    bar = tqdm(
        total=total, initial=len(found.history), unit="update", disable=not settings.progress
    )
    with Workers(EvolveSettings(workers=settings.workers)) as workers, bar:
        if not found.history and judge is not None and len(heldout):
            returns, _ = workers.evaluate(judge, start[None], heldout)
            found.best_return = float(returns.mean())
        while not found.finished:
            run.update(practice, heldout, judge, workers)
            if checkpoint is not None:
                run.save(checkpoint)
            bar.update()
            bar.set_postfix(mean=found.history[-1].mean)
            if on_update is not None:
                on_update(found)
            if should_stop():
                break
    if found.finished and checkpoint is not None:
        for path in checkpoint.glob("attempts_*"):
            path.unlink()
    return found


class Critics(nn.Module):
    """Two critics of what an action leads to, `[standardised state, tanh of what was tried]`.

    Parameters
    ----------
    known : Tensor, `(D, S)`, states: say on what scale each number varies
    actions : int
    hidden : int, units of the two layers of each
    generator : torch.Generator, for the initial weights
    """

    def __init__(
        self, known: Tensor, actions: int, hidden: int, generator: torch.Generator
    ) -> None:
        super().__init__()
        with torch.device("meta"):
            self.both = nn.ModuleList(
                nn.Sequential(
                    nn.Linear(known.shape[1] + actions, hidden),
                    nn.ReLU(),
                    nn.Linear(hidden, hidden),
                    nn.ReLU(),
                    nn.Linear(hidden, 1),
                )
                for _ in range(2)
            )
        draw_weights(self, generator)
        self.register_buffer("centre", known.mean(dim=0))
        self.register_buffer("scale", known.std(dim=0) + 1e-2)  # some numbers hardly vary

    def forward(self, known: Tensor, tried: Tensor) -> Tensor:
        """`(D, S)` and `(D, A)` -> what follows, `(2, D)`."""
        x = torch.cat([(known - self.centre) / self.scale, torch.tanh(tried)], dim=-1)
        return torch.stack([critic(x)[:, 0] for critic in self.both])


@dataclass(frozen=True)
class Transitions:
    """From D decisions to what followed some decisions later.

    Attributes
    ----------
    known, tried : Tensor, `(D, S)` and `(D, A)`
    gained : Tensor, `(D,)`, discounted rewards until then
    weight : Tensor, `(D,)`, of what the critics say of then; 0 where the episode was over
    next_known, next_seen : Tensor, `(D, S)` and `(D, F)`
    """

    known: Tensor
    tried: Tensor
    gained: Tensor
    weight: Tensor
    next_known: Tensor
    next_seen: Tensor


def transitions(attempts: Attempts, horizon: int, discount: float) -> Transitions:
    """Discounted sums over `horizon` decisions, or those that are left of an episode.

    Raises `ValueError` where the last decision does not end an episode.
    """
    count = len(attempts.reward)
    if not bool(attempts.last[-1]):
        raise ValueError("the last decision must end an episode")
    gained, weight = torch.zeros(count), torch.ones(count)
    place, goes_on = torch.arange(count), torch.ones(count)
    for _ in range(horizon):
        gained += weight * attempts.reward[place]
        goes_on = goes_on * (~attempts.last[place]).float()
        weight = discount * weight * goes_on
        place = torch.where(goes_on > 0, place + 1, place)
    return Transitions(
        attempts.known, attempts.tried, gained, weight, attempts.known[place], attempts.seen[place]
    )


class _Run:
    """Everything that an interrupted search needs to go on with the same numbers."""

    def __init__(
        self, controller: Controller, start: Tensor, settings: GradientSettings, seed: int
    ) -> None:
        self.controller, self.settings = controller, settings
        self.generator = torch.Generator().manual_seed(seed)
        self.weight = _with_bias(controller, start)
        self.found = Improvement(start.clone())
        self.attempts: deque[Attempts] = deque(maxlen=settings.keep)
        self.memory: deque[Transitions] = deque(maxlen=settings.keep)
        self.critics: Critics | None = None
        features, actions = self.weight.shape
        self.moments = {
            "gradient": torch.zeros(features, actions),
            "features": torch.zeros(features, features),
        }

    @property
    def parameters(self) -> Tensor:
        """The controller's flat vector, `(N,)`."""
        return self.controller.flatten([self.weight[:-1], self.weight[-1:]])

    def update(
        self,
        practice: Practice,
        heldout: Sequence[int],
        judge: Fitness | None,
        workers: Workers,
    ) -> None:
        """Try, let the critics learn, take a step, now and then look where it led."""
        began, s, number = time.perf_counter(), self.settings, len(self.found.history) + 1
        seeds = torch.randint(2**31, (s.episodes,), generator=self.generator).tolist()
        tried = _tried(practice, self.parameters, seeds, workers)
        self._remember(tried)
        loss = self._learn(s.batches)
        gradient, features, agreement = self._gradient(tried)
        if number > s.warmup:
            self._climb(gradient, features, number - s.warmup)
        looked: tuple[float, float] | tuple[None, None] = (None, None)
        due = number % s.evaluate_every == 0 or number == s.updates
        if judge is not None and len(heldout) and due and number > s.warmup:
            returns, _ = workers.evaluate(judge, self.parameters[None], heldout)
            looked = float(returns.mean()), float(returns.std())
            if looked[0] > self.found.best_return:
                self.found.best, self.found.best_return = self.parameters.clone(), looked[0]
        elif judge is None or not len(heldout):
            self.found.best = self.parameters.clone()
        before = self.found.history[-1].steps if self.found.history else 0
        self.found.history.append(
            Ascent(
                number,
                before + len(tried.reward),
                float(tried.totals.mean()),
                loss,
                agreement,
                time.perf_counter() - began,
                *looked,
            )
        )
        self.found.finished = number == s.updates

    def _remember(self, tried: Attempts) -> None:
        s = self.settings
        self.attempts.append(tried)
        self.memory.append(transitions(tried, s.horizon, s.discount))
        if self.critics is None:
            actions = tried.tried.shape[1]
            self.critics = Critics(tried.known, actions, s.hidden, self.generator)
            self.slow = deepcopy(self.critics)
            self.optimizer = torch.optim.Adam(self.critics.parameters(), s.critic_rate)

    def _learn(self, batches: int) -> float:
        """Steps of the critics towards what followed; their mean loss."""
        losses, s = [], self.settings
        for _ in range(batches):
            known, tried, gained, weight, next_known, next_seen = self._batch()
            with torch.no_grad():
                noise = s.noise * torch.randn(tried.shape, generator=self.generator)
                then = self.slow(next_known, _said(self.weight, next_seen.float()) + noise)
                expected = gained + weight * then.mean(dim=0)
            loss = functional.smooth_l1_loss(
                self.critics(known, tried), expected.expand(2, -1), beta=5.0
            )
            if not bool(torch.isfinite(loss)):
                raise ValueError(
                    f"the critics' loss is {float(loss.detach())} after "
                    f"{len(self.found.history)} updates; look for NaN in rewards and states"
                )
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            with torch.no_grad():
                pairs = zip(self.slow.parameters(), self.critics.parameters(), strict=True)
                for follows, leads in pairs:
                    follows.lerp_(leads, s.target)
            losses.append(loss.item())
        return float(np.mean(losses))

    def _batch(self) -> list[Tensor]:
        """Rows of the memory in equal shares from eight of its updates."""
        shares, parts = 8, []
        for which in torch.randint(len(self.memory), (shares,), generator=self.generator).tolist():
            part = self.memory[which]
            count = -(-self.settings.batch_size // shares)
            rows = torch.randint(len(part.gained), (count,), generator=self.generator)
            parts.append([column[rows] for column in vars(part).values()])
        return [torch.cat(column) for column in zip(*parts, strict=True)]

    def _gradient(self, tried: Attempts) -> tuple[Tensor, Tensor, float]:
        """Of Q by the weights `(F + 1, A)`, the features' moments, the critics' agreement."""
        seen = tried.seen.float()
        said = _said(self.weight, seen)
        noise = self.settings.noise * torch.randn(said.shape, generator=self.generator)
        said = (said + noise).requires_grad_()
        values = self.critics(tried.known, said)
        slopes = [torch.autograd.grad(v.sum(), said, retain_graph=True)[0] for v in values]
        features = _with_one(seen)
        one, two = (features.T @ slope / len(slope) for slope in slopes)
        agreement = float(functional.cosine_similarity(one.flatten(), two.flatten(), dim=0))
        return (one + two) / 2, features.T @ features / len(features), agreement

    def _climb(self, gradient: Tensor, features: Tensor, number: int) -> None:
        """A step of a fixed size along the natural direction of the averaged gradient."""
        s = self.settings
        for name, now, share in (
            ("gradient", gradient, s.momentum),
            ("features", features, 0.95),
        ):
            self.moments[name].mul_(share).add_(now, alpha=1 - share)
        mean = self.moments["features"] / (1 - 0.95**number)
        ridge = s.ridge * mean.diagonal()[:-1].mean() * torch.eye(len(mean))
        direction = torch.linalg.solve(mean + ridge, self.moments["gradient"])
        change = ((direction.T @ features * direction.T).sum() / direction.shape[1]).sqrt()
        self.weight = self.weight + direction * (s.step / (change + 1e-12))

    @property
    def _shape(self) -> dict[str, object]:
        """What must be the same where a search goes on; it may be told to last longer."""
        own = asdict(self.settings)
        for free in ("updates", "workers", "progress"):
            del own[free]
        return own

    def save(self, folder: Path) -> None:
        """Add what was tried last, then write where the search stands, whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        number, last = len(self.found.history), self.attempts[-1]
        save_tensors_whole(
            folder / f"attempts_{number:05d}.safetensors", "attempts", {}, vars(last)
        )
        tensors = {f"critics.{name}": t for name, t in self.critics.state_dict().items()}
        tensors |= {f"slow.{name}": t for name, t in self.slow.state_dict().items()}
        tensors |= optimizer_tensors(self.optimizer) | self.moments
        tensors |= {"weight": self.weight, "best": self.found.best}
        tensors |= {"random": self.generator.get_state()}
        facts = {
            "search": self._shape,
            "best_return": self.found.best_return,
            "history": [asdict(ascent) for ascent in self.found.history],
        }
        save_tensors_whole(folder / "state.safetensors", "improvement", facts, tensors)
        old = folder / f"attempts_{number - self.settings.keep:05d}.safetensors"
        old.unlink(missing_ok=True)

    def load(self, folder: Path) -> None:
        path = folder / "state.safetensors"
        facts, tensors = load_tensors(path, "improvement")
        if facts["search"] != self._shape or tensors["weight"].shape != self.weight.shape:
            raise ValueError(
                f"{path} is of another search: {json.dumps(facts['search'])}, "
                f"this one is {json.dumps(self._shape)}; remove it to begin again"
            )
        self.found.history = [Ascent(**kept) for kept in facts["history"]]
        self.found.best, self.found.best_return = tensors["best"], facts["best_return"]
        self.weight = tensors["weight"]
        for name in self.moments:
            self.moments[name] = tensors[name]
        if len(self.found.history) < self.settings.updates:
            self._load_attempts(folder)
            self.critics.load_state_dict(under("critics", tensors))
            self.slow.load_state_dict(under("slow", tensors))
            restore_optimizer(self.optimizer, tensors)
        self.generator.set_state(tensors["random"])

    def _load_attempts(self, folder: Path) -> None:
        last = len(self.found.history)
        for number in range(max(1, last - self.settings.keep + 1), last + 1):
            path = folder / f"attempts_{number:05d}.safetensors"
            if not path.exists():
                raise ValueError(f"{path} is missing; remove {folder} to begin again")
            self._remember(Attempts(**load_tensors(path, "attempts")[1]))


def _tried(practice: Practice, parameters: Tensor, seeds: list[int], workers: Workers) -> Attempts:
    """The seeds shared out among workers."""
    parts = workers.share(practice, parameters, seeds)
    columns = ([vars(part)[name] for part in parts] for name in vars(parts[0]))
    return Attempts(*(torch.cat(column) for column in columns))


def _with_one(seen: Tensor) -> Tensor:
    """`(D, F)` -> `(D, F + 1)`."""
    return torch.cat([seen, torch.ones(len(seen), 1)], dim=1)


def _with_bias(controller: Controller, parameters: Tensor) -> Tensor:
    """A flat vector as one matrix, `(F + 1, A)`: the biases are its last row."""
    return torch.cat(controller.unflatten(parameters.clone()))


def _said(weight: Tensor, seen: Tensor) -> Tensor:
    """`(D, A)`, before it is squashed."""
    return seen @ weight[:-1] + weight[-1]
