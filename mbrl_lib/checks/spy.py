"""A function that remembers how it was called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Spy:
    """Wrap a function handed to an answer, to see what the answer does with it.

    Attributes
    ----------
    function : the function that is called
    calls : list of tuples, the arguments of each call, in order
    """

    function: Callable[..., object]
    calls: list[tuple[object, ...]] = field(default_factory=list)

    def __call__(self, *arguments: object) -> object:
        """Remember and pass on."""
        self.calls.append(arguments)
        return self.function(*arguments)

    @property
    def __name__(self) -> str:
        return getattr(self.function, "__name__", type(self.function).__name__)
