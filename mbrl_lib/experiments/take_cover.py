"""Learning in a dream: an agent that learns inside M and only then meets the fireballs.

`python -m mbrl_lib.experiments.take_cover --folder runs/cover` collects episodes of a policy that
acts at random and trains V and M on them; fireballs are few pixels, so V is told that what moves
counts more. A scout, which learned in M's dreams, then lives longer than chance does, and V and M
learn on from its episodes; and so again with another scout (Ha and Schmidhuber, 2018, propose such
rounds). Now a controller learns in M's dreams at each of several temperatures; one is chosen on
some real episodes and judged on others. No controller learns from a real episode. The chapter is
"Learning in a dream".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Annotated, Any

import joblib
import numpy as np
import torch
import typer
from torch import Tensor

from mbrl_lib import plotting
from mbrl_lib.envs.take_cover import FRAME, Held, Still, Sweep, TakeCover
from mbrl_lib.experiments import report
from mbrl_lib.experiments.procedure import (
    Dreams,
    Networks,
    OwnDraws,
    Procedure,
    beside_decoded,
    load_controller,
    save_controller,
)
from mbrl_lib.experiments.stages import Clock, Ledger, Stage, seconds, write_whole
from mbrl_lib.types import Policy
from mbrl_lib.world_models import (
    MDNRNN,
    VAE,
    ActorCritic,
    ActorCriticSettings,
    Agent,
    Controller,
    DreamSettings,
    DreamStarts,
    MDNRNNSettings,
    TrainSettings,
    VAESettings,
    learn_in_dreams,
    take_cover_action,
    take_cover_index,
)
from mbrl_lib.world_models.actor_critic import Update
from mbrl_lib.world_models.components import seen_in
from mbrl_lib.world_models.controller import TAKE_COVER, take_cover_odds
from mbrl_lib.world_models.dream import frames_within
from mbrl_lib.world_models.rollouts import Rollout, RolloutStore

TEST_EPISODES = range(10_000, 10_100)
VALIDATION_EPISODES = range(20_000, 20_100)
TRAINING_SEEDS = 1_000_000  # seeds of collected episodes begin here
DREAMS = range(500_000, 500_064)  # seeds of held-out dreams
SKIP = 4  # tics for which a decision holds
MAX_DECISIONS = 525  # 2,100 tics
CONTROLLER = Controller(TAKE_COVER, take_cover_action)
MOVES = torch.tensor([[-1.0], [0.0], [1.0]])  # left, stay, right, as M knows them
_TELL_EVERY = 10  # updates
_STARTS = 200  # episodes in which dreams begin
_SEEN = 300  # late episodes in which C's features are looked at


@dataclass(frozen=True)
class Scouting:
    """An agent that learned in dreams, and from whose real episodes V and M learn on."""

    learning: ActorCriticSettings
    rollouts: int  # that are there by its end, all earlier ones included
    vae_training: TrainSettings
    rnn_training: TrainSettings
    length: int = 125  # decisions of a sequence that M learns on from
    temperature: float = 1.0
    distraction: float = 0.005  # of its decisions begin a random action, which is held for a while


@dataclass(frozen=True)
class Preset:
    """A whole experiment."""

    rollouts: int  # of random actions
    networks: Networks
    learning: ActorCriticSettings  # of the agents, one for each temperature
    scouting: tuple[Scouting, ...] = ()  # one after another
    temperatures: tuple[float, ...] = (0.1, 0.5, 1.0, 1.15, 1.3)
    hold: tuple[int, int] = (2, 30)  # decisions for which the collecting policy holds an action
    starts_every: int = 8  # dreams begin in every so many frames of the rollouts
    validation: int = 100  # real episodes on which τ is chosen
    test: int = 100


_NETWORKS = Networks(
    VAESettings(64, (16, 32, 64, 128), (512, 64, 32, 16), kl_floor=2.0),  # z tells more
    TrainSettings(epochs=4, batch_size=64, learning_rate=1e-3, final_learning_rate=1e-4),
    MDNRNNSettings(latent=64, action=1, hidden=512, reward=False),
    TrainSettings(12, 32, 1e-3, 1e-4, clip=1.0),
    length=125,
    own_draws=OwnDraws(0.7, TrainSettings(2, 32, 3e-4, 1e-4, clip=1.0)),
    foreground=10.0,
)
_QUICK = ActorCriticSettings(updates=2, dreams=16, horizon=16)
_SEE_ON = TrainSettings(1, 64, 3e-4, 1e-4)
_REMEMBER_ON = TrainSettings(3, 32, 5e-4, 1e-4, clip=1.0)
_AT_LAST = replace(_REMEMBER_ON, epochs=8)
PRESETS = {
    "tiny": Preset(  # a minute, to see that all of it runs
        12,
        replace(
            _NETWORKS,
            vae_training=replace(_NETWORKS.vae_training, epochs=1),
            rnn_training=replace(_NETWORKS.rnn_training, epochs=1),
        ),
        _QUICK,
        tuple(
            Scouting(_QUICK, rollouts, _SEE_ON, replace(_REMEMBER_ON, epochs=1))
            for rollouts in (16, 20)
        ),
        temperatures=(1.0,),
        validation=2,
        test=2,
    ),
    "reference": Preset(
        3_000,
        _NETWORKS,
        ActorCriticSettings(updates=200, discount=0.995),
        (
            Scouting(ActorCriticSettings(updates=60), 3_600, _SEE_ON, _REMEMBER_ON),
            Scouting(ActorCriticSettings(updates=60), 4_200, _SEE_ON, _REMEMBER_ON),
            Scouting(ActorCriticSettings(updates=120), 5_000, _SEE_ON, _AT_LAST, length=250),
        ),
    ),
}


class Experiment(Procedure):
    """All stages of a preset in a folder; parameters and errors are those of `Procedure`."""

    settings: Preset

    def stages(self) -> list[Stage]:
        """Collect, V and M; scouts, and M again; C at each temperature; the real episodes."""
        s = self.settings
        found = [
            Stage("collect", self.act_to_collect, 5),
            Stage("train V", partial(self.train_vision, s.networks), 15),
            Stage("train M", partial(self.train_memory, s.networks), 12),
        ]
        for number, own in enumerate(s.scouting, 1):
            learn_on = replace(
                s.networks,
                vae_training=own.vae_training,
                rnn_training=own.rnn_training,
                length=own.length,
            )
            see, remember = (
                partial(train, learn_on, number=number + 1)
                for train in (self.train_vision, self.train_memory)
            )
            found += [
                Stage(f"learn scout {number}", partial(self.learn_scout, number), 2),
                Stage(f"collect by scout {number}", partial(self.scout_to_collect, number), 6),
                Stage(f"train V after scout {number}", see, 12),
                Stage(f"train M after scout {number}", remember, 12),
            ]
        return [
            *found,
            *(
                Stage(f"learn C at τ = {t}", partial(self.learn, t), 30 / len(s.temperatures))
                for t in s.temperatures
            ),
            Stage("choose τ", self.choose, 4),
            Stage("test", self.test, 6),
            Stage("report", self.report, 1),
        ]

    @property
    def last(self) -> int:
        """Which V and M there are in the end."""
        return 1 + len(self.settings.scouting)

    def scout(self, number: int) -> Path:
        """The weights of the scout that was evolved in M's dreams of this number."""
        return self.folder / f"scout_{number}.safetensors"

    def parameters(self, temperature: float) -> Path:
        """C's weights after its dreams at a temperature."""
        return self.folder / f"controller_{temperature}.safetensors"

    def seeds(self, count: int) -> list[int]:
        """Seeds of the episodes that are collected."""
        return [TRAINING_SEEDS + int(self.random(1, n).integers(2**30)) for n in range(count)]

    def act_to_collect(self, clock: Clock) -> None:
        """Rollouts of random actions, each held for a while."""
        random = _RandomRollouts(self.settings.hold)
        self.collect(random, self.seeds(self.settings.rollouts), clock)

    def learn_scout(self, number: int, clock: Clock) -> None:
        """An agent to collect with, in the dreams of an M."""
        own = self.settings.scouting[number - 1]
        found = self.learn_in(number, own.temperature, own.learning, f"scout_{number}", clock)
        save_controller(self.scout(number), TAKE_COVER, found)

    def scout_to_collect(self, number: int, clock: Clock) -> None:
        """Rollouts of a scout, which now and then does something else for a while."""
        own, hold = self.settings.scouting[number - 1], self.settings.hold
        parameters = load_controller(self.scout(number))
        seen_by = self.vision(number), self.memory(number)
        work = _ScoutRollouts(*seen_by, parameters, own.distraction, hold)
        self.collect(work, self.seeds(own.rollouts), clock)

    def learn(self, temperature: float, clock: Clock) -> None:
        """C, in dreams."""
        own, name = self.settings.learning, f"agent_{temperature}"
        found = self.learn_in(self.last, temperature, own, name, clock)
        save_controller(self.parameters(temperature), TAKE_COVER, found)

    def learn_in(
        self,
        number: int,
        temperature: float,
        settings: ActorCriticSettings,
        name: str,
        clock: Clock,
    ) -> Tensor:
        """C's weights; the curve is kept in `NAME.json`."""
        torch.set_num_threads(self.workers)
        random = self.generator(6, number, round(1000 * temperature))
        agent = self.agent(number, random, settings)
        dreams = self.dreams(temperature, number)

        def show(history: list[Update]) -> None:
            clock.note()
            kept = [asdict(update) for update in history]
            write_whole(self.folder / f"{name}.json", json.dumps(kept, indent=1) + "\n")
            now = history[-1]
            if now.number % _TELL_EVERY == 0 or now.number == settings.updates:
                self.console.print(
                    f"update {now.number}: a death in {SKIP / max(now.ending, 1e-9):.0f} tics, "
                    f"{now.entropy:.2f} nats, {clock.used / 60:.1f} CPU-minutes"
                )

        learn_in_dreams(
            agent,
            MDNRNN.load(self.memory(number)),
            dreams.starts,
            dreams.dream,
            random,
            self.folder / f"{name}.learning",
            lambda: clock.is_over,
            show,
        )
        return agent.weights()

    def agent(
        self, number: int, random: torch.Generator, settings: ActorCriticSettings
    ) -> ActorCritic:
        """One that has learned nothing yet, for the dreams of an M."""
        return ActorCritic(CONTROLLER, take_cover_odds, MOVES, self.seen(number), random, settings)

    def seen(self, number: int) -> Tensor:
        """What C would have seen, with an M, in the last rollouts that this M knows, `(T, F)`."""
        return seen_in(CONTROLLER, MDNRNN.load(self.memory(number)), self.latents(number)[-_SEEN:])

    def dreams(self, temperature: float, number: int) -> Dreams:
        """Decisions survived in an M's dreams that begin anywhere within the later rollouts."""
        if number not in self._starts:  # the same at every temperature, and slow to find
            every = self.settings.starts_every
            episodes = [episode for episode in self.latents(number) if len(episode.action) > every]
            late = episodes[len(episodes) // 2 :]
            some = late[:: max(1, len(late) // _STARTS)]
            self._starts[number] = frames_within(MDNRNN.load(self.memory(number)), some, every)
        dream = DreamSettings(temperature, MAX_DECISIONS, done_threshold=None)
        starts = self._starts[number]
        return Dreams(self.memory(number), starts, TAKE_COVER, take_cover_action, dream)

    @cached_property
    def _starts(self) -> dict[int, DreamStarts]:
        """Where dreams begin, by M's number."""
        return {}

    def choose(self, clock: Clock) -> None:
        """Each temperature's agent on the same real episodes; the best mean is chosen."""
        seeds = list(VALIDATION_EPISODES[: self.settings.validation])
        table = {str(t): self.survive(t, seeds) for t in self.settings.temperatures}
        write_whole(self.folder / "validation.json", json.dumps(table, indent=1) + "\n")

    @property
    def chosen(self) -> float:
        """The temperature with the longest survival on the validation episodes."""
        table = json.loads((self.folder / "validation.json").read_text())
        return max(self.settings.temperatures, key=lambda t: float(np.mean(table[str(t)])))

    def test(self, clock: Clock) -> None:
        """Every temperature, in the dream and in reality, and the blind policies beside them."""
        seeds = list(TEST_EPISODES[: self.settings.test])
        found: dict[str, object] = {"chosen": self.chosen}
        for t in self.settings.temperatures:
            parameters = load_controller(self.parameters(t))
            tics = SKIP * self.dreams(t, self.last)(parameters[None], DREAMS)[0]
            found[str(t)] = {"dream": tics.tolist(), "real": self.survive(t, seeds)}
        for name, policy in BLIND.items():
            found[name] = {"real": share_out(partial(survive_blindly, policy), seeds, self.workers)}
        write_whole(self.folder / "test.json", json.dumps(found, indent=1) + "\n")
        for name, row in found.items():
            if isinstance(row, dict):
                means = (f"{k} {np.mean(v):.0f} ± {np.std(v):.0f}" for k, v in row.items())
                self.console.print(f"{name}: {', '.join(means)} tics")

    def survive(self, temperature: float, seeds: Sequence[int]) -> list[float]:
        """Tics that a temperature's agent survives in each real episode."""
        parameters = load_controller(self.parameters(temperature))
        agent = partial(survive, self.vision(self.last), self.memory(self.last), parameters)
        return share_out(agent, seeds, self.workers)

    def report(self, clock: Clock) -> None:
        """`report.html`: costs, curves, every temperature in dream and reality, and a clip."""
        told = summary(self.folder)
        curves, ax = plotting.figure(width=6.4, height=3.0)
        for temperature, tics in told["curves"].items():
            ax.plot(range(1, len(tics) + 1), tics, label=f"τ = {temperature}")
        ax.set(xlabel="update", ylabel="tics between two deaths")
        ax.legend()
        rows = [
            (name, *(f"{np.mean(row[k]):.0f} ± {np.std(row[k]):.0f}" if k in row else "–"
                     for k in ("dream", "validation", "test")))
            for name, row in told["table"].items()
        ]  # fmt: skip
        report.write(
            self.folder / "report.html",
            "Learning in a dream: take cover",
            [
                "<h2>Tics survived</h2>",
                report.table(("τ", "in its dream", "to choose", "test"), rows),
                f"<p>Chosen: τ = {told['chosen']}.</p>",
                "<h2>How it got there</h2>",
                plotting.show(curves, "A curve over the updates for each temperature."),
                "<h2>The chosen agent</h2>",
                plotting.clip(
                    self.film(VALIDATION_EPISODES[0]), 9, "Fireballs, and what V makes of them."
                ),
                "<h2>What it cost</h2>",
                report.costs(Ledger(self.folder)),
            ],
        )
        self.console.print(f"report: {self.folder / 'report.html'}")

    def film(self, seed: int, decisions: int = 300) -> list[np.ndarray]:
        """The chosen agent in a real episode: what it sees, beside it what V makes of that."""
        vision, memory = VAE.load(self.vision(self.last)), MDNRNN.load(self.memory(self.last))
        player = _Player(vision, memory, load_controller(self.parameters(self.chosen)))
        env = TakeCover(SKIP)
        frames = _episode(env, player, seed)[0].frames[:decisions]
        env.close()
        return beside_decoded(frames, vision)


def summary(folder: Path) -> dict[str, Any]:
    """A finished run in a few numbers.

    `cpu_minutes` of all stages but the test, and of each; `chosen`, the temperature; `curves`, for
    each temperature how many tics of its dreams there are to a death, by update; `rollouts`, how
    many V and M have seen; `table`, for each temperature the tics survived in each held-out `dream`
    and real episode, those it was chosen on (`validation`) and the `test`, and for each blind
    policy those of the test.
    """
    stages = {name: entry.cpu_seconds / 60 for name, entry in Ledger(folder).entries.items()}
    test = json.loads((folder / "test.json").read_text())
    validation = json.loads((folder / "validation.json").read_text())
    table = {
        name: {"test": row["real"]}
        | ({"dream": row["dream"], "validation": validation[name]} if "dream" in row else {})
        for name, row in test.items()
        if name != "chosen"
    }
    curves = {
        temperature: [
            SKIP / max(update["ending"], 1e-9)
            for update in json.loads((folder / f"agent_{temperature}.json").read_text())
        ]
        for temperature in validation
    }
    return {
        "cpu_minutes": sum(
            minutes for name, minutes in stages.items() if name not in ("test", "report")
        ),
        "stages": stages,
        "chosen": test["chosen"],
        "curves": curves,
        "rollouts": len(RolloutStore(folder / "rollouts")),
        "table": table,
    }


# --- real episodes --------------------------------------------------------------------------------


class _Player:
    """An agent as a policy, which counts actions as the game does."""

    def __init__(self, vision: VAE, memory: MDNRNN, parameters: Tensor) -> None:
        self.agent = Agent(vision, memory, CONTROLLER, parameters)

    def reset(self) -> None:
        self.agent.reset()

    def act(self, observation: np.ndarray) -> int:
        return int(take_cover_index(torch.as_tensor(self.agent.act(observation))))


def _random(seed: int) -> Policy:
    return Held((2, 30), np.random.default_rng(seed))


def _still(seed: int) -> Policy:
    return Still()


def _sweep(seed: int) -> Policy:
    return Sweep(30)


BLIND: dict[str, Callable[[int], Policy]] = {"random": _random, "still": _still, "sweep": _sweep}


def share_out(
    work: Callable[[list[int]], list[float]], seeds: Sequence[int], workers: int
) -> list[float]:
    """What `work(seeds)` gives for all seeds, pieces of which go to different processes."""
    pieces = [[int(s) for s in piece] for piece in np.array_split(np.asarray(seeds), workers)]
    parts = joblib.Parallel(workers)(joblib.delayed(work)(piece) for piece in pieces if piece)
    return [value for part in parts for value in part]


def survive(vision: Path, memory: Path, parameters: Tensor, seeds: Sequence[int]) -> list[float]:
    """Tics that an agent survives in each real episode."""
    torch.set_num_threads(1)
    player = _Player(VAE.load(vision), MDNRNN.load(memory), parameters)
    env = TakeCover(SKIP)
    tics = [_episode(env, player, seed)[1] for seed in seeds]
    env.close()
    return tics


def survive_blindly(make: Callable[[int], Policy], seeds: Sequence[int]) -> list[float]:
    """The same for a policy that is made anew for each episode."""
    env = TakeCover(SKIP)
    tics = [_episode(env, make(seed), seed)[1] for seed in seeds]
    env.close()
    return tics


def _episode(env: TakeCover, policy: Policy, seed: int) -> tuple[Rollout, float]:
    """A whole episode, and how many tics it lasted."""
    policy.reset()
    frame, _ = env.reset(seed=seed)
    frames, actions, rewards, ended = [frame], [], [], False
    while not ended:
        action = policy.act(frame)
        frame, reward, terminated, truncated, info = env.step(action)
        frames.append(frame)
        actions.append([action - 1.0])  # as M knows it: -1 left, 0 stay, 1 right
        rewards.append(reward)
        ended = terminated or truncated
    rollout = Rollout(
        np.stack(frames).reshape(-1, *FRAME),
        np.array(actions, dtype=np.float32),
        np.array(rewards, dtype=np.float32),
        terminated,
        seed,
    )
    return rollout, float(info["tics"])


@dataclass(frozen=True)
class _RandomRollouts:
    """Episodes of random actions that are held for a while."""

    hold: tuple[int, int]

    def __call__(self, seeds: list[int]) -> list[Rollout]:
        env = TakeCover(SKIP)
        policies = [Held(self.hold, np.random.default_rng(seed)) for seed in seeds]
        made = [_episode(env, policy, s)[0] for policy, s in zip(policies, seeds, strict=True)]
        env.close()
        return made


@dataclass(frozen=True)
class _ScoutRollouts:
    """Episodes of an agent that now and then holds a random action for a while."""

    vision: Path
    memory: Path
    parameters: Tensor
    distraction: float
    hold: tuple[int, int]

    def __call__(self, seeds: list[int]) -> list[Rollout]:
        torch.set_num_threads(1)
        env = TakeCover(SKIP)
        player = _Player(VAE.load(self.vision), MDNRNN.load(self.memory), self.parameters)
        made = [_episode(env, self._distracted(player, seed), seed)[0] for seed in seeds]
        env.close()
        return made

    def _distracted(self, player: _Player, seed: int) -> Policy:
        return _Distracted(player, self.distraction, self.hold, np.random.default_rng(seed))


class _Distracted:
    """A policy that now and then does something else; it sees every frame all the same."""

    def __init__(
        self, policy: Policy, share: float, hold: tuple[int, int], random: np.random.Generator
    ) -> None:
        self.policy, self.share, self.hold, self.random = policy, share, hold, random

    def reset(self) -> None:
        self.policy.reset()
        self._left = 0

    def act(self, observation: np.ndarray) -> int:
        wanted = self.policy.act(observation)
        if self._left == 0 and self.random.random() < self.share:
            self._left = int(self.random.integers(self.hold[0], self.hold[1] + 1))
            self._other = int(self.random.integers(3))
        if self._left == 0:
            return wanted
        self._left -= 1
        return self._other


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    preset: Annotated[str, typer.Option(help=", ".join(PRESETS))] = "reference",
    folder: Annotated[Path, typer.Option(help="where everything is kept")] = Path("runs/cover"),
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
