"""What stands above a chapter: how long it takes, its notebook, its assignment.

    ```{chapter-info}
    :read: 25
    :assignment: ps3_mpc
    ```

prints the reading time, the run time measured when this page was executed, a link to the chapter
as a notebook, the number of its self-checks, and a link to the assignment. The notebooks are
written into `notebooks/` of the site when the build ends, for every page that was executed; the
run times into `_build/run_times.json`.
"""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
from docutils import nodes
from docutils.parsers.rst import directives
from mbrl_notebooks import readable
from mbrl_selfcheck import selfcheck_count
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective


class run_time(nodes.General, nodes.Element):
    """Stands for the page's run time until the page has been executed."""


class notebook_link(nodes.General, nodes.Element):
    """Stands for the link to the page's notebook until it is known whether there is one."""


class ChapterInfo(SphinxDirective):
    """The directive `chapter-info`; `:read:` in minutes, `:assignment:` a folder's name."""

    option_spec = {  # noqa: RUF012
        "read": directives.positive_int,
        "assignment": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """A list with one item for each thing that is known."""
        items = nodes.bullet_list(classes=["mbrl-chapter-info"])
        if "read" in self.options:
            items += _item(nodes.inline("", f"About {self.options['read']} minutes to read"))
        items += _item(run_time())
        items += _item(notebook_link())
        items += _item(selfcheck_count())
        if "assignment" in self.options:
            items += _item(self._assignment(self.options["assignment"]))
        return [items]

    def _assignment(self, name: str) -> nodes.Node:
        words = nodes.inline("", f"Assignment: {name}")
        link = addnodes.pending_xref(
            "", words, refdomain="std", reftype="ref", refexplicit=True, refwarn=True,
            reftarget=f"assignment-{name}".lower(), refdoc=self.env.docname,
        )  # fmt: skip
        self.set_source_info(link)
        return link


def _item(content: nodes.Node) -> nodes.list_item:
    return nodes.list_item("", nodes.paragraph("", "", content))


def fill_in(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put run time and notebook link where they belong, or nothing where there is none."""
    executed = NbMetadataCollector.get_exec_data(app.env, docname)
    for place in list(doctree.findall(run_time)):
        if executed and executed["runtime"] is not None:
            place.replace_self(nodes.inline("", f"{_spoken(executed['runtime'])} to run"))
        else:
            _item_of(place).parent.remove(_item_of(place))
    for place in list(doctree.findall(notebook_link)):
        if executed:
            up = "../" * docname.count("/")
            link = addnodes.download_reference("", "", refuri=up + notebook_path(docname))
            link += nodes.inline("", "Notebook")
            place.replace_self(link)
        else:
            _item_of(place).parent.remove(_item_of(place))


def _item_of(node: nodes.Node) -> nodes.list_item:
    return node.parent.parent


def _spoken(seconds: float) -> str:
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min"


def notebook_path(docname: str) -> str:
    """Where in the site the notebook of a page lies."""
    return f"notebooks/{docname.split('/')[-1]}.ipynb"


def executed_pages(env: BuildEnvironment) -> dict[str, float | None]:
    """The pages that were executed, each with its run time in seconds."""
    data = {name: NbMetadataCollector.get_exec_data(env, name) for name in sorted(env.found_docs)}
    return {name: found["runtime"] for name, found in data.items() if found}


def glued_values(app: Sphinx, docname: str) -> dict[str, str]:
    """The values that a page quotes by `glue`, as myst-nb wrote them down when it executed it."""
    path = Path(app.outdir).parent / "jupyter_execute" / f"{docname}.glue.json"
    if not path.exists():
        return {}
    data = json.loads(path.read_text(encoding="utf-8"))
    return {key: value["data"].get("text/plain", "") for key, value in data.items()}


def write_notebooks(app: Sphinx, exception: Exception | None) -> None:
    """Write the notebooks and the run times."""
    if exception is not None or app.builder.format != "html":
        return
    pages = executed_pages(app.env)
    for docname in pages:
        target = Path(app.outdir) / notebook_path(docname)
        target.parent.mkdir(exist_ok=True)
        source = Path(app.env.doc2path(docname))
        notebook = readable(source, Path(app.srcdir), glued_values(app, docname))
        nbformat.write(notebook, target)
    times = Path(app.outdir).parent / "run_times.json"
    times.write_text(json.dumps(pages, indent=1) + "\n", encoding="utf-8")


def setup(app: Sphinx) -> dict[str, object]:
    """Called by Sphinx."""
    app.add_directive("chapter-info", ChapterInfo)
    app.connect("doctree-resolved", fill_in)
    app.connect("build-finished", write_notebooks)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
