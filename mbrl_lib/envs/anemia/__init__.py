"""Anaemia in chronic kidney disease: a mechanistic patient, and the lecture's model of one."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["arx", "patients"],
    submod_attrs={
        "arx": ["ARXDynamics", "ARXPatients"],
        "clinic": ["Clinic", "Record", "in_range"],
        "controllers": ["Constant", "Protocol"],
        "learned": ["Changes", "Values", "learn_bumps"],
        "model": ["Patients", "untreated"],
        "mpc": ["ARXMPC", "MPCSettings"],
        "patients": ["names", "population", "reference"],
    },
)
