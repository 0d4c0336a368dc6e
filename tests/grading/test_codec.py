"""The codec: what crosses comes back the same, what may not is refused, no bytes do harm."""

import contextlib
import math
import struct
import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grading.codec import Callback, CodecError, Handle, Limits, decode, encode

DTYPES = st.sampled_from(["?", "u1", "i1", "<i2", "<i4", "<i8", "<f2", "<f4", "<f8"])
ARRAYS = DTYPES.flatmap(
    lambda d: hnp.arrays(d, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**500), 2**500), st.floats(), st.text(), st.binary(),
    ARRAYS, ARRAYS.map(lambda a: torch.from_numpy(a.copy())),
    st.builds(Handle, st.integers(0, 10**6), st.text(max_size=50)),
    st.builds(Callback, st.integers(0, 10**6), st.text(max_size=50)),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.one_of(st.text(), st.integers(-9, 9)), inner, max_size=4),
    ),
    max_leaves=20,
)


def same(a, b):
    """Equality with types, NaN equal to NaN."""
    if type(a) is not type(b):
        return False
    if isinstance(a, torch.Tensor | np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and bytes(a.tobytes() if isinstance(
            a, np.ndarray) else a.numpy().tobytes()) == bytes(
            b.tobytes() if isinstance(b, np.ndarray) else b.numpy().tobytes())  # fmt: skip
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    return a == b or (isinstance(a, float) and math.isnan(a) and math.isnan(b))


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_what_crosses_comes_back_the_same(value):
    if isinstance(value, Handle | Callback) or "surrogate" not in repr(value):
        data = encode(value)
        assert same(decode(data), value) or isinstance(value, Handle | Callback)
        assert encode(decode(data)) == data, "one value, one encoding"


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_decode_or_are_refused(data):
    try:
        value = decode(data)
    except CodecError:
        return
    assert encode(value) is not None


@settings(max_examples=300, deadline=None)
@given(VALUES, st.data())
def test_damaged_messages_decode_or_are_refused(value, data):
    message = bytearray(encode(value))
    for _ in range(data.draw(st.integers(1, 4))):
        if message:
            place = data.draw(st.integers(0, len(message) - 1))
            message[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(CodecError):
        decode(bytes(message))


def test_generators_cross_with_their_state():
    generator = torch.Generator().manual_seed(5)
    torch.rand(3, generator=generator)
    twin = decode(encode(generator))
    assert torch.equal(torch.rand(4, generator=twin), torch.rand(4, generator=generator))


def test_a_generator_that_would_read_behind_its_numbers_is_refused():
    """torch accepts these counters one by one, and draws what lies in memory behind the block."""
    generator = torch.Generator().manual_seed(5)
    torch.rand(3, generator=generator)
    for left, place in ((624, 624), (624, 2), (1, 1), (300, 624), (2, 0)):
        state = generator.get_state()
        counters = struct.pack("<iiQ", left, 1, place)
        state[8:24] = torch.frombuffer(bytearray(counters), dtype=torch.uint8)
        crafted = torch.Generator()
        crafted.set_state(state)
        with pytest.raises(CodecError):
            encode(crafted)
        with pytest.raises(CodecError, match="counters"):
            decode(b"g" + struct.pack("<I", len(state)) + state.numpy().tobytes())
    for drawn in (0, 1, 623, 624, 625, 5000):
        generator = torch.Generator().manual_seed(drawn)
        torch.rand(drawn, generator=generator)
        decode(encode(generator))


class Sneaky(torch.Tensor):
    pass


class Text(str):
    pass


@pytest.mark.parametrize(
    "value",
    [
        object(), lambda: None, {1, 2}, 1j, np.array(["a"]), np.array([object()]), range(3), type,
        torch.zeros(2).as_subclass(Sneaky), Text("a"), {(1, 2): 3}, {Text("a"): 1}, 2**600,
        torch.zeros(1, dtype=torch.complex64), torch.zeros(2, device="meta"),
        torch.eye(2).to_sparse(), np.zeros((1,) * 9), np.array([1j]), {"a": [object()]},
    ],
)  # fmt: skip
def test_everything_else_is_refused(value):
    with pytest.raises(CodecError):
        encode(value)


def test_gradients_and_views_cross_as_plain_values():
    x = torch.arange(6.0, requires_grad=True).reshape(2, 3).T
    came = decode(encode(x))
    assert torch.equal(came, x) and not came.requires_grad
    assert same(decode(encode(np.float32(1.5))), np.array(1.5, dtype=np.float32))
    big = np.arange(4, dtype=">i4")
    assert decode(encode(big)).tolist() == [0, 1, 2, 3]


BOMBS = [
    b"l\xff\xff\xff\xff",
    b"l\x05\x00\x00\x00" * 50,
    b"s\xff\xff\xff\x7f",
    b"d\xff\xff\xff\xff",
    b"i\xff\xff\xff\xff",
    b"a\x08\x03" + b"\xff" * 12,
    b"a\x08\x02" + b"\x00\x00\x01\x00" * 2,
    b"a\x07\x04" + b"\x00\x00\x00\x00" + b"\xff\xff\xff\xff" * 3,
    b"e\x00\xff" + b"\x01\x00\x00\x00" * 255,
    b"g\x04\x00\x00\x00aaaa",
    b"h\x03\x00\x00\x00-12\x00\x00\x00\x00",
    b"a\x00\x01\x01\x00\x00\x00\x07",
    b"N" * 5,
    b"",
    b"\x80\x04N.",
]


@pytest.mark.parametrize("data", BOMBS, ids=lambda d: d[:8].hex())
def test_announced_sizes_are_checked_before_anything_is_made(data):
    tracemalloc.start()
    with pytest.raises(CodecError):
        decode(data)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_limits_hold_on_both_sides():
    deep = [[[[[1]]]]]
    for limits in (Limits(depth=3), Limits(values=4), Limits(size=10)):
        with pytest.raises(CodecError):
            encode(deep, limits=limits)
        with pytest.raises(CodecError):
            decode(encode(deep), limits)
    with pytest.raises(CodecError):
        encode(np.zeros(2000), limits=Limits(size=10_000))
