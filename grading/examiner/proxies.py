"""What stands for a student's objects in the examiner: they can be called, and nothing else.

A call sends its arguments over the socket and gets values back. While it waits, the candidate may
call the functions that it was handed, and only these. An exception crosses as the name of a
built-in class and a message.
"""

from __future__ import annotations

import builtins
import contextlib
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch

from grading.candidate import wire
from grading.candidate.serve import arrays_in, same_array
from grading.codec import Callback, CodecError, Handle, Limits, decode

CALLBACKS = 100_000  # how often one call may call back
HANDED = 2 * 2**20  # bytes that a function may be handed at once: it was written for small inputs
KEPT = 64 * 2**20  # handed and returned, in all of one test, which may keep what it saw
BLOCKS = 10_000  # of 624 random numbers: how far one call may draw a generator on


class CandidateLost(RuntimeError):
    """The candidate ended, hung or spoke nonsense; the message is for the student."""


class Channel:
    """The examiner's end of the connection to one candidate.

    Attributes
    ----------
    lost : CandidateLost or None, why nothing more will come; a test that swallowed it has failed
    """

    def __init__(
        self, connection: socket.socket, seconds: float, until: float = float("inf")
    ) -> None:
        self.connection, self.seconds, self.until = connection, seconds, until
        self.lost: CandidateLost | None = None
        self.kept = 0  # bytes handed to and returned by this test's functions; `exam` sets it to 0
        self._callbacks: list[Any] = []  # what the candidate was handed, for as long as it lives
        self._given: list[Any] = []  # arrays that callbacks returned, in order

    def ask(self, *request: Any) -> Any:
        """Send a request and return its reply, answering callbacks in between.

        Raises
        ------
        CandidateLost
            When no reply comes in time, or none that can be read.
        """
        try:
            return self._ask(request)
        except CandidateLost as lost:
            self.lost = lost
            raise

    def ask_surely(self, *request: Any) -> Any:
        """As `ask`, where an honest candidate has no error to report."""
        try:
            return self.ask(*request)
        except CandidateLost:
            raise
        except Exception as error:
            self.lost = CandidateLost(f"it could not answer: {type(error).__name__}")
            raise self.lost from None

    def _ask(self, request: tuple[Any, ...]) -> Any:
        deadline = min(time.monotonic() + self.seconds, self.until)
        try:
            self.connection.settimeout(max(0.01, deadline - time.monotonic()))
            wire.send(self.connection, request, self._reference)
            for _ in range(CALLBACKS):
                body = wire.receive_bytes(self.connection, Limits().size, deadline)
                reply = decode(body)
                if type(reply) is not tuple or not reply:
                    raise CodecError("a reply is a tuple")
                if reply[0] != "callback":
                    return self._unpack(reply)
                self._serve(reply, len(body))
                if time.monotonic() > deadline:
                    raise TimeoutError
        except TimeoutError:
            raise CandidateLost(f"it took longer than {self.seconds:g} s") from None
        except (EOFError, OSError):
            raise CandidateLost("its process ended (out of memory, or os._exit)") from None
        except (CodecError, ValueError, TypeError, KeyError, IndexError, MemoryError) as error:
            raise CandidateLost(f"its reply could not be read: {error}") from None
        raise CandidateLost(f"it called the functions it was given over {CALLBACKS} times")

    def _serve(self, reply: tuple[Any, ...], size: int) -> None:
        _, number, arguments, named = reply
        function = self._callbacks[number]
        self._keep(size)
        try:
            if size > HANDED:
                raise ValueError(f"it can be handed {HANDED / 2**20:g} MB at most")
            if _holds_a_handle([arguments, named]):  # its methods would run here, amid a callback
                raise TypeError("it must be handed arrays, numbers or functions that it gave you")
            value = function(*arguments, **named)
            answer = ("ok", value)
        except Exception as error:  # what the examiner's function says of bad arguments
            answer = ("error", [type(error).__name__], str(error))
        else:
            returned = arrays_in(value)
            self._keep(sum(array.nbytes for array in returned))
            self._given += returned
        wire.send(self.connection, answer, self._reference)

    def _keep(self, size: int) -> None:
        self.kept += size
        if self.kept > KEPT:
            raise CodecError(f"it called functions with over {KEPT / 2**20:g} MB")

    def write_back(self, changed: Any) -> None:
        """Make what callbacks returned what the candidate has since made of it."""
        for number, theirs in changed.items() if type(changed) is dict else ():
            if type(number) is int and 0 <= number < len(self._given):
                _write_back(self._given[number], theirs)

    def _reference(self, value: Any) -> Handle | Callback | None:
        """What stands for an object that does not cross."""
        if isinstance(value, Proxy):
            return value._handle
        if callable(value):
            self._callbacks.append(value)
            return Callback(len(self._callbacks) - 1, getattr(value, "__name__", "function"))
        return None

    def _unpack(self, reply: tuple[Any, ...]) -> Any:
        if reply[0] == "error":
            _, names, message = reply
            raise as_exception(names, message)
        kind, value = reply
        if kind != "ok":
            raise CodecError("a reply begins with ok or error")
        return self.wrap(value)

    def wrap(self, value: Any) -> Any:
        """Handles replaced by proxies, in containers too."""
        if isinstance(value, Handle):
            return Proxy(self, value)
        if type(value) in (list, tuple):
            return type(value)(self.wrap(part) for part in value)
        if type(value) is dict:
            return {key: self.wrap(part) for key, part in value.items()}
        return value


class Proxy:
    """A student's function or object. It can be called and has methods; it equals nothing."""

    def __init__(self, channel: Channel, handle: Handle) -> None:
        self._channel, self._handle = channel, handle
        self.__name__ = handle.name
        self.drew_globally = False

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call it over there; changes to arrays and generators among the arguments come back."""
        reply = self._channel.ask("call", self._handle, arguments, named)
        try:
            error, value = reply["error"], reply["value"]
            self.drew_globally = reply["drew_globally"] is True
            pairs = [*zip(arguments, reply["arguments"], strict=True)]
            pairs += [(named[key], reply["named"][key]) for key in named]
        except (TypeError, KeyError, ValueError):
            raise CandidateLost("its reply could not be read") from None
        for mine, theirs in pairs:
            _write_back(mine, theirs)
        self._channel.write_back(reply.get("received"))
        if error is not None:
            raise as_exception(*error)
        return value

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        method = self._channel.ask_surely("attribute", self._handle, name)
        if not isinstance(method, Proxy):
            raise AttributeError(name)
        return method


class Names(Mapping[str, Any]):
    """A student's namespace, as `checks.use_namespace` takes it.

    `why_missing(name)` says what went wrong in the cell that should have defined a name.
    """

    def __init__(self, channel: Channel, why_missing: Callable[[str], str]) -> None:
        self._channel, self.why_missing = channel, why_missing

    def _look(self, name: str) -> tuple[bool, Any]:
        reply = self._channel.ask_surely("look", name)
        if type(reply) is not tuple or len(reply) != 3:
            self._channel.lost = CandidateLost("its reply could not be read")
            raise self._channel.lost
        there, is_callable, proxy = reply
        usable = is_callable is True and isinstance(proxy, Proxy)
        return there is True, proxy if usable else None  # what cannot be called is of no use

    def __contains__(self, name: object) -> bool:
        return self._look(str(name))[0]

    def __getitem__(self, name: str) -> Any:
        there, proxy = self._look(name)
        if not there:
            raise KeyError(name)
        return proxy

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def as_exception(names: Any, message: Any) -> Exception:
    """The most particular built-in exception among `names`, with the student's class in words."""
    names = [name for name in names if type(name) is str] if type(names) is list else []
    message = message if type(message) is str else ""
    for name in names:
        kind = getattr(builtins, name, None)
        if isinstance(kind, type) and issubclass(kind, Exception):
            with contextlib.suppress(TypeError):
                return kind(message if name == names[0] else f"{names[0]}: {message}")
    return RuntimeError(f"{names[0] if names else 'an error'}: {message}")


def _holds_a_handle(value: Any) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return any(_holds_a_handle(part) for part in value)
    return isinstance(value, Handle)


def _drawn_on(mine: torch.Generator, theirs: torch.Generator) -> torch.Tensor | None:
    """The state of my generator once it has been drawn from as theirs was; None if it was not.

    Hidden inputs may yet be drawn from it: it goes on only, and keeps no number that was put aside.
    """
    words, place = slice(24, 24 + 624 * 8), slice(16, 24)  # the twister's block, and where in it
    runner = torch.Generator()
    runner.set_state(mine.get_state())
    before, after = mine.get_state(), theirs.get_state()
    if torch.equal(before, after):
        return None
    for block in range(BLOCKS):
        if torch.equal(runner.get_state()[words], after[words]):
            if not block and after[place].view(torch.int64) < before[place].view(torch.int64):
                return None
            after[:8], after[words.stop :] = before[:8], 0  # the seed; spare normal draws
            return after
        torch.rand(624, generator=runner)
    return None


def _write_back(mine: Any, theirs: Any) -> None:
    """Make my argument what the student's call left behind, so that a check can see it."""
    generators = isinstance(mine, torch.Generator) and isinstance(theirs, torch.Generator)
    if generators and (state := _drawn_on(mine, theirs)) is not None:
        mine.set_state(state)
    for kind in (torch.Tensor, np.ndarray):
        if isinstance(mine, kind) and isinstance(theirs, kind):
            alike = mine.shape == theirs.shape and mine.dtype == theirs.dtype
            if alike and not same_array(mine, theirs):
                with torch.no_grad():
                    mine[...] = theirs
