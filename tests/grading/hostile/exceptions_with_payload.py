"""Exceptions whose classes, names and words are computed, endless, or ask the examiner.

assignment: ps2_random_shooting
row: beyond
effect: none
"""
# %% helper
class Named(type):
    @property
    def __name__(cls):
        return ["CheckFailed"] * 3

class Odd(ValueError, metaclass=Named):
    def __str__(self):
        return "x\x1b[2J\u202e<b>" * 10**6

class Silent(BaseException):
    def __str__(self):
        raise Silent

class Deep(RecursionError):
    def __str__(self):
        return str(self)

def _chain(depth):
    error = NotImplementedError("no")
    for number in range(depth):
        link = KeyError(number)
        link.__cause__ = error
        error = link
    return error

RAISED = [Odd(), Silent(), Deep(), _chain(10_000), StopIteration(5), GeneratorExit(), KeyboardInterrupt(),
          SystemExit(0), UnicodeDecodeError("utf8", b"", 0, 1, "x"), BaseExceptionGroup("g", [Silent()]),
          ExceptionGroup("g", [Odd()] * 1000), OSError(1, "x", "y" * 10**6), ImportError(name="x"),
          type("AssertionError", (Exception,), {})("called: all is well"), MemoryError(), TimeoutError(),
          EOFError(), ConnectionResetError(), type("CandidateLost", (RuntimeError,), {})("no")]
NEXT = [0]

def _fail():
    NEXT[0] += 1
    raise RAISED[NEXT[0] % len(RAISED)]
# %% ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    _fail()
# %% ps2-rollout
def rollout(dynamics, state, actions):
    raise Odd
# %% ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    raise Silent
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    raise RAISED[3]
# %% ps2-refit
def refit(actions, returns, elites):
    raise RAISED[9]
# %% honest ps2-sample
def sample_actions(candidates, horizon, low, high, generator):
    raise ValueError
# %% honest ps2-rollout
def rollout(dynamics, state, actions):
    raise ValueError
# %% honest ps2-returns
def candidate_returns(states, actions, reward, terminated, discount):
    raise ValueError
# %% honest ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    raise ValueError
# %% honest ps2-refit
def refit(actions, returns, elites):
    raise ValueError
