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
from grading.codec import Callback, CodecError, Handle

CALLBACKS = 100_000  # how often one call may call back


class CandidateLost(RuntimeError):
    """The candidate ended, hung or spoke nonsense; the message is for the student."""


class Channel:
    """The examiner's end of the connection to one candidate."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self.connection, self.seconds = connection, seconds
        self._callbacks: list[Any] = []  # what the candidate was handed, for as long as it lives
        self._given: list[Any] = []  # arrays that callbacks returned, in order

    def ask(self, *request: Any) -> Any:
        """Send a request and return its reply, answering callbacks in between.

        Raises
        ------
        CandidateLost
            When no reply comes in time, or none that can be read.
        """
        deadline = time.monotonic() + self.seconds
        try:
            wire.send(self.connection, request, self._reference)
            for _ in range(CALLBACKS):
                self.connection.settimeout(max(0.01, deadline - time.monotonic()))
                reply = wire.receive(self.connection)
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
            value = function(*self.wrap(arguments), **self.wrap(named))
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
        method = self._channel.ask("attribute", self._handle, name)
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
        there, is_callable, proxy = self._channel.ask("look", name)
        if there and not is_callable:
            return True, None  # what cannot be called is of no use to a test
        return bool(there), proxy

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


def _write_back(mine: Any, theirs: Any) -> None:
    """Make my argument what the student's call left behind, so that a check can see it."""
    if isinstance(mine, torch.Generator) and isinstance(theirs, torch.Generator):
        mine.set_state(theirs.get_state())
    for kind in (torch.Tensor, np.ndarray):
        if isinstance(mine, kind) and isinstance(theirs, kind):
            alike = mine.shape == theirs.shape and mine.dtype == theirs.dtype
            if alike and not same_array(mine, theirs):
                with torch.no_grad():
                    mine[...] = theirs
