"""Write the table of mbrl-lib's cart-pole transitions that the ordinary tests compare with.

`python -m benchmarks.cartpole_reference`
"""

import json

from benchmarks import peers

if __name__ == "__main__":
    table = peers.run("mbrl-lib", "mbrl_lib_cartpole.py")
    path = peers.ROOT / "tests" / "lib" / "reference" / "mbrl_lib_cartpole.json"
    path.write_text(json.dumps(table) + "\n")
    print(f"{path}: {sum(len(t['actions']) for t in table)} transitions")
