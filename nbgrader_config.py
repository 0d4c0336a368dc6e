"""nbgrader's settings for this course.

Everything that concerns students (submissions, gradebook, feedback) lives in one folder that git
ignores: `gradebook/`, or the one that MBRL_GRADEBOOK names. The sample class has its own.
"""

import os
import sys
from pathlib import Path

import nbgrader

ROOT = Path(__file__).resolve().parent
DESK = Path(os.environ.get("MBRL_GRADEBOOK", ROOT / "gradebook")).resolve()
DESK.mkdir(parents=True, exist_ok=True)

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "mbrl"
c.CourseDirectory.root = str(ROOT)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.submitted_directory = str(DESK / "submitted")
c.CourseDirectory.autograded_directory = str(DESK / "autograded")
c.CourseDirectory.feedback_directory = str(DESK / "feedback")
c.CourseDirectory.db_url = f"sqlite:///{DESK / 'gradebook.db'}"  # absolute, or it follows the cwd
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", ".*", "*.md"]
c.CsvExportPlugin.to = str(DESK / "grades.csv")
c.Exchange.root = os.environ.get("MBRL_EXCHANGE", str(DESK / "exchange"))
c.Exchange.cache = str(DESK / "cache")

c.OverwriteCells.add_missing_cells = True  # a deleted test cell is put back
if os.environ.get("MBRL_TRUSTED") == "1":
    # nbgrader's own way: students' code runs with the rights of whoever grades
    print("TRUSTED: submissions are run without a sandbox, by MBRL_TRUSTED=1", file=sys.stderr)
    c.Execute.timeout = 120  # seconds a cell may take
    c.Execute.skip_cells_with_tag = "demo"  # demonstrations are worth nothing, and are long
    c.Autograde.autograde_preprocessors.append("grading.nbgrader_steps.MarkTrusted")
else:
    c.Autograde.sanitize_preprocessors = [
        "nbgrader.preprocessors.ClearOutput",
        "grading.nbgrader_steps.Rebuild",
        "nbgrader.preprocessors.OverwriteKernelspec",
        "nbgrader.preprocessors.OverwriteCells",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    c.Autograde.autograde_preprocessors = [
        "grading.nbgrader_steps.SplitExecute",
        "nbconvert.preprocessors.ClearMetadataPreprocessor",
        "nbgrader.preprocessors.LimitOutput",
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]

c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
    "grading.feedback.CleanFeedback",
]
c.HTMLExporter.extra_template_basedirs = [
    str(ROOT / "grading" / "templates"),
    str(Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"),
]
