import json
from pathlib import Path

from src.gallery.process import GalleryProcess
from src.paths import Workspace
from src.scraping.artwork import Addresses, Origin
from src.scraping.details import collect_details, parse_asset_page
from src.scraping.listings import Listings
from src.scraping.politeness import choose_manners
from src.scraping.run_file import RunSummary
from src.table_files import read_table
from src.tables import DETAILS

ID = "-gEuwDxel93-Pg"
PAGE = f"""<html><body><section><h1>The <i>Magpie</i> &amp; snow</h1>
<h3 class="To7WBf">Musée d'Orsay<a href="/x">More</a></h3><span class="a WrfKPd">Paris, France</span>
<div class="ve9nKb" id="metadata-{ID}"><ul>
<li><span>Title:</span> The Magpie: winter</li><li><span>Date Created:</span> 1868/1869</li>
<li><span>Credit Line:</span> <a href="/c">Bequest</a> of N. N.</li><li><span>Rights：</span> <b>© RMN</b></li>
<li><span>Künstler:</span> Claude Monet</li><li><span>Empty:</span></li><li>no label</li>
</ul></div><h1>Other</h1><li><span>Outside:</span> not ours</li></section></body></html>"""


def test_labels_are_kept_as_they_are_and_the_known_ones_found() -> None:
    page = parse_asset_page(PAGE, ID)
    assert (page.title, page.partner, page.place) == ("The Magpie & snow", "Musée d'Orsay", "Paris, France")
    assert page.labels["Title"] == "The Magpie: winter"
    assert page.labels["Credit Line"] == "Bequest of N. N."
    assert "Outside" not in page.labels
    assert page.find("rights") == "© RMN"
    assert page.find("creator") == "Claude Monet"
    assert page.find("date") == "1868/1869"
    assert page.find("medium") is None


def test_a_page_without_its_list_is_told_from_an_empty_list() -> None:
    assert not parse_asset_page(PAGE, "bgEuwDxel93-Pg").has_metadata
    assert not parse_asset_page("<html>", ID).has_metadata
    assert parse_asset_page(f'<div id="metadata-{ID}"><ul></ul></div>', ID).has_metadata


def test_asset_pages_are_read_once(
    undisturbed: tuple[Workspace, RunSummary], gallery: GalleryProcess, tmp_path: Path
) -> None:
    listings = Listings(undisturbed[0], Origin("https://gallery.invalid", is_replaceable=True))
    artworks = listings.rows()[:12]
    workspace, addresses = Workspace(tmp_path), Addresses(gallery.base_url)
    manners = choose_manners(addresses, contact=None)
    assert collect_details(artworks[:7], workspace, addresses, manners).found == 7
    shown: list[tuple[int, int]] = []
    summary = collect_details(artworks, workspace, addresses, manners, show=lambda *state: shown.append(state))
    assert (summary.found, summary.failed, summary.blocked) == (12, {}, None)
    assert len(shown) == 5
    table = read_table(workspace.details_table, DETAILS)
    assert table["asset_id"].tolist() == [artwork.asset_id for artwork in artworks]
    assert all(json.loads(labels) for labels in table["labels"])
    assert table["title"].notna().all()
