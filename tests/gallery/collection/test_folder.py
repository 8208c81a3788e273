from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from src.errors import TableError, UsageError
from src.features.decode_image import decode_image
from src.features.extract_features import extract_features
from src.features.image_header import read_header
from src.gallery.collection.folder import FolderCollection, FolderEntry, file_pictures, read_labels
from src.gallery.collection.images import crop_to_box
from src.gallery.filing.colour_index import load_colour_index
from tests.support.gallery_pages import OpenSite, ask_block, read_all_ids

PURE_BGR = {"red.jpg": (20, 20, 210), "blue.png": (200, 60, 30), "green.webp": (50, 150, 30)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pictures = tmp_path / "pictures"
    (pictures / "below").mkdir(parents=True)
    noise = np.random.default_rng(5)
    for name, colour in PURE_BGR.items():
        image = np.full((60, 90, 3), colour, np.float64) + noise.normal(0, 25, (60, 90, 3))
        assert cv2.imwrite(str(pictures / name), image.clip(0, 255).astype(np.uint8))
    assert cv2.imwrite(str(pictures / "below" / "Ünïcode – 1.JPG"), np.full((40, 40, 3), 240, np.uint8))
    (pictures / "broken.jpg").write_bytes(b"this is a text file")
    (pictures / "notes.txt").write_text("no picture")
    return pictures


@pytest.fixture
def labels(folder: Path) -> Path:
    table = folder.parent / "labels.csv"
    table.write_text(
        "filename,color,title,artist,partner,year\n"
        'red.jpg,RED,"Red: a study, 1",Anna Example,Museum A,1901\n'
        "blue.png,blue,,,,\n"
        "below/Ünïcode – 1.JPG,WHITE,Ünïcode,,,1902\n"
        "broken.jpg,BLACK,Broken,,,\n"
        "absent.jpg,RED,Absent,,,\n",
        encoding="utf-8",
    )
    return table


def test_an_empty_or_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        file_pictures(tmp_path / "none")
    with pytest.raises(UsageError, match="expected files that end in"):
        file_pictures(tmp_path)


def test_labels_file_pictures_and_carry_metadata(folder: Path, labels: Path) -> None:
    collection = FolderCollection(folder, read_labels(labels, folder))
    assert dict(collection.counts) == {"WHITE": 1, "BLUE": 1, "RED": 1, "BLACK": 1}
    (red,) = collection.list_artworks("RED", 0, 10, "en")
    assert (red.title, red.artist, red.partner, red.aspect) == ("Red: a study, 1", "Anna Example", "Museum A", 1.5)
    (blue,) = collection.list_artworks("BLUE", 0, 10, "en")
    assert (blue.title, blue.artist) == ("blue", None)
    assert ("Year", "1901") in collection.describe_artwork(red, "en")[1]
    assert collection.find_asset(red.asset_id, "en") == red
    assert collection.find_image(red.image_token) == red
    assert collection.find_asset("AAAAAAAAAAAAAA", "en") is None


def test_names_depend_on_the_file_name_alone(folder: Path, labels: Path) -> None:
    entries = read_labels(labels, folder)
    (before,), (after,) = (
        FolderCollection(folder, some).list_artworks("RED", 0, 1, "en") for some in (entries, entries[2:])
    )
    assert (before.asset_id, before.image_token) == (after.asset_id, after.image_token)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,color\nred.jpg,RED\n", "lacks the columns filename; found name, color"),
        ("filename,color\nred.jpg,MAUVE\n", "row 2: unknown colour MAUVE"),
        ("filename,color\nred.jpg,\n", r"unknown colour \(empty\)"),
        ("filename,color\nother.jpg,RED\n", "names no file"),
        ("filename,color\n../labels.csv,RED\n", "names no file"),
    ],
)
def test_bad_tables_are_refused_with_the_reason(folder: Path, text: str, message: str) -> None:
    table = folder.parent / "bad.csv"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match=message):
        read_labels(table, folder)


def test_a_file_that_is_no_picture_is_served_as_it_is(folder: Path) -> None:
    collection = FolderCollection(folder, [FolderEntry("broken.jpg", "BLACK")])
    (broken,) = collection.list_artworks("BLACK", 0, 1, "en")
    assert collection.draw(broken, 218, 218, is_crop=True) == b"this is a text file"
    assert broken.aspect == 1.0


def test_the_shape_follows_the_exif_orientation(folder: Path) -> None:
    picture = Image.new("RGB", (80, 40), (200, 30, 30))
    exif = Image.Exif()
    exif[274] = 6  # lies on its side
    picture.save(folder / "red.jpg", exif=exif)
    (red,) = FolderCollection(folder, [FolderEntry("red.jpg", "RED")]).list_artworks("RED", 0, 1, "en")
    assert red.size == (40, 80)


def test_pictures_without_labels_are_filed_by_their_pixels(folder: Path) -> None:
    filed = {entry.filename: entry.colour for entry in file_pictures(folder)}
    assert list(filed) == ["below/Ünïcode – 1.JPG", "blue.png", "broken.jpg", "green.webp", "red.jpg"]
    for name in PURE_BGR:
        thumbnail = crop_to_box(decode_image((folder / name).read_bytes()), 218, 218)
        assert filed[name] == load_colour_index().name(extract_features(thumbnail)[None])[0]
    assert filed["red.jpg"] == "RED"
    assert filed["broken.jpg"] == "BLACK", "a file that is no picture stands somewhere, to be refused by others"


def test_a_folder_is_served_as_a_site(open_site: OpenSite, folder: Path, labels: Path) -> None:
    site = open_site(images=folder, labels=labels)
    assert site.get("/gallery/status").json()["artworks"] == 4
    assert len(read_all_ids(site, "RED")) == 1
    item = ask_block(site, "WHITE")[2][0]
    assert item[1] == "Ünïcode"
    header = read_header(site.get(f"http:{item[3]}=w218-h218-c").content)
    assert (header.width, header.height, header.media_type) == (218, 218, "image/jpeg")
    assert "<span>Year:</span> 1902" in site.get(item[4]).text
