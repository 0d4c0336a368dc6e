"""Calling what a student wrote, and comparing what comes back.

An answer is looked up by name, called with copies' originals watched, and what it returns is
brought into plain tensors before anything is compared, so an answer in NumPy is as good as one
in torch. Three things are watched in every call: an argument changed in place, a draw from the
global random generators, and the stub that was handed out.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import importlib.abc
import os
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mbrl_lib.checks.outcomes import CheckFailed, NotAttempted

_DEFAULT_KEY = "mbrl-course"
_namespace: Mapping[str, Any] | None = None


def use_namespace(namespace: Mapping[str, Any] | None) -> None:
    """Where answers are looked up: a mapping of names, or None for the running notebook."""
    global _namespace
    _namespace = namespace


def seed(label: str) -> int:
    """A seed for one purpose, the same in each run with the same key.

    The key is `MBRL_CHECK_KEY` in the environment; a grader sets one for each student.
    """
    key = os.environ.get("MBRL_CHECK_KEY", _DEFAULT_KEY)
    digest = hmac.new(key.encode(), label.encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:4], "big")


def generator(label: str) -> torch.Generator:
    """A fresh generator with `seed(label)`: the inputs of hidden tests are drawn with it."""
    return torch.Generator().manual_seed(seed(label))


def begin(assignment: str, writes: Sequence[str]) -> None:
    """Start an assignment: the modules it asks for cannot be imported from the library.

    Parameters
    ----------
    assignment : str, e.g. "ps1_dynamics"
    writes : the modules that hold the reference answers, e.g. "mbrl_lib.normalizer"
    """
    for name in writes:
        sys.modules.pop(name, None)
    end()
    sys.meta_path.insert(0, _Withheld(assignment, tuple(writes)))


def end() -> None:
    """Give back what `begin` withheld; a process that goes on to other things calls it."""
    sys.meta_path[:] = [f for f in sys.meta_path if not isinstance(f, _Withheld)]


class _Withheld(importlib.abc.MetaPathFinder):
    """Refuses the import of reference answers, saying why."""

    def __init__(self, assignment: str, modules: tuple[str, ...]) -> None:
        self.assignment, self.modules = assignment, modules
        self.attempts: list[str] = []

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        """Raise for a withheld module; leave every other to the next finder."""
        if fullname in self.modules:
            self.attempts.append(fullname)
            raise ImportError(self.reason(fullname))

    def reason(self, module: str) -> str:
        """The sentence that students read."""
        return (
            f"{module} holds the reference answer that {self.assignment} asks you to write; "
            "use your own"
        )

    def violation(self) -> str:
        """Why no answer counts: a reference module is loaded, or one was asked for."""
        for module in self.modules:
            if module in sys.modules:
                return self.reason(module)
        return self.reason(self.attempts[-1]) if self.attempts else ""


def _violation() -> str:
    return next((f.violation() for f in sys.meta_path if isinstance(f, _Withheld)), "")


def answer(name: str, reread: str) -> Answer:
    """What the student defined as `name`.

    Parameters
    ----------
    name : str, a function or class of the notebook
    reread : str, chapter and section where it is explained

    Raises
    ------
    CheckFailed
        When there is no such name, it cannot be called, or it comes from the library.
    """
    namespace = _namespace if _namespace is not None else vars(sys.modules["__main__"])
    violation = _violation()
    if violation:
        raise CheckFailed(name, "an import of the reference answer", violation, reread)
    if name not in namespace:
        reason = getattr(namespace, "why_missing", lambda name: "")(name)  # a grader may know
        raise CheckFailed(
            name, "nothing by that name",
            f"{name} is not defined: "
            + (reason or "run its cell first, and mend the error that it shows, if any"),
            reread,
        )  # fmt: skip
    if not callable(namespace[name]):
        kind = type(namespace[name]).__name__
        raise CheckFailed(
            name, f"an object of type {kind}", "it must be a function or class", reread
        )
    return Answer(name, namespace[name], reread)


@dataclass(frozen=True)
class Answer:
    """Something callable that a student wrote."""

    name: str
    function: Any
    reread: str

    def __call__(self, *arguments: Any, **named: Any) -> Result:
        """Call it and watch.

        Raises
        ------
        NotAttempted
            When it raises `NotImplementedError`.
        CheckFailed
            When it raises anything else, changes an argument in place, or draws from a global
            random generator.
        """
        called = _describe_call(self.name, arguments, named)
        before = _copies(arguments, named)
        states = global_random_states()
        try:
            value = self._run(arguments, named)
        except NotImplementedError:
            raise NotAttempted(called, self.reread) from None
        except CheckFailed:
            raise
        except Exception as error:
            came = f"{type(error).__name__}: {error}"
            raise self._failed(called, came, "it must not raise for this call") from error
        self._require_untouched(called, before, _copies(arguments, named), states)
        return Result(called, value, self.reread)

    def raises(self, error: type[Exception], because: str, *arguments: Any, **named: Any) -> None:
        """The call must raise `error`."""
        called = _describe_call(self.name, arguments, named)
        try:
            value = self._run(arguments, named)
        except NotImplementedError:
            raise NotAttempted(called, self.reread) from None
        except error:
            return
        except Exception as other:
            came = f"{type(other).__name__}: {other}"
            raise self._failed(
                called, came, f"{because}: {error.__name__} was asked for"
            ) from other
        raise self._failed(called, describe(value), f"{because}: it must raise {error.__name__}")

    def _run(self, arguments: tuple, named: dict) -> Any:
        """Call it; what it writes to stderr, such as a warning, goes to stdout.

        nbgrader gives no points to a cell with anything on stderr, and a warning is no mistake.
        """
        with contextlib.redirect_stderr(sys.stdout):
            return self.function(*arguments, **named)

    def _failed(self, called: str, came: str, violated: str, likely: str = "") -> CheckFailed:
        return CheckFailed(called, came, violated, self.reread, likely)

    def _require_untouched(
        self,
        called: str,
        before: dict[str, Tensor],
        after: dict[str, Tensor],
        states: tuple[bytes, str, str],
    ) -> None:
        for name, value in before.items():
            if not _same(value, after[name]):
                raise self._failed(
                    called, f"{name} = {describe(after[name])}, was {describe(value)}",
                    "the caller's arguments must be left as they were",
                    f"{name} is changed in place (x += 1, x[0] = 1, x.clamp_(), ...)",
                )  # fmt: skip
        drew = getattr(self.function, "drew_globally", False)  # what a grader's proxy reports
        if drew or states != global_random_states():
            raise self._failed(
                called, "a draw from the global random generator",
                "all random numbers must come from the generator that is passed in",
                "generator=... is missing in a call such as torch.rand, or a global seed is set",
            )  # fmt: skip


@dataclass(frozen=True)
class Result:
    """What an answer returned, with the call that made it."""

    called: str
    raw: Any
    reread: str

    def __repr__(self) -> str:
        return f"<{self.called} = {describe(self.raw)}>"

    def _ipython_display_(self) -> None:
        """Show nothing: a check that ends a cell must not print what it compared."""

    @property
    def value(self) -> Tensor:
        """The result as a plain float64 tensor, detached; bool and whole numbers become floats."""
        value = _as_tensor(self.raw)
        if value is None:
            self._fail("an array of numbers was asked for")
        return value

    def __getitem__(self, index: int | str) -> Result:
        """One of several results, by position or, in a dict, by key."""
        if isinstance(index, str):
            if not isinstance(self.raw, Mapping) or index not in self.raw:
                self._fail(f"a dict with the key {index!r} was asked for")
            return Result(f"{self.called}[{index!r}]", self.raw[index], self.reread)
        if not isinstance(self.raw, tuple | list) or len(self.raw) <= index:
            self._fail(f"a tuple of at least {index + 1} results was asked for")
        return Result(f"{self.called}[{index}]", self.raw[index], self.reread)

    def method(self, name: str) -> Answer:
        """A method of the object that was returned."""
        function = getattr(self.raw, name, None)
        if not callable(function):
            self._fail(f"the object must have a method `{name}`")
        return Answer(f"{self.called}.{name}", function, self.reread)

    def has_shape(self, shape: tuple[int, ...], because: str = "") -> Result:
        """The result is an array of this shape; returns itself."""
        got = tuple(self.value.shape)
        if got != tuple(shape):
            hint = f" ({because})" if because else ""
            self._fail(f"its shape must be {tuple(shape)}{hint}; it is {got}")
        return self

    def has_length(self, length: int, because: str = "") -> Result:
        """The result is a tuple or list of this length; returns itself."""
        got = len(self.raw) if isinstance(self.raw, tuple | list) else None
        if got != length:
            hint = f" ({because})" if because else ""
            self._fail(f"it must hold {length} results{hint}")
        return self

    def equals(
        self,
        expected: Any,
        because: str,
        likely: Mapping[str, Any] | None = None,
        rtol: float = 1e-4,
        atol: float = 1e-5,
    ) -> Result:
        """The result equals `expected` in shape and values; returns itself.

        Parameters
        ----------
        because : str, the property in words: why it must be so
        likely : known mistakes in words, each with the value that it gives
        """
        expected = _as_tensor(expected)
        self.has_shape(tuple(expected.shape))
        if _close(self.value, expected, rtol, atol):
            return self
        mistake = ""
        for words, wrong in (likely or {}).items():
            wrong = _as_tensor(wrong)
            if wrong.shape == expected.shape and _close(self.value, wrong, rtol, atol):
                mistake = words
                break
        self._fail(f"it must be {describe(expected)}: {because}", mistake)
        return self

    def satisfies(self, condition: bool | Tensor, because: str, likely: str = "") -> Result:
        """A property of the result holds; returns itself."""
        if not bool(condition):
            self._fail(because, likely)
        return self

    def _fail(self, violated: str, likely: str = "") -> None:
        raise CheckFailed(self.called, describe(self.raw), violated, self.reread, likely)


def describe(value: Any) -> str:
    """A value in few words: small arrays in full, large ones by shape and range."""
    if callable(value) and hasattr(value, "__name__"):
        return value.__name__
    if isinstance(value, torch.Generator):
        return f"Generator(seed {value.initial_seed()})"
    array = None if isinstance(value, str | type(None)) else _as_tensor(value)
    if array is None:
        if isinstance(value, tuple | list):
            return f"({', '.join(describe(part) for part in value)})"
        return repr(value) if isinstance(value, str | type(None)) else f"a {type(value).__name__}"
    if array.numel() == 0:
        return f"an empty array of shape {tuple(array.shape)}"
    if array.numel() <= 8:
        text = str(_rounded(array.tolist()))
        return text if array.dim() == 0 else f"{text} of shape {tuple(array.shape)}"
    low, high = float(array.min()), float(array.max())
    return f"an array of shape {tuple(array.shape)}, from {low:.4g} to {high:.4g}"


def _rounded(value: Any) -> Any:
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return float(f"{value:.5g}")


def _describe_call(name: str, arguments: tuple, named: dict) -> str:
    parts = [describe(a) for a in arguments] + [f"{k}={describe(v)}" for k, v in named.items()]
    return f"{name}({', '.join(parts)})"


def _as_tensor(value: Any) -> Tensor | None:
    """A float64 tensor of what is an array of numbers in any form, else None."""
    try:
        if isinstance(value, Tensor):
            return value.detach().cpu().double().clone()
        if isinstance(value, list | tuple) and any(isinstance(v, Tensor) for v in value):
            return torch.stack([_as_tensor(v) for v in value])
        array = np.asarray(value)
        if array.dtype.kind not in "biuf":
            return None
        return torch.from_numpy(array.astype(np.float64).copy())
    except (TypeError, ValueError, RuntimeError):
        return None


def _copies(arguments: tuple, named: dict) -> dict[str, Tensor]:
    """Copies of all array arguments, by name or position."""
    everything = {f"argument {i + 1}": a for i, a in enumerate(arguments)} | named
    return {
        name: torch.as_tensor(value).detach().clone()
        for name, value in everything.items()
        if isinstance(value, Tensor | np.ndarray)
    }


def global_random_states() -> tuple[bytes, str, str]:
    """Fingerprints of the generators that nothing in this course may touch."""
    legacy = np.random.get_state(legacy=False)["state"]  # noqa: NPY002
    return (
        torch.get_rng_state().numpy().tobytes(),
        f"{legacy['pos']} {legacy['key'].tobytes().hex()}",
        repr(random.getstate()),
    )


def _same(a: Tensor, b: Tensor) -> bool:
    return a.shape == b.shape and torch.equal(a.nan_to_num(), b.nan_to_num())


def _close(a: Tensor, b: Tensor, rtol: float, atol: float) -> bool:
    return torch.allclose(a, b.to(a.dtype), rtol=rtol, atol=atol, equal_nan=True)
