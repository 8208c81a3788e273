"""Makes sure that there is a browser with a driver: ``python -m src.scraping.browser.install``.

One that is installed is taken. Else, as root on Debian or Ubuntu, the system's own packages; else
Selenium Manager, which fetches Chrome and its driver into the user's cache.
"""

import os
import platform
import shutil
import subprocess
import sys
from typing import Final

from rich.console import Console
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import ChromeOptions

from src.command import open_console, run_command
from src.errors import MissingToolError
from src.scraping.browser.browser import (
    HOW_TO_GET_ONE,
    InstalledBrowser,
    ask_selenium_manager,
    find_installed_browser,
)

DEBIAN_PACKAGES: Final = ("chromium", "chromium-driver")
UBUNTU_PACKAGES: Final = ("chromium-browser", "chromium-chromedriver")


def install_browser(console: Console) -> InstalledBrowser:
    """Find a browser with a driver, or install one.

    Raises
    ------
    MissingToolError
        If none can be had; the message says how to get one.
    """
    if installed := find_installed_browser():
        return installed
    if sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get"):
        _install_packages(console)
        if installed := find_installed_browser():
            return installed
    console.print("No browser with a driver on the search path: asking Selenium Manager for one")
    try:
        return ask_selenium_manager(ChromeOptions())
    except (WebDriverException, OSError, ValueError) as error:
        raise MissingToolError(
            f"no browser with a driver was found and none could be installed: {HOW_TO_GET_ONE}"
        ) from error


def _install_packages(console: Console) -> None:
    is_ubuntu = platform.freedesktop_os_release().get("ID") == "ubuntu"
    packages = UBUNTU_PACKAGES if is_ubuntu else DEBIAN_PACKAGES
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    for command in (["apt-get", "update", "-qq"], install):
        console.print(f"$ {' '.join(command)}")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
            return


def _run() -> int:
    console = open_console()
    installed = install_browser(console)
    console.print(f"Browser {installed.browser}, driver {installed.driver}")
    return 0


def main() -> int:
    """Run the command and return its exit code."""
    return run_command(_run)


if __name__ == "__main__":
    sys.exit(main())
