"""The web page and the reference of the API, both without anything from elsewhere."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from starlette.staticfiles import StaticFiles

from application.access import runtime_of
from application.openapi import describe_operations
from application.problems import KINDS
from src.colours import LEGIBLE_SWATCHES, SITE_COLOURS

router = APIRouter(include_in_schema=False)

APPLICATION_DIR: Final = Path(__file__).resolve().parents[1]
STATIC_DIR: Final = APPLICATION_DIR / "static"
SAMPLES_DIR: Final = STATIC_DIR / "samples"


def make_static_files() -> StaticFiles:
    """Serve style, script and samples."""
    return StaticFiles(directory=STATIC_DIR)


@lru_cache(maxsize=1)
def load_templates() -> Environment:
    """Load the templates; what they print is escaped."""
    environment = Environment(
        loader=FileSystemLoader(APPLICATION_DIR / "templates"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"sort_keys": False}  # colours keep the order of the site
    environment.filters["codes"] = mark_codes
    return environment


def mark_codes(text: str) -> Markup:
    """Escape a text, and set what stands between backticks as code."""
    parts = (escape(part) for part in text.split("`"))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if position % 2 else part for position, part in enumerate(parts)
    )


@lru_cache(maxsize=64)
def stamp(name: str) -> str:
    """Give a static file an address that changes with its content."""
    digest = hashlib.sha256((STATIC_DIR / name).read_bytes()).hexdigest()[:10]
    return f"static/{name}?v={digest}"


def list_samples() -> list[dict[str, str]]:
    """List the sample pictures: address, file name, and what they show."""
    return [
        {
            "url": stamp(f"samples/{path.name}"),
            "name": path.name,
            "label": f"Sample {position}: {path.stem.partition('-')[2].replace('-', ' ')}",
        }
        for position, path in enumerate(sorted(SAMPLES_DIR.glob("*.jpg")), start=1)
    ]


def render(request: Request, template: str, **context: Any) -> HTMLResponse:
    """Render a template; addresses respect the prefix of a proxy (``root_path``)."""
    prefix = request.scope.get("root_path", "").rstrip("/")
    content = (
        load_templates()
        .get_template(template)
        .render(
            static=lambda name: f"{prefix}/{stamp(name)}",
            path=lambda address: f"{prefix}{address}",
            base_url=str(request.base_url),
            **context,
        )
    )
    return HTMLResponse(content, headers={"cache-control": "no-cache"})


@router.get("/")
async def show_page(request: Request) -> HTMLResponse:
    """Show the page."""
    runtime = runtime_of(request)
    return render(
        request,
        "page.html",
        colours=SITE_COLOURS,
        swatches=dict(LEGIBLE_SWATCHES),
        samples=list_samples(),
        maximum_bytes=runtime.settings.maximum_body_bytes,
        needs_token=runtime.settings.api_token is not None,
        model_version=runtime.service.model.version,
    )


@router.get("/docs")
async def show_reference(request: Request) -> HTMLResponse:
    """Show the OpenAPI document as a page."""
    document = request.app.openapi()
    return render(
        request,
        "docs.html",
        title=document["info"]["title"],
        description=document["info"]["description"],
        groups=describe_operations(document),
        schemas=document["components"]["schemas"],
        problems=KINDS.values(),
        maximum_bytes=runtime_of(request).settings.maximum_body_bytes,
    )
