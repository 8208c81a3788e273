"""Sees to it that there is a browser with a driver: ``python -m src.scraping.browser.install``.

One that is installed is taken. Else, as root on Debian or Ubuntu, the system's own packages; else
Selenium Manager, which fetches Chrome and its driver into the user's cache.
"""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from rich.console import Console
from selenium.common.exceptions import NoSuchDriverException, WebDriverException
from selenium.webdriver import ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.driver_finder import DriverFinder

from src.command import open_console, run_command
from src.errors import MissingToolError
from src.scraping.browser.browser import HOW_TO_GET_ONE, InstalledBrowser, find_installed_browser

DEBIAN_PACKAGES: Final = ("chromium", "chromium-driver")
UBUNTU_PACKAGES: Final = ("chromium-browser", "chromium-chromedriver")


def install_browser(console: Console) -> InstalledBrowser:
    """Find a browser with a driver, or install one.

    Raises
    ------
    MissingToolError
        If none can be had; the message says how to get one.
    """
    installed = find_installed_browser()
    if installed is not None:
        return installed
    packages = _system_packages()
    if packages and _install_packages(packages, console) and (installed := find_installed_browser()):
        return installed
    console.print("No browser with a driver on the search path: asking Selenium Manager for one")
    try:
        finder = DriverFinder(Service(), ChromeOptions())
        return InstalledBrowser(Path(finder.get_browser_path()), Path(finder.get_driver_path()))
    except (NoSuchDriverException, WebDriverException, OSError, ValueError) as error:
        raise MissingToolError(
            f"no browser with a driver was found and none could be installed: {HOW_TO_GET_ONE}"
        ) from error


def _system_packages() -> tuple[str, ...]:
    """Return the names of the system's own packages; empty where we may not install any."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return ()
    try:
        return UBUNTU_PACKAGES if platform.freedesktop_os_release().get("ID") == "ubuntu" else DEBIAN_PACKAGES
    except OSError:
        return DEBIAN_PACKAGES


def _install_packages(packages: tuple[str, ...], console: Console) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    commands = (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages])
    for command in commands:
        console.print(f"$ {' '.join(command)}")
        if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
            return False
    return True


def main() -> int:
    """Run the command and return its exit code."""
    return run_command(_run)


def _run() -> int:
    console = open_console()
    installed = install_browser(console)
    console.print(f"Browser {installed.browser}, driver {installed.driver}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
