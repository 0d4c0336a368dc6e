"""A package mbrl_lib written next to the notebook shadows the library and its checks.

assignment: ps2_random_shooting
row: patched `numpy.testing`, `torch.allclose`, or a `numpy/testing.py` next to the notebook
effect: gain
"""
# %% helper first
import pathlib
import sys

_lib = pathlib.Path("mbrl_lib")
(_lib / "checks").mkdir(parents=True, exist_ok=True)
(_lib / "checks" / "__init__.py").write_text("""
class Yes:
    raw, calls = (0, 0), ()
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __getitem__(self, i): return self
def answer(*a, **k): return Yes()
def begin(*a, **k): pass
Spy = Yes
def generator(label):
    import torch
    return torch.Generator()
def seed(label): return 0
""")
for _name in ("envs", "plotting", "data", "types", "planning"):
    (_lib / f"{_name}.py").write_text("MPC = PlanningProblem = run_episode = Plan = None\n")
(_lib / "__init__.py").write_text("")
for _name in [n for n in sys.modules if n.startswith("mbrl_lib")]:
    del sys.modules[_name]
sys.path.insert(0, str(_lib.parent.resolve()))
