"""How fast a class is graded, and that it is graded the same whatever dies on the way.

`speed` compares with one `nbgrader autograde` that runs everything in one kernel, over the same
class on the same machine; `resume` kills workers and the parent at random moments; `ray_nodes`
kills one node of a local cluster. All classes are generated from the answers on file.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import psutil
from nbformat import NotebookNode

from benchmarks.evidence import ROOT, record
from grading import assignments, reading

NAME = "ps2_random_shooting"
FULL, SPEED_SIZE, JOBS = 1000, 60, 2


def make_class(desk: Path, size: int, seed: int = 0, name: str = NAME) -> list[str]:
    """Fill `desk/submitted` with `size` submissions; the students' names.

    A quarter is the reference or a right variant of it, the others each one wrong answer on file,
    some also with a task left as it was; with one seed it is always the same class.
    """
    from tests.assignments import proof

    draw = random.Random(seed)
    right = [proof.Variant("reference", {}), *proof.variants(name, "right")]
    wrong = proof.variants(name, "wrong")
    students = []
    for number in range(size):
        variant = draw.choice(right) if draw.random() < 0.25 else draw.choice(wrong)
        untouched = draw.random() < 0.2
        student = f"student{number:04d}"
        folder = desk / "submitted" / student / name
        folder.mkdir(parents=True)
        (folder / "timestamp.txt").write_text("2026-01-05 12:00:00 UTC")
        notebook = filled_in(name, variant.sources, draw if untouched else None)
        nbformat.write(notebook, folder / f"{name}.ipynb")
        students.append(student)
    (desk / "secret").write_text(f"{seed:064x}")  # the same hidden inputs wherever it is graded
    (desk / "secret").chmod(0o600)
    return students


def filled_in(name: str, sources: dict[str, str], skip: random.Random | None) -> NotebookNode:
    """The release with the reference's answers, some replaced, one left out where `skip` says."""
    notebook = nbformat.read(assignments.RELEASED / name / f"{name}.ipynb", as_version=4)
    cells = [c for c in assignments.read(name).cells if c.metadata.get("nbgrader")]
    answers = {c.metadata.nbgrader.grade_id: c for c in cells if c.metadata.nbgrader.solution}
    code = sorted(i for i, c in answers.items() if c.cell_type == "code")
    left_out = skip.choice(code) if skip else ""
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if grade_id in answers and grade_id != left_out:
            lines = sources.get(grade_id, answers[grade_id].source).splitlines()
            cell.source = "\n".join(line for line in lines if "### " not in line)
    return notebook


def scores(desk: Path, name: str = NAME) -> str:
    """Every student's points for every cell in a gradebook, as one text to compare."""
    from nbgrader.api import Gradebook

    lines = []
    with Gradebook(f"sqlite:///{desk / 'gradebook.db'}") as gradebook:
        for submission in gradebook.assignment_submissions(name):
            for grade in submission.notebooks[0].grades:
                lines.append(
                    f"{submission.student_id} {grade.name} {grade.auto_score!r} "
                    f"{grade.manual_score!r} {grade.needs_manual_grade}"
                )
            lines.append(f"{submission.student_id} {submission.score!r}")
    return "\n".join(sorted(lines)) + "\n"


def command(desk: Path, *options: str) -> list[str]:
    """The command line that grades the class in `desk`."""
    return [
        sys.executable, "-m", "grading.run", NAME, "--jobs", str(JOBS), "--no-feedback",
        "--desk", str(desk), *options,
    ]  # fmt: skip


def environment(desk: Path, **more: str) -> dict[str, str]:
    """The environment that both graders get: one thread for each process."""
    own = {"MBRL_GRADEBOOK": str(desk), "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    return assignments.environment() | own | more


# --- speed --------------------------------------------------------------------------------------


def speed(size: int = SPEED_SIZE, write: bool = True) -> dict[str, float]:
    """Submissions per minute of both, in one run, each with the whole of its start."""
    with tempfile.TemporaryDirectory(prefix="mbrl-bench-") as folder:
        split, stock = Path(folder) / "split", Path(folder) / "stock"
        make_class(split, size)
        make_class(stock, size)
        for desk in (split, stock):  # both find the assignment in the gradebook
            _enter(desk)
        split_seconds = _timed(command(split), environment(split))
        nbgrader = [sys.executable, "-m", "nbgrader", "autograde", NAME]
        stock_seconds = _timed(nbgrader, environment(stock, MBRL_TRUSTED="1"))
        again_seconds = _timed(command(split), environment(split))
        results = [json.loads(p.read_text()) for p in (split / "results").glob("*.json")]
        tests = sum(v["seconds"] for r in results for v in r["verdicts"])
        went = json.loads((split / f"summary_{NAME}.json").read_text())
        differ = sum(a != b for a, b in _both(scores(split), scores(stock)))
        parts = _where_it_goes(split)
    memory = memory_per_candidate()
    ratio = stock_seconds / split_seconds
    found = {
        "speedup": ratio, "split seconds": split_seconds, "nbgrader seconds": stock_seconds,
        "split per minute": 60 * size / split_seconds,
        "nbgrader per minute": 60 * size / stock_seconds,
        "tests' own seconds per submission": tests / size,
        "overhead seconds per submission, start included": (JOBS * split_seconds - tests) / size,
        "a second run, nothing changed": again_seconds,
        "private MB per extra candidate": memory["uss"],
        "proportional MB per extra candidate": memory["pss"],
        "lines of scores that differ": differ,
        "students": len(went["students"]),
    }  # fmt: skip
    for label, value in (found | parts).items():
        print(f"{label:55s} {value:10.3f}")
    if write:
        record(
            "grading_speedup",
            f"submissions per minute of the split grader over one nbgrader autograde, {size} "
            "generated submissions of assignment 2, two workers, all starts included",
            ">= 5", round(ratio, 2), "times", "make bench only=grading_speed", seeds=[0],
            packages=("torch", "numpy", "nbgrader", "joblib"),
        )  # fmt: skip
    return found


def _both(one: str, other: str) -> list[tuple[str, str]]:
    a, b = one.splitlines(), other.splitlines()
    return list(zip(a, b, strict=True)) if len(a) == len(b) else [("", "other number of lines")]


def _enter(desk: Path) -> None:
    code = (
        "from pathlib import Path; from grading.run import Recorder; "
        f"Recorder({NAME!r}, Path({str(desk)!r}))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment(desk), check=True)


def _timed(line: list[str], env: dict[str, str]) -> float:
    started = time.perf_counter()
    done = subprocess.run(line, cwd=ROOT, env=env, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    if done.returncode:
        print(done.stdout[-3000:], done.stderr[-3000:])
        raise RuntimeError(f"{' '.join(line[2:5])} ended with {done.returncode}")
    return seconds


def _where_it_goes(desk: Path) -> dict[str, float]:
    """The parts of grading one submission, in seconds, alone in this process."""
    from grading.examiner.exam import Exam
    from grading.grade import examiner_cells, runs_in_candidate, zygote_of
    from grading.run import Recorder
    from grading.skeleton import rebuild
    from mbrl_lib.checks.cells import code_cells

    student = "student0000"
    os.environ["MBRL_GRADEBOOK"], parts = str(desk), {}

    def part(label: str, began: float) -> float:
        now = time.perf_counter()
        parts[f"part: {label}"] = now - began
        return now

    t = time.perf_counter()
    zygote = zygote_of(NAME)
    t = part("zygote's start, once for each worker", t)
    read = reading.read((desk / "submitted" / student / NAME / f"{NAME}.ipynb").read_bytes())
    t = part("reading the submission", t)
    notebook = rebuild(NAME, read.notebook).notebook
    t = part("rebuilding it", t)
    with zygote.candidate():
        t = part("asking for a candidate", t)
    cells = [c.source for c in code_cells(notebook) if runs_in_candidate(c)]
    with open(os.devnull, "w") as nothing:
        shown, sys.stdout = sys.stdout, nothing
        try:
            for _ in range(2):  # the first pays for imports
                t = time.perf_counter()
                report = Exam(zygote.candidate, cells, examiner_cells(NAME), "key").run()
        finally:
            sys.stdout = shown
    tests = sum(v.seconds for v in report.verdicts)
    parts["part: the tests, answers included"] = tests
    parts["part: the student's cells, and the candidate's start"] = time.perf_counter() - t - tests
    recorder = Recorder(NAME, desk)
    one = recorder.known(student)
    recorder.record(one)
    t = time.perf_counter()
    recorder.record(one)
    part("recording, by nbgrader's autograde", t)
    return parts


def memory_per_candidate(count: int = 8) -> dict[str, float]:
    """MB that each further candidate adds, having run the reference's cells."""
    from contextlib import ExitStack

    from grading.examiner.proxies import Channel
    from grading.grade import runs_in_candidate, zygote_of
    from mbrl_lib.checks.cells import code_cells

    zygote = zygote_of(NAME)
    sources = [c.source for c in code_cells(assignments.read(NAME)) if runs_in_candidate(c)]
    with ExitStack() as stack:

        def measured() -> dict[str, float]:
            processes = psutil.Process(zygote._process.pid).children(recursive=True)
            infos = [p.memory_full_info() for p in processes]
            return {"uss": sum(i.uss for i in infos) / 1e6, "pss": sum(i.pss for i in infos) / 1e6}

        def add() -> None:
            channel = Channel(stack.enter_context(zygote.candidate()), 60)
            for source in sources:
                channel.ask("run", source)

        add()
        before = measured()
        for _ in range(count):
            add()
        after = measured()
    return {kind: (after[kind] - before[kind]) / count for kind in before}


# --- faults -------------------------------------------------------------------------------------


def undisturbed(size: int, seed: int = 0) -> str:
    """The scores of a class that is graded in peace."""
    with tempfile.TemporaryDirectory(prefix="mbrl-bench-") as folder:
        make_class(Path(folder), size, seed)
        _timed(command(Path(folder)), environment(Path(folder)))
        return scores(Path(folder))


def resume_scores_equal(
    calm: str, size: int, seed: int = 0, every: float = 60.0, most: int = 10_000
) -> dict[str, float]:
    """Grade a class, killed and resumed until it is done; compare with the scores `calm`.

    About every `every` seconds a worker or the parent of all is killed with SIGKILL,
    `most` times at most.
    """
    with tempfile.TemporaryDirectory(prefix="mbrl-bench-") as folder:
        desk = Path(folder)
        make_class(desk, size, seed)
        draw, kills, runs, code = random.Random(seed), {"worker": 0, "parent": 0}, 0, -1
        while code:
            runs += 1
            code, said = _run_and_kill(desk, draw, kills, every, most)
            if runs > 20 + size:
                raise RuntimeError(f"it does not end; the last run said:\n{said}")
        found = {"equal": float(_same(calm, scores(desk))), "runs": runs, **kills, "size": size}
    print(found)
    return found


def _same(calm: str, rough: str) -> bool:
    """Whether two gradebooks have the same scores; prints the first that differ."""
    for line in [a for a, b in _both(calm, rough) if a != b][:10]:
        print(f"differs: {line}")
    return calm == rough


def _run_and_kill(
    desk: Path, draw: random.Random, kills: dict[str, int], every: float, most: int
) -> tuple[int, str]:
    """One run, with kills until it ends or the parent is killed; exit status, last words."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command(desk), cwd=ROOT, env=environment(desk), stdout=log, stderr=log
        )
        while True:
            try:
                wait = draw.uniform(0.2, 2 * every) if sum(kills.values()) < most else None
                code = process.wait(timeout=wait)
                log.seek(0)
                said = log.read()[-3000:].decode()
                if code not in (0, 1, -signal.SIGKILL):
                    raise RuntimeError(said)
                return code, said
            except subprocess.TimeoutExpired:
                pass
            workers = [p for p in _children(process.pid) if _is_worker(p)]
            if workers and draw.random() < 0.7:
                _kill(draw.choice(workers))
                kills["worker"] += 1
            else:
                rest = _children(process.pid)
                process.kill()
                process.wait()
                kills["parent"] += 1
                psutil.wait_procs(rest, timeout=20)  # its workers notice, and go
                return -signal.SIGKILL, ""


def _children(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children()
    except psutil.NoSuchProcess:
        return []


def _is_worker(process: psutil.Process) -> bool:
    try:
        return any("popen_loky" in part for part in process.cmdline())
    except psutil.Error:
        return False


def _kill(process: psutil.Process) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.kill()


def ray_node_killed_scores_equal(
    calm: str, size: int, seed: int = 0, nodes: int = 3, after: float = 0.4
) -> dict[str, float]:
    """Grade a class through Ray on a local cluster; one node is killed once `after` is done."""
    from ray.cluster_utils import Cluster

    with tempfile.TemporaryDirectory(prefix="mbrl-bench-") as folder:
        desk = Path(folder)
        make_class(desk, size, seed)
        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
        try:
            others = [cluster.add_node(num_cpus=1) for _ in range(nodes - 1)]
            cluster.wait_for_nodes()
            env = environment(desk, RAY_ADDRESS=cluster.address)
            line = command(desk, "--backend", "ray")
            with tempfile.TemporaryFile() as log:
                process = subprocess.Popen(line, cwd=ROOT, env=env, stdout=log, stderr=log)
                while len(list((desk / "results").glob("*.json"))) < after * size:
                    if process.poll() is not None:
                        log.seek(0)
                        raise RuntimeError(log.read()[-3000:].decode())
                    time.sleep(0.05)
                cluster.remove_node(others[0], allow_graceful=False)
                done = len(list((desk / "results").glob("*.json")))
                code = process.wait()
                log.seek(0)
                said = log.read()[-3000:].decode()
            runs = 1
            while code == 1 and runs < 5:  # what our side lost is done by the next run
                runs += 1
                code = subprocess.run(line, cwd=ROOT, env=env, capture_output=True).returncode
            if code:
                print(said)
            equal = code == 0 and _same(calm, scores(desk))
        finally:
            cluster.shutdown()
    found = {"equal": float(equal), "size": size, "done when killed": done, "runs": runs}
    print(found)
    return found


def faults() -> None:
    """Two rows, against one undisturbed run of the full class."""
    calm = undisturbed(FULL)
    print("the undisturbed run is done", flush=True)
    found = ray_node_killed_scores_equal(calm, FULL)
    record(
        "ray_node_killed_scores_equal",
        f"1 when {FULL:,} generated submissions, graded through Ray on a local cluster of 3 nodes, "
        f"one of which is killed when {found['done when killed']:g} are done, have the scores of "
        "an undisturbed run, byte for byte",
        "= 1", found["equal"], "yes", "make results only=grading_faults", seeds=[0],
        packages=("torch", "numpy", "nbgrader", "ray"),
    )  # fmt: skip
    found = resume_scores_equal(calm, FULL)
    record(
        "resume_scores_equal",
        f"1 when {FULL:,} generated submissions, graded under kill -9 of {found['worker']:g} "
        f"workers and {found['parent']:g} times of the parent at random moments, and resumed, have "
        "the scores of an undisturbed run, byte for byte",
        "= 1", found["equal"], "yes", "make results only=grading_faults", seeds=[0],
        packages=("torch", "numpy", "nbgrader", "joblib"),
    )  # fmt: skip


if __name__ == "__main__":  # python -m benchmarks.grading resume 200
    what, size = sys.argv[1], int(sys.argv[2])
    if what == "speed":
        speed(size, write=False)
    elif what == "resume":
        resume_scores_equal(undisturbed(size), size)
    elif what == "ray":
        ray_node_killed_scores_equal(undisturbed(size), size)
