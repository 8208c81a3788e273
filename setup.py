"""Packaging: ``pip install -e .`` brings what prediction needs and the command ``art-colour``.

The dependencies stand in the Pipfile, a group for each extra; ``requirements.txt`` is the service's runtime.
"""

import tomllib
from pathlib import Path

from setuptools import find_packages, setup

PIPFILE = tomllib.loads((Path(__file__).parent / "Pipfile").read_text("utf-8"))
PYTHON_REQUIRES = ">=3.11,<3.15"
EXTRAS = {
    "service": "service",
    "scraping": "packages",
    "notebooks": "notebooks",
    "dask": "dask",
    "dev": "dev-packages",
}


def list_requirements(group):
    """Turn a group of the Pipfile into requirements as pip reads them."""
    requirements = []
    for name, wanted in PIPFILE[group].items():
        entry = {"version": wanted} if isinstance(wanted, str) else wanted
        extras = f"[{','.join(entry['extras'])}]" if "extras" in entry else ""
        markers = f"; {entry['markers']}" if "markers" in entry else ""
        requirements.append(f"{name}{extras}{entry['version'].replace('*', '')}{markers}")
    return requirements


if __name__ == "__main__":
    setup(
        name="google-art-culture-image-classification",
        version="1.0.0",
        description="The colour of an artwork: browsers, OpenCV, scikit-learn, FastAPI",
        license="MIT",
        python_requires=PYTHON_REQUIRES,
        install_requires=list_requirements("predict"),
        extras_require={extra: list_requirements(group) for extra, group in EXTRAS.items()},
        entry_points={"console_scripts": ["art-colour = src.__main__:main"]},
        packages=find_packages(include=["application", "application.*", "src", "src.*"]),
        py_modules=["main"],
        package_data={
            "application": ["templates/*", "static/*", "static/*/*"],
            "src.gallery.site": ["templates/*", "static/*"],
            "src.gallery.collection": ["*.json"],
            "src.gallery.filing": ["*.json"],
            "src.scraping.page": ["*.js"],
            "src.visualization": ["*.mplstyle"],
        },
    )
