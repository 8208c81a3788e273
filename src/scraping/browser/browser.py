"""One real browser: found, opened, driven and always closed.

A browser of this machine and one of a Selenium Grid differ in one thing, the address of the
WebDriver endpoint: here we start a driver of our own, there it is ``--grid URL``.
"""

import contextlib
import os
import re
import shutil
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Self
from urllib.parse import unquote, urlsplit

from selenium.common.exceptions import JavascriptException, NoSuchDriverException, WebDriverException
from selenium.webdriver import ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.driver_finder import DriverFinder
from selenium.webdriver.common.proxy import Proxy, ProxyType
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.wait import WebDriverWait
from urllib3.exceptions import HTTPError

from src.errors import BrowserError, MissingToolError, ProjectError
from src.processes import end_with_parent
from src.scraping.artwork import hide_credentials
from src.scraping.browser.marks import MARK_VARIABLE, end_marked, make_profile_dir
from src.scraping.fetch.client import find_proxy, make_product_agent

BROWSER_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
DRIVER_NAMES: Final = ("chromedriver", "chromium.chromedriver")
HOW_TO_GET_ONE: Final = (
    "install Chrome or Chromium with its driver (Debian, Ubuntu: apt-get install chromium chromium-driver; "
    "macOS: brew install --cask google-chrome), or name a remote one with --grid URL"
)

_ARGUMENTS: Final = (
    "--headless=new",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-renderer-backgrounding",
    # A browser that talks to its driver through a pipe ends when the driver does.
    "--remote-debugging-pipe",
    # Few tiles in view: the page's own lazy loader has little to do.
    "--window-size=700,600",
)


COMMAND_SECONDS: Final = 45
"""A browser that takes longer for a command hangs."""

_FAILURES: Final = (WebDriverException, HTTPError, OSError)


class InstalledBrowser(NamedTuple):
    """Paths of a browser of this machine and of the driver that fits it."""

    browser: str
    driver: str


@dataclass(frozen=True)
class BrowserSettings:
    """How to open a browser.

    Its processes carry ``mark`` (:mod:`src.scraping.browser.marks`); ``grid`` is the address of a remote WebDriver
    endpoint, with user name and password where it asks for them; ``contact`` stands in the user agent; for a site on
    this machine (``is_loopback``) it resolves no other host. The thumbnails come over plain HTTP later: one that
    ``draws_images`` does that work twice.
    """

    mark: str
    grid: str | None = None
    contact: str | None = None
    is_loopback: bool = True
    draws_images: bool = False


def find_installed_browser() -> InstalledBrowser | None:
    """Find a browser and a driver on the search path; None if either is missing."""
    browser = next((found for name in BROWSER_NAMES if (found := shutil.which(name))), None)
    driver = next((found for name in DRIVER_NAMES if (found := shutil.which(name))), None)
    return InstalledBrowser(browser, driver) if browser and driver else None


def ask_selenium_manager(options: ChromeOptions) -> InstalledBrowser:
    """Let Selenium Manager find or fetch a browser with its driver."""
    finder = DriverFinder(Service(), options)
    return InstalledBrowser(finder.get_browser_path(), finder.get_driver_path())


def _explain_start(error: Exception, grid: str | None) -> ProjectError:
    """Distinguish what no attempt mends from a browser that may start next time."""
    if isinstance(error, NoSuchDriverException):
        return MissingToolError(f"no browser with a driver was found: {HOW_TO_GET_ONE}")
    words = " ".join(hide_credentials(str(error)).split()).removeprefix("Message: ")
    if re.search(r"session not created.*(only supports|version must be)", words):
        reason = re.split(r"Stacktrace|\(Session info|; For documentation", words)[0].strip()
        return MissingToolError(f"the driver does not fit the browser: {reason}; {HOW_TO_GET_ONE}")
    where = f"at {hide_credentials(grid)}" if grid else "on this machine"
    return BrowserError(f"no browser could be started {where}: {_first_line(error)}; {HOW_TO_GET_ONE}")


@contextlib.contextmanager
def _explaining_errors() -> Iterator[None]:
    try:
        yield
    except JavascriptException as error:
        raise BrowserError(f"a script failed in the page: {_first_line(error)}") from error
    except _FAILURES as error:
        raise BrowserError(f"the browser died or does not answer: {_first_line(error)}") from error


class Browser:
    """A running browser; a context manager that always closes it.

    MissingToolError: there is no browser or driver on this machine. BrowserError: it does not start; every later
    command raises it when the browser has died or hangs.
    """

    def __init__(self, settings: BrowserSettings) -> None:
        self._settings = settings
        self._service: Service | None = None
        self.session: tuple[str, str] | None = None
        """Endpoint and session id of a remote browser, for :func:`end_remote_session`."""
        self._has_listener = False
        try:
            self._start()
        except BaseException as error:
            self.close()
            if isinstance(error, _FAILURES):
                raise _explain_start(error, settings.grid) from error
            raise

    def _start(self) -> None:
        settings, options = self._settings, _make_options(self._settings)
        endpoint = settings.grid or self._start_driver(options)
        config = _make_client_config(endpoint, COMMAND_SECONDS)
        self._driver = WebDriver(command_executor=hide_credentials(endpoint), options=options, client_config=config)
        if settings.grid is not None:
            self.session = endpoint, str(self._driver.session_id)
        self._driver.set_script_timeout(COMMAND_SECONDS / 2)
        if settings.contact:
            agent = (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                f"Chrome/{self._driver.capabilities.get('browserVersion', '')} Safari/537.36 "
                f"{make_product_agent(settings.contact)}"
            )
            self._driver.execute_cdp_cmd("Network.setUserAgentOverride", {"userAgent": agent})

    def _start_driver(self, options: ChromeOptions) -> str:
        installed = find_installed_browser() or ask_selenium_manager(options)
        options.binary_location = installed.browser
        profile = make_profile_dir(self._settings.mark)
        options.add_argument(f"--user-data-dir={profile}")
        self._service = Service(
            installed.driver,
            # What the browser leaves in the folder for temporary files goes with its profile.
            env={**os.environ, MARK_VARIABLE: self._settings.mark, "TMPDIR": str(profile)},
            # A session of its own: Ctrl-C reaches us and not the driver, so that we can close in order.
            popen_kw={"start_new_session": True, "preexec_fn": end_with_parent(signal.SIGKILL)},
        )
        self._service.start()
        return self._service.service_url

    @_explaining_errors()
    def open(self, address: str, listener: str) -> None:
        """Go to a page without waiting for it; the first listener is installed before every page's own script."""
        if not self._has_listener:
            self._driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": listener})
            self._has_listener = True
        self._driver.get("about:blank")
        # Neither call waits for its page: one that comes late would take the place of the other.
        WebDriverWait(self._driver, COMMAND_SECONDS, 0.01).until(lambda driver: driver.current_url == "about:blank")
        self._driver.get(address)

    @_explaining_errors()
    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page and return its value."""
        return self._driver.execute_script(script, *arguments)

    @_explaining_errors()
    def run_until_done(self, script: str, *arguments: Any) -> Any:
        """Run a script that calls its last argument with its value when it is done."""
        return self._driver.execute_async_script(script, *arguments)

    @_explaining_errors()
    def picture(self, width: int, height: int) -> bytes:
        """Return what one sees of the page in a window of that many pixels, as a PNG file."""
        # The window's bars are not the page: set what the page sees.
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        return self._driver.get_screenshot_as_png()

    def close(self) -> None:
        """End the browser and its driver, and remove the profile; never raises. Any thread may call it."""
        if self.session is not None:
            end_remote_session(*self.session)
        if self._service is not None:
            with contextlib.suppress(Exception):
                self._service.process.kill()
                self._service.process.wait(timeout=5)
        if self._settings.grid is None:
            end_marked(self._settings.mark)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def end_remote_session(endpoint: str, session_id: str) -> None:
    """End a browser on a grid by its session id; never raises."""
    config = _make_client_config(endpoint, 5)
    with contextlib.suppress(Exception):
        RemoteConnection(client_config=config).execute(  # type: ignore[no-untyped-call]
            Command.QUIT, {"sessionId": session_id}
        )


def _make_options(settings: BrowserSettings) -> ChromeOptions:
    options = ChromeOptions()
    for argument in _ARGUMENTS:
        options.add_argument(argument)
    if not settings.draws_images:
        options.add_argument("--blink-settings=imagesEnabled=false")
    if sys.platform == "linux" and os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # Chromium refuses to start as root without it
    if settings.is_loopback:
        options.add_argument(
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost , EXCLUDE ::1"
        )
        options.add_argument("--no-proxy-server")
    options.unhandled_prompt_behavior = "dismiss"
    # We wait for tiles and not for a load event, which a page may never give.
    options.page_load_strategy = "none"
    return options


def _make_client_config(endpoint: str, seconds: int) -> ClientConfig:
    """Make the settings to reach an endpoint: with its credentials, and without a proxy on this machine."""
    parts = urlsplit(endpoint)
    return ClientConfig(
        remote_server_addr=hide_credentials(endpoint),
        timeout=seconds,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or "") if parts.username else None,
        proxy=None if find_proxy(endpoint) else Proxy({"proxyType": ProxyType.DIRECT}),
    )


def _first_line(error: BaseException) -> str:
    lines = str(error).removeprefix("Message: ").strip().splitlines()
    return hide_credentials(lines[0] if lines else type(error).__name__)[:200]
