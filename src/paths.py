"""Every path of the project, once. Nothing is created here: who writes makes the folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROJECT_ROOT: Final = Path(__file__).resolve().parent.parent
"""The folder that holds ``src``, ``application`` and the default workspace."""


@dataclass(frozen=True)
class Workspace:
    """A folder with ``data/`` and ``models/`` in it; the default is the project root.

    Parameters
    ----------
    root
        The folder. It need not exist yet.
    """

    root: Path = PROJECT_ROOT

    @property
    def raw_table(self) -> Path:
        """What was listed: one row an artwork, in listing order."""
        return self.root / "data" / "raw" / "pictures.csv"

    @property
    def interim_table(self) -> Path:
        """What was listed, with the file or the reason why there is none."""
        return self.root / "data" / "interim" / "pictures.csv"

    @property
    def processed_table(self) -> Path:
        """The final dataset: file name, 18 features, image, page, colour, index."""
        return self.root / "data" / "processed" / "pictures.csv"

    @property
    def image_dir(self) -> Path:
        """The thumbnails, ``<index>.jpg``."""
        return self.root / "data" / "processed" / "img"

    @property
    def rejects_table(self) -> Path:
        """Images that gave no features, with the reason."""
        return self.root / "data" / "interim" / "rejects.csv"

    @property
    def measured_dir(self) -> Path:
        """Features measured so far, one file for 256 artworks; what is stale is measured again."""
        return self.root / "data" / "interim" / "features"

    @property
    def details_table(self) -> Path:
        """What the asset pages say (``--details``)."""
        return self.root / "data" / "interim" / "details.csv"

    @property
    def run_file(self) -> Path:
        """The state of each colour, and when it was scraped (the only file with a clock in it)."""
        return self.root / "data" / "interim" / "run.json"

    @property
    def lock_file(self) -> Path:
        """Held by the run that works in this workspace."""
        return self.root / "data" / "interim" / "run.lock"

    @property
    def scraping_store(self) -> Path:
        """What the scraper remembers from run to run (SQLite)."""
        return self.root / "data" / "interim" / "scraping.sqlite3"

    @property
    def evidence_dir(self) -> Path:
        """Pages saved because they did not show what was expected."""
        return self.root / "data" / "interim" / "evidence"

    @property
    def models_dir(self) -> Path:
        """The model's files."""
        return self.root / "models"

    @property
    def search_cache_dir(self) -> Path:
        """Finished fits of the grid search."""
        return self.root / "data" / "interim" / "search"

    @property
    def references_dir(self) -> Path:
        """Reports, one thumbnail as an example, and the confusion matrix, where the study has them too."""
        return self.root / "references"

    @property
    def figures_dir(self) -> Path:
        """Further figures of this workspace."""
        return self.references_dir / "figures"
