"""What is exported for the demos: readable, small, and as it was measured."""

import base64
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from tools import demos, export_demos

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "book" / "_ext"))


def read(text: str) -> tuple[str, dict]:
    name, data = re.fullmatch(r'Demos\.weights\("(\w+)", (\{.*\})\);\n', text).groups()
    return name, json.loads(data)


@pytest.mark.parametrize("kind", demos.DTYPES)
def test_arrays_come_back_as_they_were(kind):
    array = np.arange(6).reshape(2, 3).T.astype(kind)  # not in C order
    name, data = read(demos.script("a", {"meta": {"b": 1}, "tensors": {"x": array}}))
    entry = data["tensors"]["x"]
    back = np.frombuffer(base64.b64decode(entry["data"]), dtype=entry["dtype"])
    assert (name, data["meta"], entry["shape"]) == ("a", {"b": 1}, [3, 2])
    assert (back.reshape(3, 2) == array).all()


@pytest.mark.parametrize("array", [np.zeros(2), np.array([np.nan], np.float16)])
def test_what_the_page_cannot_read_is_refused(array):
    with pytest.raises(ValueError, match="x "):
        demos.script("a", {"meta": {}, "tensors": {"x": array}})


def test_rounding_is_in_place_and_refuses_what_does_not_fit():
    layer = torch.nn.Linear(1, 1)
    layer.weight.data.fill_(1 / 3)
    assert demos.round_to_float16(layer).weight.item() == float(np.float16(1 / 3))
    layer.bias.data.fill_(1e6)
    with pytest.raises(ValueError, match="bias does not fit"):
        demos.round_to_float16(layer)


def test_every_demo_has_its_weights_and_golden_values():
    assert "planner" in export_demos.names()
    for name in export_demos.names():
        found, data = read((export_demos.WEIGHTS / f"{name}.js").read_text("utf-8"))
        assert found == name
        assert data["tensors"] or data["meta"]
        assert json.loads((export_demos.GOLDEN / f"{name}.json").read_text("utf-8"))


def test_all_weights_together_are_small():
    assert 0 < export_demos.weights_mib() <= export_demos.LIMIT_MIB


def test_an_unknown_name_is_refused(capsys):
    assert export_demos.main(["nothing"]) == 2
    assert "planner" in capsys.readouterr().out


def test_a_demo_loads_what_it_needs_first():
    from mbrl_demos import scripts

    names = [path.name for path in scripts("planner")]
    assert names == ["demo.js", "nn.js", "planner_core.js", "planner.js"]
