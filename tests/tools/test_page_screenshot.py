import numpy as np
import pytest

from src.errors import BrowserError
from src.gallery.process import GalleryProcess
from src.processes import find_free_port
from tools.page_screenshot import take_screenshot


@pytest.mark.browser
def test_a_page_is_pictured_with_its_images() -> None:
    with GalleryProcess(artworks=240, workers=1) as gallery:
        picture = take_screenshot(f"{gallery.base_url}/color?col=RED", 800, 600)
    assert picture.shape == (600, 800, 3)
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 1000  # paintings, not a blank page with some text


@pytest.mark.browser
def test_a_page_that_does_not_answer_is_an_error() -> None:
    with pytest.raises(BrowserError, match="cannot open"):
        take_screenshot(f"http://127.0.0.1:{find_free_port()}/", patience_seconds=1.0)
