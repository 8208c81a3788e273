"""Packaging: ``pip install -e .`` makes ``src`` and ``application`` importable from anywhere.

The dependencies stand in the Pipfile and its lock; ``requirements.txt`` is the service's runtime.
"""

from setuptools import find_packages, setup

setup(
    name="google-art-culture-image-classification",
    version="1.0.0",
    description="The colour of an artwork: browsers, OpenCV, scikit-learn, FastAPI",
    license="MIT",
    python_requires=">=3.11,<3.12",
    packages=find_packages(include=["application", "application.*", "src", "src.*"]),
    py_modules=["main"],
    package_data={
        "application": ["templates/*", "static/*", "static/*/*"],
        "src.gallery.site": ["templates/*", "static/*"],
        "src.gallery.filing": ["*.json"],
    },
)
