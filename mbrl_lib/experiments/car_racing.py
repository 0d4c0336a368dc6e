"""The world-models procedure on car racing: drive at random, learn to see, remember and drive.

`python -m mbrl_lib.experiments.car_racing --preset laptop --folder runs/car` runs all stages, or
goes on where it was stopped: collect rollouts, train V, train M on what V sees, evolve C in the
real environment, and drive the test tracks. A preset may do that more than once: what the first
agent drives through, random driving has never seen, so V and M learn on from both (the remedy that
Ha and Schmidhuber, 2018, propose). And C may dream before it drives: evolution inside M costs no
frames and little time. The chapter is "Car racing".
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import joblib
import numpy as np
import torch
import typer
from torch import Tensor

from mbrl_lib import plotting
from mbrl_lib.envs.car_racing import CarRacingVector, SmoothedRandomPolicy
from mbrl_lib.envs.car_racing.env import MAX_STEPS
from mbrl_lib.envs.car_racing.road import RoadView
from mbrl_lib.experiments import report
from mbrl_lib.experiments.procedure import (
    Dreams,
    Networks,
    Procedure,
    beside_decoded,
    load_controller,
    save_controller,
)
from mbrl_lib.experiments.stages import Clock, Ledger, Stage, seconds, write_whole
from mbrl_lib.world_models import (
    MDNRNN,
    VAE,
    Agent,
    Controller,
    ControllerSettings,
    DreamSettings,
    EvolveSettings,
    Hidden,
    MDNRNNSettings,
    TrainSettings,
    VAESettings,
    car_racing_action,
    to_input,
)
from mbrl_lib.world_models.components import seen_in
from mbrl_lib.world_models.dream import frames_within
from mbrl_lib.world_models.policy_gradient import Attempts, GradientSettings, Improvement, improve
from mbrl_lib.world_models.rollouts import Rollout
from mbrl_lib.world_models.vae import HALF_WIDTH

TEST_TRACKS = range(10_000, 10_100)
VALIDATION_TRACKS = range(20_000, 20_200)
TRAINING_SEEDS = 1_000_000  # seeds of training tracks begin here
_ACTIONS = ("steering", "gas", "brake")
_GAS, _BRAKE = 1, 2  # their numbers
_GENTLY, _LET_GO = 0.02, 3.2  # the brake when it begins anew: pressed where the gas is below -3.2
LOST = 40  # decisions without a new tile after which a training episode is given up


# --- many cars ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drive:
    """Returns of controllers on tracks: what evolution maximises, and what is reported.

    Attributes
    ----------
    vision, memory : files of V and M; without M the controller sees z alone
    controller : ControllerSettings
    frames : "fast" or "exact"
    lost : decisions without a new tile after which an episode is given up; None: never
    lap_complete_percent : as in Gymnasium
    skip : steps for which an action is held
    cars : how many drive side by side, through the networks in one batch
    """

    vision: Path
    memory: Path | None
    controller: ControllerSettings
    frames: str = "fast"
    lost: int | None = LOST
    lap_complete_percent: float = 0.95
    skip: int = 2
    cars: int = 16

    def __call__(self, parameters: Tensor, seeds: Sequence[int]) -> tuple[np.ndarray, int]:
        """Returns `(K, R)` of K controllers `(K, N)` on R tracks, and the frames that it took."""
        torch.set_num_threads(1)
        returns, decisions = np.zeros((len(parameters), len(seeds))), 0
        jobs = [(k, r) for k in range(len(parameters)) for r in range(len(seeds))]
        for (k, r), place, _ in self._episodes(parameters, seeds, jobs):
            returns[k, r] = place.total
            decisions += place.decisions
        return returns, decisions * self.skip

    def record(self, parameters: Tensor, seeds: Sequence[int], noise: float) -> Iterator[Rollout]:
        """Whole episodes of one controller `(N,)`, whose actions are disturbed, in order."""
        torch.set_num_threads(1)
        jobs = [(0, r) for r in range(len(seeds))]
        found = dict(self._recorded(parameters[None], seeds, jobs, noise))
        yield from (found[r] for r in range(len(seeds)))

    def _recorded(
        self, parameters: Tensor, seeds: Sequence[int], jobs: list[tuple[int, int]], noise: float
    ) -> Iterator[tuple[int, Rollout]]:
        for (_, r), place, ended in self._episodes(parameters, seeds, jobs, noise, keep=True):
            yield r, place.rollout(ended, seeds[r])

    def _episodes(
        self,
        parameters: Tensor,
        seeds: Sequence[int],
        jobs: list[tuple[int, int]],
        noise: float = 0.0,
        keep: bool = False,
    ) -> Iterator[tuple[tuple[int, int], _Slot, bool]]:
        """Each `(controller, track)` of `jobs`, its episode, and whether that ended for good."""
        count = min(self.cars, len(jobs))
        cars = CarRacingVector(count, self.frames, self.skip, self.lap_complete_percent)
        agent = _agent(self, torch.empty(count, parameters.shape[1]).zero_())
        waiting, slots = deque(jobs), [_Slot() for _ in range(count)]
        frames = np.empty((count, 64, 64, 3), np.uint8)
        driving: list[int] = []

        def begin(slot: int) -> None:
            if not waiting:
                return
            k, r = waiting.popleft()
            slots[slot] = _Slot((k, r), random=np.random.default_rng([seeds[r], k]))
            frames[slot] = cars.reset([slot], [seeds[r]])[0]
            agent.begin(slot, parameters[k])
            driving.append(slot)

        for slot in range(count):
            begin(slot)
        while driving:
            now = sorted(driving)
            actions = agent.act_batch(frames[now], torch.tensor(now)).numpy()
            if noise:
                actions = np.stack(
                    [slots[s].disturb(a, noise) for s, a in zip(now, actions, strict=True)]
                )
            seen, rewards, terminated, truncated = cars.step(now, actions)
            for row, slot in enumerate(now):
                place = slots[slot]
                place.add(frames[slot], actions[row], rewards[row], cars.tiles(slot), keep)
                frames[slot] = seen[row]
                lost = self.lost is not None and place.idle >= self.lost
                if terminated[row] or truncated[row] or lost:
                    place.last = seen[row].copy()
                    yield place.job, place, bool(terminated[row])
                    driving.remove(slot)
                    begin(slot)


@dataclass
class _Slot:
    """One car's episode so far."""

    job: tuple[int, int] = (0, 0)
    random: np.random.Generator = field(default_factory=np.random.default_rng)
    total: float = 0.0
    tiles: int = 0
    idle: int = 0
    decisions: int = 0
    last: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint8))
    kept: list[tuple[np.ndarray, np.ndarray, float]] = field(default_factory=list)
    drift: np.ndarray = field(default_factory=lambda: np.zeros(3))

    def add(
        self, frame: np.ndarray, action: np.ndarray, reward: float, tiles: int, keep: bool
    ) -> None:
        self.total += float(reward)
        self.idle = 0 if tiles > self.tiles else self.idle + 1
        self.tiles = tiles
        self.decisions += 1
        if keep:
            self.kept.append((frame.copy(), action, reward))

    def rollout(self, ended: bool, seed: int) -> Rollout:
        """What was kept, as one."""
        frames, actions, rewards = (list(part) for part in zip(*self.kept, strict=True))
        earned = np.array(rewards, dtype=np.float32)
        return Rollout(np.stack([*frames, self.last]), np.stack(actions), earned, ended, seed)

    def disturb(self, action: np.ndarray, size: float) -> np.ndarray:
        """The action with noise that has a memory, so that the car gets into trouble and out."""
        self.drift = 0.9 * self.drift + np.sqrt(1 - 0.9**2) * self.random.normal(0, size, 3)
        return np.clip(action + self.drift, (-1, 0, 0), 1).astype(np.float32)


_LOADED: dict[Path, Any] = {}  # a worker reads each file once


def _load(path: Path | None, kind: type) -> Any:
    if path is not None and path not in _LOADED:
        _LOADED[path] = kind.load(path)
    return None if path is None else _LOADED[path]


def _agent(drive: Drive, parameters: Tensor) -> Agent:
    controller = Controller(drive.controller, car_racing_action)
    return Agent(_load(drive.vision, VAE), _load(drive.memory, MDNRNN), controller, parameters)


# --- practice -------------------------------------------------------------------------------------

PACE = 0.3  # what a tile costs in time, driven well: some three steps at 0.1
REST = 13.0  # what it costs that a lap with a tile missed does not end before its 1,000 steps
OFF = 1.5  # half widths of the road from its middle at which a car is lost
_GIVEN_UP = 60  # decisions without a new tile
_FINISHED = 0.95  # share of the tiles without which an episode that is over is lost


@dataclass(frozen=True)
class CarPractice:
    """Drives with noise on what C says, and keeps what C saw beside what the simulator knows.

    Attributes
    ----------
    drive : Drive, with M
    noise : three standard deviations, before it is squashed

    What decisions earn has two parts: their time and what they drove, at `PACE` a tile; and the
    tiles that they missed, with `REST` for the first of these. They add up to the return but for a
    constant, where a car is not lost. (What is added are differences of a potential: Ng et al.,
    1999.) So a good decision earns at once, a mistake costs at once, and an average one earns
    nothing. With a discount Gymnasium's rewards would pay for haste, since what comes early counts
    more, and a mistake would cost when the lap is over. A car that is lost drives on, but what it
    does then is not learned from.
    """

    drive: Drive
    noise: tuple[float, ...]

    @torch.inference_mode()
    def __call__(self, parameters: Tensor, seeds: Sequence[int]) -> Attempts:
        """Whole episodes of one controller `(N,)` on the tracks of the seeds."""
        torch.set_num_threads(1)
        drive, waiting = self.drive, deque(range(len(seeds)))
        weights, bias = Controller(drive.controller, car_racing_action).unflatten(parameters)
        vision, memory = _load(drive.vision, VAE), _load(drive.memory, MDNRNN)
        count = min(drive.cars, len(seeds))
        cars = CarRacingVector(count, drive.frames, drive.skip, drive.lap_complete_percent)
        frames = np.empty((count, 64, 64, 3), np.uint8)
        hidden = Hidden(*(x.clone() for x in memory.initial_hidden(count)))
        courses: dict[int, _Course] = {}
        over: dict[int, _Course] = {}

        def begin(slot: int) -> None:
            if not waiting:
                return
            number = waiting.popleft()
            frames[slot] = cars.reset([slot], [seeds[number]])[0]
            courses[slot] = _Course(number, RoadView(cars.cars[slot]), seeds[number])
            for kept in hidden:
                kept[slot] = 0.0

        for slot in range(count):
            begin(slot)
        while courses:
            now = sorted(courses)
            z = vision.encode(to_input(frames[now]))[0]
            before = Hidden(*(x[now] for x in hidden))
            seen = torch.cat([z, before.h], dim=1)
            said = seen @ weights + bias
            noise = np.stack([courses[s].random.normal(0, self.noise) for s in now])
            tried = said + torch.from_numpy(noise).float()
            actions = car_racing_action(tried)
            for kept, new in zip(hidden, memory.remember(z, actions, before), strict=True):
                kept[now] = new
            frames[now], rewards, terminated, truncated = cars.step(now, actions.numpy())
            for row, slot in enumerate(now):
                course, decided = courses[slot], (seen[row], said[row], tried[row])
                ended = bool(terminated[row] or truncated[row])
                if course.add(decided, float(rewards[row]), int(cars.steps[slot]), ended):
                    over[course.number] = courses.pop(slot)
                    begin(slot)
        return _joined([over[number] for number in range(len(seeds))])


class _Course:
    """One episode of a practising car."""

    def __init__(self, number: int, road: RoadView, seed: int) -> None:
        self.number, self.road = number, road
        self.random = np.random.default_rng([seed, 1])
        self.total, self.idle, self.time, self.tiles, self.lost = 0.0, 0, 0, 0, False
        self.now = road.look()
        self.known: list[np.ndarray] = []
        self.decided: list[tuple[Tensor, Tensor, Tensor]] = []
        self.earned: list[tuple[float, float]] = []
        self.beyond: list[Tensor] = []

    def add(
        self, decided: tuple[Tensor, Tensor, Tensor], reward: float, time: int, ended: bool
    ) -> bool:
        """Keep a decision: what was seen, said, tried. Whether the episode is over."""
        road, before = self.road, self.now
        progress, missed = road.progress, road.missed
        self.now = road.look()
        self.total += reward
        self.idle = 0 if road.tiles > self.tiles else self.idle + 1
        self.tiles = road.tiles
        given_up = not ended and self.idle >= _GIVEN_UP
        if given_up:
            self.total -= 0.1 * (MAX_STEPS - time)
        over = ended or given_up
        if self.lost:
            self.beyond.append(decided[0])
            return over
        pace = PACE * (road.progress - progress) - 0.1 * (time - self.time)
        missing = -1000 / road.count * (road.missed - missed)
        missing -= REST * (bool(road.missed) - bool(missed))
        self.time = time
        self.known.append(before)
        self.decided.append(decided)
        self.earned.append((pace, missing))
        unfinished = ended and road.tiles < _FINISHED * road.count
        self.lost = abs(road.aside) > OFF or given_up or unfinished
        return over


def _joined(courses: list[_Course]) -> Attempts:
    """`last` is where a car was lost, or else its last decision."""
    lengths = torch.tensor([len(course.earned) for course in courses])
    last = torch.zeros(int(lengths.sum()), dtype=torch.bool)
    last[lengths.cumsum(0) - 1] = True
    lost = torch.zeros_like(last)
    lost[last] = torch.tensor([course.lost for course in courses])
    seen, said, tried = (
        torch.stack(column)
        for column in zip(*(one for course in courses for one in course.decided), strict=True)
    )
    beyond = [seen[:0], *(one[None] for course in courses for one in course.beyond)]
    return Attempts(
        seen.half(),
        torch.from_numpy(np.stack([known for course in courses for known in course.known])),
        said,
        tried,
        torch.tensor([earned for course in courses for earned in course.earned]),
        last,
        lost,
        torch.cat(beyond).half(),
        torch.tensor([course.total for course in courses]),
    )


# --- settings -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dreaming:
    """Evolution of C in M's dreams."""

    evolution: EvolveSettings
    dream: DreamSettings
    episodes: int = 100  # of the last ones; dreams begin within them
    every: int = 25  # decisions between two frames in which one may begin


@dataclass(frozen=True)
class Pass:
    """Once through the procedure; from the second on, everything goes on from the one before."""

    rollouts: int  # that are there by its end, those of earlier passes included
    networks: Networks
    dreaming: Dreaming | None = None  # before C drives
    evolutions: tuple[EvolveSettings, ...] = ()  # by driving, each going on from the best so far
    noise: float = 0.15  # on the actions of an agent that drives to collect
    refinement: GradientSettings | None = None  # by gradient, from the best of evolution


@dataclass(frozen=True)
class Preset:
    """A whole experiment."""

    passes: tuple[Pass, ...]
    shares: tuple[float, float, float, float] = (4, 12, 8, 72)  # of a pass's budget: collect, V,
    # M, C
    heldout: int = 24  # validation tracks on which the mean is evaluated
    finals: int = 100  # validation tracks on which one part's C of the last pass is chosen
    test: int = 100  # test tracks
    skip: int = 2
    max_steps: int | None = None  # of a random rollout, in decisions; None: until the car is lost


_DREAMING = Dreaming(
    EvolveSettings(population=32, rollouts=8, generations=40, sigma=0.1, average=5),
    DreamSettings(temperature=1.15, max_steps=200),
)
_PAPER = Networks(
    VAESettings(),
    TrainSettings(1, 100, 1e-4),
    MDNRNNSettings(reward=False, done=False),
    TrainSettings(20, 100, 1e-3, 1e-5, clip=1.0),
    length=1000,
)


def _learn(vae: int, rnn: int) -> Networks:
    """So many epochs each."""
    return _networks(
        TrainSettings(vae, 64, 1e-3, 1e-4), TrainSettings(rnn, 32, 2e-3, 2e-4, clip=1.0)
    )


def _learn_on(vae: int, rnn: int) -> Networks:
    """Later passes: small steps, so that z and h go on meaning what they meant to C."""
    return _networks(
        TrainSettings(vae, 64, 3e-4, 1e-4), TrainSettings(rnn, 32, 5e-4, 1e-4, clip=1.0)
    )


def _networks(see: TrainSettings, remember: TrainSettings) -> Networks:
    settings = MDNRNNSettings(done=False)  # an episode ends behind the last tile: out of sight
    return Networks(HALF_WIDTH, see, settings, remember)


# With steps of 0.05 the population is mostly bad cars, but the average of its means is a good one,
# and a steady one: what they have in common. Smaller steps from an early mean lose that again.
_DRIVING = EvolveSettings(32, 2, generations=80, sigma=0.05, average=8, evaluate_every=4)
_DRIVING_ON = EvolveSettings(32, 4, generations=40, sigma=0.05, average=12, evaluate_every=4)
_ANOTHER_M = Networks(
    HALF_WIDTH,
    None,
    MDNRNNSettings(done=False),
    TrainSettings(36, 32, 2e-3, 1e-4, clip=1.0),
    afresh=True,
)
_FROM_RANDOM_DRIVES = Pass(500, _learn(5, 15), None, (_DRIVING,))

PRESETS = {
    "tiny": Preset(  # a minute, to see that all of it runs
        (
            Pass(
                24,
                _learn(1, 1),
                replace(_DREAMING, evolution=EvolveSettings(8, 2, 3, evaluate_every=3)),
                (EvolveSettings(8, 2, 2, evaluate_every=2),),
                refinement=GradientSettings(3, 2, warmup=1, batches=5, evaluate_every=2),
            ),
        ),
        heldout=2,
        finals=2,
        test=4,
    ),
    "laptop": Preset(  # on two tracks a generation, and the last ones on four
        (
            replace(
                _FROM_RANDOM_DRIVES,
                evolutions=(_DRIVING, replace(_DRIVING_ON, generations=16)),
            ),
        )
    ),
    "reference": Preset(  # evolution twice, then a better M and the last points by gradient
        (
            _FROM_RANDOM_DRIVES,
            Pass(620, _learn_on(2, 12), None, (_DRIVING_ON,), 0.2),
            Pass(1_120, _ANOTHER_M, noise=0.07, refinement=GradientSettings()),
        ),
        finals=200,
    ),
    "dreams": Preset(  # C never drives to learn
        (Pass(500, _learn(5, 15), _DREAMING), Pass(580, _learn(2, 10), _DREAMING, noise=0.2))
    ),
    "paper": Preset(  # Ha and Schmidhuber (2018): days on a cluster
        (Pass(10_000, _PAPER, None, (EvolveSettings(64, 16, 1_800, 0.1, False),)),),
        skip=1,
    ),
}


# --- the stages -----------------------------------------------------------------------------------


class Experiment(Procedure):
    """All stages of a preset in a folder; parameters and errors are those of `Procedure`."""

    settings: Preset

    def stages(self) -> list[Stage]:
        """Collect, V, M and C for each pass, then the test."""
        found = []
        for number, one in enumerate(self.settings.passes, 1):
            collect, see, remember, act = self.settings.shares
            train_v = partial(self.train_vision, one.networks, number=number)
            train_m = partial(self.train_memory, one.networks, number=number)
            found.append(
                Stage(f"{number} collect", partial(self.drive_to_collect, number), collect)
            )
            if one.networks.vae_training is not None:
                found.append(Stage(f"{number} train V", train_v, see))
            found.append(Stage(f"{number} train M", train_m, remember))
            if one.networks.afresh:
                found.append(Stage(f"{number} carry C over", partial(self.carry_over, number), 0.1))
            if one.dreaming is not None:
                found.append(Stage(f"{number} evolve C in dreams", partial(self.dream, number), 4))
            work = [e.generations * e.population * e.rollouts for e in one.evolutions]
            for turn, own in enumerate(work, 1):
                share = act * own / sum(work)
                run = partial(self.evolve, number, turn)
                found.append(Stage(f"{number} evolve C, part {turn}", run, share))
            if one.refinement is not None:
                found.append(Stage(f"{number} refine C", partial(self.refine, number), act))
        share = sum(stage.share for stage in found)
        return [
            *found,
            Stage("choose C", self.choose, 0.02 * share),
            Stage("test", self.test, 0.04 * share),
            Stage("report", self.report, 0.01 * share),
        ]

    def vision(self, number: int = 1) -> Path:
        """V's weights in a pass: trained there, or in one before."""
        while self.settings.passes[number - 1].networks.vae_training is None:
            number -= 1
        return super().vision(number)

    def parameters(self, number: int, turn: int) -> Path:
        """C's weights after a part of a pass; its dreams are part 0, its refinement the last."""
        return self.folder / f"controller_{number}_{turn}.safetensors"

    def carry_over(self, number: int, clock: Clock) -> None:
        """C for a new M: with it, C is to say what it said with the M before (least squares).

        The brake begins anew. Evolution gives it up: what C says of it stands far below 0, where it
        is not pressed and no small change matters. From here on it is a small multiple of the gas,
        upside down, so that it is just not pressed, and gently where C lets go of the gas.
        """
        drive, before = self.drive(number), self.drive(number - 1)
        controller = Controller(drive.controller, car_racing_action)
        episodes = self.latents(number)
        episodes = episodes[self.settings.passes[number - 2].rollouts :] or episodes
        weights, bias = controller.unflatten(self.start(number, 0))
        said = seen_in(controller, MDNRNN.load(before.memory), episodes) @ weights + bias
        said[:, _BRAKE] = -_GENTLY * (said[:, _GAS] + _LET_GO)
        seen = seen_in(controller, MDNRNN.load(drive.memory), episodes)
        seen = torch.cat([seen, torch.ones(len(seen), 1)], dim=1).double()
        square = seen.T @ seen
        ridge = 1e-6 * square.diagonal().mean() * torch.eye(len(square))
        found = torch.linalg.solve(square + ridge, seen.T @ said.double())
        left = ((seen @ found - said).square().mean(dim=0) / said.var(dim=0)).tolist()
        told = ", ".join(f"{name} {one:.3f}" for name, one in zip(_ACTIONS, left, strict=True))
        self.console.print(f"variance of what C said that the new M does not give: {told}")
        parts = [found[:-1].float(), found[-1:].float()]
        save_controller(self.parameters(number, 0), drive.controller, controller.flatten(parts))

    def turns(self, number: int) -> range:
        """The parts that a pass may have."""
        one = self.settings.passes[number - 1]
        return range(len(one.evolutions) + 1 + (one.refinement is not None))

    def best(self, number: int, turns: range | None = None) -> Path | None:
        """C's weights after that part of a pass which returned most on the validation tracks."""
        turns = turns or self.turns(number)
        there = [turn for turn in turns if self.parameters(number, turn).exists()]
        if not there:
            return None
        return self.parameters(number, max(there, key=lambda turn: self.reached(number, turn)))

    def evolved(self, number: int) -> Path:
        """C's weights of a pass before its refinement."""
        found = self.best(number, range(len(self.settings.passes[number - 1].evolutions) + 1))
        assert found is not None, "every pass evolves C"
        return found

    def reached(self, number: int, turn: int) -> tuple[float, int]:
        """The most that a part of a pass returned there; of two that did not drive, the later."""
        path = self.folder / f"evolution_{number}_{turn}.json"
        history = json.loads(path.read_text()) if path.exists() else []
        judged = [g["heldout_mean"] for g in history if g["heldout_mean"] is not None]
        return max(judged, default=float("-inf")), turn

    def start(self, number: int, turn: int) -> Tensor:
        """C's weights before a part of a pass: the best that there are."""
        found = self.best(number, range(turn)) if turn else None
        if found is None and number > 1:
            found = self.best(number - 1)
        if found is None:
            return torch.zeros(Controller(self.drive(number).controller, car_racing_action).size)
        return load_controller(found)

    def drive(self, number: int) -> Drive:
        """How the agent of a pass drives while it learns."""
        networks = self.settings.passes[number - 1].networks
        settings = ControllerSettings(networks.vae.latent, networks.rnn.hidden)
        return Drive(self.vision(number), self.memory(number), settings, skip=self.settings.skip)

    def drive_to_collect(self, number: int, clock: Clock) -> None:
        """Rollouts: at random in the first pass, by the last pass's agent afterwards."""
        one = self.settings.passes[number - 1]
        seeds = [
            TRAINING_SEEDS + int(self.random(1, n).integers(2**30)) for n in range(one.rollouts)
        ]
        work: Callable[[list[int]], list[Rollout]]
        if number == 1:
            work = _RandomRollouts(self.settings.skip, self.settings.max_steps)
        else:
            before = self.best(number - 1)
            assert before is not None, "every pass evolves C"
            work = _AgentRollouts(self.drive(number - 1), load_controller(before), one.noise)
        self.collect(work, seeds, clock)

    def dream(self, number: int, clock: Clock) -> None:
        """C, in dreams that begin where the car has been; validation tracks tell when to stop."""
        dreaming, drive = self.settings.passes[number - 1].dreaming, self.drive(number)
        assert dreaming is not None
        found = self.search(
            f"evolution_{number}_0",
            self.dreams(number, dreaming),
            self.start(number, 0),
            self.random(7, number),
            dreaming.evolution,
            VALIDATION_TRACKS[: self.settings.heldout],
            clock,
            drive,
        )
        save_controller(self.parameters(number, 0), drive.controller, found.best)

    def dreams(self, number: int, dreaming: Dreaming) -> Dreams:
        """Returns in the dreams of a pass's M, which begin within its last rollouts."""
        memory, settings = self.memory(number), self.drive(number).controller
        episodes = [e for e in self.latents(number) if len(e.action) > dreaming.every]
        within = frames_within(MDNRNN.load(memory), episodes[-dreaming.episodes :], dreaming.every)
        return Dreams(memory, within, settings, car_racing_action, dreaming.dream)

    def evolve(self, number: int, turn: int, clock: Clock) -> None:
        """C, by driving."""
        one, drive = self.settings.passes[number - 1], self.drive(number)
        found = self.search(
            f"evolution_{number}_{turn}",
            drive,
            self.start(number, turn),
            self.random(6, number, turn),
            one.evolutions[turn - 1],
            VALIDATION_TRACKS[: self.settings.heldout],
            clock,
        )
        save_controller(self.parameters(number, turn), drive.controller, found.best)

    def refine(self, number: int, clock: Clock) -> None:
        """C, by gradient, from the best that evolution found; all validation tracks judge."""
        refinement, drive = self.settings.passes[number - 1].refinement, self.drive(number)
        assert refinement is not None
        turn = self.turns(number)[-1]
        name = f"evolution_{number}_{turn}"

        def show(found: Improvement) -> None:
            clock.note()
            now = found.history[-1]
            held = now.heldout_mean
            seen = "" if held is None else f", held out {held:.1f} ± {now.heldout_std:.0f}"
            self.console.print(
                f"update {now.number}: with noise {now.mean:.0f}, {now.lost:.0%} lost, "
                f"halves agree to {now.agreement:.2f}{seen}, {clock.used / 60:.1f} CPU-minutes"
            )
            steps = [asdict(one) | {"steps": one.steps * drive.skip} for one in found.history]
            write_whole(self.folder / f"{name}.json", json.dumps(steps, indent=1) + "\n")

        found = improve(
            CarPractice(drive, refinement.noise),
            self.start(number, turn),
            Controller(drive.controller, car_racing_action),
            torch.Generator().manual_seed(int(self.random(8, number).integers(2**40))),
            replace(refinement, workers=self.workers),
            VALIDATION_TRACKS[: self.settings.finals],
            replace(drive, lost=None),
            self.folder / f"{name}.refinement",
            lambda: clock.is_over,
            show,
        )
        save_controller(self.parameters(number, turn), drive.controller, found.best)

    @property
    def final(self) -> Path:
        """The weights of the C that is tested."""
        return self.folder / "controller.safetensors"

    def choose(self, clock: Clock) -> None:
        """Of the last pass's parts that whose C returns most on many validation tracks.

        The best of a few generations on a few tracks is partly lucky, and a later part can end
        below an earlier one. No car is given up here: what it still finds counts in the test, too.
        """
        number, tracks = len(self.settings.passes), VALIDATION_TRACKS[: self.settings.finals]
        turns = self.turns(number)
        parts = [part for t in turns if (part := self.parameters(number, t)).exists()]
        drive, best = replace(self.drive(number), lost=None), parts[0]
        if len(parts) > 1:
            returns = {
                part.stem: returns_of(drive, load_controller(part), list(tracks), self.workers)
                for part in parts
            }
            write_whole(self.folder / "finals.json", json.dumps(returns, indent=1) + "\n")
            best = max(parts, key=lambda part: float(np.mean(returns[part.stem])))
            told = (f"{name} {np.mean(one):.1f}" for name, one in returns.items())
            self.console.print(f"on {len(tracks)} validation tracks: {', '.join(told)}")
        save_controller(self.final, drive.controller, load_controller(best))

    def test(self, clock: Clock) -> None:
        """The chosen agent on the test tracks: exact pixels, the rules as they are."""
        number = len(self.settings.passes)
        parameters = load_controller(self.final)
        found = {}
        for percent in (0.95, 1.0):
            drive = replace(
                self.drive(number), frames="exact", lost=None, lap_complete_percent=percent
            )
            seeds = list(TEST_TRACKS[: self.settings.test])
            found[str(percent)] = returns_of(drive, parameters, seeds, self.workers)
        write_whole(self.folder / "test.json", json.dumps(found, indent=1) + "\n")
        for percent, returns in found.items():
            self.console.print(
                f"lap_complete_percent {percent}: {np.mean(returns):.1f} ± {np.std(returns):.1f} "
                f"on {len(returns)} tracks"
            )

    def report(self, clock: Clock) -> None:
        """`report.html`: costs, curves, the test, and a clip of the agent."""
        told = summary(self.settings, self.folder)
        curves, ax = plotting.figure(width=6.4, height=3.0)
        ax.errorbar(
            [point["frames"] for point in told["curve"]],
            [point["mean"] for point in told["curve"]],
            [point["std"] for point in told["curve"]],
            fmt="o-",
            capsize=3,
        )
        ax.set(xlabel="real frames", ylabel="return on validation tracks")
        scores, axes = plotting.figure(1, 2, width=6.4, height=2.4, sharey=True)
        for one, (percent, returns) in zip(axes, told["test"].items(), strict=True):
            one.hist(returns, bins=20)
            one.set(title=f"lap_complete_percent {percent}", xlabel="return")
        rows = [
            (percent, float(np.mean(returns)), float(np.std(returns)), min(returns), len(returns))
            for percent, returns in told["test"].items()
        ]
        report.write(
            self.folder / "report.html",
            "Car racing",
            [
                "<h2>On the test tracks</h2>",
                report.table(("lap_complete_percent", "mean", "std", "worst", "tracks"), rows),
                plotting.show(scores, "Histograms of the returns on the test tracks."),
                "<h2>How it got there</h2>",
                plotting.show(
                    curves,
                    "The return on the validation tracks over the real frames so far.",
                    "Mean and standard deviation over the validation tracks.",
                ),
                "<h2>The agent</h2>",
                plotting.clip(
                    self.film(VALIDATION_TRACKS[0]), 25, "The car on a validation track."
                ),
                "<h2>What it cost</h2>",
                report.costs(Ledger(self.folder)),
            ],
        )
        self.console.print(f"report: {self.folder / 'report.html'}")

    def film(self, track: int, decisions: int = 400) -> list[np.ndarray]:
        """The agent's drive: what it sees, and beside it what V makes of that."""
        number = len(self.settings.passes)
        drive = replace(self.drive(number), frames="exact", lost=None)
        (rollout,) = drive.record(load_controller(self.final), [track], 0.0)
        frames = rollout.frames[:decisions]
        return beside_decoded(frames, VAE.load(self.vision(number)))


def summary(preset: Preset, folder: Path) -> dict[str, Any]:
    """A finished run in a few numbers.

    `cpu_minutes` of all stages but the test, and of each; `test` returns for each lap percentage;
    `curve`: after every part of C's evolution the real `frames` so far, those that were collected
    and those that C drove, the `mean` and `std` of its return on the validation tracks, and, where
    it was evolved on the road, the mean return of the `population` around it on its own tracks;
    `refinement`: of each update of the last pass's the `mean` return with noise, the share `lost`,
    and the `agreement` of halves, where there is a refinement; `frames_at_800`: the first of these
    frames where that mean reaches 800, or None; `finals`: the mean return on more validation tracks
    of each part of the last pass, where there was a choice.
    """
    run = Experiment(preset, folder, json.loads((folder / "settings.json").read_text())["seed"])
    stages = {name: entry.cpu_seconds / 60 for name, entry in Ledger(folder).entries.items()}
    lengths = [len(fact["actions"]) * preset.skip for fact, _ in run.store.spans()]
    curve: list[dict[str, Any]] = []
    refinement: list[dict[str, float]] = []
    driven = 0
    for number, one in enumerate(preset.passes, 1):
        collected = sum(lengths[: one.rollouts])
        if one.dreaming is not None:
            history = json.loads((folder / f"evolution_{number}_0.json").read_text())
            judged = [g for g in history if g["heldout_mean"] is not None]
            if judged:  # a spent budget may have ended it before
                best = max(judged, key=lambda generation: generation["heldout_mean"])
                point = {"mean": best["heldout_mean"], "std": best["heldout_std"]}
                curve.append({"part": f"{number} dream", "frames": collected + driven} | point)
        for turn in run.turns(number)[1:]:
            kind = "drive" if turn <= len(one.evolutions) else "refine"
            history = json.loads((folder / f"evolution_{number}_{turn}.json").read_text())
            for generation in history:
                if generation["heldout_mean"] is not None:
                    point = {
                        "part": f"{number} {kind} {turn}",
                        "frames": collected + driven + generation["steps"],
                        "mean": generation["heldout_mean"],
                        "std": generation["heldout_std"],
                        "population": generation["mean"],
                    }
                    curve.append(point)
            driven += history[-1]["steps"]
            if kind == "refine":
                told = ("mean", "lost", "agreement")
                refinement = [{name: update[name] for name in told} for update in history]
    kept = folder / "finals.json"
    finals = json.loads(kept.read_text()) if kept.exists() else {}
    return {
        "cpu_minutes": sum(
            minutes for name, minutes in stages.items() if name not in ("test", "report")
        ),
        "stages": stages,
        "test": json.loads((folder / "test.json").read_text()),
        "curve": curve,
        "refinement": refinement,
        "frames_at_800": next((p["frames"] for p in curve if p["mean"] >= 800), None),
        "finals": [float(np.mean(returns)) for returns in finals.values()],
    }


def returns_of(
    drive: Drive, parameters: Tensor, seeds: Sequence[int], workers: int = 2
) -> list[float]:
    """One controller's returns on each track, the tracks shared out among processes."""
    pieces = [list(piece) for piece in np.array_split(np.asarray(seeds), max(1, workers))]
    work = (joblib.delayed(drive)(parameters[None], [int(s) for s in piece]) for piece in pieces)
    return np.concatenate([part[0] for part, _ in joblib.Parallel(workers)(work)]).tolist()


@dataclass(frozen=True)
class _RandomRollouts:
    """Whole episodes of smooth random driving, given up when the car is lost."""

    skip: int
    max_steps: int | None

    def __call__(self, seeds: list[int]) -> list[Rollout]:
        return [self._one(seed) for seed in seeds]

    def _one(self, seed: int) -> Rollout:
        car = CarRacingVector(1, "fast", self.skip)
        policy = SmoothedRandomPolicy(np.random.default_rng(seed))
        slot, frame, ended = _Slot(), car.reset([0], [seed])[0], False
        while not ended:
            action = policy.act(frame)
            seen, reward, terminated, truncated = car.step([0], action[None])
            slot.add(frame, action, float(reward[0]), car.tiles(0), keep=True)
            frame = seen[0]
            lost = slot.idle >= LOST or slot.decisions == self.max_steps
            ended = bool(terminated[0] or truncated[0] or lost)
        slot.last = frame
        return slot.rollout(bool(terminated[0]), seed)


@dataclass(frozen=True)
class _AgentRollouts:
    """Episodes of an agent whose actions are disturbed."""

    drive: Drive
    parameters: Tensor
    noise: float

    def __call__(self, seeds: list[int]) -> list[Rollout]:
        return list(self.drive.record(self.parameters, seeds, self.noise))


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    preset: Annotated[str, typer.Option(help=", ".join(PRESETS))] = "laptop",
    folder: Annotated[Path, typer.Option(help="where everything is kept")] = Path(
        "runs/car_racing"
    ),
    budget: Annotated[str | None, typer.Option(help="CPU time, like 30m or 2h; none: all")] = None,
    seed: Annotated[int, typer.Option(help="at least 0")] = 0,
    workers: Annotated[int, typer.Option(help="processes")] = 2,
    ray: Annotated[bool, typer.Option(help="on a Ray cluster")] = False,
) -> None:
    """Run an experiment, or go on with it."""
    if preset not in PRESETS:
        raise typer.BadParameter(f"the presets are {', '.join(PRESETS)}; got {preset!r}")
    spend = None if budget is None else seconds(budget)
    Experiment(PRESETS[preset], folder, seed, workers, ray).run(spend)


if __name__ == "__main__":
    app()
