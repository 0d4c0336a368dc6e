"""Type 1 diabetes: the UVA/Padova model of 2008, its 30 subjects, and what a day is worth."""

from mbrl_lib.envs.glucose.controllers import PID, Basal, BasalBolus, BolusRule, PIDGains
from mbrl_lib.envs.glucose.env import Glucose, GlucoseVector
from mbrl_lib.envs.glucose.meals import fixed_meals, random_meals
from mbrl_lib.envs.glucose.model import Patients, steady_state
from mbrl_lib.envs.glucose.subjects import names, subjects
from mbrl_lib.envs.glucose.ward import Reading, Ward

__all__ = [
    "PID",
    "Basal",
    "BasalBolus",
    "BolusRule",
    "Glucose",
    "GlucoseVector",
    "PIDGains",
    "Patients",
    "Reading",
    "Ward",
    "fixed_meals",
    "names",
    "random_meals",
    "steady_state",
    "subjects",
]
