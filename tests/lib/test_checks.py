"""The checks themselves: outcomes, messages, and what they watch for."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from mbrl_lib import checks
from mbrl_lib.checks.answers import describe
from mbrl_lib.checks.cells import Cell, code_cells, run_cells, with_sources
from mbrl_lib.checks.outcomes import Outcome


@pytest.fixture
def answer():
    """Look up one function as an answer."""

    def look_up(function):
        checks.use_namespace({"f": function})
        return checks.answer("f", reread="Chapter, section")

    yield look_up
    checks.use_namespace(None)


def failure(call):
    with pytest.raises(checks.CheckFailed) as caught:
        call()
    return caught.value


def test_a_failing_check_says_four_things_and_names_the_mistake(answer):
    error = failure(
        lambda: answer(lambda x: x.sum())(torch.tensor([1.0, 2.0])).equals(
            1.5, "the mean was asked for", likely={"a sum, not a mean": 3.0, "a product": 2.0}
        )
    )
    text = error.message()
    for part in ("f([1.0, 2.0] of shape (2,))", "3.0", "it must be 1.5: the mean was asked for",
                 "most likely: a sum, not a mean", "Chapter, section"):  # fmt: skip
        assert part in text
    assert error.outcome is Outcome.INCORRECT
    assert error._render_traceback_() == [f"INCORRECT\n{text}"]


@pytest.mark.parametrize("value", [
    torch.tensor([1.0, 2.0]), np.array([1, 2]), [1.0, 2.0], (torch.tensor(1.0), torch.tensor(2)),
    torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True),
])  # fmt: skip
def test_numpy_lists_and_gradients_are_as_good(answer, value):
    answer(lambda: value)().has_shape((2,)).equals([1, 2], "because")


@pytest.mark.parametrize("value", [None, "text", object(), [1, "a"], {}, torch.zeros(3)])
def test_other_things_are_not_arrays_of_that_shape(answer, value):
    failure(lambda: answer(lambda: value)().equals([1, 2], "because"))


def test_equality_is_not_decided_by_the_answer(answer):
    class Always(torch.Tensor):
        def __eq__(self, other):
            return True

    wrong = torch.zeros(2).as_subclass(Always)
    failure(lambda: answer(lambda: wrong)().equals([1, 2], "because"))
    failure(lambda: answer(lambda: float("nan"))().equals(1.0, "because"))


def test_stub_is_not_attempted(answer):
    def stub(x):
        raise NotImplementedError

    for call in (lambda: answer(stub)(1), lambda: answer(stub).raises(ValueError, "why", 1)):
        assert failure(call).outcome is Outcome.NOT_ATTEMPTED


def test_exceptions_missing_names_and_non_functions_are_explained(answer):
    error = failure(lambda: answer(lambda x: 1 / x)(0))
    assert "ZeroDivisionError" in error.came
    assert "not defined" in failure(lambda: checks.answer("g", "C")).violated
    assert "function or class" in failure(lambda: answer(3)).violated


def test_arguments_changed_in_place_are_noticed(answer):
    for argument in (torch.zeros(2), np.zeros(2)):
        error = failure(lambda a=argument: answer(lambda x: x.__iadd__(1))(a))
        assert "in place" in error.likely
    answer(lambda x: x)(torch.tensor([float("nan")]))


@pytest.mark.parametrize("draw", [
    lambda: torch.rand(1), lambda: np.random.rand(), lambda: torch.manual_seed(0),  # noqa: NPY002
    lambda: __import__("random").random(),
])  # fmt: skip
def test_global_random_numbers_are_noticed(answer, draw):
    assert "global" in failure(lambda: answer(lambda: draw() and None)()).came
    answer(lambda g: torch.rand(1, generator=g))(torch.Generator())


def test_raises_asks_for_the_right_error(answer):
    def raiser(x):
        raise KeyError(x)

    answer(raiser).raises(KeyError, "because", 1)
    assert "ValueError" in failure(lambda: answer(raiser).raises(ValueError, "why", 1)).violated
    assert "came back" in failure(lambda: answer(abs).raises(ValueError, "why", 1)).message()


def test_parts_methods_and_properties(answer):
    class Thing:
        def double(self, x):
            return 2 * x

    result = answer(lambda: (1.0, {"w": 2.0}, Thing()))().has_length(3)
    result[0].equals(1, "a")
    result[1]["w"].equals(2, "b")
    result[2].method("double")(torch.ones(1)).equals([2], "c").satisfies(True, "d")
    failure(lambda: result[3])
    failure(lambda: result[1]["v"])
    failure(lambda: result[2].method("triple"))
    failure(lambda: result.has_length(2))
    assert failure(lambda: result[0].satisfies(False, "why", "how")).likely == "how"


def test_a_check_that_ends_a_cell_prints_nothing(answer, capsys):
    result = answer(lambda x: x + 1)(torch.tensor(1.0))
    assert result._ipython_display_() is None
    assert capsys.readouterr().out == ""
    assert repr(result) == "<f(1.0) = 2.0>"


def test_hidden_inputs_follow_the_students_key(monkeypatch):
    first = torch.rand(3, generator=checks.generator("a"))
    assert torch.equal(first, torch.rand(3, generator=checks.generator("a")))
    assert checks.seed("a") != checks.seed("b")
    monkeypatch.setenv("MBRL_CHECK_KEY", "another student")
    assert not torch.equal(first, torch.rand(3, generator=checks.generator("a")))


def test_spy_remembers():
    spy = checks.Spy(lambda a, b: a + b)
    assert spy(1, 2) == 3 and spy.calls == [(1, 2)]


CELLS = [
    Cell(
        "setup", "from mbrl_lib import checks\nchecks.begin('psX', writes=['mbrl_lib.normalizer'])"
    ),
    Cell("f", "def f(x):\n    return x + 1", is_solution=True),
    Cell("f-tests", "checks.answer('f', 'C')(1).equals(2, 'plus one')", 60, is_test=True),
    Cell("demo", "raise RuntimeError('demos are not run')", is_demo=True),
    Cell("g-tests", "checks.answer('g', 'C')(1)", 40, is_test=True),
]


def outcomes(cells, **options):
    """In a process of its own, since `begin` withholds modules."""
    import pickle

    code = (
        "import pickle, sys; from mbrl_lib.checks.cells import run_cells;"
        "cells, options = pickle.load(sys.stdin.buffer);"
        "pickle.dump(run_cells(cells, **options), sys.stdout.buffer)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps((cells, options)), capture_output=True
    )
    return {r.id: r for r in pickle.loads(done.stdout)}


def test_cells_are_judged_one_by_one():
    results = outcomes(CELLS)
    assert results["f-tests"].outcome is Outcome.CORRECT and results["f-tests"].score == 60
    assert results["g-tests"].outcome is Outcome.INCORRECT and results["g-tests"].score == 0
    assert len(outcomes(with_sources(CELLS, {"f": "f ="}), stop_at_failure=True)) == 1
    with pytest.raises(ValueError, match="no cell has the id h"):
        with_sources(CELLS, {"h": ""})


def test_importing_the_reference_fails_with_the_reason():
    cheat = "from mbrl_lib.normalizer import Normalizer\ndef f(x):\n    return x + 1"
    late = "def f(x):\n    import mbrl_lib.normalizer\n    return x + 1"
    caught = (
        "try:\n    import mbrl_lib.normalizer\nexcept ImportError:\n    pass\n" + CELLS[1].source
    )
    for source in (cheat, late, caught):
        message = outcomes(with_sources(CELLS, {"f": source}))["f-tests"].message
        assert (
            "mbrl_lib.normalizer holds the reference answer that psX asks you to write" in message
        )
    early = [Cell("", "import mbrl_lib.normalizer as n"), *CELLS]
    assert outcomes(early)["f-tests"].outcome is Outcome.CORRECT  # imported, but of no use


def test_terminal_check_tells_the_same(tmp_path):
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

    notebook = new_notebook()
    for cell in CELLS:
        meta = {"grade": cell.is_test, "solution": cell.is_solution, "grade_id": cell.id}
        meta |= {"points": cell.points} if cell.is_test else {}
        tags = ["demo"] if cell.is_demo else []
        notebook.cells.append(new_code_cell(cell.source, metadata={"nbgrader": meta, "tags": tags}))
    nbformat.write(notebook, tmp_path / "a.ipynb")
    assert code_cells(notebook) == CELLS
    command = [sys.executable, "-m", "mbrl_lib.checks"]
    done = subprocess.run([*command, tmp_path / "a.ipynb"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "60/60" in done.stdout and "g is not defined" in done.stdout
    (tmp_path / "b.ipynb").write_text("<<<<<<< HEAD")
    done = subprocess.run([*command, tmp_path / "b.ipynb"], capture_output=True, text=True)
    assert done.returncode == 2 and "cannot be read" in done.stdout and not done.stderr
    assert subprocess.run(command, capture_output=True).returncode == 2


def test_run_cells_leaves_no_namespace_behind():
    run_cells([Cell("", "x = 1")])
    assert "not defined" in failure(lambda: checks.answer("x", "C")).violated


def test_a_warning_costs_nothing(answer, capsys):
    def f(x):
        print("a warning", file=sys.stderr)
        return x

    answer(f)(torch.ones(1)).equals([1.0], "the same")
    written = capsys.readouterr()
    assert written.err == "" and "a warning" in written.out


def test_what_has_no_elements_is_described_by_its_shape():
    nothing = [np.zeros((10_000, 0))] * 100  # as lists these would be a million
    assert describe(nothing) == "an empty array of shape (100, 10000, 0)"
    assert describe(torch.zeros(0)) == "an empty array of shape (0,)"
