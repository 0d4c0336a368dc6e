"""The page that a long experiment leaves behind."""

from mbrl_lib import plotting
from mbrl_lib.experiments import report
from mbrl_lib.experiments.stages import Entry, Ledger


def test_a_page_holds_its_parts_in_order_and_nothing_runs_in_it(tmp_path):
    figure, ax = plotting.figure()
    ax.plot([1, 2])
    parts = ["<h2>first</h2>", plotting.show(figure, "a line"), report.table(("a",), [("<b>",)])]
    report.write(tmp_path / "report.html", "A & B", parts)
    page = (tmp_path / "report.html").read_text()
    assert (
        page.index("<h2>first</h2>") < page.index('aria-label="a line"') < page.index("&lt;b&gt;")
    )
    assert "<h1>A &amp; B</h1>" in page and "<script" not in page and "http:" not in page[:500]


def test_costs_are_added_up(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.write("see", Entry(90.0, 60.0, True))
    ledger.write("act", Entry(30.0, 30.0, True))
    shown = report.costs(ledger)
    assert "<td>see</td><td>1.5</td><td>1.0</td>" in shown
    assert "<td>all</td><td>2.0</td><td>1.5</td>" in shown
