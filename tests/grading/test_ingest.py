"""Ingest: what LMSs give is understood, what cannot be is named, nothing leaves the desk."""

import io
import json
import os
import re
import struct
import zipfile
from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grading import reading, sample_class
from grading.ingest import Budget, Limits, Refused, Roster, files_in_zip, ingest, student_id
from grading.ingest import __main__ as command

NAME = "ps2_random_shooting"
FILE = f"{NAME}.ipynb"
RIGHT = nbformat.writes(sample_class.submission(NAME, "ada")).encode()
OTHER = nbformat.writes(sample_class.submission(NAME, "ben")).encode()


@pytest.fixture
def desk(tmp_path):
    (tmp_path / "desk").mkdir()
    return tmp_path / "desk"


@pytest.fixture
def inbox(tmp_path):
    (tmp_path / "inbox").mkdir()

    def fill(files):
        for name, data in files.items():
            path = tmp_path / "inbox" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return tmp_path / "inbox"

    return fill


def zipped(files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def students(desk):
    """What lies in the desk: student -> bytes."""
    found = {p.parts[-3]: p.read_bytes() for p in desk.glob(f"submitted/*/{NAME}/{FILE}")}
    assert len(found) == len(list(desk.glob("submitted/*/*/*.ipynb")))
    return found


def clean(data):
    return (nbformat.writes(reading.read(data).notebook) + "\n").encode()


CANVAS = {
    f"lovelaceada_12345_67890_{NAME}-1.ipynb": RIGHT,
    f"lovelaceada_12345_67889_{FILE}": OTHER,
    f"babbagecharles_LATE_222_333_{FILE}": OTHER,
    "hoppergrace_7_8_hw.zip": zipped({f"hw/{FILE}": RIGHT}),
}
MOODLE = {
    f"Ada Lovelace_12345_assignsubmission_file_/{FILE}": RIGHT,
    "Émilie du Châtelet_77_assignsubmission_file_/hw.zip": zipped({FILE: OTHER}),
    f"Grace Hopper_9_assignsubmission_file_{FILE}": OTHER,
    "Grace Hopper_9_assignsubmission_onlinetext_/onlinetext.html": b"<p>see file</p>",
}
GRADESCOPE = {
    f"submission_1/{FILE}": RIGHT,
    f"submission_2/deep/er/{FILE}": OTHER,
    f"submission_3/{FILE}": OTHER,
    "submission_metadata.yml": b"""
submission_1:
  :submitters:
  - :name: Ada Lovelace
    :sid: '0042'
    :email: ada@example.org
  :created_at: 2026-01-02 03:04:05.678 -08:00
submission_2:
  :submitters:
  - :name: Ben B
    :email: ben@example.org
  - :name: Cy C
    :email: cy@example.org
""",
}
EXCHANGE = {
    f"ada+{NAME}+2026-01-31 12:00:00.123456 UTC/{FILE}": OTHER,
    f"ada+{NAME}+2026-02-01 12:00:00.000000 UTC+Xy12/{FILE}": RIGHT,
    f"ada+{NAME}+2026-02-01 12:00:00.000000 UTC+Xy12/timestamp.txt": b"2020-01-01 00:00:00 UTC",
    f"ben+ps1_dynamics+2026-01-31 12:00:00.0 UTC/{FILE}": RIGHT,
}
PLAIN = {
    f"ada/{FILE}": RIGHT,
    f"ben/{NAME}/{FILE}": OTHER,
    f"Cy_{NAME}.ipynb": RIGHT,
    "dora.zip": zipped({f"x/{FILE}": OTHER, "__MACOSX/._x.ipynb": b"junk"}),
    "ada/notes.pdf": b"%PDF",
    ".DS_Store": b"junk",
}


@pytest.mark.parametrize("as_zip", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("wrapped", [False, True], ids=["flat", "wrapped"])
@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        (CANVAS, {"lovelaceada_12345": RIGHT, "babbagecharles_222": OTHER, "hoppergrace_7": RIGHT}),
        (MOODLE, {"ada-lovelace": RIGHT, "emilie-du-chatelet": OTHER, "grace-hopper": OTHER}),
        (GRADESCOPE, {"0042": RIGHT, "ben": OTHER, "cy": OTHER, "submission_3": OTHER}),
        (EXCHANGE, {"ada": RIGHT}),
        (PLAIN, {"ada": RIGHT, "ben": OTHER, "Cy": RIGHT, "dora": OTHER}),
    ],
    ids=["canvas", "moodle", "gradescope", "exchange", "plain"],
)
def test_layouts(desk, inbox, tmp_path, layout, expected, as_zip, wrapped):
    files = {f"export/{name}": data for name, data in layout.items()} if wrapped else layout
    if as_zip:
        path = tmp_path / "class.zip"
        path.write_bytes(zipped(files))
    else:
        path = inbox(files) / ("export" if wrapped else "")
    lines = ingest(NAME, [path], desk)
    assert students(desk) == {student: clean(data) for student, data in expected.items()}
    taken = {line.student for line in lines if line.status == "taken"}
    assert taken == set(expected)
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in desk.rglob("*.ipynb")}
    again = ingest(NAME, [path], desk)
    assert {line.student for line in again if line.status == "unchanged"} == set(expected)
    assert before == {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in desk.rglob("*.ipynb")}


def test_what_is_said_and_when_it_was_handed_in(desk, inbox):
    folder = inbox(CANVAS | GRADESCOPE | EXCHANGE | PLAIN)
    lines = {(line.student, line.status): line for line in ingest(NAME, [folder], desk)}
    assert "the later counts" in lines["lovelaceada_12345", "taken"].why
    assert "late" in lines["babbagecharles_222", "taken"].why
    assert "it belongs to ps1_dynamics" in lines["", "refused"].why
    assert lines["", "refused"].source.startswith("ben+ps1")
    # `ada` is in two layouts and is one person; a pdf beside a notebook is named and no worry
    assert "ada/notes.pdf" in lines["ada", "left"].source and not lines["ada", "left"].tell
    stamp = (desk / "submitted" / "0042" / NAME / "timestamp.txt").read_text()
    assert stamp == "2026-01-02 11:04:05.678000 UTC"
    stamp = (desk / "submitted" / "ada" / NAME / "timestamp.txt").read_text()
    assert stamp == "2026-02-01 12:00:00.000000 UTC"


def test_an_older_export_does_not_replace_a_later_submission(desk, inbox, tmp_path):
    old = tmp_path / f"ada+{NAME}+2026-01-01 00:00:00 UTC"
    old.mkdir()
    (old / FILE).write_bytes(OTHER)
    ingest(NAME, [inbox(EXCHANGE)], desk)
    (line,) = ingest(NAME, [old], desk)
    assert line.status == "kept" and students(desk) == {"ada": clean(RIGHT)}


def test_a_broken_later_one_leaves_the_earlier_and_says_so(desk, inbox):
    files = {f"a_1_3_{NAME}-1.ipynb": b"{", f"a_1_2_{FILE}": RIGHT}
    taken, refused = ingest(NAME, [inbox(files)], desk)
    assert (taken.status, refused.status) == ("taken", "refused")
    assert "not JSON" in refused.tell[0] and students(desk) == {"a_1": clean(RIGHT)}


def test_mending_what_nbgrader_collected_in_its_place(desk):
    folder = desk / "submitted" / "ada" / NAME
    folder.mkdir(parents=True)
    (folder / FILE).write_bytes(b"\xef\xbb\xbf" + RIGHT)
    (folder / "timestamp.txt").write_text("2026-02-01 12:00:00 UTC")
    other = desk / "submitted" / "ada" / "ps1_dynamics" / "ps1_dynamics.ipynb"
    other.parent.mkdir()
    other.write_bytes(b"untouched")
    (line,) = ingest(NAME, [desk / "submitted"], desk)
    assert line.status == "taken" and (folder / FILE).read_bytes() == clean(RIGHT)
    assert (folder / "timestamp.txt").read_text() == "2026-02-01 12:00:00 UTC"
    assert other.read_bytes() == b"untouched"


def test_a_list_of_students_names_them(desk, inbox, tmp_path):
    listed = tmp_path / "students.csv"
    listed.write_text(
        "id,name,lms_id,email\nal1,Ada Lovelace,12345,\nec2,\"du Châtelet, Émilie\",,\n"
        "cb3,Charles Babbage,,\nbb4,B Ben,,ben@example.org\ntwin1,Ann Lee,,\ntwin2,Ann Lee,,\n"
        "eve,Eve Adamson,66,\n"
    )  # fmt: skip
    gradescope = {k: v for k, v in GRADESCOPE.items() if "submission_1" not in k}
    more = {
        f"Ann Lee_1_assignsubmission_file_/{FILE}": RIGHT,
        f"Zoë Unknown_2_assignsubmission_file_/{FILE}": RIGHT,
        f"adamsoneve_12345_1_{FILE}": OTHER,
        f"babbagecharles_LATE_222_333_{FILE}": OTHER,
        f"lovelaceada_12345_67890_{FILE}": RIGHT,
        f"Émilie du Châtelet_77_assignsubmission_file_/{FILE}": OTHER,
    }
    lines = ingest(NAME, [inbox(gradescope | more)], desk, Roster.load(listed))
    assert set(students(desk)) == {"al1", "cb3", "ec2", "bb4"}
    refused = {line.source: line.why for line in lines if line.status == "refused"}
    assert "2 students" in refused[f"Ann Lee_1_assignsubmission_file_/{FILE}"]
    assert "no student" in refused[f"Zoë Unknown_2_assignsubmission_file_/{FILE}"]
    assert "is al1's, the name is not" in refused[f"adamsoneve_12345_1_{FILE}"]
    for text, words in [("id\na b\n", "folder"), ("id\na\nA\n", "twice"), ("name\nx\n", "no id")]:
        listed.write_text(text)
        with pytest.raises(ValueError, match=words):
            Roster.load(listed)


def test_people_who_cannot_be_told_apart_are_not_mixed(desk, inbox):
    files = {
        f"Ann Lee_1_assignsubmission_file_/{FILE}": RIGHT,
        f"Ann Lee_2_assignsubmission_file_/{FILE}": OTHER,
        f"José/{FILE}": RIGHT,
        f"jose/{FILE}": OTHER,
        f"Kim/{FILE}": RIGHT,
        f"kim/{FILE}": OTHER,
        f"ok/{FILE}": RIGHT,
    }
    lines = ingest(NAME, [inbox(files)], desk)
    assert set(students(desk)) == {"ok"}
    assert all(re.search("several people|by case", x.why) for x in lines if x.status != "taken")


def test_another_person_of_the_same_id_does_not_replace_what_is_there(desk, tmp_path):
    def give(name, data):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.zip"
        path.write_bytes(zipped({name: data}))
        return ingest(NAME, [path], desk)

    ada, twin = (
        "Adá Lovelace_12_assignsubmission_file_",
        "Ada\u0301 Lovelace_99_assignsubmission_file_",
    )
    give(f"{ada}/{FILE}", RIGHT)
    (line,) = give(f"{twin}/{FILE}", OTHER)
    assert line.status == "refused" and "--students" in line.why
    assert students(desk) == {"ada-lovelace": clean(RIGHT)}
    (line,) = give(f"{ada}/{FILE}", OTHER)
    assert line.status == "taken", "she herself may hand in again"
    (line,) = give(f"ada-lovelace/{FILE}", RIGHT)
    assert line.status == "taken", "and an instructor who gives the id itself knows whose it is"
    (line,) = give(f"{twin}/{FILE}", OTHER)
    assert line.status == "refused"


def test_nobody_can_hand_in_for_another(desk, inbox):
    impostor = {
        f"Ada_12345_assignsubmission_file_/{FILE}": OTHER,
        f"ada_12345_1_{FILE}": OTHER,
        f"submission_1/{FILE}": OTHER,
        "submission_metadata.yml": b"submission_1:\n  :submitters:\n  - :sid: ada\n",
        f"../ada/{FILE}": OTHER,
    }
    nested = zipped(impostor | {"again.zip": zipped(impostor)})
    files = {
        f"ada/{FILE}": RIGHT,
        "eve.zip": nested,
        "eva_66_1_x.zip": nested,
        f"evi_66_1_Ada_5_assignsubmission_file_{FILE}": OTHER,
    }
    ingest(NAME, [inbox(files)], desk)
    assert students(desk)["ada"] == clean(RIGHT)
    assert set(students(desk)) <= {"ada", "eve", "eva_66", "evi_66"}


def test_a_class_given_one_folder_too_high_is_not_one_student(desk, inbox):
    folder = inbox({f"export/{name}": data for name, data in GRADESCOPE.items()})
    (line,) = ingest(NAME, [folder], desk)
    assert line.status == "refused" and "whole class" in line.why and not students(desk)


def test_links_are_neither_read_nor_written_through(desk, inbox, tmp_path):
    outside = tmp_path / "outside"
    (outside / NAME).mkdir(parents=True)
    (outside / NAME / FILE).write_bytes(b"mine")
    (desk / "submitted").mkdir()
    (desk / "submitted" / "ada").symlink_to(outside)
    folder = inbox({f"ada/{FILE}": RIGHT, f"ben/{FILE}": RIGHT})
    (folder / "cy").symlink_to(folder / "ben")
    (folder / "dora.ipynb").symlink_to(folder / "ben" / FILE)
    lines = ingest(NAME, [folder], desk) + ingest(NAME, [folder / "dora.ipynb"], desk)
    assert (outside / NAME / FILE).read_bytes() == b"mine"
    assert {p.name for p in (desk / "submitted").iterdir()} == {"ada", "ben"}
    assert sum("link" in line.why for line in lines if line.status == "refused") == 4


def test_writing_is_whole_or_not_at_all(desk, inbox, monkeypatch):
    folder = inbox({f"ada/{FILE}": RIGHT})
    ingest(NAME, [folder], desk)

    def dies(*_):
        raise KeyboardInterrupt

    (folder / "ada" / FILE).write_bytes(OTHER)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", dies)
        with pytest.raises(KeyboardInterrupt):
            ingest(NAME, [folder], desk)
    assert students(desk) == {"ada": clean(RIGHT)}
    assert not list(desk.glob(".ingest-*"))
    ingest(NAME, [folder], desk)
    assert students(desk) == {"ada": clean(OTHER)}


def test_archives_that_lie_about_their_size_are_stopped():
    data = bytearray(zipped({FILE: b"a" * (30 * 2**20)}))
    for place in (22, data.rindex(b"PK\1\2") + 24):
        data[place : place + 4] = struct.pack("<I", 100)  # the size that is announced
    for limits in (Limits(), Limits(total=2**20), Limits(notebook=2**20)):
        (file,) = files_in_zip(io.BytesIO(bytes(data)), Budget(limits))
        with pytest.raises(Refused):
            file.read(limits.notebook)
    honest = zipped({f"{n}.ipynb": os.urandom(2**16) for n in range(40)})
    budget = Budget(Limits(total=2**20))
    files = files_in_zip(io.BytesIO(honest), budget)
    with pytest.raises(Refused, match="unpacks to over 1 MB"):
        [file.read(2**20) for file in files]
    assert budget.bytes < 2 * 2**20
    with pytest.raises(Refused, match="over 39 files"):
        files_in_zip(io.BytesIO(honest), Budget(Limits(entries=39)))
    with pytest.raises(Refused, match="list of files"):
        files_in_zip(io.BytesIO(honest), Budget(Limits(directory=1000)))


def test_command(desk, inbox, monkeypatch, capsys):
    monkeypatch.setattr(command, "DESK", desk)
    folder = inbox(PLAIN | {"eve/x.txt": b"", "[red]f\x1b[2J.ipynb": b""})
    assert command.main([NAME, str(folder)]) == 1
    out = capsys.readouterr().out
    assert "4 taken" in out and "[red]" in out and "\x1b[2J" not in out
    ada_and_dora = map(str, sorted(folder.glob("[ad]*")))
    assert command.main([NAME, *ada_and_dora]) == 1  # a class, or students?
    assert set(students(desk)) == {"ada", "ben", "Cy", "dora"}
    assert command.main([NAME, str(folder / "nothing")]) == 1
    assert command.main(["ps99", str(folder)]) == 2
    assert command.main([NAME, str(folder), "--students", str(folder / "none.csv")]) == 2


# ---- fuzzing -------------------------------------------------------------------------------------

NASTY = ["..", ".", "", "CON", "nul.txt", "-rf", "~", "C:", "a\\b", "a\0b", "‮gpj", "é", "e\u0301",
         "A" * 300, "*", "$(id)", "\n", "%s", "ada", "submission_1", f"x_1_2_{FILE}", "hw.zip",
         "E_1_assignsubmission_file_", f"ada+{NAME}+2026-01-01 00:00:00 UTC", FILE]  # fmt: skip
part = st.sampled_from(NASTY) | st.text(max_size=30)
path_name = st.lists(part, min_size=1, max_size=4).map("/".join)
content = st.sampled_from([RIGHT, OTHER, b"", b"{", b"[]", RIGHT[:5000]]) | st.binary(max_size=200)
quick = settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


def bundles(inner):
    return st.dictionaries(path_name, inner, max_size=4)


def pack(tree):
    """A zip of a tree whose leaves are bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in tree.items():
            info = zipfile.ZipInfo("x")
            info.filename = info.orig_filename = name.encode("utf-8", "replace").decode()
            info.external_attr = (0o120777 if len(name) % 7 == 6 else 0o100644) << 16
            archive.writestr(info, pack(data) if isinstance(data, dict) else data)
    return made.getvalue()


@given(st.text() | st.sampled_from(NASTY))
def test_ids_are_safe_names_and_stay_what_they_are(name):
    made = student_id(name)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,69}", made) and not made.endswith(".")
    assert student_id(made) == made
    assert made.lower().partition(".")[0] not in {"con", "prn", "aux", "nul", "com1", "lpt1"}


def snapshot(folder, desk):
    return {p: p.lstat().st_mtime_ns for p in folder.rglob("*") if desk not in (p, *p.parents)}


@quick
@given(tree=bundles(content | bundles(content | bundles(content))), damage=st.data())
def test_no_zip_gets_out_of_the_desk_or_stops_the_rest(tree, damage, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz")
    desk, inbox = folder / "desk", folder / "inbox"
    desk.mkdir()
    (inbox / "honest").mkdir(parents=True)
    (inbox / "honest" / FILE).write_bytes(RIGHT)
    data = bytearray(pack(tree))
    for _ in range(damage.draw(st.integers(0, 3))):
        data[damage.draw(st.integers(0, len(data) - 1))] ^= damage.draw(st.integers(1, 255))
    (inbox / "eve.zip").write_bytes(data)
    (folder / "class.zip").write_bytes(data)
    before = snapshot(folder, desk)
    lines = ingest(NAME, [inbox], desk)
    ingest(NAME, [folder / "class.zip"], desk)
    assert snapshot(folder, desk) == before
    assert "honest" in students(desk)
    assert any(line.student == "eve" for line in lines)
    for found in desk.rglob("*"):
        assert not found.is_symlink()
        inside = found.relative_to(desk).parts
        assert inside[0] in ("submitted", "ingest")
        assert len(inside) < 3 or inside[2] == NAME
        assert len(inside) < 4 or inside[3] in (FILE, "timestamp.txt")
    for written in students(desk).values():
        nbformat.validate(nbformat.reads(written.decode(), as_version=4))


names_on_disk = st.binary(min_size=1, max_size=60).map(
    lambda b: b.replace(b"/", b"_").replace(b"\0", b"_")
) | part.map(lambda s: s.encode("utf-8", "replace").replace(b"/", b"_").replace(b"\0", b"_")[:200])


@quick
@given(names=st.lists(st.tuples(names_on_disk, names_on_disk, content), max_size=5))
def test_no_folder_gets_out_of_the_desk_or_stops_the_rest(names, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz")
    desk, inbox = folder / "desk", folder / "inbox"
    desk.mkdir()
    (inbox / "honest").mkdir(parents=True)
    (inbox / "honest" / FILE).write_bytes(RIGHT)
    for outer, inner, data in names:
        if {outer, inner} & {b".", b".."} or outer == b"honest":
            continue
        path = os.path.join(os.fsencode(inbox), outer, inner)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data)
        except OSError:
            continue
    before = snapshot(folder, desk)
    lines = ingest(NAME, [inbox], desk)
    assert snapshot(folder, desk) == before and "honest" in students(desk)
    json.dumps([line.source for line in lines]).encode()
    assert all(Path(line.student).name == line.student for line in lines)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["code", "markdown", "ps2-rollout", "cells", "\ud800"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["cells", "cell_type", "source", "metadata", "nbgrader", "id", "nbformat",
                         "grade_id", "tags", "attachments", "worksheets", "a.png", "image/png"]),
        inner, max_size=6),
    max_leaves=30,
)  # fmt: skip


def becomes_a_valid_notebook_or_is_refused(data):
    try:
        made = reading.read(data)
    except reading.Unreadable:
        return
    nbformat.validate(made.notebook)
    again = reading.read(nbformat.writes(made.notebook).encode())
    assert again.notebook == made.notebook and not again.findings


@settings(max_examples=300, deadline=None)
@given(json_values)
def test_whatever_json_holds_becomes_a_valid_notebook_or_is_refused(value):
    becomes_a_valid_notebook_or_is_refused(json.dumps(value).encode())


SHORT = json.loads(RIGHT) | {"cells": json.loads(RIGHT)["cells"][:6]}
PLACES = ["cells", "metadata", "nbformat", "nbformat_minor"] + [
    (number, key) for number, cell in enumerate(SHORT["cells"]) for key in cell
]


@settings(max_examples=200, deadline=None)
@given(
    values=st.dictionaries(st.sampled_from(PLACES), json_values, max_size=3),
    damage=st.lists(st.tuples(st.integers(0, 2**16), st.binary(max_size=8)), max_size=2),
)
def test_a_damaged_submission_becomes_a_valid_notebook_or_is_refused(values, damage):
    notebook = SHORT | {key: value for key, value in values.items() if isinstance(key, str)}
    if "cells" not in values:
        notebook["cells"] = [
            cell | {key: values[number, key] for key in cell if (number, key) in values}
            for number, cell in enumerate(SHORT["cells"])
        ]
    data = bytearray(json.dumps(notebook).encode())
    for place, junk in damage:
        place %= len(data)
        data[place : place + len(junk)] = junk
    becomes_a_valid_notebook_or_is_refused(bytes(data))
