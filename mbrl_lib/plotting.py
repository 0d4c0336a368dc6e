"""Every figure's style, in one place; legible on light and dark pages.

`figure` makes a matplotlib figure in the course's style; `show` turns it into an inline SVG whose
text takes the page's own colour and whose lines take the course's palette from CSS variables, so
the same figure serves both themes. `clip` turns frames into a short silent video.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from mbrl_lib import validate

INK = "#5f6672"  # text and axes; becomes the page's own text colour
PALETTE = {
    "blue": "#2f7fb5",
    "orange": "#d1741f",
    "green": "#2f9470",
    "pink": "#c05a94",
    "violet": "#7d6bc4",
    "grey": "#868e99",
}

_STYLE = {
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "axes.facecolor": "none",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.labelsize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": plt.cycler(color=list(PALETTE.values())),
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
    "grid.color": INK,
    "grid.alpha": 0.2,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.linewidth": 1.8,
    "font.size": 10,
    "svg.fonttype": "none",
}


def figure(
    rows: int = 1, columns: int = 1, width: float = 7.2, height: float = 3.2, **options: object
) -> tuple[Figure, Axes | np.ndarray]:
    """A figure and its axes in the course's style; sizes in inches, options as `plt.subplots`.

    The figure is not shown by itself; pass it to `show`.
    """
    with plt.rc_context(_STYLE):
        made, axes = plt.subplots(
            rows, columns, figsize=(width, height), layout="constrained", **options
        )
    plt.close(made)  # pyplot forgets it, so that notebooks do not show it twice
    return made, axes


@dataclass(frozen=True)
class Picture:
    """Something a notebook shows as HTML."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


def show(made: Figure, alt: str, caption: str = "") -> Picture:
    """A figure as inline SVG.

    Parameters
    ----------
    made : Figure
    alt : str, what the figure shows, for readers who cannot see it; required
    caption : str, printed below
    """
    if not alt.strip():
        raise ValueError("a figure needs a description: alt must not be empty")
    for axes in made.axes:
        if axes.get_legend():  # made outside of `figure`'s style: a white box on a dark page
            axes.get_legend().set_frame_on(False)
    _restyle(made)
    salt = hashlib.sha256((alt + caption).encode()).hexdigest()[:10]
    buffer = io.StringIO()
    with plt.rc_context({**_STYLE, "svg.hashsalt": salt}):
        made.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    drawing = _themed(buffer.getvalue(), salt, alt)
    return Picture(_framed(drawing, caption))


def clip(frames: Sequence[np.ndarray], fps: int, alt: str, caption: str = "") -> Picture:
    """Frames as a silent looping mp4, embedded in the page.

    Parameters
    ----------
    frames : sequence of `(height, width, 3)` uint8 arrays of one size
    fps : int, frames a second
    alt, caption : str, as for `show`
    """
    import imageio.v2 as imageio

    validate.at_least("fps", fps, 1)
    if len(frames) == 0:
        raise ValueError("a clip needs at least one frame")
    if not alt.strip():
        raise ValueError("a clip needs a description: alt must not be empty")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        imageio.mimwrite(
            path, frames, fps=fps, codec="libx264", macro_block_size=2,
            output_params=["-crf", "28", "-threads", "1"],
        )  # fmt: skip
        data = base64.b64encode(path.read_bytes()).decode()
    still = imageio.imwrite("<bytes>", frames[len(frames) // 2], format="jpg")
    poster = base64.b64encode(still).decode()  # seen before it plays, and in print
    video = (
        f'<video controls loop muted playsinline preload="metadata" aria-label="{html.escape(alt)}"'
        f' poster="data:image/jpeg;base64,{poster}"'
        f' src="data:video/mp4;base64,{data}" style="max-width: 100%"></video>'
    )
    return Picture(_framed(video, caption))


def band(axes: Axes, x: Sequence[float], values: np.ndarray, label: str, color: str) -> None:
    """Mean of `values (runs, len(x))` with its 95 % confidence band."""
    from mbrl_lib.evaluate import confidence_interval

    intervals = [confidence_interval(column) for column in np.asarray(values).T]
    axes.plot(x, [i.mean for i in intervals], color=PALETTE[color], label=label)
    axes.fill_between(
        x, [i.low for i in intervals], [i.high for i in intervals],
        color=PALETTE[color], alpha=0.18, linewidth=0,
    )  # fmt: skip


def _restyle(made: Figure) -> None:
    """Bring what was added after `figure` returned, outside its style, into it."""
    for axes in made.axes:
        if axes.get_legend() is not None:
            axes.get_legend().set_frame_on(False)
    for text in made.findobj(Text):
        if text.get_color() == "black":
            text.set_color(INK)


def _themed(svg: str, salt: str, alt: str) -> str:
    svg = svg[svg.index("<svg") :]
    svg = svg.replace(INK, "currentColor")
    for name, value in PALETTE.items():
        svg = svg.replace(value, f"var(--mbrl-{name}, {value})")
    svg = re.sub(r'\bid="([^"]+)"', rf'id="f{salt}-\1"', svg)  # ids must be unique in a page
    svg = re.sub(r'(href="#|url\(#)', rf"\1f{salt}-", svg)
    label = (  # matplotlib leaves the colour of black text out; fill gives it the page's
        f'<svg role="img" aria-label="{html.escape(alt)}" fill="currentColor"'
        ' style="max-width: 100%; height: auto"'
    )
    return svg.replace("<svg", label, 1)


def _framed(content: str, caption: str) -> str:
    words = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
    return f'<figure class="mbrl-figure">{content}{words}</figure>'
