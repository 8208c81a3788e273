"""Multipart forms, whole and in pieces, as browsers, curl and others build them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.problems import ProblemError
from application.utility.form import OTHER_FIELDS, FormReader

BOUNDARY = b"7d1c6f1e0b5a"
CONTENT_TYPE = b"multipart/form-data; boundary=" + BOUNDARY
PICTURE = b"\xff\xd8\xff\xe0\r\n--7d1c6f1e0b5\r\n--\r\r\n" + bytes(range(256))
"""Begins as a JPEG does, and holds what looks nearly like the boundary."""


def write_part(disposition: bytes, content: bytes) -> bytes:
    return b"--" + BOUNDARY + b"\r\nContent-Disposition: " + disposition + b"\r\n\r\n" + content + b"\r\n"


def end() -> bytes:
    return b"--" + BOUNDARY + b"--\r\n"


def open_form(*, maximum_files: int = 1, refuse_early: bool = True, field: str = "file") -> FormReader:
    return FormReader(
        CONTENT_TYPE, field, maximum_files=maximum_files, maximum_bytes=1 << 20, refuse_early=refuse_early
    )


@given(cuts=st.lists(st.integers(0, 700), max_size=12))
def test_a_form_may_arrive_in_any_pieces(cuts: list[int]) -> None:
    body = (
        write_part(b'form-data; name="other"', b"x" * 200)
        + write_part(b'form-data; name="file"; filename="a.jpg"', PICTURE)
        + end()
    )
    form = open_form()
    places = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    for start, stop in pairwise(places):
        if stop > start:
            form.add(body[start:stop])
    (upload,) = form.finish()
    assert (upload.name, upload.content, upload.problem) == ("a.jpg", PICTURE, None)


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (b'form-data; name="file"; filename="a.jpg"', "a.jpg"),
        (b"form-data; name=file; filename=a.jpg", "a.jpg"),
        ('form-data; name="file"; filename="Mädchen.jpg"'.encode(), "Mädchen.jpg"),
        ('form-data; name="file"; filename="Mädchen.jpg"'.encode("latin-1"), "M\ufffddchen.jpg"),
        (b'form-data; filename="a%22b.jpg"; name="file"', 'a"b.jpg'),
        (b'form-data; name="file"; filename="' + b"n" * 400 + b'"', "n" * 255),
        (b'form-data; name="file"', None),
    ],
)
def test_names_of_files(disposition: bytes, name: str | None) -> None:
    form = open_form()
    form.add(write_part(disposition, PICTURE) + end())
    (upload,) = form.finish()
    assert (upload.name, upload.content) == (name, PICTURE)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--other\r\n",
        b"no boundary at all",
        write_part(b'form-data; name="file"; filename="a"', PICTURE),
        write_part(b'attachment; name="file"; filename="a"', PICTURE) + end(),
        b"--" + BOUNDARY + b"\r\nContent-Disposition form-data\r\n\r\nabc\r\n" + end(),
        b"--" + BOUNDARY + b"\r\nX: " + b"y" * 10_000 + b"\r\n\r\nabc\r\n" + end(),
        write_part(b'form-data; name="other"', b"x") * (OTHER_FIELDS + 3) + end(),
    ],
    ids=["empty", "other boundary", "no form", "cut", "attachment", "no colon", "long header", "many fields"],
)
def test_what_is_no_form_is_refused(body: bytes) -> None:
    form = open_form()
    with pytest.raises(ProblemError) as caught:  # noqa: PT012 - some are refused as they arrive, some at their end
        if body:
            form.add(body)
        form.finish()
    assert caught.value.kind.slug == "malformed-form"


def test_a_form_without_the_field_says_what_was_expected() -> None:
    form = open_form()
    form.add(write_part(b'form-data; name="picture"; filename="a"', PICTURE) + end())
    with pytest.raises(ProblemError, match=r"curl -F file=@a\.jpg"):
        form.finish()


def test_a_batch_takes_so_many_and_no_text_fields() -> None:
    part = write_part(b'form-data; name="files"; filename="a"', PICTURE)
    form = open_form(maximum_files=2, refuse_early=False, field="files")
    with pytest.raises(ProblemError, match="more than 2 pictures"):
        form.add(3 * part + end())
    form = open_form(maximum_files=2, refuse_early=False, field="files")
    with pytest.raises(ProblemError, match="is no file"):
        form.add(write_part(b'form-data; name="files"', PICTURE) + end())
