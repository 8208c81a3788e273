"""The web page and the reference of the API."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

__all__ = ["make_static_files", "router"]

router = APIRouter(include_in_schema=False)

STATIC_DIR = Path(__file__).resolve().parents[1] / "static"


def make_static_files() -> StaticFiles:
    """Serve style, script and samples."""
    return StaticFiles(directory=STATIC_DIR)


@router.get("/")
async def show_page(_: Request) -> HTMLResponse:
    """Show the page."""
    return HTMLResponse("<!doctype html><title>The colour of an artwork</title>")
