"""The only way between a student's process and the examiner: an allowlist of values, as bytes.

What crosses: None, bool, int, float, str, bytes, list, tuple, dict, arrays of numbers (tensors keep
their kind), the state of a `torch.Generator`, and two kinds of reference: a *handle* to an object
that stays with the student, a *callback* to a function that stays with the examiner. Nothing is
ever unpickled, and no byte of a message is trusted:

- every value is one tag byte, then its content; all lengths are unsigned 32-bit, little-endian;
- a length is compared with what is left of the message before anything is allocated, so a message
  of n bytes makes at most O(n) memory;
- depth, number of values and size of a message are capped (`Limits`).

| tag | value | content |
|---|---|---|
| `N` `T` `F` | None, True, False | |
| `i` | int | length, two's complement little-endian, at most 64 bytes |
| `f` | float | 8 bytes, IEEE 754 |
| `s` `b` | str, bytes | length, UTF-8 or bytes |
| `l` `t` | list, tuple | count, values |
| `d` | dict | count, pairs of a scalar or string key and a value, no key twice |
| `a` `e` | NumPy array, torch tensor | dtype code, number of dimensions, sizes, raw data |
| `g` | generator | length, state |
| `h` `c` | handle, callback | length, number as decimal text; length, a name for messages |

Everything else raises `CodecError` on both sides.
"""

from __future__ import annotations

import math
import struct
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

_DTYPES = ("?", "u1", "i1", "<i2", "<i4", "<i8", "<f2", "<f4", "<f8")
_TORCH = {
    "?": torch.bool, "u1": torch.uint8, "i1": torch.int8, "<i2": torch.int16, "<i4": torch.int32,
    "<i8": torch.int64, "<f2": torch.float16, "<f4": torch.float32, "<f8": torch.float64,
}  # fmt: skip
_MAX_INT_BYTES = 64
_MAX_DIMENSIONS = 8
_MAX_ROWS_OF_NOTHING = 10_000  # an array without elements takes no bytes, but whoever reads it...
_TWISTER = struct.Struct("<Qi4xQ")  # how a generator's state begins: seed, left, seeded, next
_BLOCK = 624  # random numbers that its twister makes at a time


class CodecError(ValueError):
    """A value that may not cross, or bytes that are not a message."""


@dataclass(frozen=True)
class Limits:
    """What one message may be."""

    size: int = 64 * 2**20  # bytes
    depth: int = 16  # containers within containers
    values: int = 200_000  # values in all


@dataclass(frozen=True)
class Handle:
    """An object that stays on the student's side; `name` is what messages call it."""

    number: int
    name: str


@dataclass(frozen=True)
class Callback:
    """A function that stays on the examiner's side."""

    number: int
    name: str


def encode(
    value: Any,
    reference: Callable[[Any], Handle | Callback | None] = lambda value: None,
    limits: Limits = Limits(),
) -> bytes:
    """The bytes of a value.

    Parameters
    ----------
    reference : called with what is not on the list; gives the reference that stands for it, or
        None when it may not cross

    Raises
    ------
    CodecError
        When something may not cross, or a limit is passed.
    """
    encoder = _Encoder(reference, limits)
    encoder.put(value, 0)
    return b"".join(encoder.parts)


def decode(data: bytes, limits: Limits = Limits()) -> Any:
    """The value of a message. Raises `CodecError` for anything that `encode` would not write."""
    if len(data) > limits.size:
        raise CodecError(f"a message has at most {limits.size} bytes; got {len(data)}")
    decoder = _Decoder(memoryview(data), limits)
    value = decoder.get(0)
    if decoder.position != len(data):
        raise CodecError(f"{len(data) - decoder.position} bytes follow the value")
    return value


class _Encoder:
    def __init__(self, reference: Callable[[Any], Any], limits: Limits) -> None:
        self.reference, self.limits = reference, limits
        self.parts: list[bytes] = []
        self.values = self.size = 0

    def require_room(self, size: int) -> None:
        """Refuse before anything is copied, or a view is made as large as it says."""
        if self.size + size > self.limits.size:
            raise CodecError(f"a message has at most {self.limits.size} bytes")

    def add(self, part: bytes) -> None:
        self.require_room(len(part))
        self.size += len(part)
        self.parts.append(part)

    def sized(self, tag: bytes, content: bytes) -> None:
        self.add(tag + struct.pack("<I", len(content)))
        self.add(content)

    def put(self, value: Any, depth: int) -> None:
        self.values += 1
        if depth > self.limits.depth or self.values > self.limits.values:
            raise CodecError("the value is nested too deep or has too many parts")
        kind = type(value)  # exact types: a subclass could bring behaviour of its own
        if value is None or value is True or value is False:
            self.add({None: b"N", True: b"T", False: b"F"}[value])
        elif kind is int:
            self.put_int(value)
        elif kind is float:
            self.add(b"f" + struct.pack("<d", value))
        elif kind is str:
            self.sized(b"s", value.encode("utf-8", "surrogatepass"))
        elif kind is bytes:
            self.sized(b"b", value)
        elif kind is list or kind is tuple:
            self.add((b"l" if kind is list else b"t") + struct.pack("<I", len(value)))
            for part in value:
                self.put(part, depth + 1)
        elif kind is dict or kind is OrderedDict:  # as state_dict returns
            self.add(b"d" + struct.pack("<I", len(value)))
            for key, part in value.items():
                if type(key) not in (str, int, float, bool, type(None)):
                    raise CodecError(f"a dict key must be a string or number; got {type(key)}")
                self.put(key, depth + 1)
                self.put(part, depth + 1)
        elif kind is np.ndarray or isinstance(value, np.generic):
            self.put_array(b"a", np.asarray(value))
        elif kind is torch.Tensor or kind is torch.nn.Parameter:
            self.put_tensor(value)
        elif kind is torch.Generator:
            self.sized(b"g", _consistent(value.get_state().numpy().tobytes()))
        else:
            self.put_reference(value)

    def put_int(self, value: int) -> None:
        length = value.bit_length() // 8 + 1
        if length > _MAX_INT_BYTES:
            raise CodecError(f"an int has at most {_MAX_INT_BYTES} bytes")
        self.sized(b"i", value.to_bytes(length, "little", signed=True))

    def put_tensor(self, value: torch.Tensor) -> None:
        if value.layout is not torch.strided or value.device.type != "cpu" or value.is_quantized:
            raise CodecError("a tensor must be dense and on the CPU")
        if value.dtype not in _TORCH.values():
            raise CodecError(f"a tensor of {value.dtype} cannot cross")
        self.require_room(value.numel() * value.element_size())
        self.put_array(b"e", value.detach().resolve_conj().resolve_neg().contiguous().numpy())

    def put_array(self, tag: bytes, array: np.ndarray) -> None:
        code = array.dtype.newbyteorder("<").str.lstrip("|")
        code = {"b1": "?"}.get(code, code)
        if code not in _DTYPES:
            raise CodecError(f"an array of {array.dtype} cannot cross")
        if array.ndim > _MAX_DIMENSIONS:
            raise CodecError(f"an array has at most {_MAX_DIMENSIONS} dimensions")
        if array.size == 0 and math.prod(filter(None, array.shape)) > _MAX_ROWS_OF_NOTHING:
            raise CodecError(f"an array without elements is too large: {array.shape}")
        self.require_room(array.nbytes)
        head = struct.pack(f"<BB{array.ndim}I", _DTYPES.index(code), array.ndim, *array.shape)
        self.add(tag + head)
        self.add(np.ascontiguousarray(array, dtype=np.dtype(code)).tobytes())

    def put_reference(self, value: Any) -> None:
        made = value if isinstance(value, Handle | Callback) else self.reference(value)
        if type(made) not in (Handle, Callback):
            raise CodecError(f"an object of type {type(value).__name__} cannot cross")
        self.add(b"h" if type(made) is Handle else b"c")
        for text in (str(made.number), made.name[:200]):
            content = text.encode("utf-8", "replace")
            self.add(struct.pack("<I", len(content)) + content)


class _Decoder:
    def __init__(self, data: memoryview, limits: Limits) -> None:
        self.data, self.limits = data, limits
        self.position = self.values = 0

    def take(self, length: int) -> memoryview:
        if length > len(self.data) - self.position:
            raise CodecError("the message ends within a value")
        part = self.data[self.position : self.position + length]
        self.position += length
        return part

    def length(self) -> int:
        """A length that cannot exceed what is left."""
        length = struct.unpack("<I", self.take(4))[0]
        if length > len(self.data) - self.position:
            raise CodecError("a length exceeds the message")
        return length

    def text(self) -> str:
        try:
            return str(self.take(self.length()), "utf-8", "surrogatepass")
        except UnicodeDecodeError:
            raise CodecError("a string is not UTF-8") from None

    def get(self, depth: int) -> Any:
        self.values += 1
        if depth > self.limits.depth or self.values > self.limits.values:
            raise CodecError("the message is nested too deep or has too many values")
        tag = bytes(self.take(1))
        match tag:
            case b"N" | b"T" | b"F":
                return {b"N": None, b"T": True, b"F": False}[tag]
            case b"i":
                return self.get_int()
            case b"f":
                return struct.unpack("<d", self.take(8))[0]
            case b"s":
                return self.text()
            case b"b":
                return bytes(self.take(self.length()))
            case b"l":
                return [self.get(depth + 1) for _ in range(self.length())]
            case b"t":
                return tuple([self.get(depth + 1) for _ in range(self.length())])
            case b"d":
                return self.get_dict(depth)
            case b"a" | b"e":
                return self.get_array(as_tensor=tag == b"e")
            case b"g":
                return self.get_generator()
            case b"h":
                return Handle(self.get_number(), self.text())
            case b"c":
                return Callback(self.get_number(), self.text())
        raise CodecError(f"no value begins with {tag!r}")

    def get_int(self) -> int:
        length = self.length()
        if not 1 <= length <= _MAX_INT_BYTES:
            raise CodecError(f"an int has 1 to {_MAX_INT_BYTES} bytes; got {length}")
        return int.from_bytes(self.take(length), "little", signed=True)

    def get_number(self) -> int:
        text = self.text()
        if not (text.isascii() and text.isdigit() and len(text) <= 12):
            raise CodecError("a reference must have a number")
        return int(text)

    def get_dict(self, depth: int) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for _ in range(self.length()):
            key = self.get(depth + 1)
            if type(key) not in (str, int, float, bool, type(None)) or key in found:
                raise CodecError("a dict key must be a string or number, and there once")
            found[key] = self.get(depth + 1)
        return found

    def get_array(self, as_tensor: bool) -> Any:
        code, dimensions = self.take(2)
        if code >= len(_DTYPES) or dimensions > _MAX_DIMENSIONS:
            raise CodecError("an array of an unknown dtype or too many dimensions")
        shape = struct.unpack(f"<{dimensions}I", self.take(4 * dimensions))
        dtype = np.dtype(_DTYPES[code])
        if 0 in shape and math.prod(filter(None, shape)) > _MAX_ROWS_OF_NOTHING:
            raise CodecError(f"an array without elements is too large: {shape}")
        raw = self.take(math.prod(shape) * dtype.itemsize)  # checked before anything is made
        if code == 0 and np.frombuffer(raw, np.uint8).max(initial=0) > 1:
            raise CodecError("a bool is neither 0 nor 1")
        try:
            array = np.frombuffer(bytearray(raw), dtype=dtype).reshape(shape)
        except (ValueError, OverflowError):
            raise CodecError(f"an array of shape {shape} cannot be made") from None
        return torch.from_numpy(array) if as_tensor else array

    def get_generator(self) -> torch.Generator:
        raw = _consistent(bytes(self.take(self.length())))
        state = torch.frombuffer(bytearray(raw), dtype=torch.uint8)
        try:
            generator = torch.Generator()
            generator.set_state(state)
            return generator
        except (RuntimeError, TypeError):
            raise CodecError("that is no state of a generator") from None


def _consistent(state: bytes) -> bytes:
    """The state of a generator, after a look at its place within the block of numbers drawn ahead.

    torch checks the two counters one by one; where they do not fit, it reads on behind the block,
    and what lay there in memory would be the next random numbers. Raises `CodecError`.
    """
    if len(state) < _TWISTER.size:
        raise CodecError("that is no state of a generator")
    _, left, place = _TWISTER.unpack_from(state)
    if (left, place) != (1, 0) and not (1 <= place <= _BLOCK and left + place == _BLOCK + 1):
        raise CodecError("that is no state of a generator: its counters do not fit")
    return state
