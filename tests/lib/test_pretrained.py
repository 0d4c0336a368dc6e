"""Weights that come with the course: they are there, fit, are small, and travel in the wheel."""

import json
import zipfile

import numpy as np
import pytest

from mbrl_lib.experiments.car_racing import Drive
from mbrl_lib.storage import load_tensors
from mbrl_lib.world_models import MDNRNN, VAE, Controller, ControllerSettings, car_racing_action
from mbrl_lib.world_models.controller import TAKE_COVER
from mbrl_lib.world_models.weights import PRETRAINED, pretrained


def test_car_racing_has_eyes_a_memory_and_drivers():
    vision = VAE.load(pretrained("car_racing_vae"))
    for kind in ("", "_last"):
        memory = MDNRNN.load(pretrained(f"car_racing_mdn_rnn{kind}"))
        assert vision.settings.latent == memory.settings.latent
    for kind in ("", "_evolved", "_early"):
        name = f"car_racing_controller{kind}"
        settings, tensors = load_tensors(pretrained(name), "controller")
        controller = Controller(ControllerSettings(**settings), car_racing_action)
        assert tensors["parameters"].shape == (controller.size,) and controller.size <= 1000


@pytest.mark.parametrize(("memory", "driver"), [("", "_evolved"), ("_last", "")])
def test_the_drivers_get_round_with_their_own_memory(memory, driver):
    vision, memory = (pretrained(f"car_racing_{name}") for name in ("vae", f"mdn_rnn{memory}"))
    tensors = load_tensors(pretrained(f"car_racing_controller{driver}"), "controller")[1]
    drive = Drive(vision, memory, ControllerSettings())
    returns, _ = drive(tensors["parameters"].float()[None], [20_003, 20_005])
    assert float(returns.max()) > 860


def test_take_cover_has_eyes_a_memory_and_a_player():
    vision, memory = (pretrained(f"take_cover_{name}") for name in ("vae", "mdn_rnn"))
    assert VAE.load(vision).settings.latent == MDNRNN.load(memory).settings.latent == 64
    settings, tensors = load_tensors(pretrained("take_cover_controller"), "controller")
    assert ControllerSettings(**settings) == TAKE_COVER
    assert tensors["parameters"].shape == (1088,)


def test_the_player_dodges_as_its_run_says():
    """Half of the survival on the same episodes: C is rounded, and fireballs do not forgive."""
    pytest.importorskip("vizdoom")
    from mbrl_lib.experiments.take_cover import TEST_EPISODES, survive

    run = json.loads((PRETRAINED[1] / "take_cover.json").read_text())
    said = run["table"][str(run["chosen"])]["test"][:6]
    files = (pretrained(f"take_cover_{name}") for name in ("vae", "mdn_rnn"))
    parameters = load_tensors(pretrained("take_cover_controller"), "controller")[1]["parameters"]
    tics = survive(*files, parameters.float(), TEST_EPISODES[:6])
    assert np.mean(tics) >= np.mean(said) / 2 > 250


def test_an_unknown_name_is_answered_with_those_there_are():
    with pytest.raises(FileNotFoundError, match=r"'car'.*car_racing_vae"):
        pretrained("car")


def test_all_together_are_small():
    files = {path.name: path for folder in PRETRAINED for path in folder.glob("*.safetensors")}
    assert sum(path.stat().st_size for path in files.values()) <= 12 * 2**20


def test_students_get_them_with_the_library(tmp_path):
    from tools.student_kit import build_wheel

    with zipfile.ZipFile(build_wheel(tmp_path)) as wheel:
        there = {name for name in wheel.namelist() if name.startswith("mbrl_lib/weights/")}
    assert "mbrl_lib/weights/car_racing_vae.safetensors" in there
