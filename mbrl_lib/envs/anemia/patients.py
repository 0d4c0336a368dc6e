"""Who is treated: the reference patients of Roy et al. (2023), and a population around one of them.

A patient is five numbers. Those of the chronic kidney disease (CKD) stages 3, 4 and 5 are facts
from the paper's supplement, as the open re-implementation in nlmixr2lib gives them. The healthy
patient's `k_dp` is not: the printed value is a misprint there, and the one here was found, by the
authors of nlmixr2lib, from the healthy haemoglobin of 13.5 g/dL. The paper's "CKD 1.5" contradicts
itself and is left out.

The paper has no iron and does not say how much patients differ. Both are assumptions of this
course: the spreads of `SPREAD`, and a production of progenitors that falls with the transferrin
saturation (TSat) below 20 %. Explained in the chapter "Models are hard: anaemia".
"""

from __future__ import annotations

import numpy as np

from mbrl_lib import validate

FIELDS = ("k_E", "K_m", "k_prod", "k_RBC", "k_dp")
_REFERENCE = {
    # ng/mL/h, molecules/L, cells/L/h, 1/h, 1/h
    "healthy": (2.02, 5.15e12, 3.60e9, 3.40e-4, 0.0669),
    "CKD3": (1.70, 3.301e12, 2.10e9, 4.63e-4, 0.0300),
    "CKD4": (1.60, 2.50e12, 1.50e9, 4.73e-4, 0.0260),
    "CKD5": (1.30, 2.00e12, 1.38e9, 6.94e-4, 0.0158),
}
SPREAD = {"k_E": 0.3, "K_m": 0.4, "k_prod": 0.2, "k_RBC": 0.2, "k_dp": 0.2}  # std over mean
UNTREATED = (6.5, 10.5)  # g/dL, the haemoglobin without treatment of those who are kept

TSAT_MEAN, TSAT_MEMORY, TSAT_NOISE = 30.0, 0.6, 8.0  # %, from month to month, %
TSAT_LIMITS = (8.0, 70.0)  # %
TSAT_ENOUGH = 20.0  # %, below which iron is short

_ROW = np.dtype([("name", "U20"), *((field, float) for field in FIELDS)])


def names() -> list[str]:
    """The reference patients."""
    return list(_REFERENCE)


def reference(*wanted: str) -> np.ndarray:
    """Parameters of reference patients as a structured array `(N,)`; of all when none is named.

    Fields: `name`; `k_E` (ng/mL/h), the most erythropoietin (EPO) that the kidneys make; `K_m`
    (molecules/L), the bound EPO receptors that rescue half of the progenitor cells; `k_prod`
    (cells/L/h), the making of progenitors; `k_RBC` (1/h), the loss of red cells; `k_dp` (1/h), the
    loss of progenitors that are not rescued.

    Raises `ValueError`, naming those there are, for an unknown name.
    """
    unknown = [name for name in wanted if name not in _REFERENCE]
    if unknown:
        raise ValueError(f"unknown patients {unknown}; there are {', '.join(_REFERENCE)}")
    chosen = wanted or names()
    return np.array([(name, *_REFERENCE[name]) for name in chosen], dtype=_ROW)


def population(count: int, generator: np.random.Generator) -> np.ndarray:
    """Virtual patients on haemodialysis `(count,)`, in the form of `reference`.

    Each parameter of CKD stage 5 is multiplied by a log-normal number, independently, and those
    are kept whose haemoglobin without treatment lies in `UNTREATED`. The paper builds its
    populations in this way; how far its parameters spread is not known, and assumed here.
    """
    from mbrl_lib.envs.anemia.model import hemoglobin, untreated

    validate.at_least("count", count, 1)
    kept, found = [], 0
    while found < count:
        drawn = np.repeat(reference("CKD5"), 2 * count + 8)
        for field, spread in SPREAD.items():
            variance = np.log1p(spread**2)  # of the logarithm; the mean stays the reference
            normal = generator.standard_normal(len(drawn))
            drawn[field] *= np.exp(np.sqrt(variance) * normal - variance / 2)
        level = hemoglobin(untreated(drawn))
        kept.append(drawn[(level >= UNTREATED[0]) & (level <= UNTREATED[1])])
        found += len(kept[-1])
    chosen = np.concatenate(kept)[:count]
    chosen["name"] = [f"CKD5#{number}" for number in range(count)]
    return chosen


def first_tsat(count: int, generator: np.random.Generator) -> np.ndarray:
    """Transferrin saturations `(count,)` in %, as `next_tsat` spreads them in the long run."""
    spread = TSAT_NOISE / np.sqrt(1 - TSAT_MEMORY**2)
    return np.clip(TSAT_MEAN + spread * generator.standard_normal(count), *TSAT_LIMITS)


def next_tsat(tsat: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """The saturation `(N,)` a month later: it wanders, and forgets. An assumption (see above)."""
    noise = TSAT_NOISE * generator.standard_normal(len(tsat))
    return np.clip(TSAT_MEAN + TSAT_MEMORY * (tsat - TSAT_MEAN) + noise, *TSAT_LIMITS)


def iron_factor(tsat: np.ndarray) -> np.ndarray:
    """What the production of progenitors is multiplied by, `(N,)`: 1 where iron suffices."""
    return np.minimum(1.0, np.asarray(tsat, dtype=float) / TSAT_ENOUGH)
