"""The world-models experiments as the chapters report them: run, summed up, weights shipped.

Runs are kept in `results/world_models/NAME/seed_*/`, which git ignores, and go on where they were
stopped. What is kept in git is a summary of each and the weights of the one that is shipped.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from statistics import mean, median
from typing import Any

import gymnasium
import imageio.v2 as imageio
import numpy as np
import torch
from tqdm.auto import tqdm

from benchmarks.evidence import ROOT, record
from mbrl_lib.envs.car_racing import CarRacingVector
from mbrl_lib.envs.car_racing.drawing import preprocess
from mbrl_lib.experiments import car_racing, take_cover
from mbrl_lib.experiments.procedure import load_controller
from mbrl_lib.experiments.stages import write_whole
from mbrl_lib.storage import load_tensors, save_tensors
from mbrl_lib.world_models import (
    MDNRNN,
    VAE,
    Agent,
    Controller,
    DreamEnv,
    DreamStarts,
    EvolveSettings,
    car_racing_action,
    learn_in_dreams,
    to_input,
)
from mbrl_lib.world_models.actor_critic import Update
from mbrl_lib.world_models.components import principal_directions
from mbrl_lib.world_models.evolve import Workers, evolve

FOLDER = ROOT / "results" / "world_models"
LAPTOP_SEEDS = (0, 1, 2)
LEARNERS_SEEDS, LEARNERS_TEMPERATURE = (0, 1, 2), 1.0
LEARNERS_SEARCH = EvolveSettings(32, 8, 30, sigma=0.1, evaluate_every=3, workers=2, progress=True)
LEARNERS_UPDATES = 100
LEARNERS_COMPONENTS = 60
FURTHER_TRACKS = range(30_000, 30_200)  # that no agent drove before it was done
THROUGH_GYMNASIUM = 20  # test tracks that are driven a second time, in Gymnasium's own environment


def car_racing_laptop() -> None:
    """The laptop preset from nothing, with three seeds."""
    runs = [_car_racing("laptop", seed) for seed in LAPTOP_SEEDS]
    scores = {run["seed"]: mean(run["test"]["0.95"]) for run in runs}
    middle = median(scores.values())
    seed = next(seed for seed, score in scores.items() if score == middle)
    _write("car_racing_laptop", {"median": seed, "runs": runs})
    told = ", ".join(f"{score:.0f}" for score in scores.values())
    record(
        "car_racing_laptop_score",
        "Car racing, all stages from nothing: mean return over 100 test tracks, exact pixels; "
        f"the median of {len(runs)} seeds ({told})",
        ">= 880",
        round(middle, 1),
        "points",
        "make results only=car_racing_laptop",
        LAPTOP_SEEDS,
    )
    record(
        "car_racing_laptop_cpu_minutes",
        "CPU time of all its stages on all processes, without the test; the dearest of "
        f"{len(runs)} seeds",
        "<= 40",
        round(max(run["cpu_minutes"] for run in runs), 1),
        "minutes",
        "make results only=car_racing_laptop",
        LAPTOP_SEEDS,
    )


def car_racing_reference() -> None:
    """The reference preset, whose weights are shipped."""
    run, command = _car_racing("reference", 0), "make results only=car_racing"
    _write("car_racing", run)
    _ship_car_racing(car_racing.PRESETS["reference"], FOLDER / "reference" / "seed_0", 0)
    scores, whole = (np.array(run["test"][percent]) for percent in ("0.95", "1.0"))
    record(
        "car_racing_score",
        f"Car racing: mean return over {len(scores)} test tracks, exact pixels, unmodified rules "
        f"(± {scores.std():.0f}, worst {scores.min():.0f}); with lap_complete_percent=1.0 "
        f"{whole.mean():.1f} ± {whole.std():.0f}",
        ">= 915",
        round(float(scores.mean()), 1),
        "points",
        command,
        (0,),
        ("torch", "cma", "gymnasium"),
    )
    record(
        "car_racing_cpu_hours",
        "CPU time of all its stages on all processes, without the test",
        "<= 12",
        round(run["cpu_minutes"] / 60, 2),
        "hours",
        command,
        (0,),
        ("torch", "cma", "gymnasium"),
    )


def car_racing_dreams() -> None:
    """C evolved in dreams alone, and beside it on the road, with the same first V and M."""
    dreams, road = _car_racing("dreams", 0), _car_racing("laptop", 0)
    _write("car_racing_dreams", dreams)
    dreamt = max(dreams["curve"], key=lambda point: point["mean"])
    driven = next(point for point in road["curve"] if point["mean"] >= dreamt["mean"])
    at_800 = "never" if dreams["frames_at_800"] is None else f"{dreams['frames_at_800']:,}"
    record(
        "car_racing_dream_frames_gain",
        f"Real frames for a return of {dreamt['mean']:.0f} on the validation tracks: evolution on "
        f"the road ({driven['frames']:,}) over evolution in dreams ({dreamt['frames']:,}), frames "
        f"that V and M learn from included; 800 is reached after {road['frames_at_800']:,} on the "
        f"road, in dreams alone: {at_800}",
        "> 1",
        round(driven["frames"] / dreamt["frames"], 1),
        "times",
        "make results only=car_racing_dreams",
        (0,),
        ("torch", "cma", "gymnasium"),
    )


def _car_racing(preset: str, seed: int) -> dict[str, Any]:
    """A finished run, summed up."""
    folder = FOLDER / preset / f"seed_{seed}"
    car_racing.Experiment(car_racing.PRESETS[preset], folder, seed).run()
    return car_racing.summary(car_racing.PRESETS[preset], folder) | {"seed": seed}


def _shipped_drive(memory: str = "mdn_rnn") -> car_racing.Drive:
    vision, memory = (FOLDER / f"car_racing_{name}.safetensors" for name in ("vae", memory))
    return car_racing.Drive(vision, memory, car_racing.ControllerSettings())


def _write(name: str, found: dict[str, Any]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(found) + "\n")


def _ship_car_racing(preset: car_racing.Preset, folder: Path, seed: int) -> None:
    """V, M and C as evolution left them, and the last M and C: weights that the chapters load."""
    run = car_racing.Experiment(preset, folder, seed)
    last = len(preset.passes)
    evolved = max(number for number, one in enumerate(preset.passes, 1) if one.evolutions)
    for path, name in (
        (run.vision(last), "vae"),
        (run.memory(evolved), "mdn_rnn"),
        (run.memory(last), "mdn_rnn_last"),
    ):
        shutil.copy(path, FOLDER / f"car_racing_{name}.safetensors")
    settings, tensors = load_tensors(run.final, "controller")
    grown = {
        "car_racing_controller": tensors["parameters"],
        "car_racing_controller_evolved": load_controller(run.evolved(evolved)),
        "car_racing_controller_early": _early(run, evolved),
    }
    for name, parameters in grown.items():
        _ship_controller(name, settings, parameters)


def _ship_controller(name: str, settings: dict[str, Any], parameters: torch.Tensor) -> None:
    half = {"parameters": parameters.half()}
    save_tensors(FOLDER / f"{name}.safetensors", "controller", settings, half)


def _early(run: car_racing.Experiment, number: int, generations: int = 8) -> torch.Tensor:
    """A controller stopped early in the dreams of a pass's M, for students to go on with."""
    dreaming = car_racing.PRESETS["dreams"].passes[0].dreaming
    start = torch.zeros_like(load_controller(run.final))
    short = replace(dreaming.evolution, generations=generations)
    return evolve(run.dreams(number, dreaming), start, np.random.default_rng(run.seed), short).mean


def take_cover_reference() -> None:
    """The reference preset of take cover; V, M and the chosen temperature's C are shipped."""
    folder, command = FOLDER / "take_cover" / "seed_0", "make results only=take_cover"
    run = take_cover.Experiment(take_cover.PRESETS["reference"], folder, 0)
    run.run()
    found = take_cover.summary(folder)
    _write("take_cover", found)
    shutil.copy(run.vision(run.last), FOLDER / "take_cover_vae.safetensors")
    shutil.copy(run.memory(run.last), FOLDER / "take_cover_mdn_rnn.safetensors")
    settings, tensors = load_tensors(run.parameters(found["chosen"]), "controller")
    _ship_controller("take_cover_controller", settings, tensors["parameters"])
    chosen, sweep = (found["table"][name] for name in (str(found["chosen"]), "sweep"))
    packages = ("torch", "vizdoom")
    record(
        "take_cover_score",
        f"Take cover: mean survival in {len(chosen['test'])} real episodes of an agent that "
        f"learned in dreams only (± {np.std(chosen['test']):.0f}), at τ = {found['chosen']}, which "
        f"was chosen on {len(chosen['validation'])} other real episodes; a blind sweep from side "
        f"to side survives {mean(sweep['test']):.0f}",
        ">= 1092",
        round(mean(chosen["test"]), 1),
        "tics",
        command,
        (0,),
        packages,
    )
    record(
        "take_cover_cpu_hours",
        f"CPU time of all stages of take cover but the test: dreams at "
        f"{len(found['curves'])} temperatures, and choosing among them",
        "<= 12",
        round(found["cpu_minutes"] / 60, 2),
        "hours",
        command,
        (0,),
        packages,
    )


def take_cover_learners() -> None:
    """C in the same dreams: evolved, over all weights or along components, and by gradient."""
    run = take_cover.Experiment(take_cover.PRESETS["reference"], FOLDER / "take_cover" / "seed_0")
    along = principal_directions(take_cover.CONTROLLER, run.seen(run.last), LEARNERS_COMPONENTS)
    curves = {
        "evolution": [_by_evolution(run, seed) for seed in LEARNERS_SEEDS],
        "evolution along components": [_by_evolution(run, seed, along) for seed in LEARNERS_SEEDS],
        "actor and critic": [_by_gradient(run, seed) for seed in LEARNERS_SEEDS],
    }
    _write("take_cover_learners", {"temperature": LEARNERS_TEMPERATURE, "curves": curves})
    _record_learners(curves)


def _record_learners(curves: dict[str, list[list[dict[str, float]]]]) -> None:
    """The last three looks at each within the decisions that all of them have dreamt."""
    budget = min(curve[-1]["decisions"] for found in curves.values() for curve in found)
    late = {
        name: mean(
            mean([point["tics"] for point in curve if point["decisions"] <= budget][-3:])
            for curve in found
        )
        for name, found in curves.items()
    }
    record(
        "take_cover_learners_gain",
        f"Survival in held-out dreams of a C learned by an actor and a critic "
        f"({late['actor and critic']:.0f} tics), over that of one evolved in the same dreams "
        f"({late['evolution']:.0f}; along {LEARNERS_COMPONENTS} components of what it sees "
        f"{late['evolution along components']:.0f}): the last three looks within "
        f"{budget / 1e6:.1f} million dreamt decisions each, mean of {len(LEARNERS_SEEDS)} seeds, "
        f"τ = {LEARNERS_TEMPERATURE}",
        "> 1",
        round(late["actor and critic"] / max(v for n, v in late.items() if "evol" in n), 2),
        "times",
        "make results only=take_cover_learners",
        LEARNERS_SEEDS,
        ("torch", "cma"),
    )


def _by_evolution(
    run: take_cover.Experiment, seed: int, along: torch.Tensor | None = None
) -> list[dict[str, float]]:
    """Survival of the mean over the decisions that were dreamt; each of them pays 1."""
    found = evolve(
        run.dreams(LEARNERS_TEMPERATURE, run.last),
        torch.zeros(take_cover.CONTROLLER.size),
        np.random.default_rng(seed),
        LEARNERS_SEARCH,
        take_cover.DREAMS,
        directions=along,
    )
    a_candidate = LEARNERS_SEARCH.population * LEARNERS_SEARCH.rollouts
    dreamt = np.cumsum([a_candidate * generation.mean for generation in found.history])
    return [
        {"decisions": round(decisions), "tics": take_cover.SKIP * generation.heldout_mean}
        for decisions, generation in zip(dreamt, found.history, strict=True)
        if generation.heldout_mean is not None
    ]


def _by_gradient(run: take_cover.Experiment, seed: int) -> list[dict[str, float]]:
    """The same for an actor and a critic."""
    torch.set_num_threads(2)
    dreams, random = run.dreams(LEARNERS_TEMPERATURE, run.last), torch.Generator()
    settings = replace(run.settings.learning, updates=LEARNERS_UPDATES, progress=True)
    agent = run.agent(run.last, random.manual_seed(seed), settings)
    curve: list[dict[str, float]] = []

    def look(history: list[Update]) -> None:
        if history[-1].number % 10 == 0:
            survived = dreams(agent.weights()[None], take_cover.DREAMS)
            torch.set_num_threads(2)  # dreams take one
            tics = take_cover.SKIP * float(survived.mean())
            curve.append({"decisions": history[-1].decisions, "tics": tics})

    memory = MDNRNN.load(run.memory(run.last))
    learn_in_dreams(agent, memory, dreams.starts, dreams.dream, random, on_update=look)
    return curve


# --- what each part is worth ----------------------------------------------------------------------

PARTS = {  # what C sees, and how it is built; "untrained" is an M as it was drawn
    "V": car_racing.ControllerSettings(hidden=0),
    "V, with a layer": car_racing.ControllerSettings(hidden=0, layer=40),
    "V and M": car_racing.ControllerSettings(),
    "V and M, untrained": car_racing.ControllerSettings(),
}
PARTS_SEEDS = (0, 1, 2)
PARTS_SEARCH = replace(
    car_racing.PRESETS["laptop"].passes[0].evolutions[0], generations=24, workers=2
)


def car_racing_parts() -> None:
    """C evolved on the road, from zero, with parts of the shipped agent; each run is kept."""
    runs = {name: [_part(name, seed) for seed in PARTS_SEEDS] for name in tqdm(PARTS, unit="part")}
    _write("car_racing_parts", runs)
    trained, untrained = (
        mean(mean(run["test"]) for run in runs[name]) for name in ("V and M", "V and M, untrained")
    )
    record(
        "car_racing_m_gain",
        f"Car racing, C evolved on the road from zero for {PARTS_SEARCH.generations} generations: "
        f"mean return over the test tracks and {len(PARTS_SEEDS)} seeds with the trained M "
        f"({trained:.0f}) less that with an untrained one ({untrained:.0f})",
        "> 0",
        round(trained - untrained, 1),
        "points",
        "make results only=car_racing_parts",
        PARTS_SEEDS,
        ("torch", "cma", "gymnasium"),
    )


def _part(name: str, seed: int) -> dict[str, Any]:
    """One evolution with the shipped V: its curve, and its returns on the test tracks."""
    shipped = _shipped_drive()
    networks = sha256(shipped.vision.read_bytes() + shipped.memory.read_bytes()).hexdigest()[:8]
    folder = FOLDER / "parts" / f"seed_{seed}" / f"{name} {networks}".replace(" ", "_")
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "found.json"
    if kept.exists():
        return json.loads(kept.read_text())
    drive = replace(shipped, controller=PARTS[name])
    if "M" not in name:
        drive = replace(drive, memory=None)
    elif "untrained" in name:
        drive = replace(drive, memory=folder / "mdn_rnn.safetensors")
        settings = MDNRNN.load(shipped.memory).settings
        MDNRNN(settings, torch.Generator().manual_seed(seed)).save(drive.memory)
    size = Controller(PARTS[name], car_racing_action).size
    found = evolve(
        drive,
        torch.zeros(size),
        np.random.default_rng(seed),
        PARTS_SEARCH,
        car_racing.VALIDATION_TRACKS[:24],
        folder / "evolution.search",
        on_generation=lambda found: print(name, seed, found.history[-1], flush=True),
    )
    exact = replace(drive, frames="exact", lost=None)
    told = {
        "seed": seed,
        "weights": size,
        "curve": [
            {"frames": g.steps, "mean": g.heldout_mean, "std": g.heldout_std}
            for g in found.history
            if g.heldout_mean is not None
        ],
        "test": car_racing.returns_of(exact, found.best, list(car_racing.TEST_TRACKS)),
    }
    write_whole(kept, json.dumps(told) + "\n")
    return told


# --- on a Ray cluster -----------------------------------------------------------------------------


def car_racing_ray() -> None:
    """A generation on local Ray clusters of one-core nodes: the same returns, and how fast.

    Beside it the same shares in as many processes without Ray: how many cars go through V in one
    batch rounds its numbers, and near a spin that decides.
    """
    import ray
    from ray.cluster_utils import Cluster

    drive, seeds = _shipped_drive(), list(car_racing.VALIDATION_TRACKS[:2])
    best = load_controller(FOLDER / "car_racing_controller_evolved.safetensors").float()
    noise = np.random.default_rng(0).normal(0, 0.05, (24, len(best)))
    candidates = best + torch.tensor(noise, dtype=torch.float32)
    same, speeds = True, {}
    for nodes in (1, 2, 4):
        with Workers(EvolveSettings(workers=nodes)) as workers:
            expected, _ = workers.evaluate(drive, candidates, seeds)
        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
        try:
            for _ in range(nodes):
                cluster.add_node(num_cpus=1)
            cluster.wait_for_nodes()
            ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
            with Workers(EvolveSettings(workers=nodes, ray=True)) as workers:
                workers.evaluate(drive, candidates[: 2 * nodes], seeds[:1])  # they wake up
                began = time.perf_counter()
                returns, frames = workers.evaluate(drive, candidates, seeds)
                speeds[nodes] = frames / (time.perf_counter() - began)
        finally:
            ray.shutdown()
            cluster.shutdown()
        same = same and bool(np.array_equal(returns, expected))
        print(f"{nodes} nodes: {speeds[nodes]:.0f} frames/s", flush=True)
    _write("car_racing_ray", {"cores": os.cpu_count(), "frames_per_second": speeds})
    told = ", ".join(f"{speed:,.0f} with {nodes}" for nodes, speed in speeds.items())
    record(
        "evolution_same_on_ray",
        f"1 when {len(candidates)} controllers return the same on {len(seeds)} tracks on local Ray "
        f"clusters of one-core nodes as in as many processes without Ray; on {os.cpu_count()} "
        f"cores, frames a second by nodes: {told}",
        "= 1",
        float(same),
        "yes",
        "make bench only=car_racing_ray",
        (0,),
        ("torch", "ray", "joblib"),
    )


# --- the shipped agent ----------------------------------------------------------------------------


def car_racing_again() -> None:
    """The shipped agent on the test tracks once more, and on further ones."""
    drive = replace(_shipped_drive("mdn_rnn_last"), frames="exact", lost=None)
    parameters = _shipped_agent().parameters
    tracks = {"test": car_racing.TEST_TRACKS, "further": FURTHER_TRACKS}
    found = {
        name: car_racing.returns_of(drive, parameters, list(seeds))
        for name, seeds in tracks.items()
    }
    _write("car_racing_again", found)
    again, further = (np.array(returns) for returns in found.values())
    record(
        "car_racing_further_score",
        f"The shipped agent, whose weights are rounded to float16, on {len(further)} further "
        f"tracks, exact pixels: mean return (± {further.std():.0f}, worst {further.min():.0f}); "
        f"on the {len(again)} test tracks once more {again.mean():.1f} ± {again.std():.0f}",
        ">= 906",
        round(float(further.mean()), 1),
        "points",
        "make results only=car_racing_again",
        (0,),
    )


def through_gymnasium() -> None:
    """The shipped agent in `gymnasium.make("CarRacing-v3")`, beside our exact environment."""
    agent = _shipped_agent()
    tracks = list(car_racing.TEST_TRACKS[:THROUGH_GYMNASIUM])
    theirs = [_episode(agent, track) for track in tqdm(tracks, unit="track")]
    drive = replace(_shipped_drive("mdn_rnn_last"), frames="exact", lost=None, cars=1)
    ours = car_racing.returns_of(drive, agent.parameters, tracks)
    worst = float(np.abs(np.subtract(theirs, ours)).max())
    _write("car_racing_gymnasium", {"tracks": tracks, "gymnasium": theirs, "ours": ours})
    record(
        "car_racing_gymnasium_difference",
        f"The shipped agent on {len(tracks)} test tracks through gymnasium.make('CarRacing-v3') "
        f"(mean return {mean(theirs):.1f}) and in our exact environment: the largest difference of "
        "a return",
        "<= 0.01",
        round(worst, 6),
        "points",
        "make results only=car_racing_gymnasium",
        tracks[:1],
    )


def _shipped_agent() -> Agent:
    vision = VAE.load(FOLDER / "car_racing_vae.safetensors")
    memory = MDNRNN.load(FOLDER / "car_racing_mdn_rnn_last.safetensors")
    settings, tensors = load_tensors(FOLDER / "car_racing_controller.safetensors", "controller")
    controller = Controller(car_racing.ControllerSettings(**settings), car_racing_action)
    return Agent(vision, memory, controller, tensors["parameters"].float())


def _episode(agent: Agent, track: int, skip: int = 2) -> float:
    env = gymnasium.make("CarRacing-v3", continuous=True)
    agent.reset()
    frame, _ = env.reset(seed=track)
    total, ended = 0.0, False
    while not ended:
        action = agent.act(preprocess(frame))
        for _ in range(skip):
            frame, reward, terminated, truncated, _ = env.step(action)
            total += float(reward)
            ended = terminated or truncated
            if ended:
                break
    env.close()
    return total


# --- a picture ------------------------------------------------------------------------------------


def picture() -> None:
    """`book/images/car_and_dream.png`: the shipped agent on a real road, and in its dream."""
    agent, car = _shipped_agent(), CarRacingVector(1, "exact", 2)
    vision, memory, controller = agent.vision, agent.memory, agent.controller
    parameters = agent.parameters
    frame, real = car.reset([0], [car_racing.VALIDATION_TRACKS[4]]), []
    while len(real) < 200:
        real.append(frame[0])
        frame = car.step([0], agent.act(frame[0])[None])[0]
    with torch.inference_mode():
        z, _ = vision.encode(to_input(real[25][None]))
        env = DreamEnv(memory, DreamStarts(z, 0.1 * torch.ones_like(z)), decoder=vision,
                       render_mode="rgb_array")  # fmt: skip
        env.reset(seed=1)
        dreamt = []
        while len(dreamt) < 200:
            dreamt.append(env.render())
            env.step(controller.act(parameters, controller.features(env.z, env.hidden))[0].numpy())
    rows = [np.concatenate(film[25::25][:6], axis=1) for film in (real, dreamt)]
    gap = np.full((4, rows[0].shape[1], 3), 255, np.uint8)
    whole = np.concatenate([rows[0], gap, rows[1]]).repeat(3, axis=0).repeat(3, axis=1)
    imageio.imwrite(ROOT / "book" / "images" / "car_and_dream.png", whole)
