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
BYTES = 512 * 2**20  # what one call may send in all: a test may keep what its functions were given
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
        deadline, left = min(time.monotonic() + self.seconds, self.until), BYTES
        try:
            self.connection.settimeout(max(0.01, deadline - time.monotonic()))
            wire.send(self.connection, request, self._reference)
            for _ in range(CALLBACKS):
                body = wire.receive_bytes(self.connection, min(Limits().size, left), deadline)
                left -= len(body)
                reply = decode(body)
                if type(reply) is not tuple or not reply:
                    raise CodecError("a reply is a tuple")
                if reply[0] != "callback":
                    return self._unpack(reply)
                self._serve(reply)
                if time.monotonic() > deadline:
                    raise TimeoutError
        except TimeoutError:
            raise CandidateLost(f"it took longer than {self.seconds:g} s") from None
        except (EOFError, OSError):
            raise CandidateLost("its process ended (out of memory, or os._exit)") from None
        except (CodecError, ValueError, TypeError, KeyError, IndexError) as error:
            raise CandidateLost(f"its reply could not be read: {error}") from None
        raise CandidateLost(f"it called the functions it was given over {CALLBACKS} times")

    def _serve(self, reply: tuple[Any, ...]) -> None:
        _, number, arguments, named = reply
        function = self._callbacks[number]
        try:
            if _holds_a_handle([arguments, named]):  # its methods would run here, amid a callback
                raise TypeError("it must be handed arrays, numbers or functions that it gave you")
            value = function(*arguments, **named)
            self._given += arrays_in(value)
            answer = ("ok", value)
        except Exception as error:  # what the examiner's function says of bad arguments
            answer = ("error", [type(error).__name__], str(error))
        wire.send(self.connection, answer, self._reference)

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


def _drawn_on(mine: torch.Generator, theirs: torch.Generator) -> bool:
    """Whether drawing leads from my generator to theirs; hidden inputs may yet be drawn from it."""
    words = slice(24, 24 + 624 * 8)  # the twister's, renewed with every block of numbers
    goal, runner = theirs.get_state()[words], torch.Generator()
    runner.set_state(mine.get_state())
    for _ in range(BLOCKS):
        if torch.equal(runner.get_state()[words], goal):
            return True
        torch.rand(624, generator=runner)
    return False


def _write_back(mine: Any, theirs: Any) -> None:
    """Make my argument what the student's call left behind, so that a check can see it."""
    generators = isinstance(mine, torch.Generator) and isinstance(theirs, torch.Generator)
    if generators and _drawn_on(mine, theirs):
        mine.set_state(theirs.get_state())
    for kind in (torch.Tensor, np.ndarray):
        if isinstance(mine, kind) and isinstance(theirs, kind):
            alike = mine.shape == theirs.shape and mine.dtype == theirs.dtype
            if alike and not same_array(mine, theirs):
                with torch.no_grad():
                    mine[...] = theirs
