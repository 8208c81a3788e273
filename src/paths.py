"""Every path of the project, once. Nothing is created here: who writes makes the folder."""

from pathlib import Path
from typing import Final

PROJECT_ROOT: Final = Path(__file__).resolve().parent.parent
"""The folder that holds ``src``, ``application`` and the default workspace."""


class Workspace:
    """A folder with ``data/`` and ``models/`` in it; the default is the project root. It need not exist yet."""

    def __init__(self, root: Path = PROJECT_ROOT) -> None:
        self.root: Final = root
        interim, processed = root / "data" / "interim", root / "data" / "processed"
        # the tables, see src.tables
        self.raw_table: Final = root / "data" / "raw" / "pictures.csv"
        self.interim_table: Final = interim / "pictures.csv"
        self.processed_table: Final = processed / "pictures.csv"
        self.rejects_table: Final = interim / "rejects.csv"
        self.details_table: Final = interim / "details.csv"
        # of the scraper
        self.image_dir: Final = processed / "img"  # the thumbnails, <index>.jpg
        self.run_file: Final = interim / "run.json"  # the state of each colour; the only file with a clock in it
        self.lock_file: Final = interim / "run.lock"  # held by the run that works in this workspace
        self.scraping_store: Final = interim / "scraping.sqlite3"  # what is remembered from run to run
        self.evidence_dir: Final = interim / "evidence"  # pages saved because they did not show what was expected
        # of the later stages
        self.measured_dir: Final = interim / "features"  # one file for 256 artworks; what is stale is measured again
        self.search_cache_dir: Final = interim / "search"  # finished fits of the grid search
        self.models_dir: Final = root / "models"
        self.references_dir: Final = root / "references"  # reports, one thumbnail as an example, confusion matrix
        self.figures_dir: Final = self.references_dir / "figures"
