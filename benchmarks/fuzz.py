"""The fuzz tests of all that reads what students send, for half an hour and with new seeds."""

from __future__ import annotations

import functools
import inspect
import secrets
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import hypothesis
from tqdm import tqdm

from benchmarks.evidence import record

Property = Callable[..., None]


@dataclass
class Found:
    """What fuzzing came to."""

    examples: dict[str, int] = field(default_factory=dict)  # property -> inputs tried
    failures: dict[str, str] = field(default_factory=dict)  # property -> its traceback


class Folders:
    """pytest's `tmp_path_factory`, as far as the properties use it; emptied after each round."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def mktemp(self, name: str) -> Path:
        """A new folder."""
        return Path(tempfile.mkdtemp(prefix=name, dir=self.folder))


def properties_of(*modules: ModuleType) -> dict[str, Property]:
    """The tests that hypothesis drives, by name."""
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}": thing
        for module in modules
        for name, thing in vars(module).items()
        if name.startswith("test_") and hypothesis.is_hypothesis_test(thing)
    }


def fuzz(properties: Mapping[str, Property], seconds: float, seed: int) -> Found:
    """Run round after round, each with a seed of its own, of the property that had least time.

    A property that fails has its traceback kept, the falsifying input included, and rests.
    """
    found = Found(dict.fromkeys(properties, 0))
    spent = dict.fromkeys(properties, 0.0)
    start = time.perf_counter()
    with tqdm(total=round(seconds), unit="s", desc="fuzzing") as bar:
        while spent and (time.perf_counter() - start < seconds or 0.0 in spent.values()):
            name = min(spent, key=lambda each: spent[each])
            began = time.perf_counter()
            try:
                _round(name, properties[name], seed, found)
            except Exception:
                found.failures[name] = traceback.format_exc()
                del spent[name]
            else:
                spent[name] += time.perf_counter() - began
            seed += 1
            bar.update(min(round(time.perf_counter() - start), bar.total) - bar.n)
    return found


def _round(name: str, prop: Property, seed: int, found: Found) -> None:
    """As many new inputs as the test itself tries, each counted."""
    handle = prop.hypothesis
    inner = handle.inner_test

    @functools.wraps(inner)
    def counted(*arguments: Any, **named: Any) -> None:
        found.examples[name] += 1
        inner(*arguments, **named)

    handle.inner_test = counted
    folder = Path(tempfile.mkdtemp(prefix="mbrl-fuzz-"))
    fixtures = {"tmp_path_factory": Folders(folder)}
    wanted = inspect.signature(prop).parameters
    try:
        hypothesis.seed(seed)(prop)(**{key: fixtures[key] for key in wanted})
    finally:
        handle.inner_test = inner
        shutil.rmtree(folder, ignore_errors=True)


def run(minutes: float = 30) -> None:
    """Fuzz the codec, the intake of archives and folders, and the reading of notebooks."""
    from tests.grading import test_codec, test_ingest

    properties = properties_of(test_codec, test_ingest)
    seed = secrets.randbits(32)
    found = fuzz(properties, 60 * minutes, seed)
    for name, count in found.examples.items():
        print(f"{name}: {count} inputs{', FAILED' if name in found.failures else ''}")
    for trace in found.failures.values():
        print(trace)
    record(
        "fuzz_failures",
        f"properties of the grader that failed (messages from a sandbox, folders and zips, "
        f"notebooks), of {len(properties)}, on {sum(found.examples.values())} generated inputs in "
        f"{minutes:g} minutes, seeds from the one given on",
        "= 0", len(found.failures), "failures", "make results only=fuzz", seeds=[seed],
        packages=("torch", "numpy", "hypothesis"),
    )  # fmt: skip
