"""`python -m benchmarks.run minutes [NAME]`: run the benches, or one; each writes its rows."""

from __future__ import annotations

import sys
from collections.abc import Callable

from benchmarks import (
    anemia,
    broken,
    build_times,
    car_racing,
    demos,
    fuzz,
    glucose,
    glucose_controllers,
    graders,
    grading,
    hostile,
    model_free,
    pets,
    planning,
    planning_sweep,
    site,
    world_models,
)

BENCHES: dict[str, dict[str, Callable[[], object]]] = {
    "minutes": {
        "graders": graders.run,
        "book": build_times.book,
        "hostile": hostile.run,
        "broken": broken.run,
        "grading_speed": grading.speed,
        "dqn": model_free.dqn,
        "calibration": pets.calibration,
        "planning_floor": planning.floor,
        "planning_throughput": planning.throughput,
        "car_racing_speed": car_racing.speed,
        "car_racing_ray": world_models.car_racing_ray,
        "car_racing_picture": world_models.picture,
        "glucose_accuracy": glucose.accuracy,
        "glucose_speed": glucose.speed,
        "anemia_steady": anemia.steady,
        "anemia_controllers": anemia.compare,
        "demo_planner": demos.planner,
        "demo_dream": demos.dream,
        "demo_agreement": demos.agreement,
        "site": site.run,
    },
    "hours": {
        "seeds": graders.seeds,
        "tests": build_times.tests,
        "fuzz": fuzz.run,
        "grading_faults": grading.faults,
        "planning_sweep": planning_sweep.ratio,
        "pets_cartpole": pets.cartpole,
        "pets_beside": pets.beside,
        "steps_cartpole": pets.steps_cartpole,
        "steps_pendulum": pets.steps_pendulum,
        "glucose_controllers": glucose_controllers.compare,
        "car_racing": world_models.car_racing_reference,
        "car_racing_again": world_models.car_racing_again,
        "car_racing_laptop": world_models.car_racing_laptop,
        "car_racing_dreams": world_models.car_racing_dreams,
        "car_racing_gymnasium": world_models.through_gymnasium,
        "car_racing_parts": world_models.car_racing_parts,
        "take_cover": world_models.take_cover_reference,
        "take_cover_learners": world_models.take_cover_learners,
    },
}


def main(arguments: list[str]) -> int:
    """Run what was asked for; 2 for a bad call."""
    group, *names = arguments or ["?"]
    benches = BENCHES.get(group, {})
    if not benches or any(name not in benches for name in names):
        known = "; ".join(f"{g}: {', '.join(b)}" for g, b in BENCHES.items())
        print(f"usage: python -m benchmarks.run GROUP [NAME]. {known}", file=sys.stderr)
        return 2
    for name in names or benches:
        print(f"bench {name}", flush=True)
        benches[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
