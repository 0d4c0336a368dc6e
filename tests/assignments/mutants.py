"""Small changes to the reference answers, made by rule: each must fail some test.

A mutant is one change at one place of one solution cell. A survivor is killed by a better test, or
listed in `tests/assignments/NAME/equivalent.toml` with the argument why it is no mistake:

    [[mutant]]
    cell = "ps1-rollout"
    change = "range(horizon) -> range(horizon + 1)"   # as `Mutant.change` prints it
    why = "..."
"""

from __future__ import annotations

import ast
import copy
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mbrl_lib.checks.outcomes import Outcome
from tests.assignments import proof

_BINARY = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.MatMult: ast.Mult,
}  # fmt: skip
_COMPARE = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_NAMES = {
    "mean": "sum", "sum": "mean", "argmax": "argmin", "argmin": "argmax", "max": "min",
    "min": "max", "exp": "log", "log": "exp", "zeros": "ones", "ones": "zeros", "cat": "stack",
    "rand": "randn", "randn": "rand", "clamp": "abs", "sqrt": "square", "square": "sqrt",
    "cumsum": "cumprod", "cumprod": "cumsum", "std": "var", "var": "std", "sin": "cos",
    "cos": "sin", "any": "all", "all": "any", "low": "high", "high": "low",
    "logsumexp": "sum", "softmax": "log_softmax", "log_softmax": "softmax",
    "zeros_like": "ones_like", "ones_like": "zeros_like",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One changed solution cell; `change` reads "line before -> line after"."""

    cell: str
    change: str
    source: str


def mutants(name: str) -> list[Mutant]:
    """All mutants of an assignment's reference, in a fixed order, no two alike."""
    found: dict[tuple[str, str], Mutant] = {}
    for cell in proof.cells(name):
        if cell.is_solution and not cell.is_test:
            for mutant in _mutate(cell.id, cell.source):
                found.setdefault((cell.id, mutant.source), mutant)
    return list(found.values())


def equivalent(name: str) -> dict[tuple[str, str], str]:
    """The argued survivors: (cell, change) -> why."""
    path = Path(proof.HERE / name / "equivalent.toml")
    if not path.exists():
        return {}
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("mutant", [])
    return {(entry["cell"], entry["change"]): entry["why"] for entry in entries}


def killed(name: str, mutant: Mutant) -> bool:
    """Whether some test fails for the mutant, or it never ends."""
    try:
        results = proof.run(name, {mutant.cell: mutant.source}, stop_at_failure=True)
    except TimeoutError:
        return True
    return any(result.outcome is not Outcome.CORRECT for result in results)


def _mutate(cell: str, source: str) -> Iterator[Mutant]:
    tree = ast.parse(source)
    original = ast.unparse(tree)
    for index, node in enumerate(ast.walk(tree)):
        for option in range(len(_options(node))):
            changed = copy.deepcopy(tree)
            target = next(n for i, n in enumerate(ast.walk(changed)) if i == index)
            _options(target)[option](target)
            text = ast.unparse(ast.fix_missing_locations(changed))
            if text != original:
                yield Mutant(cell, _difference(original, text), text)


def _options(node: ast.AST) -> list:
    """The ways to change a node, each a function that does it in place."""
    match node:
        case ast.BinOp() if type(node.op) in _BINARY:
            return [lambda n: setattr(n, "op", _BINARY[type(n.op)]())]
        case ast.AugAssign() if type(node.op) in _BINARY:
            return [lambda n: setattr(n, "op", _BINARY[type(n.op)]())]
        case ast.Compare() if type(node.ops[0]) in _COMPARE:
            return [lambda n: n.ops.__setitem__(0, _COMPARE[type(n.ops[0])]())]
        case ast.UnaryOp(op=ast.USub() | ast.Invert() | ast.Not()):
            return [lambda n: setattr(n, "op", ast.UAdd())]
        case ast.Constant(value=bool()):
            return [lambda n: setattr(n, "value", not n.value)]
        case ast.Constant(value=int() | float()):
            return [
                lambda n: setattr(n, "value", n.value + 1),
                lambda n: setattr(n, "value", n.value - 1),
            ]
        case ast.Attribute() if node.attr in _NAMES:
            return [lambda n: setattr(n, "attr", _NAMES[n.attr])]
        case ast.Call() if node.keywords:
            return [lambda n, i=i: n.keywords.pop(i) for i in range(len(node.keywords))]
        case ast.If() | ast.While():
            return [lambda n: setattr(n, "test", ast.Constant(False))]
        case ast.FunctionDef() if len(node.body) > 1:
            return [
                lambda n, i=i: n.body.__setitem__(i, ast.Pass())
                for i, statement in enumerate(node.body)
                if not isinstance(statement, ast.Return) and not _is_docstring(statement)
            ]
        case ast.For() if len(node.body) > 1:
            return [lambda n, i=i: n.body.__setitem__(i, ast.Pass()) for i in range(len(node.body))]
    return []


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _difference(before: str, after: str) -> str:
    """The first line that differs, before and after."""
    old, new = before.splitlines(), after.splitlines()
    for a, b in zip(old, new, strict=False):
        if a != b:
            return f"{a.strip()} -> {b.strip()}"
    return f"{old[-1].strip()} -> {new[-1].strip()}"
