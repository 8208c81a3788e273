"""The names, order and types of the 18 features."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

BGRImage = NDArray[np.uint8]
"""A decoded picture: uint8, shape (H, W, 3), channels blue, green, red, each 0-255."""

FeatureVector = NDArray[np.float64]
"""The features of one picture: float64, shape (18,), in the order of :data:`FEATURE_NAMES`."""

CHANNELS: Final = (
    "b_bgr",
    "g_bgr",
    "r_bgr",
    "h_hsv",
    "s_hsv",
    "v_hsv",
    "l_lab",
    "a_lab",
    "b_lab",
)
"""The nine channels, as OpenCV's 8-bit conversions give them.

Hue is in half-degrees (0-179); everything else is 0-255 (L scaled from 0-100, a and b shifted
by 128).
"""

FEATURE_NAMES: Final = tuple(f"{channel}_{statistic}" for statistic in ("mean", "std") for channel in CHANNELS)
"""The 18 features in the order of the study: nine means, then nine population standard deviations."""

FEATURE_COUNT: Final = len(FEATURE_NAMES)
