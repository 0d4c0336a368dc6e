"""What the live demos show, made by the library: one module a demo.

Each module has a function `export() -> (weights, golden)`:

- `weights = {"meta": {...}, "tensors": {name: array}}` goes into `book/_demos/weights/NAME.js`;
  an array is float16, float32, uint8 or int8, and `meta` is plain JSON;
- `golden`, plain JSON, goes into `tests/site/golden/NAME.json`: inputs, and what torch makes of
  them with the weights as they are in the file, so that a test can compare the page with torch.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from torch import nn

DTYPES = ("float16", "float32", "uint8", "int8")


def round_to_float16(module: nn.Module) -> nn.Module:
    """Round a module's parameters and floating-point buffers in place, as the file will hold them.

    Returns the module. Raises `ValueError` where a value is too large for float16.
    """
    for name, tensor in module.state_dict().items():
        if tensor.is_floating_point():
            rounded = tensor.half().to(tensor.dtype)
            if not bool(rounded.isfinite().all()):
                raise ValueError(f"{name} does not fit float16")
            tensor.copy_(rounded)
    return module


def script(name: str, weights: Mapping[str, Any]) -> str:
    """The weights as a script that hands them to `Demos.weights`.

    `weights` has `meta` and `tensors`; arrays are written in base64, little-endian, in C order.
    Raises `ValueError` for an array of another type than float16, float32, uint8 and int8.
    """
    tensors = {key: _entry(key, np.asarray(array)) for key, array in weights["tensors"].items()}
    data = {"meta": weights["meta"], "tensors": tensors}
    return f"Demos.weights({json.dumps(name)}, {json.dumps(data)});\n"


def _entry(name: str, array: np.ndarray) -> dict[str, Any]:
    if array.dtype.name not in DTYPES:
        raise ValueError(f"{name} must be one of {', '.join(DTYPES)}; got {array.dtype.name}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"{name} holds NaN or an infinity")
    little = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"))
    data = base64.b64encode(little.tobytes()).decode()
    return {"shape": list(array.shape), "dtype": array.dtype.name, "data": data}
