"""A client that stands in for the scraper's HTTP client."""

from typing import Any

from src.scraping.artwork import Addresses
from src.scraping.fetch.client import Answer, HttpClient
from src.scraping.fetch.fetcher import Fetcher
from src.scraping.fetch.manners import choose_manners


class StandInClient(HttpClient):
    """Gives its answers in turn, the last one for ever: ``(content, status, headers)``, or an error to raise."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), list[str]()

    def get(self, address: str, **_: Any) -> Answer:
        self.asked.append(address)
        given = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(given, Exception):
            raise given
        content, status, headers = given
        return Answer(address, status, headers, content)


class RestlessFetcher(Fetcher):
    """Notes its pauses in the place of waiting."""

    def __init__(self, client: HttpClient) -> None:
        super().__init__(choose_manners(Addresses("http://127.0.0.1:9"), contact=None), client)
        self.pauses: list[float] = []

    def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


def make_fetcher() -> Fetcher:
    """A fetcher with the manners of this machine."""
    return Fetcher(choose_manners(Addresses("http://127.0.0.1:9"), contact=None))
