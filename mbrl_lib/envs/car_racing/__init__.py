"""Gymnasium's CarRacing-v3, faster: the same physics, tracks and rewards, and two kinds of frames.

| id | observation | for |
|---|---|---|
| `mbrl/CarRacing-v0` | 96x96 pixels, identical to Gymnasium's | scores |
| `mbrl/CarRacingFast-v0` | 64x64 pixels, within 1/255 of the above after `preprocess` | training |

`CarRacingVector` drives many cars at once. Gymnasium spends 97 % of a step on drawing, some 800
polygons transformed in Python; `drawing` draws the track once and then turns the picture.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "drawing": ["FastFrames", "preprocess"],
        "env": ["CarRacing", "FrameSkip"],
        "policies": ["SmoothedRandomPolicy"],
        "vector": ["CarRacingVector"],
    },
)
