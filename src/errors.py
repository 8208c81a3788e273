"""The errors of the project, as one tree.

::

    ProjectError                     anything that we say in our own words          exit code
    ├── UsageError                   wrong option, path or value                        2
    ├── TableError                   a CSV or Parquet file breaks its contract          2
    ├── WorkspaceLockedError         another run works in this workspace                2
    ├── MissingToolError             a browser, driver or program is not there          2
    ├── WorkerError                  worker processes die over one piece of work        2
    ├── ImageError                   a file is not a picture that we take
    │   ├── ImageTypeError           its bytes are of no type served (HTTP 415)
    │   ├── ImageTooLargeError       too many bytes, in the file or to decode (HTTP 413)
    │   └── ImageDecodeError         empty, truncated or damaged (HTTP 422)
    ├── ScrapingError                a page or an image could not be collected          1
    │   ├── BrowserError             the browser died or does not answer                1
    │   ├── DownloadError            a thumbnail could not be fetched or verified       1
    │   ├── BlockedError             the site refuses us: stop, come back later         3
    │   └── LayoutChangedError       the page no longer keeps the contract              4
    ├── ModelError                   a model cannot be used                             2
    │   ├── ModelMissingError        a file of the model is not there                   2
    │   └── ModelMismatchError       hash, version, features or classes do not agree    2
    └── TrainingDataError            the table cannot be learned from                   2

Every message says what was wrong, what was expected and what to do. A command ends with the exit
code of its error; 0 is done, 1 done in part, 130 interrupted.
"""

from typing import ClassVar

EXIT_DONE = 0
EXIT_PARTIAL = 1
EXIT_INTERRUPTED = 130


class ProjectError(Exception):
    """Base of all errors that the project raises on purpose."""

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
    """The bytes are of no kind of picture that we take, whatever the file is called."""


class ImageTooLargeError(ImageError):
    """The picture has more bytes, or takes more memory to decode, than the limit."""


class ImageDecodeError(ImageError):
    """The picture is empty, truncated or damaged."""


class ScrapingError(ProjectError):
    """Something of the site could not be collected."""

    exit_code: ClassVar[int] = 1


class BrowserError(ScrapingError):
    """A browser died, hangs or could not be started."""


class DownloadError(ScrapingError):
    """A thumbnail could not be fetched, or is not what it should be."""


class BlockedError(ScrapingError):
    """The site answered with HTTP 429 or a captcha page."""

    exit_code: ClassVar[int] = 3


class LayoutChangedError(ScrapingError):
    """The page no longer shows what the contract says."""

    exit_code: ClassVar[int] = 4


class ModelError(ProjectError):
    """A model cannot be used."""


class ModelMissingError(ModelError):
    """A file of the model is not there."""


class ModelMismatchError(ModelError):
    """The model's files, card and libraries do not agree."""


class TrainingDataError(ProjectError):
    """The table cannot be learned from: too few rows, one class, missing values."""
