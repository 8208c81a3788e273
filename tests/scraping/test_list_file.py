from pathlib import Path

import pytest

from src.errors import EXIT_PARTIAL, TableError
from src.gallery.process import GalleryProcess
from src.paths import Workspace
from src.scraping.collect import collect
from src.scraping.list_file import read_list_file
from src.scraping.settings import CollectSettings
from src.tables import INTERIM, RAW, read_table
from tests.support.page_servers import PageServers
from tests.support.scraper_runs import read_result

GOOGLE = "https://artsandculture.google.com"
STUDY = f"""Unnamed: 0,image,page,color
0,https://lh3.googleusercontent.com/ci/AL18g_a=w218-c-h218-rw-v1,{GOOGLE}/asset/x/AAAAAAAAAAAAAA,WHITE
1,none,{GOOGLE}/asset/y/BBBBBBBBBBBBBB,red
2,//lh3.googleusercontent.com/ci/b,/asset/z/CCCCCCCCCCCCCC,RED
3,https://lh3.googleusercontent.com/ci/c,{GOOGLE}/asset/viewer,RED
4,https://lh3.googleusercontent.com/ci/d,{GOOGLE}/asset/w/DDDDDDDDDDDDDD,MAUVE
5,https://lh3.googleusercontent.com/ci/e,{GOOGLE}/asset/again/AAAAAAAAAAAAAA,RED
"""


def write(folder: Path, content: str) -> Path:
    path = folder / "list.csv"
    path.write_text(content, "utf-8-sig")
    return path


def test_the_studys_own_table_is_read_row_by_row(tmp_path: Path) -> None:
    content = read_list_file(write(tmp_path, STUDY))
    assert [(row.asset_id[0], row.color, row.image) for row in content.artworks] == [
        ("A", "WHITE", "https://lh3.googleusercontent.com/ci/AL18g_a"),
        ("B", "RED", None),
        ("C", "RED", "https://lh3.googleusercontent.com/ci/b"),
    ]
    assert content.artworks[2].page == f"{GOOGLE}/asset/z/CCCCCCCCCCCCCC"
    assert [reason.split(":")[0] for reason in content.left_out] == [f"list.csv, row {row}" for row in (5, 6, 7)]
    assert not content.addresses.is_loopback
    spreadsheet = STUDY.replace(",", ";").replace("image;page;color", "Image; Page;Color")
    assert read_list_file(write(tmp_path, spreadsheet)).artworks == content.artworks


def test_pages_stay_where_they_are_and_their_site_sets_the_manners(tmp_path: Path) -> None:
    path = write(tmp_path, f"image,page,color\nhttp://127.0.0.1:9/ci/a,{GOOGLE}/asset/x/AAAAAAAAAAAAAA,RED\n")
    content = read_list_file(path)
    assert content.artworks[0].page == f"{GOOGLE}/asset/x/AAAAAAAAAAAAAA"
    assert content.addresses.is_loopback
    assert not read_list_file(path, with_pages=True).addresses.is_loopback


def test_a_list_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"no artwork that can be taken: list.csv, row 2: page 'y'"):
        read_list_file(write(tmp_path, "image,page,color\nx,y,RED\n"))
    with pytest.raises(TableError, match="lacks the columns color; found image, page"):
        read_list_file(write(tmp_path, "image,page\nx,y\n"))


@pytest.mark.browser
def test_a_list_is_filed_like_what_was_scraped(undisturbed: Workspace, gallery: GalleryProcess, tmp_path: Path) -> None:
    table = read_table(undisturbed.raw_table, RAW)
    for name in ("image", "page"):
        table[name] = table[name].str.replace("https://gallery.invalid", gallery.base_url)
    path = tmp_path / "list.csv"
    table.to_csv(path, index=False)
    workspace = Workspace(tmp_path / "workspace")
    assert collect(CollectSettings(workspace, list_file=path)).exit_code == 0
    assert read_result(workspace) == read_result(undisturbed)
    again = collect(CollectSettings(workspace, list_file=path))
    assert (again.fetched, again.exit_code) == (0, 0)


def test_what_cannot_be_had_has_its_reason(servers: PageServers, workspace: Workspace, tmp_path: Path) -> None:
    base_url = servers.serve("gone", 404)
    host = base_url.removeprefix("http:")
    path = write(tmp_path, STUDY.replace("https://lh3.googleusercontent.com", base_url).replace("//lh3", f"{host}/lh3"))
    summary = collect(CollectSettings(workspace, list_file=path))
    assert (summary.exit_code, len(summary.left_out)) == (EXIT_PARTIAL, 3)
    reasons = read_table(workspace.interim_table, INTERIM)["reason"].tolist()
    assert "404" in reasons[0]
    assert "no address" in reasons[1]
