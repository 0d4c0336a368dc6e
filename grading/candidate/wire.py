"""Messages over a stream socket: a 32-bit length, then the bytes of `grading.codec`."""

from __future__ import annotations

import socket
import struct
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
    (length,) = _HEAD.unpack(_exactly(connection, _HEAD.size))
    if length > limits.size:
        raise CodecError(f"a message has at most {limits.size} bytes; {length} were announced")
    return decode(_exactly(connection, length), limits)


def _exactly(connection: socket.socket, length: int) -> bytes:
    parts = []
    while length:
        part = connection.recv(min(length, 1 << 20))
        if not part:
            raise EOFError("the other side has closed the connection")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
