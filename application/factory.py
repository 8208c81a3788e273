"""Building the service."""

from fastapi import FastAPI

__all__ = ["create_app"]


def create_app() -> FastAPI:
    """Build the service."""
    return FastAPI(title="The colour of an artwork")
