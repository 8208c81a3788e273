"""The errors of the project, as one tree: what we say in our own words.

Every message says what was wrong, what was expected and what to do. A command ends with the exit code of its error, 2
where none is given; 0 is done, 1 done in part, 130 interrupted.
"""

from typing import ClassVar

EXIT_DONE = 0
EXIT_PARTIAL = 1
EXIT_INTERRUPTED = 130


class ProjectError(Exception):
    """Base of all errors that the project raises on purpose, with the exit code of a command that one ends."""

    exit_code: ClassVar[int] = 2


class UsageError(ProjectError):
    """An option, a path or a value that a person gave cannot be used."""


class TableError(ProjectError):
    """A table breaks its contract: a column is missing, or a value out of range."""


class WorkspaceLockedError(ProjectError):
    """Another run holds the workspace."""


class MissingToolError(ProjectError):
    """A program that a stage needs (browser, driver) is not installed."""


class WorkerError(ProjectError):
    """Worker processes died again and again over the same piece of work."""


class ImageError(ProjectError):
    """The bytes are not a picture that the project takes."""


class ImageTypeError(ImageError):
    """The bytes are of no kind of picture that we take, whatever the file is called (HTTP 415)."""


class ImageTooLargeError(ImageError):
    """The picture has more bytes, or takes more memory to decode, than the limit (HTTP 413)."""


class ImageDecodeError(ImageError):
    """The picture is empty, truncated or damaged (HTTP 422)."""


class ScrapingError(ProjectError):
    """Something of the site could not be collected."""

    exit_code: ClassVar[int] = 1


class BrowserError(ScrapingError):
    """A browser died, hangs or could not be started."""


class DownloadError(ScrapingError):
    """A thumbnail could not be fetched, or is not what it should be."""


class BlockedError(ScrapingError):
    """The site refuses us, as by HTTP 429 or a captcha page: stop, come back later."""

    exit_code: ClassVar[int] = 3


class LayoutChangedError(ScrapingError):
    """The page no longer keeps the contract."""

    exit_code: ClassVar[int] = 4


class ModelError(ProjectError):
    """A model cannot be used."""


class ModelMissingError(ModelError):
    """A file of the model is not there."""


class ModelMismatchError(ModelError):
    """Hash, version, features or classes of a model do not agree."""


class TrainingDataError(ProjectError):
    """The table cannot be learned from: too few rows, one class, missing values."""
