"""A book of a few pages, built in a second, with the course's extensions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONF = f"""
import sys
sys.path.insert(0, {str(ROOT / "book" / "_ext")!r})
extensions = ["myst_parser", "mbrl_selfcheck"]
myst_enable_extensions = ["colon_fence", "dollarmath", "deflist", "tasklist"]
html_theme = "basic"
html_favicon = {str(ROOT / "book" / "_static" / "favicon.svg")!r}
html_static_path = [{str(ROOT / "book" / "_static")!r}]
html_css_files = ["course.css"]
html_extra_path = [{str(ROOT / "book" / "_vendor")!r}]
mathjax_path = "../mathjax/tex-svg.js"
root_doc = "book/index"
"""


def build(folder: Path, pages: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Build the pages, Markdown by name, into `folder/html`; every warning fails the build."""
    (folder / "book").mkdir(parents=True)
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    contents = "\n".join(pages)
    index = f"# Index\n\n```{{toctree}}\n{contents}\n```\n"
    for name, text in {"index": index, **pages}.items():
        (folder / "book" / f"{name}.md").write_text(text, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", str(folder),
         str(folder / "html")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
