"""Answers of subclassed numbers, strings, dicts and arrays that lie of length, size and value.

assignment: ps2_random_shooting
row: beyond
effect: none
"""
# %% helper
import collections, numpy

class Int(int):
    __index__ = __int__ = lambda self: 5
    __eq__ = lambda self, other: True
    __hash__ = int.__hash__

class Double(numpy.float64):
    def __array__(self, dtype=None, copy=None):
        return numpy.full((10**5, 10**5), 5.0)[:0]
    shape = (3, 2)

class Long(list):
    __len__ = lambda self: 2
    __iter__ = lambda self: iter([5.0] * 10**7)

class Map(collections.OrderedDict):
    items = lambda self: iter([(i, i) for i in range(10**7)])
    __len__ = lambda self: 1

class Array(numpy.ndarray):
    __array_finalize__ = lambda self, other: None
    dtype = numpy.dtype("f4")

ODD = [
    Int(5), Double(5), Long(), Map(), numpy.zeros(3).view(Array), numpy.array(5, dtype=">f8"),
    numpy.array(["5"]), numpy.array([None]), numpy.zeros(2, dtype="f4,f4"), numpy.ma.masked_all(3),
    numpy.datetime64("nat"), numpy.longdouble(5), numpy.clongdouble(5), numpy.zeros((3, 2))[::-1, ::-1],
    numpy.broadcast_to(numpy.float64(5), (10**6, 10**6)), torch.zeros(3, 2).to_sparse(),
    torch.zeros(3, 2, dtype=torch.bfloat16), torch.zeros(3, device="meta"), torch.quantize_per_tensor(
        torch.zeros(3), 0.1, 0, torch.qint8), torch.nested.nested_tensor([torch.zeros(2), torch.zeros(3)]),
    torch.zeros(3, dtype=torch.complex64).conj(), torch.zeros(3)._neg_view(), torch.empty((0,) * 60),
    torch.zeros(1).expand(10**6, 10**6), 10**400, -(2**511), float("nan"), "\ud800", b"\0", {1.0: 1, 1: 2},
    {(1,): 2}, {None: float("inf")}, range(3), (x for x in range(3)), memoryview(b"ab"), Ellipsis, 5j,
    [[torch.zeros(8_000_000)]], [numpy.zeros(3), torch.zeros(3), [1, 2]], slice(3), NotImplemented, type,
]
ASKED = [0]

def _odd():
    ASKED[0] += 1
    return ODD[ASKED[0] % len(ODD)]
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    return _odd()
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    for odd in ODD:
        try:
            evaluate(odd)
        except BaseException:
            pass
    return ODD[24], _odd()
# %% ps2-refit
def refit(actions, returns, elites):
    return _odd(), _odd()
# %% honest ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    return 0
# %% honest ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    return 0
# %% honest ps2-refit
def refit(actions, returns, elites):
    return 0
