r"""C learned by gradient, in dreams: an actor, and a critic that says which decisions were good.

Evolution knows of a dream only how long it lasted: of hundreds of decisions it cannot tell which
one was the mistake. A critic $v$ that learns what is still to come can. Decision $t$ is credited
with how much better things went than it had expected,

$$ \delta_t = r_t + \gamma\, s_t\, v_{t+1} - v_t, \qquad
   A_t = \delta_t + \gamma \lambda\, s_t A_{t+1}, $$

where $s_t$ is M's probability that the dream goes on, so that a narrow escape counts and not only
a death. Sources: Schulman et al. (2016) for the advantage $A$, Schulman et al. (2017) for the
clipped steps along its gradient, Hafner et al. (2021) for learning in a world model's dreams with
its probability of going on.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from mbrl_lib import validate
from mbrl_lib.storage import load_tensors, save_tensors_whole
from mbrl_lib.world_models.controller import Controller
from mbrl_lib.world_models.dream import DreamSettings, DreamStarts, RecurrentModel
from mbrl_lib.world_models.episodes import Hidden
from mbrl_lib.world_models.training import never, optimizer_tensors, restore_optimizer, under
from mbrl_lib.world_models.weights import draw_weights

Odds = Callable[[Tensor], Tensor]
"""From what a controller's map says `(..., A)` to log-probabilities of K choices `(..., K)`."""


@dataclass(frozen=True)
class ActorCriticSettings:
    """How C is learned."""

    updates: int = 100
    dreams: int = 256  # B, side by side
    horizon: int = 48  # T, decisions in each of them between two updates
    discount: float = 0.99  # gamma
    trace: float = 0.95  # lambda: 0 trusts the critic after one step, 1 only after all of them
    passes: int = 3  # over the decisions of an update
    batch_size: int = 2048
    actor_rate: float = 5e-4  # learning rate of Adam
    critic_rate: float = 1e-3
    clip: float = 0.2  # how far a decision's probability may move in an update, as a share
    entropy: float = 0.005  # what is paid for a nat of it, so that choices stay open
    hidden: int = 128  # units of the critic's two layers
    max_gradient: float = 0.5  # norm above which a gradient is shortened
    checkpoint_every: int = 10  # updates
    progress: bool = False  # show a progress bar

    def __post_init__(self) -> None:
        for name in (
            "updates", "dreams", "horizon", "passes", "batch_size", "hidden", "checkpoint_every"
        ):  # fmt: skip
            validate.at_least(name, getattr(self, name), 1)
        for name in ("actor_rate", "critic_rate", "clip", "max_gradient"):
            validate.positive(name, getattr(self, name))
        for name in ("discount", "trace"):
            validate.fraction(name, getattr(self, name))
        if not 0 <= self.entropy < float("inf"):
            raise ValueError(f"entropy must be finite and not below 0; got {self.entropy!r}")


@dataclass(frozen=True)
class Update:
    """One point of the curve."""

    number: int  # counted from 1
    decisions: int  # dreamt so far
    reward: float  # mean of a decision
    ending: float  # mean probability that a decision is the last
    entropy: float  # of the choices, in nats
    explained: float  # share of the returns' variance that the critic foresaw
    seconds: float  # it took


class ActorCritic(nn.Module):
    """A linear actor, and a critic with two layers, on what a controller sees.

    Parameters
    ----------
    controller : Controller, linear; the actor's weights are its
    odds : from its raw outputs to the log-probabilities of K choices
    choices : Tensor, `(K, action)`, what M knows them as
    seen : Tensor, `(T, F)`, what it saw: says on what scale each feature varies
    generator : torch.Generator, for the critic's initial weights; the actor begins with zeros
    settings : ActorCriticSettings

    Raises `ValueError` for a controller with a layer, `seen` of other features, or choices that are
    not as many as the odds.
    """

    def __init__(
        self,
        controller: Controller,
        odds: Odds,
        choices: Tensor,
        seen: Tensor,
        generator: torch.Generator,
        settings: ActorCriticSettings = ActorCriticSettings(),
    ) -> None:
        super().__init__()
        own = controller.settings
        if own.layer:
            raise ValueError("the actor is linear; this controller has a layer")
        validate.tensor("seen", seen, (None, own.features))
        validate.finite("seen", seen)
        validate.tensor("choices", choices, (odds(torch.zeros(own.action)).shape[-1], None))
        self.controller, self.odds, self.settings = controller, odds, settings
        width = settings.hidden
        with torch.device("meta"):
            self.critic = nn.Sequential(
                nn.Linear(own.features, width),
                nn.Tanh(),
                nn.Linear(width, width),
                nn.Tanh(),
                nn.Linear(width, 1),
            )
        draw_weights(self, generator)
        self.actor = nn.Parameter(torch.zeros(own.features, own.action))
        self.bias = nn.Parameter(torch.zeros(1, own.action)) if own.bias else None
        self.register_buffer("choices", choices.clone())
        self.register_buffer("scale", seen.std(dim=0) + 1e-3)  # some features never vary
        self.register_buffer("centre", seen.mean(dim=0))

    def log_odds(self, features: Tensor) -> Tensor:
        """Log-probabilities of the choices, `(..., F)` -> `(..., K)`."""
        raw = (features / self.scale) @ self.actor
        return self.odds(raw if self.bias is None else raw + self.bias)

    def value(self, features: Tensor) -> Tensor:
        """What the critic expects from here on, discounted, `(..., F)` -> `(...)`."""
        standard = (features - self.centre) / self.scale
        return self.critic(standard).squeeze(-1) / self._rate

    @property
    def _rate(self) -> float:
        """Values are of the order of its inverse."""
        return 1 - self.settings.discount + 1e-2

    @torch.no_grad()
    def weights(self) -> Tensor:
        """The controller's flat vector, `(N,)`."""
        parts = [self.actor / self.scale[:, None]]
        return self.controller.flatten(parts if self.bias is None else [*parts, self.bias])

    def loss(self, segment: Segment, rows: Tensor) -> Tensor:
        """What a gradient step makes smaller, over some of the decisions."""
        s = self.settings
        log_odds = self.log_odds(segment.features[rows])
        ratio = (
            log_odds.gather(1, segment.choice[rows, None])[:, 0] - segment.log_prob[rows]
        ).exp()
        credit = segment.advantage[rows]
        gain = torch.minimum(ratio * credit, ratio.clamp(1 - s.clip, 1 + s.clip) * credit)
        entropy = -(log_odds.exp() * log_odds).sum(dim=-1)
        error = self._rate * (self.value(segment.features[rows]) - segment.returns[rows])
        return (error.square() - gain - s.entropy * entropy).mean()


@dataclass(frozen=True)
class Segment:
    """D decisions that were dreamt, one after another.

    Attributes
    ----------
    features : Tensor, `(D, F)`
    choice : Tensor of int, `(D,)`
    log_prob : Tensor, `(D,)`, of the choice when it was made
    advantage : Tensor, `(D,)`, standardised
    returns : Tensor, `(D,)`, what the critic should have said
    """

    features: Tensor
    choice: Tensor
    log_prob: Tensor
    advantage: Tensor
    returns: Tensor


def advantages(
    rewards: Tensor,
    values: Tensor,
    following: Tensor,
    goes_on: Tensor,
    unbroken: Tensor,
    discount: float,
    trace: float,
) -> Tensor:
    """How much better decisions turned out than the critic had expected, `(T, B)`.

    Parameters
    ----------
    rewards : Tensor, `(T, B)`
    values, following : Tensor, `(T, B)`, the critic's before and after each step
    goes_on : Tensor, `(T, B)`, the probability that something follows the step
    unbroken : Tensor of bool, `(T, B)`, whether the next row is of the same dream
    discount, trace : gamma and lambda

    The last row has the critic alone to say what follows.
    """
    surprise = rewards + discount * goes_on * following - values
    found, later = [], torch.zeros_like(rewards[0])
    for t in reversed(range(len(rewards))):
        later = surprise[t] + discount * trace * goes_on[t] * torch.where(unbroken[t], later, 0.0)
        found.append(later)
    return torch.stack(found[::-1])


class _Dreams:
    """B dreams side by side; where one ends another begins."""

    def __init__(
        self,
        model: RecurrentModel,
        starts: DreamStarts,
        settings: DreamSettings,
        count: int,
        generator: torch.Generator,
    ) -> None:
        self.model, self.starts, self.settings = model, starts, settings
        self.generator = generator
        self.state = self._begin(count)
        self.age = torch.zeros(count)

    def _begin(self, count: int) -> tuple[Tensor, ...]:
        """z, h, c of new dreams, `(count, ...)` each."""
        rows = torch.randint(len(self.starts.mean), (count,), generator=self.generator)
        mean, std = self.starts.mean[rows], self.starts.std[rows]
        hidden = self.starts.hidden or self.model.initial_hidden(len(self.starts.mean))
        noise = torch.randn(mean.shape, generator=self.generator)
        return mean + std * noise, hidden.h[rows], hidden.c[rows]

    def features(self, controller: Controller) -> Tensor:
        return controller.features(self.state[0], Hidden(*self.state[1:]))

    def step(self, action: Tensor) -> tuple[Tensor, Tensor]:
        """Rewards and the probability that it goes on, `(B,)`; `renew` is to follow."""
        z, *memory = self.state
        prediction, hidden = self.model.step(z, action, Hidden(*memory))
        self.state = (prediction.sample(self.generator, self.settings.temperature), *hidden)
        self.age += 1
        chance = torch.rand(len(z), generator=self.generator)
        self._over = self.settings.ends(prediction, chance) | (self.age >= self.settings.max_steps)
        ones = torch.ones(len(z))
        reward = ones if prediction.reward is None else prediction.reward
        return reward, ones if prediction.done is None else torch.sigmoid(-prediction.done)

    def renew(self) -> Tensor:
        """Begin anew where a dream is over; which went on, `(B,)` of bool."""
        over = self._over
        if bool(over.any()):
            fresh = self._begin(int(over.sum()))
            self.state = tuple(kept.clone() for kept in self.state)  # M may still need its own
            for kept, new in zip(self.state, fresh, strict=True):
                kept[over] = new
            self.age[over] = 0.0
        return ~over


@torch.no_grad()
def _dream_on(agent: ActorCritic, dreams: _Dreams) -> tuple[Segment, Update]:
    """T decisions in every dream, and what they say about each other."""
    s, controller = agent.settings, agent.controller
    columns: dict[str, list[Tensor]] = {}
    features = dreams.features(controller)
    for _ in range(s.horizon):
        log_odds = agent.log_odds(features)
        choice = torch.multinomial(log_odds.exp(), 1, generator=dreams.generator)
        reward, goes_on = dreams.step(agent.choices[choice[:, 0]])
        following = dreams.features(controller)  # before another dream takes its place
        made = {
            "features": features,
            "choice": choice[:, 0],
            "log_prob": log_odds.gather(1, choice)[:, 0],
            "reward": reward,
            "goes_on": goes_on,
            "values": agent.value(features),
            "following": agent.value(following),
            "unbroken": dreams.renew(),
            "entropy": -(log_odds.exp() * log_odds).sum(dim=-1),
        }
        for name, column in made.items():
            columns.setdefault(name, []).append(column)
        features = dreams.features(controller)
    told = {name: torch.stack(column) for name, column in columns.items()}
    values, goes_on, unbroken = told["values"], told["goes_on"], told["unbroken"]
    credit = advantages(
        told["reward"], values, told["following"], goes_on, unbroken, s.discount, s.trace
    )
    returns = credit + values
    segment = Segment(
        told["features"].flatten(0, 1),
        told["choice"].flatten(),
        told["log_prob"].flatten(),
        ((credit - credit.mean()) / (credit.std() + 1e-6)).flatten(),
        returns.flatten(),
    )
    means = [float(told[name].mean()) for name in ("reward", "goes_on", "entropy")]
    explained = 1 - float(credit.var() / returns.var())
    return segment, Update(0, credit.numel(), means[0], 1 - means[1], means[2], explained, 0.0)


def learn_in_dreams(
    agent: ActorCritic,
    model: RecurrentModel,
    starts: DreamStarts,
    dreams: DreamSettings,
    generator: torch.Generator,
    checkpoint: Path | None = None,
    should_stop: Callable[[], bool] = never,
    on_update: Callable[[list[Update]], None] | None = None,
) -> list[Update]:
    """Improve an agent in M's dreams, which it never leaves; it is changed in place.

    Parameters
    ----------
    dreams : DreamSettings; where M's ends are drawn (`done_threshold=None`) what is learned from
        fits how dreams end
    generator : torch.Generator; one number is drawn from it
    checkpoint : file that is written every `checkpoint_every` updates, and from which it goes on if
        it exists, with the numbers of a run that was never interrupted
    should_stop : asked after every update; True ends the run, after a checkpoint
    on_update : is given the history after every update

    Returns
    -------
    list of Update, the history. Raises `ValueError` for a checkpoint of another search.
    """
    s = agent.settings
    run = _Run(agent, model, starts, dreams, int(torch.randint(2**40, (), generator=generator)))
    if checkpoint is not None and checkpoint.exists():
        run.load(checkpoint)
    bar = tqdm(
        total=s.updates,
        initial=len(run.history),
        unit="update",
        disable=not s.progress,
        leave=False,
    )
    with bar:
        while len(run.history) < s.updates:
            run.update()
            bar.update()
            bar.set_postfix(ending=f"{run.history[-1].ending:.4f}")
            if on_update is not None:
                on_update(run.history)
            stopped = should_stop()
            due = len(run.history) % s.checkpoint_every == 0 or len(run.history) == s.updates
            if checkpoint is not None and (due or stopped):
                run.save(checkpoint)
            if stopped:
                break
    return run.history


class _Run:
    """Everything that an interrupted search needs to go on with the same numbers."""

    def __init__(
        self,
        agent: ActorCritic,
        model: RecurrentModel,
        starts: DreamStarts,
        settings: DreamSettings,
        seed: int,
    ) -> None:
        self.agent, self.settings = agent, settings
        self.generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            self.dreams = _Dreams(model, starts, settings, agent.settings.dreams, self.generator)
        s, critic = agent.settings, list(agent.critic.parameters())
        actor = [agent.actor] if agent.bias is None else [agent.actor, agent.bias]
        self.parts = actor, critic
        self.optimizer = torch.optim.Adam(
            [{"params": actor, "lr": s.actor_rate}, {"params": critic, "lr": s.critic_rate}]
        )
        self.history: list[Update] = []

    def update(self) -> None:
        """Dream on, then some steps along the gradient."""
        began, s = time.perf_counter(), self.agent.settings
        seen, now = _dream_on(self.agent, self.dreams)
        for _ in range(s.passes):
            order = torch.randperm(len(seen.choice), generator=self.generator)
            for rows in order.split(s.batch_size):
                loss = self.agent.loss(seen, rows)
                if not bool(torch.isfinite(loss)):
                    raise ValueError(
                        f"the loss is {float(loss.detach())} after {len(self.history)} updates; "
                        "look for NaN in M's weights, or lower the learning rate"
                    )
                self.optimizer.zero_grad()
                loss.backward()
                for part in self.parts:
                    nn.utils.clip_grad_norm_(part, s.max_gradient)
                self.optimizer.step()
        before = self.history[-1].decisions if self.history else 0
        self.history.append(
            replace(
                now,
                number=len(self.history) + 1,
                decisions=before + now.decisions,
                seconds=time.perf_counter() - began,
            )
        )

    @property
    def _shape(self) -> dict[str, object]:
        """What must be the same where a search goes on; it may be told to last longer."""
        own = asdict(self.agent.settings)
        for free in ("updates", "checkpoint_every", "progress"):
            del own[free]
        return json.loads(json.dumps({**own, "dream": asdict(self.settings)}))

    def save(self, path: Path) -> None:
        """Write the file whole or not at all."""
        tensors = {f"agent.{name}": t for name, t in self.agent.state_dict().items()}
        tensors |= optimizer_tensors(self.optimizer)
        tensors |= dict(zip(("z", "h", "c"), self.dreams.state, strict=True))
        tensors |= {"age": self.dreams.age, "random": self.generator.get_state()}
        facts = {"search": self._shape, "history": [asdict(update) for update in self.history]}
        save_tensors_whole(path, "actor_critic", facts, tensors)

    def load(self, path: Path) -> None:
        facts, tensors = load_tensors(path, "actor_critic")
        if facts["search"] != self._shape:
            raise ValueError(
                f"{path} is of another search: {json.dumps(facts['search'])}, "
                f"this one is {json.dumps(self._shape)}; remove it to begin again"
            )
        try:
            self.agent.load_state_dict(under("agent", tensors))
        except RuntimeError as error:
            raise ValueError(f"{path} is of another configuration: {error}") from None
        restore_optimizer(self.optimizer, tensors)
        self.dreams.state = tuple(tensors[name] for name in ("z", "h", "c"))
        self.dreams.age = tensors["age"]
        self.generator.set_state(tensors["random"])
        self.history = [Update(**kept) for kept in facts["history"]]
