"""Makes sure that there is a browser with a driver: ``python -m src.scraping.browser.install``.

One that is installed is taken. Else, as root where there is apt-get, Debian's packages; else Selenium Manager,
which fetches Chrome and its driver into the user's cache.
"""

import os
import shutil
import subprocess
import sys

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


def install_browser() -> InstalledBrowser:
    """Find a browser with a driver, or install one; MissingToolError says how to get one if none can be had."""
    console = open_console()
    if installed := find_installed_browser():
        return installed
    if sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in ("update -qq", "install -y -qq --no-install-recommends chromium chromium-driver"):
            console.print(f"$ apt-get {command}")
            subprocess.run(["apt-get", *command.split()], env=environment, stdout=subprocess.DEVNULL, check=False)
        if installed := find_installed_browser():
            return installed
    console.print("No browser with a driver on the search path: asking Selenium Manager for one")
    try:
        return ask_selenium_manager(ChromeOptions())
    except (WebDriverException, OSError, ValueError) as error:
        raise MissingToolError(
            f"no browser with a driver was found and none could be installed: {HOW_TO_GET_ONE}"
        ) from error


def _run() -> int:
    installed = install_browser()
    open_console().print(f"Browser {installed.browser}, driver {installed.driver}")
    return 0


def main() -> int:
    """Run the command and return its exit code."""
    return run_command(_run)


if __name__ == "__main__":
    sys.exit(main())
