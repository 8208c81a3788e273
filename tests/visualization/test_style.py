"""The style: text that is legible on every swatch."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from src.colours import LEGIBLE_SWATCHES, SWATCHES
from src.visualization.style import OKABE_ITO, choose_ink


def measure_contrast(first: str, second: str) -> float:
    """The contrast of WCAG 2.2."""
    encoded = np.array([to_rgb(first), to_rgb(second)])
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    dark, light = sorted(linear @ [0.2126, 0.7152, 0.0722])
    return float((light + 0.05) / (dark + 0.05))


@pytest.mark.parametrize("background", sorted({*SWATCHES.values(), *LEGIBLE_SWATCHES.values(), *OKABE_ITO}))
def test_text_on_a_swatch_is_legible(background: str) -> None:
    assert measure_contrast(choose_ink(background), background) >= 3.9
