"""Type hints, dataclasses, enums and a match statement.

assignment: ps2_random_shooting
"""
# %% helper
from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Callable, NamedTuple

@dataclass(frozen=True)
class Box:
    low: torch.Tensor
    high: torch.Tensor

    def stretch(self, unit: torch.Tensor) -> torch.Tensor:
        return self.low + (self.high - self.low) * unit

class Chosen(NamedTuple):
    sequence: torch.Tensor
    value: torch.Tensor
# %% ps2-sample
def sample_actions(candidates: int, horizon: int, low: torch.Tensor, high: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    return Box(low, high).stretch(torch.rand(candidates, horizon, len(low), generator=generator))
# %% ps2-choose
def random_shooting(sample: Callable, evaluate: Callable, warm_start: torch.Tensor | None = None) -> tuple:
    actions = sample()
    match warm_start:
        case None:
            pass
        case guess:
            actions = torch.cat([guess[None], actions[1:]])
    returns = evaluate(actions)
    chosen = Chosen(actions[returns.argmax()], returns.max())
    return tuple(chosen)
