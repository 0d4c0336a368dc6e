"""CPU-seconds of a day in simglucose's T1DSimEnv with its BBController, for some of its patients.

stdout: JSON, one number for each name in the arguments. Sensor, pump, scenario and controller are
simglucose's own, with its defaults: a Dexcom sensor, an Insulet pump, random meals.
"""

import json
import sys
import time
import types
from datetime import datetime

from simglucose_days import load


def day(name):
    """CPU-seconds of a day, without making the environment."""
    load()
    for module in ("matplotlib", "matplotlib.pyplot", "matplotlib.dates"):  # it draws nothing here
        sys.modules.setdefault(module, types.ModuleType(module))
    from simglucose.actuator.pump import InsulinPump
    from simglucose.controller.basal_bolus_ctrller import BBController
    from simglucose.patient.t1dpatient import T1DPatient
    from simglucose.sensor.cgm import CGMSensor
    from simglucose.simulation.env import T1DSimEnv
    from simglucose.simulation.scenario_gen import RandomScenario

    env = T1DSimEnv(
        T1DPatient.withName(name),
        CGMSensor.withName("Dexcom", seed=1),
        InsulinPump.withName("Insulet"),
        RandomScenario(start_time=datetime(2026, 1, 1), seed=1),
    )
    controller = BBController()
    seen = env.reset()
    began = time.process_time()
    for _ in range(24 * 60 // 3):
        told = {"sample_time": 3, "patient_name": name, "meal": seen.info["meal"]}
        seen = env.step(controller.policy(seen.observation, seen.reward, seen.done, **told))
    return time.process_time() - began


if __name__ == "__main__":
    print(json.dumps([day(name) for name in sys.argv[1:]]))
