"""Type 1 diabetes: the UVA/Padova model of 2008, its 30 subjects, and what a day is worth."""

from mbrl_lib.envs.glucose.model import Patients, steady_state
from mbrl_lib.envs.glucose.subjects import names, subjects

__all__ = ["Patients", "names", "steady_state", "subjects"]
