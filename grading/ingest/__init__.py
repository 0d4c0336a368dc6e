"""Submissions as learning management systems give them, brought to where nbgrader looks for them.

`python -m grading.ingest ps2_random_shooting PATH... [--students students.csv]` reads folders, zips
and loose notebooks and writes `submitted/<student>/<assignment>/<assignment>.ipynb` under the desk
(`gradebook/`, or the folder that MBRL_GRADEBOOK names). Understood are

- Canvas: `lovelaceada_LATE_12345_67890_ps2_random_shooting-1.ipynb`, flat;
- Moodle: `Ada Lovelace_12345_assignsubmission_file_/...`;
- Gradescope: `submission_123/...` beside `submission_metadata.yml`;
- nbgrader's exchange: `ada+ps2_random_shooting+2026-01-31 12:00:00 UTC/...`; `submitted/` itself;
- a folder with a folder, a zip or a notebook for each student.

Whose a file is, only the outermost name says, which the system wrote; what a student packed can
claim nothing. No name from a submission is ever used as a path. A table at the end names everything
that was taken or refused, and what to tell the student; `ingest/<assignment>.json` under the desk
keeps it for `grading.precheck`. What is written is the clean notebook of `grading.reading`.
"""

from __future__ import annotations

from grading.ingest.archives import Budget, files_in_zip
from grading.ingest.kinds import Limits, Line, Refused
from grading.ingest.names import Roster, student_id
from grading.ingest.taking import ingest

__all__ = [
    "Budget",
    "Limits",
    "Line",
    "Refused",
    "Roster",
    "files_in_zip",
    "ingest",
    "student_id",
]
