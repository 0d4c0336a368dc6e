"""How good the graders are: wrong answers caught, right ones passed, mutants killed, seeds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tqdm import tqdm

from benchmarks.evidence import record
from grading import assignments
from mbrl_lib.checks.outcomes import Outcome
from tests.assignments import mutants, proof

T = TypeVar("T")
SEEDS = 100


def _share(label: str, items: Iterable[T], good: Callable[[T], bool]) -> float:
    """The share of items for which `good` holds; each runs in processes of its own."""
    items = list(items)
    with ThreadPoolExecutor(2) as pool:
        found = list(tqdm(pool.map(good, items), total=len(items), desc=label))
    for item, is_good in zip(items, found, strict=True):
        if not is_good:
            print(f"{label}: not {item}")
    return sum(found) / len(found)


def _failed(name: str, **options: object) -> dict[str, str]:
    results = proof.run(name, **options)
    return {r.id: r.message for r in results if r.outcome is not Outcome.CORRECT}


def _caught(item: tuple[str, proof.Variant]) -> bool:
    name, variant = item
    failed = _failed(name, sources=variant.sources)
    speaks = all(re.search(variant.message, m, re.IGNORECASE) for m in failed.values())
    return set(failed) == set(variant.tasks) and speaks


def wrong_answers() -> float:
    """The share of wrong answers that lose at their task, there only, with their message."""
    items = [(n, v) for n in assignments.names() for v in proof.variants(n, "wrong")]
    return _share("wrong answers", items, _caught)


def right_variants() -> float:
    """The share of right answers written another way that lose nothing."""
    items = [(n, v) for n in assignments.names() for v in proof.variants(n, "right")]
    return _share("right variants", items, lambda i: not _failed(i[0], sources=i[1].sources))


def mutants_killed() -> float:
    """The share of mutants not argued equivalent that fail some test."""
    items = [
        (name, m)
        for name in assignments.names()
        for m in mutants.mutants(name)
        if (m.cell, m.change) not in mutants.equivalent(name)
    ]
    return _share("mutants", items, lambda item: mutants.killed(*item))


def run() -> None:
    """The three shares."""
    command = "make bench only=graders"
    record(
        "graders_wrong_answers_caught",
        "share of the wrong answers on file that lose points at the task they get wrong, "
        "nowhere else, and get the message meant for them",
        "= 1", wrong_answers(), "share", command,
    )  # fmt: skip
    record(
        "graders_right_variants_passed",
        "share of the right answers written another way that score 100 %",
        "= 1", right_variants(), "share", command,
    )  # fmt: skip
    record(
        "graders_mutants_killed",
        "share of the automatic mutants of the reference answers that fail some test, "
        "those argued equivalent left out",
        "= 1", mutants_killed(), "share", command,
    )  # fmt: skip


def seeds() -> None:
    """On how many student keys, of 100, the reference passes everything: the worst assignment."""
    fewest = SEEDS
    for name in assignments.names():
        keys = [(name, f"student-{i}") for i in range(SEEDS)]
        share = _share(f"{name} seeds", keys, lambda item: not _failed(item[0], key=item[1]))
        fewest = min(fewest, round(share * SEEDS))
    record(
        "reference_seeds_passed",
        "student keys, of 100, with which the reference passes every test; smallest assignment",
        ">= 100", fewest, "keys", "make results only=seeds", range(SEEDS),
    )  # fmt: skip
