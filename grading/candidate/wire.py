"""Messages over a stream socket: a 32-bit length, then the bytes of `grading.codec`."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable
from typing import Any

from grading.codec import CodecError, Limits, decode, encode

_HEAD = struct.Struct("<I")


def send(
    connection: socket.socket, message: Any, reference: Callable[[Any], Any] = lambda value: None
) -> None:
    """Send one message. Raises `CodecError` before anything is sent when it may not cross."""
    body = encode(message, reference)
    connection.sendall(_HEAD.pack(len(body)) + body)


def receive(connection: socket.socket, limits: Limits = Limits()) -> Any:
    """The next message. Raises `EOFError` at the end, `CodecError` for bytes that are none."""
    return decode(receive_bytes(connection, limits.size), limits)


def receive_bytes(connection: socket.socket, size: int, deadline: float | None = None) -> bytes:
    """The bytes of the next message, at most `size`.

    `deadline` is a time of `time.monotonic`, by which all of it must be here; `TimeoutError` is
    raised otherwise, however little by little the bytes come.
    """
    (length,) = _HEAD.unpack(_exactly(connection, _HEAD.size, deadline))
    if length > size:
        raise CodecError(f"a message has at most {size} bytes; {length} were announced")
    return _exactly(connection, length, deadline)


def _exactly(connection: socket.socket, length: int, deadline: float | None = None) -> bytes:
    parts = []
    while length:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            connection.settimeout(left)
        part = connection.recv(min(length, 1 << 20))
        if not part:
            raise EOFError("the other side has closed the connection")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
