"""The web page and the interactive documentation, both without resources of other hosts."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, FastAPI, Request, Response
from jinja2 import StrictUndefined
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from application.dependencies import ClassifierDependency, SettingsDependency
from application.problems import KINDS
from src.colours import LEGIBLE_SWATCHES, SITE_COLOURS
from src.features.image_header import KIND_NAMES, MEDIA_TYPES

router = APIRouter(include_in_schema=False)

FOLDER: Final = Path(__file__).parents[1]
STATIC: Final = FOLDER / "static"


def mount_static_files(app: FastAPI) -> None:
    """Serve style, script and samples, and Swagger UI's files from the package that brings them."""
    app.mount("/static/swagger", StaticFiles(packages=[("fastapi_swagger", "resources")]), name="swagger")
    app.mount("/static", StaticFiles(directory=STATIC), name="static")


@lru_cache(maxsize=64)
def stamp(name: str) -> str:
    """Give a static file an address that changes with its content."""
    return f"static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]}"


@lru_cache(maxsize=1)
def load_templates() -> Jinja2Templates:
    """Load the templates; what they print is escaped, and a name that is missing is an error."""
    templates = Jinja2Templates(FOLDER / "templates")
    templates.env.undefined = StrictUndefined
    return templates


def render(request: Request, template: str, **context: object) -> Response:
    """Render a template; addresses respect the prefix of a proxy (``root_path``)."""
    context |= {"prefix": request.scope.get("root_path", "").rstrip("/"), "stamp": stamp}
    return load_templates().TemplateResponse(request, template, context, headers={"cache-control": "no-cache"})


@router.get("/")
async def show_page(request: Request, settings: SettingsDependency, classifier: ClassifierDependency) -> Response:
    """Show the page."""
    return render(
        request,
        "page.html",
        colours=SITE_COLOURS,
        swatches=json.dumps(dict(LEGIBLE_SWATCHES)),
        samples=sorted(path.name for path in (STATIC / "samples").glob("*.jpg")),
        media_types=MEDIA_TYPES,
        kind_names=KIND_NAMES,
        maximum_bytes=settings.maximum_body_bytes,
        needs_token=settings.api_token is not None,
        model_version=classifier.model.version,
    )


@router.get("/docs")
async def show_documentation(request: Request) -> Response:
    """Show Swagger UI, and below it every sort of problem."""
    return render(request, "docs.html", title=request.app.title, kinds=KINDS)
