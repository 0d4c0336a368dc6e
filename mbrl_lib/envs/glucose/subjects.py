"""The 30 virtual subjects: ten adolescents, ten adults, ten children, each a row of parameters.

The numbers are facts taken from the parameter files of simglucose 0.2.11 (Jinyu Xie, MIT licence).
Where that project has them from is not documented; they look like the 30 subjects of the academic
UVA/Padova simulator of 2008 (Kovatchev and others, 2009). What follows from others by the
conditions of the steady state is computed here and not kept.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

AGE_GROUPS = ("adolescent", "adult", "child")
PMOL_PER_UNIT = 6000.0  # of insulin

# the same for all subjects
BIOAVAILABILITY = 0.9  # f, the share of eaten carbohydrate that appears in plasma
HEPATIC_EXTRACTION = 0.6  # HE_b, the share of insulin that the liver takes out
F_CNS = 1.0  # mg/kg/min, what brain and red cells use whatever the insulin
K_E1, K_E2 = 0.0005, 339.0  # 1/min, mg/kg: renal excretion and its threshold

R_1, R_2 = 1.4407, 0.8124  # of the term of 2013, as ReplayBG has them; not read in a paper

_DERIVED = (
    "r_1", "m_30", "G_pb", "G_tb", "V_m0", "k_p1", "I_pb", "I_lb", "u_b", "I_sc1b", "I_sc2b",
    "basal",
)  # fmt: skip


@cache
def _table() -> np.ndarray:
    path = Path(__file__).with_name("subjects.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    given = list(rows[0])
    table = np.zeros(
        len(rows), [("name", "U20"), *((name, float) for name in (*given[1:], *_DERIVED))]
    )
    for name in given:
        table[name] = [row[name] for row in rows]
    _settle(table)
    table.flags.writeable = False
    return table


def _settle(t: np.ndarray) -> None:
    """What the steady state at the basal glucose concentration asks of the other parameters."""
    t["m_30"] = HEPATIC_EXTRACTION * t["m_1"] / (1 - HEPATIC_EXTRACTION)
    t["G_pb"] = t["G_b"] * t["V_G"]
    t["G_tb"] = (F_CNS - t["EGP_b"] + t["k_1"] * t["G_pb"]) / t["k_2"]
    t["V_m0"] = (t["EGP_b"] - F_CNS) * (t["K_m0"] + t["G_tb"]) / t["G_tb"]
    t["k_p1"] = t["EGP_b"] + t["k_p2"] * t["G_pb"] + t["k_p3"] * t["I_b"]
    t["I_pb"] = t["I_b"] * t["V_I"]
    t["I_lb"] = t["m_2"] * t["I_pb"] / (t["m_1"] + t["m_30"])
    t["u_b"] = (t["m_2"] + t["m_4"]) * t["I_pb"] - t["m_1"] * t["I_lb"]
    t["I_sc1b"] = t["u_b"] / (t["k_d"] + t["k_a1"])
    t["I_sc2b"] = t["k_d"] * t["I_sc1b"] / t["k_a2"]
    t["basal"] = 60 * t["u_b"] * t["body_weight"] / PMOL_PER_UNIT


def with_low_glucose_term(table: np.ndarray) -> np.ndarray:
    """The same subjects with what the simulator of 2013 adds: low glucose strengthens insulin.

    An experiment, not a better patient: that version also has glucagon, which defends against low
    glucose, and parameters of its own, which are not public. Without them hypoglycaemia becomes far
    too violent; the chapter shows it.
    """
    changed = table.copy()
    changed["r_1"] = R_1
    return changed


def names(group: str | None = None) -> list[str]:
    """All subjects, or those of an age group. Raises `ValueError` for a group there is not."""
    if group is not None and group not in AGE_GROUPS:
        raise ValueError(f"the age groups are {', '.join(AGE_GROUPS)}; got {group!r}")
    return [str(name) for name in _table()["name"] if group is None or name.startswith(group)]


def subjects(wanted: Sequence[str] | None = None) -> np.ndarray:
    """Parameters of some subjects, or of all, as a structured array `(N,)`.

    Fields, in the units of the model: `name`, `age` (years), `carbohydrate_ratio` (g/U),
    `correction_factor` (mg/dL/U), `body_weight` (kg), the model's own, `basal` (U/h, the rate that
    keeps the steady state) and the states there (`G_pb`, `G_tb`, `I_pb`, ...); `r_1` is 0 unless
    `with_low_glucose_term` was asked for.

    Raises `ValueError`, naming those there are, for an unknown name.
    """
    table = _table()
    if wanted is None:
        return table.copy()
    rows = {str(name): row for row, name in enumerate(table["name"])}
    unknown = [name for name in wanted if name not in rows]
    if unknown:
        raise ValueError(f"unknown subjects {unknown}; there are {', '.join(rows)}")
    return table[[rows[name] for name in wanted]].copy()
