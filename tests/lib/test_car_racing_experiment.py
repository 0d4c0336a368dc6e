"""The procedure on car racing: many cars alike, all stages, and going on after a kill."""

import dataclasses
import json
import shutil

import numpy as np
import pytest
import torch
from rich.console import Console

from mbrl_lib.envs.car_racing import CarRacingVector
from mbrl_lib.experiments import car_racing
from mbrl_lib.experiments.car_racing import Dreaming, Drive, Experiment, Pass, Preset
from mbrl_lib.experiments.procedure import Networks, load_controller, save_controller
from mbrl_lib.world_models import (
    MDNRNN,
    VAE,
    Agent,
    Controller,
    ControllerSettings,
    DreamSettings,
    EvolveSettings,
    MDNRNNSettings,
    TrainSettings,
    VAESettings,
    car_racing_action,
)
from mbrl_lib.world_models.components import seen_in
from mbrl_lib.world_models.policy_gradient import GradientSettings
from mbrl_lib.world_models.rollouts import RolloutStore

SEEN = VAESettings(4, (2, 2, 2, 2), (4, 2, 2, 2))
REMEMBERED = MDNRNNSettings(latent=4, hidden=6, mixtures=2, done=False)
SETTINGS = ControllerSettings(latent=4, hidden=6)


@pytest.fixture(scope="module")
def networks(tmp_path_factory):
    folder, g = tmp_path_factory.mktemp("networks"), torch.Generator().manual_seed(0)
    VAE(SEEN, g).save(folder / "v.safetensors", half=False)
    MDNRNN(REMEMBERED, g).save(folder / "m.safetensors", half=False)
    return folder


@pytest.fixture
def drive(networks):
    return Drive(networks / "v.safetensors", networks / "m.safetensors", SETTINGS, lost=8, cars=3)


def controllers(count):
    size = Controller(SETTINGS, car_racing_action).size
    return 0.5 * torch.randn(count, size, generator=torch.Generator().manual_seed(1))


def alone(drive, parameters, seed):
    """The return of one controller on one track, step by step with nobody beside it."""
    car = CarRacingVector(1, drive.frames, drive.skip)
    vision, memory = VAE.load(drive.vision), MDNRNN.load(drive.memory)
    agent = Agent(vision, memory, Controller(SETTINGS, car_racing_action), parameters)
    frame, total, idle, tiles = car.reset([0], [seed])[0], 0.0, 0, 0
    while idle < drive.lost:
        frames, reward, terminated, truncated = car.step([0], agent.act(frame)[None])
        frame = frames[0]
        total += float(reward[0])
        idle = 0 if car.tiles(0) > tiles else idle + 1
        tiles = car.tiles(0)
        if terminated[0] or truncated[0]:
            break
    return total


def test_cars_side_by_side_drive_as_if_alone(drive):
    parameters, seeds = controllers(3), [5, 6]
    returns, frames = drive(parameters, seeds)
    assert returns.shape == (3, 2)
    assert frames >= drive.skip * drive.lost * 6, "no car is given up before it is lost"
    for k in range(3):
        for r, seed in enumerate(seeds):
            assert returns[k, r] == pytest.approx(alone(drive, parameters[k], seed), abs=0.5)
    assert len(np.unique(returns.round(3))) > 3, "controllers and tracks differ"
    again, as_many = drive(parameters, seeds)
    assert np.array_equal(returns, again) and frames == as_many, "the same again"


def test_recorded_episodes_are_disturbed_and_whole(drive):
    found = list(drive.record(controllers(1)[0], [5, 6, 7, 8], noise=0.3))
    assert [one.seed for one in found] == [5, 6, 7, 8], "in order, whoever finished first"
    for one in found:
        assert len(one.frames) == len(one.actions) + 1 >= drive.lost
        assert (one.actions >= (-1, 0, 0)).all() and (one.actions <= 1).all()
    calm = next(drive.record(controllers(1)[0], [5], noise=0.0))
    assert not np.array_equal(calm.actions[:5], found[0].actions[:5])


NETWORKS = Networks(SEEN, TrainSettings(1, 16, 1e-3), REMEMBERED, TrainSettings(1, 4, 1e-3))
TINY = Preset(
    (
        Pass(
            3,
            NETWORKS,
            None,
            (EvolveSettings(4, 1, 3, evaluate_every=2), EvolveSettings(4, 1, 2, sigma=0.05)),
        ),
        Pass(
            5,
            NETWORKS,
            Dreaming(EvolveSettings(4, 1, 2), DreamSettings(max_steps=5), every=4),
            (EvolveSettings(4, 1, 1),),
        ),
        Pass(
            7,
            dataclasses.replace(NETWORKS, vae_training=None, afresh=True),
            refinement=GradientSettings(2, 2, warmup=0, batches=2, hidden=8, evaluate_every=1),
        ),
    ),
    heldout=1,
    finals=3,
    test=2,
    max_steps=12,
)


def shorten(patch):
    """A car is lost soon, also when it is tested."""
    patch.setattr(car_racing, "LOST", 6)
    patch.setattr(car_racing, "_GIVEN_UP", 6)
    drive = Experiment.drive
    patch.setattr(Experiment, "drive", lambda self, n: dataclasses.replace(drive(self, n), lost=6))
    patch.setattr(
        car_racing, "returns_of",
        lambda drive, parameters, seeds, workers: dataclasses.replace(drive, lost=6)(
            parameters[None], seeds
        )[0][0].tolist(),
    )  # fmt: skip


@pytest.fixture
def quick(monkeypatch):
    shorten(monkeypatch)


def experiment(folder, **more):
    return Experiment(TINY, folder, workers=1, console=Console(quiet=True), **more)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The folder of a run from beginning to end."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        shorten(patch)
        experiment(folder).run()
    return folder


@pytest.fixture
def run(whole, quick, tmp_path):
    """A run that has come to its end, to do something to."""
    return experiment(shutil.copytree(whole, tmp_path / "run"))


def test_all_stages(whole):
    run = experiment(whole)
    assert len(run.store) == 7
    drawn = [fact["actions"] for fact, _ in run.store.spans()]
    assert all(len(actions) <= 12 for actions in drawn[:3])
    returns = json.loads((whole / "test.json").read_text())
    assert set(returns) == {"0.95", "1.0"} and all(len(r) == 2 for r in returns.values())
    history = json.loads((whole / "evolution_1_1.json").read_text())
    assert [g["number"] for g in history] == [1, 2, 3] and history[1]["heldout_mean"] is not None


def test_a_run_that_was_killed_gives_the_same(whole, quick, tmp_path, monkeypatch):
    calls = []
    add, call = RolloutStore.add, Drive.__call__

    def failing_add(self, rollout):
        calls.append("add")
        if calls.count("add") == 2:
            raise KeyboardInterrupt
        add(self, rollout)

    def failing_call(self, parameters, seeds):
        calls.append("drive")
        if calls.count("drive") in (2, 6):
            raise KeyboardInterrupt
        return call(self, parameters, seeds)

    monkeypatch.setattr(RolloutStore, "add", failing_add)
    monkeypatch.setattr(Drive, "__call__", failing_call)
    killed = 0
    while True:
        try:
            experiment(tmp_path / "parts").run()
            break
        except KeyboardInterrupt:
            killed += 1
    assert killed == 3
    for name in (
        "controller_1_2.safetensors", "controller_2_0.safetensors", "controller_3_0.safetensors",
        "controller_3_1.safetensors", "test.json",
    ):  # fmt: skip
        assert (tmp_path / "parts" / name).read_bytes() == (whole / name).read_bytes()


def test_a_run_is_summed_up_and_reported(whole):
    told = car_racing.summary(TINY, whole)
    parts = [point["part"] for point in told["curve"]]
    driven = ["1 drive 1", "1 drive 1", "1 drive 2", "2 dream", "2 drive 1"]
    assert parts == [*driven, "3 refine 1", "3 refine 1"]
    history = json.loads((whole / "evolution_1_2.json").read_text())
    assert told["curve"][2]["population"] == history[-1]["mean"]
    frames = [point["frames"] for point in told["curve"]]
    collected = [len(fact["actions"]) for fact, _ in experiment(whole).store.spans()]
    assert frames == sorted(frames) and frames[0] > 2 * sum(collected[:3])
    assert [set(update) for update in told["refinement"]] == 2 * [{"mean", "lost", "agreement"}]
    assert told["frames_at_800"] is None and len(told["test"]["0.95"]) == 2
    counted = [
        minutes for name, minutes in told["stages"].items() if name not in ("test", "report")
    ]
    assert told["cpu_minutes"] == pytest.approx(sum(counted)) and len(counted) == 15
    page = (whole / "report.html").read_text()
    assert page.count("<video") == 1 and "lap_complete_percent" in page and "2 train V" in page


def test_the_part_that_does_best_on_many_tracks_is_tested(run, monkeypatch):
    """Not the last one for being the last."""
    finals = json.loads((run.folder / "finals.json").read_text())
    told = car_racing.summary(TINY, run.folder)["finals"]
    assert told == pytest.approx([np.mean(returns) for returns in finals.values()])
    assert {name: len(returns) for name, returns in finals.items()} == {
        "controller_3_0": 3,
        "controller_3_1": 3,
    }
    parts = [load_controller(run.parameters(3, turn)) for turn in (0, 1)]
    for better in (0, 1):
        monkeypatch.setattr(
            car_racing, "returns_of",
            lambda drive, parameters, seeds, workers, better=better: (
                [float(torch.equal(parameters, parts[better]))] * len(seeds)
            ),
        )  # fmt: skip
        run.choose(None)
        assert torch.equal(load_controller(run.final), parts[better])


def test_every_part_goes_on_from_the_best_before_it(tmp_path):
    first = dataclasses.replace(TINY.passes[0], evolutions=(EvolveSettings(4, 1, 1),) * 3)
    run = Experiment(
        dataclasses.replace(TINY, passes=(first, first)), tmp_path, console=Console(quiet=True)
    )

    def ended(number, turn, weight, *returns):
        settings = run.drive(number).controller
        size = Controller(settings, car_racing_action).size
        save_controller(run.parameters(number, turn), settings, torch.full((size,), weight))
        history = [{"heldout_mean": one} for one in returns]
        (tmp_path / f"evolution_{number}_{turn}.json").write_text(json.dumps(history))

    def begins(number, turn):
        (weight,) = set(run.start(number, turn).tolist())
        return weight

    assert begins(1, 1) == 0
    ended(1, 1, 1.0, None, 300.0, 100.0)
    assert begins(1, 2) == 1
    ended(1, 2, 2.0, None, 200.0, None)
    assert begins(1, 3) == 1
    ended(1, 3, 3.0, 299.0)
    assert begins(2, 1) == 1 and run.best(1) == run.parameters(1, 1)
    ended(2, 1, 4.0, None)  # a spent budget: nothing was measured
    assert begins(2, 2) == 4
    ended(2, 2, 5.0, None)
    assert begins(2, 3) == 5


def test_a_later_pass_goes_on_from_the_networks_of_the_one_before(quick, tmp_path):
    still = dataclasses.replace(
        NETWORKS, vae_training=None, rnn_training=TrainSettings(1, 4, 1e-12)
    )
    first = Pass(3, NETWORKS, None, (EvolveSettings(4, 1, 1),))
    preset = dataclasses.replace(TINY, passes=(first, dataclasses.replace(first, networks=still)))
    run = Experiment(preset, tmp_path, workers=1, console=Console(quiet=True))
    run.run()
    assert run.vision(2) == run.vision(1) and not (tmp_path / "vae_2.safetensors").exists()
    before, after = (MDNRNN.load(run.memory(n)).lstm.weight_ih_l0 for n in (1, 2))
    assert torch.equal(before, after)


def test_c_says_with_a_new_m_what_it_said_but_for_the_brake(run):
    run.memory(3).write_bytes(run.memory(2).read_bytes())  # one that remembers the same
    run.carry_over(3, None)
    controller = Controller(SETTINGS, car_racing_action)
    seen = seen_in(controller, MDNRNN.load(run.memory(2)), run.latents(3)[5:])
    before, after = (
        seen @ weights + bias
        for weights, bias in (
            controller.unflatten(parameters)
            for parameters in (run.start(3, 0), load_controller(run.parameters(3, 0)))
        )
    )
    assert len(seen) > 10 and float(before.std(dim=0).min()) > 1e-3
    assert torch.allclose(after[:, :2], before[:, :2], atol=1e-3)
    assert torch.allclose(after[:, 2], -0.02 * (after[:, 1] + 3.2), atol=1e-4)


def test_a_new_m_does_not_go_on_from_the_one_before(run):
    assert run.vision(3) == run.vision(2) and not (run.folder / "vae_3.safetensors").exists()
    steps = dataclasses.replace(NETWORKS.rnn_training, learning_rate=1e-12)
    networks = dataclasses.replace(TINY.passes[2].networks, rnn_training=steps)
    (run.folder / "mdn_rnn_3.training").unlink()
    run.train_memory(networks, _Endless(), 3)
    before, after = (MDNRNN.load(run.memory(n)).lstm.weight_ih_l0 for n in (2, 3))
    drawn = MDNRNN(REMEMBERED, run.generator(4, 3)).lstm.weight_ih_l0
    assert torch.allclose(after, drawn, atol=1e-3) and not torch.allclose(after, before, atol=1e-3)


class _Endless:
    is_over = False


def test_a_spent_budget_ends_every_stage_early_but_leaves_something_to_test(quick, tmp_path):
    experiment(tmp_path).run(budget=0.0)
    assert (tmp_path / "test.json").exists()
    ledger = json.loads((tmp_path / "ledger.json").read_text())
    assert all(entry["finished"] for entry in ledger.values())
    assert len(json.loads((tmp_path / "evolution_1_1.json").read_text())) < 3


def test_another_experiments_folder_is_refused(tmp_path):
    experiment(tmp_path)
    with pytest.raises(ValueError, match="other settings or another seed"):
        experiment(tmp_path, seed=1)


@pytest.mark.parametrize("name", car_racing.PRESETS)
def test_presets_are_what_they_are_called(name):
    preset = car_racing.PRESETS[name]
    last = preset.passes[-1]
    controller = Controller(
        ControllerSettings(last.networks.vae.latent, last.networks.rnn.hidden), car_racing_action
    )
    assert controller.size == 867 <= 1000
    seeds = set(car_racing.TEST_TRACKS) | set(car_racing.VALIDATION_TRACKS)
    assert len(seeds) == 300 and max(seeds) < car_racing.TRAINING_SEEDS
    if name == "paper":
        assert (last.rollouts, last.networks.vae.channels[-1], preset.skip) == (10_000, 256, 1)
        (search,) = last.evolutions
        assert (search.population, search.rollouts, search.generations) == (64, 16, 1_800)
