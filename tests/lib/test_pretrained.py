"""Weights that come with the course: they are there, fit, are small, and travel in the wheel."""

import zipfile

import pytest

from mbrl_lib.storage import load_tensors
from mbrl_lib.world_models import MDNRNN, VAE, Controller, ControllerSettings, car_racing_action
from mbrl_lib.world_models.weights import PRETRAINED, pretrained


def test_car_racing_has_eyes_a_memory_and_drivers():
    vision, memory = VAE.load(pretrained("car_racing_vae")), pretrained("car_racing_mdn_rnn")
    assert vision.settings.latent == MDNRNN.load(memory).settings.latent
    for name in ("car_racing_controller", "car_racing_controller_early"):
        settings, tensors = load_tensors(pretrained(name), "controller")
        controller = Controller(ControllerSettings(**settings), car_racing_action)
        assert tensors["parameters"].shape == (controller.size,) and controller.size <= 1000


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
