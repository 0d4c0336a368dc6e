"""Live demos in the page.

    ```{demo} planner
    :question: What does a longer horizon buy with a bad model, and what with a good one?
    :still: images/demos/planner.png
    :alt: What the still picture shows.

    What there is to see and to do, for readers who cannot see it and for print.
    ```

puts the demo `book/_demos/planner.js` into the text. Until the reader presses Start the page shows
the still picture; only then are the model's weights loaded. The scripts are added to pages with a
demo and to no other. They lie in `demos/` of the site, and not under `_static`, where Jupyter Book
would add each of them to every page.

A demo that needs other scripts of `book/_demos` names them in its first line: `// needs: nn.js`.
"""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

SCRIPTS = Path(__file__).resolve().parent.parent / "_demos"
NEEDS = re.compile(r"^// needs:(?P<names>[ \w.,-]+)$", re.MULTILINE)


class demo(nodes.General, nodes.Element):
    """A demo's place: its still picture, then its description."""


class stage(nodes.General, nodes.Element):
    """Where the demo plays; it holds the Start button and the still picture."""


class Demo(SphinxDirective):
    """The directive `demo`; its argument is the name of a script in `book/_demos`."""

    required_arguments = 1
    has_content = True
    option_spec = {  # noqa: RUF012
        "question": directives.unchanged_required,
        "still": directives.unchanged_required,
        "alt": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """The place, with the picture and the parsed description in it."""
        name = self.arguments[0]
        self._check(name)
        for path in (SCRIPTS / "demo.css", *scripts(name)):
            self.env.note_dependency(str(path))  # the page names their checksums
        place = demo("", name=name, question=self.options["question"])
        place += stage("", *self._pictures())
        description = nodes.container(classes=["demo-description"])
        self.state.nested_parse(self.content, self.content_offset, description)
        place += description
        self.set_source_info(place)
        return [place]

    def _pictures(self) -> list[nodes.image]:
        """The still picture; if `NAME-dark.png` lies beside it, that one in the dark theme."""
        uri, alt = self.options["still"], self.options["alt"]
        dark = f"-dark{Path(uri).suffix}".join(uri.rsplit(Path(uri).suffix, 1))
        page = Path(self.env.doc2path(self.env.docname))
        if not (page.parent / dark).is_file():
            return [nodes.image(uri=uri, alt=alt)]
        shown = ((uri, "only-light"), (dark, "only-dark"))
        return [nodes.image(uri=file, alt=alt, classes=[when]) for file, when in shown]

    def _check(self, name: str) -> None:
        if not (SCRIPTS / f"{name}.js").is_file():
            raise self.error(f"there is no demo {name!r}: book/_demos/{name}.js does not exist")
        for option in ("question", "still", "alt"):
            if not self.options.get(option, "").strip():
                raise self.error(f"the demo {name!r} has no :{option}:")
        if not self.content:
            raise self.error(f"the demo {name!r} has no description for those who cannot see it")


def scripts(name: str) -> list[Path]:
    """The scripts of a demo in the order in which they are loaded."""
    text = (SCRIPTS / f"{name}.js").read_text(encoding="utf-8")
    needed = NEEDS.search(text)
    others = re.findall(r"[\w.-]+", needed["names"]) if needed else []
    return [SCRIPTS / file for file in ("demo.js", *others, f"{name}.js")]


def visit_demo(self: Any, node: demo) -> None:
    """Open the section, with the question as its name."""
    name, question = node["name"], html.escape(node["question"])
    self.body.append(
        f'<section class="demo" id="demo-{name}" data-demo="{name}" '
        f'aria-labelledby="demo-{name}-question">\n'
        f'<p class="demo-question" id="demo-{name}-question">{question}</p>\n'
    )


def depart_demo(self: Any, node: demo) -> None:
    """Close the section."""
    self.body.append("</section>\n")


def visit_stage(self: Any, node: stage) -> None:
    """Open the stage; the button is hidden until a script can answer it."""
    self.body.append(
        '<div class="demo-stage"><div class="demo-still">\n'
        '<button class="demo-start" type="button" hidden>Start the demo</button>\n'
    )


def depart_stage(self: Any, node: stage) -> None:
    """Close the stage."""
    self.body.append("</div></div>\n")


def skip(self: Any, node: nodes.Element) -> None:
    """In other formats a demo is its question, its picture and its description."""


def add_scripts(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Style sheet and scripts for a page with demos, each once."""
    names = [place["name"] for place in tree.findall(demo)] if tree else []
    if not names:
        return
    app.add_css_file("../demos/demo.css")
    files = [path.name for name in names for path in scripts(name)]
    for file in dict.fromkeys(files):
        app.add_js_file(f"../demos/{file}", loading_method="defer")


def copy(app: Sphinx) -> None:
    """Copy scripts and weights into the site, before the pages that name their checksums."""
    if app.builder.format != "html":
        return
    (Path(app.outdir) / "_static").mkdir(parents=True, exist_ok=True)  # paths begin there
    target = Path(app.outdir) / "demos"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(SCRIPTS, target, ignore=shutil.ignore_patterns(".*"))


def setup(app: Sphinx) -> dict[str, object]:
    """Called by Sphinx."""
    others = dict.fromkeys(("latex", "text", "man", "texinfo"), (skip, skip))
    app.add_node(demo, html=(visit_demo, depart_demo), **others)
    app.add_node(stage, html=(visit_stage, depart_stage), **others)
    app.add_directive("demo", Demo)
    app.connect("builder-inited", copy)
    app.connect("html-page-context", add_scripts)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
