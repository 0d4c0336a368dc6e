"""A day of each of simglucose's 30 patients in five modes; run in its environment.

stdout: JSON, plasma glucose in mg/dL after every `EVERY` minutes: mode -> subject -> list. Modes:
`basal` and `bolus`, three meals on basal insulin, without and with a bolus of CHO / CR in the
minute in which a meal is announced; `fasting`, on basal; `none`, fasting without insulin; `dose`,
fasting on basal with 2 U at noon.
"""

import json
import sys
import types
import warnings

MINUTES, EVERY = 1440, 30
MEALS = {420: 45.0, 720: 70.0, 1080: 80.0}
MODES = ("basal", "bolus", "fasting", "none", "dose")


def load():
    """simglucose's patient, which on import registers itself with the old gym it needs not."""
    for name in ("gym", "gym.envs", "gym.envs.registration"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules["gym.envs.registration"].register = lambda **_: None
    warnings.filterwarnings("ignore")
    from simglucose.patient import t1dpatient

    return t1dpatient


def day(number, ratio, mode):
    """Plasma glucose after every `EVERY` minutes."""
    theirs = load()
    patient = theirs.T1DPatient.withID(number)
    p, seen = patient._params, []
    for minute in range(MINUTES):
        food = MEALS.get(minute, 0.0) if mode in ("basal", "bolus") else 0.0
        insulin = 0.0 if mode == "none" else p.u2ss * p.BW / 6000
        if mode == "bolus":
            insulin += food / ratio
        if mode == "dose" and minute == 720:
            insulin += 2.0
        patient.step(theirs.Action(CHO=food, insulin=insulin))
        if (minute + 1) % EVERY == 0:
            seen.append(float(patient.state[3]) / p.Vg)
    return seen


def main():
    """All subjects, or those whose numbers are given."""
    load()
    import pandas as pd
    import pkg_resources

    file = pkg_resources.resource_filename("simglucose", "params/Quest.csv")
    ratios = pd.read_csv(file).set_index("Name")["CR"]
    table = pd.read_csv(pkg_resources.resource_filename("simglucose", "params/vpatient_params.csv"))
    numbers = [int(argument) for argument in sys.argv[1:]] or range(1, 31)
    found = {mode: {} for mode in MODES}
    for number in numbers:
        name = table.Name[number - 1]
        for mode in MODES:
            found[mode][name] = day(number, float(ratios[name]), mode)
        print(name, file=sys.stderr, flush=True)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
