"""Files in the working folder and in a temporary one.

assignment: ps2_random_shooting
"""
# %% helper
import json
import tempfile
from pathlib import Path

Path("notes").mkdir(exist_ok=True)
Path("notes/settings.json").write_text(json.dumps({"rounds": 3}))
settings = json.loads(Path("notes/settings.json").read_text())
torch.save(torch.ones(3), "ones.pt")
ones = torch.load("ones.pt")
np.save("array.npy", np.arange(5))
with tempfile.NamedTemporaryFile() as file:
    file.write(b"x")
# %% ps2-choose
def random_shooting(sample, evaluate, warm_start=None):
    assert json.loads(Path("notes/settings.json").read_text())["rounds"] == 3
    actions = sample()
    if warm_start is not None:
        actions = torch.cat([warm_start[None], actions[1:]])
    returns = evaluate(actions)
    return actions[returns.argmax()], returns.max()
