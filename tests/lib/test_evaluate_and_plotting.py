"""Intervals against scipy, evaluation, figures and clips as pages get them."""

import re

import gymnasium
import numpy as np
import pytest
from scipy import stats

import mbrl_lib.envs  # noqa: F401  registers the environments
from mbrl_lib import plotting
from mbrl_lib.data import RandomPolicy
from mbrl_lib.evaluate import confidence_interval, evaluate


def test_interval_is_students():
    values = [1.0, 2.0, 4.0, 9.0]
    ours = confidence_interval(values, 0.9)
    theirs = stats.ttest_1samp(values, 0).confidence_interval(0.9)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))
    assert ours.mean == 4 and ours.count == 4


def test_interval_covers_as_often_as_it_says():
    random = np.random.default_rng(0)
    hits = [
        (i := confidence_interval(random.normal(3, 2, size=8))).low <= 3 <= i.high
        for _ in range(2000)
    ]
    assert np.mean(hits) == pytest.approx(0.95, abs=0.015)


def test_one_value_is_no_evidence_and_bad_ones_are_refused():
    assert confidence_interval([5.0]).high == np.inf
    for bad in ([], [float("nan")], [[1.0]]):
        with pytest.raises(ValueError):
            confidence_interval(bad)
    with pytest.raises(ValueError, match="level"):
        confidence_interval([1.0, 2.0], level=1.0)


def test_evaluate_is_one_episode_a_seed():
    make = lambda: gymnasium.make("mbrl/CartPoleBalance-v0")  # noqa: E731
    policy = lambda env, seed: RandomPolicy(env, np.random.default_rng(seed))  # noqa: E731
    returns = evaluate(make, policy, [3, 4, 3])
    assert returns.shape == (3,) and returns[0] == returns[2] != returns[1]
    with pytest.raises(ValueError, match="at least one seed"):
        evaluate(make, policy, [])


def test_figures_follow_the_theme_and_say_what_they_show():
    made, axes = plotting.figure()
    axes.plot([0, 1], [0, 1])
    axes.set_xlabel("h")
    axes.legend(["added later, outside the style"])
    page = plotting.show(made, alt="A line & more", caption="One <line>").html
    assert 'role="img" aria-label="A line &amp; more"' in page and "One &lt;line&gt;" in page
    assert "var(--mbrl-blue" in page and "currentColor" in page
    assert plotting.INK not in page and "#000000" not in page and "legend_1" in page
    again = plotting.figure()
    again[1].plot([0, 1], [0, 1])
    other = plotting.show(again[0], alt="Another line").html
    ids = [set(re.findall(r'\bid="([^"]+)"', text)) for text in (page, other)]
    assert not ids[0] & ids[1], "ids are unique over the figures of a page"
    for reference in re.findall(r'(?:href="#|url\(#)([^")]+)', page):
        assert reference in ids[0]
    with pytest.raises(ValueError, match="alt"):
        plotting.show(made, alt=" ")


def test_same_figure_same_bytes():
    pages = []
    for _ in range(2):
        made, axes = plotting.figure()
        plotting.band(axes, [0, 1, 2], np.arange(9.0).reshape(3, 3), "runs", "green")
        pages.append(plotting.show(made, alt="bands").html)
    assert pages[0] == pages[1]


def test_clip_is_a_playable_mp4(tmp_path):
    import base64

    import imageio.v2 as imageio

    frames = [np.full((48, 64, 3), 40 * i, dtype=np.uint8) for i in range(6)]
    page = plotting.clip(frames, fps=10, alt="grey turns white").html
    assert 'aria-label="grey turns white"' in page
    still = imageio.imread(base64.b64decode(re.search(r"jpeg;base64,([^\"]+)", page)[1]))
    assert still.shape == (48, 64, 3) and abs(int(still.mean()) - 120) < 4
    (tmp_path / "a.mp4").write_bytes(base64.b64decode(re.search(r"mp4;base64,([^\"]+)", page)[1]))
    read = imageio.mimread(tmp_path / "a.mp4")
    assert len(read) == 6 and abs(int(read[5].mean()) - 200) < 12
    for bad in ({"frames": []}, {"fps": 0}, {"alt": ""}):
        with pytest.raises(ValueError):
            plotting.clip(**{"frames": frames, "fps": 10, "alt": "x", **bad})
