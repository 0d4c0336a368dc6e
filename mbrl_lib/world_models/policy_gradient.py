r"""C improved by gradient on what it has tried: a linear policy's natural gradient is a regression.

C says $u = W x$ of what it sees, $x = [z, h, 1]$, and tries $u + \sigma \varepsilon$. A critic
$V(s, u)$ learns what is to be expected of a state in which C says $u$. It is needed for learning
only, so it may know what no camera shows; C goes on acting on what V and M give it. By how much a
decision turned out better than expected is its advantage $A$, and the natural gradient of what
follows is the linear map that foretells best, from x, which noise was good (one column of W, its
changes counted in standard deviations of the noise):

$$ \Delta W \propto \mathbb{E}[ x x^\top ]^{-1}\, \mathbb{E}[ x\, \varepsilon A ]. $$

Sources: Williams (1992) for the gradient, Kakade (2001) for the natural direction, Schulman et al.
(2016) for the advantages, Pinto et al. (2018) for a critic that knows the state.
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
from mbrl_lib.world_models.actor_critic import advantages
from mbrl_lib.world_models.controller import Controller
from mbrl_lib.world_models.evolve import EvolveSettings, Fitness, Workers
from mbrl_lib.world_models.training import never, optimizer_tensors, restore_optimizer, under
from mbrl_lib.world_models.weights import draw_weights

_HALVES = 2  # of the episodes, whose directions are compared
_SHARES = 8  # updates from which a batch is drawn
_BETA = 5.0  # errors above count by their size, not their square


@dataclass(frozen=True)
class Attempts:
    """Whole episodes, one after another: D decisions to learn from, up to where one was lost.

    Attributes
    ----------
    seen : Tensor of float16, `(D, F)`, what C saw
    known : Tensor, `(D, S)`, the state, for the critic
    said, tried : Tensor, `(D, A)`, what C said, and that with noise, before it is squashed
    reward : Tensor, `(D, K)`, in parts that are foretold one by one
    last : Tensor of bool, `(D,)`, whether nothing follows that is to be learned from
    lost : Tensor of bool, `(D,)`, whether that is because the episode was lost
    beyond : Tensor of float16, `(B, F)`, what C saw after that: it is not to change much there
    totals : Tensor, `(E,)`, each episode's return, as the environment counts it
    """

    seen: Tensor
    known: Tensor
    said: Tensor
    tried: Tensor
    reward: Tensor
    last: Tensor
    lost: Tensor
    beyond: Tensor
    totals: Tensor


class Practice(Protocol):
    """Drives with noise. It is sent to worker processes: a function of a module, or small."""

    def __call__(self, parameters: Tensor, seeds: Sequence[int]) -> Attempts:
        """Episodes of the controller `(N,)` that the seeds start."""
        ...


@dataclass(frozen=True)
class GradientSettings:
    """How C is improved."""

    updates: int = 250
    episodes: int = 32  # tried in each of them
    keep: int = 30  # updates whose decisions the critic learns from
    warmup: int = 10  # updates in which it alone learns
    discount: float = 0.99
    horizon: int = 20  # rewards that are added up before the critic says what follows
    trace: float = 0.4  # lambda of the advantages: how far they trust what came later
    price: float = 100.0  # of an episode that is lost
    batches: int = 120  # gradient steps of the critic in an update
    batch_size: int = 1024
    critic_rate: float = 3e-4  # learning rate of Adam
    hidden: int = 256  # units of the critic's two layers
    target: float = 0.005  # share by which its slow copy follows after each step
    noise: tuple[float, ...] = (0.15, 0.15, 0.03)  # standard deviations around what C says
    step: float = 0.02  # root mean square of what an update changes in what C says, in those
    final_step: float = 0.005  # of the last update, reached geometrically
    momentum: float = 0.96  # of the gradient, and of the mean of x x'
    ridge: float = 0.05  # of the features' mean variance: directions that hardly vary stay
    average: int = 40  # updates over which the weights are averaged that are judged and kept
    evaluate_every: int = 50
    workers: int = 1  # processes; 1: none but this one
    progress: bool = False  # show a progress bar

    def __post_init__(self) -> None:
        for name in (
            "updates", "episodes", "keep", "horizon", "batches", "batch_size", "hidden",
            "average", "evaluate_every", "workers",
        ):  # fmt: skip
            validate.at_least(name, getattr(self, name), 1)
        validate.at_least("warmup", self.warmup, 0)
        for name in ("price", "critic_rate", "step", "final_step", "ridge"):
            validate.positive(name, getattr(self, name))
        for name in ("discount", "trace", "target", "momentum"):
            validate.fraction(name, getattr(self, name))
        object.__setattr__(self, "noise", tuple(self.noise))
        for one in self.noise:
            validate.positive("noise", one)


@dataclass(frozen=True)
class Ascent:
    """One point of the curve."""

    number: int  # counted from 1
    steps: int  # decisions so far, held-out episodes not counted
    mean: float  # return of the episodes that were tried, with noise
    lost: float  # share of them
    loss: float  # of the critic
    agreement: float  # cosine between the directions from two halves of all episodes
    seconds: float  # it took
    heldout_mean: float | None = None  # of the averaged weights, without noise, where evaluated
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

    Raises `ValueError` for a controller with a layer or without biases, for noise on another number
    of actions, and for a checkpoint of another search.
    """
    own = controller.settings
    if own.layer or not own.bias:
        raise ValueError("the controller must be linear and have biases")
    if len(settings.noise) != own.action:
        raise ValueError(
            f"noise must have a number for each of {own.action} actions; got {settings.noise}"
        )
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
        for path in checkpoint.glob("transitions_*"):
            path.unlink()
    return found


class Critic(nn.Module):
    """What is to be expected of `[standardised state, tanh of what C says]`.

    Parameters
    ----------
    known : Tensor, `(D, S)`, states: say on what scale each number varies
    actions : int
    parts : int, K, of the reward
    hidden : int, units of its two layers
    generator : torch.Generator, for the initial weights
    """

    def __init__(
        self, known: Tensor, actions: int, parts: int, hidden: int, generator: torch.Generator
    ) -> None:
        super().__init__()
        with torch.device("meta"):
            self.network = nn.Sequential(
                nn.Linear(known.shape[1] + actions, hidden),
                nn.ReLU(),
                nn.Linear(hidden, hidden),
                nn.ReLU(),
                nn.Linear(hidden, parts + 1),
            )
        draw_weights(self, generator)
        self.register_buffer("centre", known.mean(dim=0))
        self.register_buffer("scale", known.std(dim=0) + 1e-2)  # some numbers hardly vary

    def forward(self, known: Tensor, said: Tensor) -> tuple[Tensor, Tensor]:
        """`(D, S)`, `(D, A)` -> rewards to come `(D, K)`, the logit of being lost `(D,)`."""
        x = torch.cat([(known - self.centre) / self.scale, torch.tanh(said)], dim=-1)
        found = self.network(x)
        return found[:, :-1], found[:, -1]

    def worth(self, known: Tensor, said: Tensor, price: float) -> Tensor:
        """All of it as one number, `(D,)`."""
        rewards, lost = self(known, said)
        return rewards.sum(dim=1) - price * torch.sigmoid(lost)


@dataclass(frozen=True)
class Transitions:
    """From D decisions to what followed some decisions later.

    Attributes
    ----------
    known, said : Tensor, `(D, S)` and `(D, A)`
    gained : Tensor, `(D, K)`, discounted rewards until then
    lost : Tensor, `(D,)`, discounted: whether the episode was lost until then
    weight : Tensor, `(D,)`, of what the critic says of then; 0 where the episode was over
    next_known, next_said : Tensor, `(D, S)` and `(D, A)`
    """

    known: Tensor
    said: Tensor
    gained: Tensor
    lost: Tensor
    weight: Tensor
    next_known: Tensor
    next_said: Tensor


def transitions(attempts: Attempts, horizon: int, discount: float) -> Transitions:
    """Discounted sums over `horizon` decisions, or those that are left of an episode.

    Raises `ValueError` where the last decision does not end an episode.
    """
    count = len(attempts.reward)
    if not bool(attempts.last[-1]):
        raise ValueError("the last decision must end an episode")
    gained, lost, weight = torch.zeros_like(attempts.reward), torch.zeros(count), torch.ones(count)
    place, goes_on = torch.arange(count), torch.ones(count)
    for _ in range(horizon):
        gained += weight[:, None] * attempts.reward[place]
        lost += weight * attempts.lost[place]
        goes_on = goes_on * (~attempts.last[place]).float()
        weight = discount * weight * goes_on
        place = torch.where(goes_on > 0, place + 1, place)
    return Transitions(
        attempts.known,
        attempts.said,
        gained,
        lost,
        weight,
        attempts.known[place],
        attempts.said[place],
    )


class _Run:
    """Everything that an interrupted search needs to go on with the same numbers."""

    def __init__(
        self, controller: Controller, start: Tensor, settings: GradientSettings, seed: int
    ) -> None:
        self.controller, self.settings = controller, settings
        self.generator = torch.Generator().manual_seed(seed)
        self.noise = torch.tensor(settings.noise)
        self.weight = torch.cat(controller.unflatten(start.clone()))  # `(F + 1, A)`
        self.average = self.weight.clone()
        self.found = Improvement(start.clone())
        self.memory: deque[Transitions] = deque(maxlen=settings.keep)
        self.critic: Critic | None = None
        features, actions = self.weight.shape
        self.moments = {
            "gradient": torch.zeros(_HALVES, features, actions),
            "features": torch.zeros(features, features),
        }

    def _flat(self, weight: Tensor) -> Tensor:
        """The controller's vector, `(N,)`."""
        return self.controller.flatten([weight[:-1], weight[-1:]])

    def update(
        self,
        practice: Practice,
        heldout: Sequence[int],
        judge: Fitness | None,
        workers: Workers,
    ) -> None:
        """Try, let the critic learn, take a step, now and then look where it led."""
        began, s, number = time.perf_counter(), self.settings, len(self.found.history) + 1
        seeds = torch.randint(2**31, (s.episodes,), generator=self.generator).tolist()
        tried = _joined(workers.share(practice, self._flat(self.weight), seeds))
        self._remember(tried)
        loss = self._learn(s.batches)
        agreement = 0.0
        self._measure(tried)
        if number > s.warmup:
            agreement = self._climb(tried, number - s.warmup)
        looked: tuple[float, float] | tuple[None, None] = (None, None)
        due = number % s.evaluate_every == 0 or number == s.updates
        kept = self._flat(self.average)
        if judge is not None and len(heldout) and due and number > s.warmup:
            returns, _ = workers.evaluate(judge, kept[None], heldout)
            looked = float(returns.mean()), float(returns.std())
            if looked[0] > self.found.best_return:
                self.found.best, self.found.best_return = kept, looked[0]
        elif judge is None or not len(heldout):
            self.found.best = kept
        before = self.found.history[-1].steps if self.found.history else 0
        self.found.history.append(
            Ascent(
                number,
                before + len(tried.reward) + len(tried.beyond),
                float(tried.totals.mean()),
                float(tried.lost.sum() / len(tried.totals)),
                loss,
                agreement,
                time.perf_counter() - began,
                *looked,
            )
        )
        self.found.finished = number == s.updates

    def _remember(self, tried: Attempts) -> None:
        self.memory.append(transitions(tried, self.settings.horizon, self.settings.discount))
        if self.critic is None:
            self._begin(tried.known, tried.reward.shape[1])

    def _begin(self, known: Tensor, parts: int) -> None:
        """A critic that knows nothing."""
        s = self.settings
        self.critic = Critic(known, self.weight.shape[1], parts, s.hidden, self.generator)
        self.slow = deepcopy(self.critic)
        self.optimizer = torch.optim.Adam(self.critic.parameters(), s.critic_rate)

    def _learn(self, batches: int) -> float:
        """Steps of the critic towards what followed; their mean loss."""
        losses, s = [], self.settings
        for _ in range(batches):
            known, said, gained, lost, weight, next_known, next_said = self._batch()
            with torch.no_grad():
                rewards, odds = self.slow(next_known, next_said)
                wanted = gained + weight[:, None] * rewards
                share = lost + weight * torch.sigmoid(odds)
            rewards, odds = self.critic(known, said)
            loss = functional.smooth_l1_loss(rewards, wanted, beta=_BETA)
            loss = loss + functional.binary_cross_entropy_with_logits(odds, share)
            if not bool(torch.isfinite(loss)):
                raise ValueError(
                    f"the critic's loss is {float(loss.detach())} after "
                    f"{len(self.found.history)} updates; look for NaN in rewards and states"
                )
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            with torch.no_grad():
                pairs = zip(self.slow.parameters(), self.critic.parameters(), strict=True)
                for follows, leads in pairs:
                    follows.lerp_(leads, s.target)
            losses.append(loss.item())
        return float(np.mean(losses))

    def _batch(self) -> list[Tensor]:
        """Rows of the memory in equal shares from some of its updates."""
        parts, count = [], -(-self.settings.batch_size // _SHARES)
        for which in torch.randint(len(self.memory), (_SHARES,), generator=self.generator).tolist():
            part = self.memory[which]
            rows = torch.randint(len(part.lost), (count,), generator=self.generator)
            parts.append([column[rows] for column in vars(part).values()])
        return [torch.cat(column) for column in zip(*parts, strict=True)]

    def _measure(self, tried: Attempts) -> None:
        """The mean of x x', where C has been, lost or not."""
        x, keep = _with_one(torch.cat([tried.seen, tried.beyond]).float()), self.settings.momentum
        self.moments["features"].mul_(keep).add_(x.T @ x / len(x), alpha=1 - keep)

    def _advantage(self, tried: Attempts) -> Tensor:
        """By how much each decision turned out better than the critic had expected, `(D,)`."""
        s, goes_on = self.settings, ~tried.last
        expected = self.critic.worth(tried.known, tried.said, s.price)
        following = torch.cat([expected[1:], expected.new_zeros(1)])
        earned = tried.reward.sum(dim=1) - s.price * tried.lost
        columns = (x[:, None] for x in (earned, expected, following, goes_on.float(), goes_on))
        return advantages(*columns, s.discount, s.trace)[:, 0]

    @torch.no_grad()
    def _climb(self, tried: Attempts, number: int) -> float:
        """A step along the natural direction of the averaged gradient; whether halves agree."""
        s, x = self.settings, _with_one(tried.seen.float())
        praised = self._advantage(tried)[:, None] * (tried.tried - tried.said) / self.noise
        episode = tried.last.cumsum(0) - tried.last.long()
        now = torch.stack(
            [x[(half := episode % _HALVES == n)].T @ praised[half] for n in range(_HALVES)]
        )
        self.moments["gradient"].mul_(s.momentum).add_(now / len(x), alpha=1 - s.momentum)
        mean = self.moments["features"] / (1 - s.momentum ** (number + s.warmup))
        ridge = s.ridge * mean.diagonal()[:-1].mean() * torch.eye(len(mean))
        halves = torch.linalg.solve(mean + ridge, self.moments["gradient"])
        size = _products(mean, halves, halves).sqrt()
        agreement = _products(mean, halves[0], halves[1]) / (size.prod() + 1e-12)
        direction = halves.mean(dim=0)
        change = (_products(mean, direction, direction) / direction.shape[1]).sqrt()
        share = (number - 1) / max(s.updates - s.warmup - 1, 1)
        step = s.step * (s.final_step / s.step) ** share
        self.weight = self.weight + direction * self.noise * (step / (change + 1e-12))
        self.average.lerp_(self.weight, 1 / min(number, s.average))
        return float(agreement)

    @property
    def _shape(self) -> dict[str, object]:
        """What must be the same where a search goes on; it may be told to last longer."""
        own = json.loads(json.dumps(asdict(self.settings)))
        for free in ("updates", "workers", "progress"):
            del own[free]
        return own

    def save(self, folder: Path) -> None:
        """Add what was tried last, then write where the search stands, whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        number = len(self.found.history)
        save_tensors_whole(folder / _name(number), "transitions", {}, vars(self.memory[-1]))
        tensors = {f"critic.{name}": t for name, t in self.critic.state_dict().items()}
        tensors |= {f"slow.{name}": t for name, t in self.slow.state_dict().items()}
        tensors |= optimizer_tensors(self.optimizer) | self.moments
        tensors |= {"weight": self.weight, "average": self.average, "best": self.found.best}
        tensors |= {"random": self.generator.get_state()}
        facts = {
            "search": self._shape,
            "best_return": self.found.best_return,
            "history": [asdict(ascent) for ascent in self.found.history],
        }
        save_tensors_whole(folder / "state.safetensors", "improvement", facts, tensors)
        (folder / _name(number - self.settings.keep)).unlink(missing_ok=True)

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
        self.weight, self.average = tensors["weight"], tensors["average"]
        for name in self.moments:
            self.moments[name] = tensors[name]
        if len(self.found.history) < self.settings.updates:
            self._load_memory(folder)
            critic = under("critic", tensors)
            self._begin(critic["centre"].expand(2, -1), self.memory[-1].gained.shape[1])
            self.critic.load_state_dict(critic)
            self.slow.load_state_dict(under("slow", tensors))
            restore_optimizer(self.optimizer, tensors)
        self.generator.set_state(tensors["random"])

    def _load_memory(self, folder: Path) -> None:
        last = len(self.found.history)
        for number in range(max(1, last - self.settings.keep + 1), last + 1):
            path = folder / _name(number)
            if not path.exists():
                raise ValueError(f"{path} is missing; remove {folder} to begin again")
            self.memory.append(Transitions(**load_tensors(path, "transitions")[1]))


def _name(number: int) -> str:
    return f"transitions_{number:05d}.safetensors"


def _joined(parts: list[Attempts]) -> Attempts:
    """What workers tried, as one."""
    columns = ([vars(part)[name] for part in parts] for name in vars(parts[0]))
    return Attempts(*(torch.cat(column) for column in columns))


def _with_one(seen: Tensor) -> Tensor:
    """`(D, F)` -> `(D, F + 1)`."""
    return torch.cat([seen, torch.ones(len(seen), 1)], dim=1)


def _products(mean: Tensor, one: Tensor, other: Tensor) -> Tensor:
    """Inner products of maps `(..., F + 1, A)`: of what they say where x x' is `mean`."""
    return (one * (mean @ other)).sum(dim=(-2, -1))
