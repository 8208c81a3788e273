"""The settings of the service, each an environment variable of the same name in upper case."""

import re
from pathlib import Path
from typing import Annotated, Final, Literal

import joblib
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from src.paths import Workspace

MEBIBYTE: Final = 1 << 20

FORM_ALLOWANCE_BYTES: Final = 64 << 10
"""What a multipart form may weigh beside its pictures: boundaries, names, other fields."""

ORIGIN: Final = re.compile(r"https?://[^/\s?#]+")


def count_cores() -> int:
    """Count the cores that this process may use; a container's quota counts as well."""
    return int(joblib.cpu_count())


class Settings(BaseSettings):
    """What an operator may choose; wrong values are refused when the service starts.

    The text under each field is its documentation and stands in ``--help``.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True, env_ignore_empty=True)

    models_dir: Path = Field(default_factory=lambda: Workspace().models_dir)
    """Folder with scaler.joblib, svm_classifier.joblib and model_card.json."""

    model_check_seconds: float = Field(default=2, gt=0)
    """How often a worker looks for other files in MODELS_DIR, to take them into use."""

    workers: int = Field(default=1, ge=1, le=256)
    """How many workers there are; `python -m application` starts them, by default as many as cores."""

    decode_threads: int = Field(default=0, ge=0, le=64)
    """Pictures decoded at the same time in one worker; 0 takes cores ÷ workers, at least 1."""

    maximum_body_bytes: int = Field(default=20 * MEBIBYTE, ge=1024)
    """Largest picture in bytes; a larger one is refused with 413 while it arrives."""

    decoding_memory_bytes: int = Field(default=150_000_000, ge=1)
    """Bytes that decoding may take in one worker, estimated from the headers; a picture that needs more is refused
    with 413, others wait. The default takes a photograph of 24 megapixels that its EXIF data turn."""

    maximum_batch_files: int = Field(default=32, ge=1, le=1000)
    """Most pictures in one batch; more are refused with 413."""

    maximum_batch_bytes: int = Field(default=64 * MEBIBYTE, ge=1024)
    """Largest batch in bytes, refused like a picture."""

    body_memory_bytes: int = Field(default=64 * MEBIBYTE, ge=MEBIBYTE)
    """Bytes of uploads that one worker holds at the same time; beyond it the answer is 503, but not to a single one."""

    body_seconds: float = Field(default=60, gt=0)
    """Time for a request's whole body to arrive; then the answer is 408."""

    maximum_waiting: int = Field(default=64, ge=0, le=10_000)
    """Pictures that may wait for a decoding thread, first come first served; beyond it the answer is 503."""

    request_seconds: float = Field(default=30, gt=0)
    """Time for waiting, decoding and classifying; then the answer is 503."""

    keep_alive_seconds: int = Field(default=65, ge=1)
    """An idle connection is kept so long (`python -m application`); longer than a proxy's own limit is best."""

    shutdown_seconds: int = Field(default=30, ge=1)
    """Requests in flight may take so long to finish after SIGTERM (`python -m application`)."""

    api_token: SecretStr | None = None
    """If set, everything but health, page and documentation needs `Authorization: Bearer <token>`."""

    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    """Origins whose pages may call the service, separated by commas, as in https://example.org; none by default."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severity that is logged; `warning` leaves out the line per request that went well."""

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _read_origins(cls, value: str | tuple[str, ...]) -> tuple[str, ...]:
        """Split a list, and write origins as browsers send them: in lower case, without a slash at the end."""
        parts = value.replace(",", " ").split() if isinstance(value, str) else value
        origins = tuple(part.lower().removesuffix("/") for part in parts)
        if wrong := [origin for origin in origins if not ORIGIN.fullmatch(origin)]:
            raise ValueError(f"{wrong[0]!r} is no origin: expected scheme, host and port, as in https://example.org")
        return origins

    @field_validator("api_token")
    @classmethod
    def _refuse_weak_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and (len(value.get_secret_value()) < 16 or not value.get_secret_value().isascii()):
            raise ValueError("expected at least 16 ASCII characters, for example from `openssl rand -hex 32`")
        return value

    @property
    def decoding_threads(self) -> int:
        """Threads that decode in one worker."""
        return self.decode_threads or max(1, count_cores() // self.workers)


def describe_faults(error: ValidationError) -> str:
    """Name each setting that is wrong, as the environment variable that it is, and the reason."""
    return "; ".join(f"{'.'.join(map(str, fault['loc'])).upper()}: {fault['msg']}" for fault in error.errors())
