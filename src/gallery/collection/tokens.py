"""Opaque names that the gallery can read back without an index: asset ids, image and list tokens.

A name is a keyed permutation of a small record, so that a gallery of any size needs no table of
ids: the name is computed from the number, and the number from the name. The permutation is a
balanced Feistel network of four rounds (Luby and Rackoff, 1988) with BLAKE2b as round function.
Six zero bytes in the record distinguish a name of ours from any other text.
"""

import base64
import binascii
import hashlib
import struct
from typing import Final, NamedTuple

ASSET_ID_LENGTH: Final = 14
"""Characters of an asset id: ten bytes in URL-safe base64 without padding."""

ROUNDS: Final = 4
CHECK: Final = bytes(6)


class Sealer:
    """Turn byte records into opaque text and back; texts of another seed or purpose are not understood."""

    def __init__(self, seed: int, purpose: str) -> None:
        key = hashlib.blake2b(f"gallery:{seed}:{purpose}".encode(), digest_size=32).digest()
        self._round_keys = tuple(key + bytes([index]) for index in range(ROUNDS))

    def seal(self, record: bytes) -> str:
        """Return the text of ``record``; its length plus six must be even."""
        plain = record + CHECK
        half = len(plain) // 2
        left, right = int.from_bytes(plain[:half], "big"), int.from_bytes(plain[half:], "big")
        for key in self._round_keys:
            left, right = right, left ^ _mix(key, right, half)
        sealed = left.to_bytes(half, "big") + right.to_bytes(half, "big")
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii")

    def unseal(self, text: str) -> bytes | None:
        """Return the record of ``text``, or None if this sealer never made it."""
        try:
            sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        half, odd = divmod(len(sealed), 2)
        if odd or len(sealed) <= len(CHECK):
            return None
        left, right = int.from_bytes(sealed[:half], "big"), int.from_bytes(sealed[half:], "big")
        for key in reversed(self._round_keys):
            left, right = right ^ _mix(key, left, half), left
        plain = left.to_bytes(half, "big") + right.to_bytes(half, "big")
        record = plain[: -len(CHECK)]
        # The second test refuses texts that differ only in the unused bits of the last character.
        return record if plain[-len(CHECK) :] == CHECK and self.seal(record) == text else None


def _mix(key: bytes, value: int, size: int) -> int:
    digest = hashlib.blake2b(value.to_bytes(size, "big"), digest_size=size, key=key).digest()
    return int.from_bytes(digest, "big")


class ListPosition(NamedTuple):
    """Where a continuation token points.

    Attributes
    ----------
    colour
        Index in ``SITE_COLOURS``.
    offset
        Position of the next artwork in the colour's list.
    serial
        How many list pages came before; only an endless list counts it up without moving.
    """

    colour: int
    offset: int
    serial: int = 0


class TokenBook:
    """Every opaque name of one gallery; another epoch gives other image tokens and the same asset ids.

    Image tokens of the real site change over the years while asset ids stay.
    """

    def __init__(self, seed: int, image_epoch: int = 0) -> None:
        self._assets = Sealer(seed, "asset")
        self._images = Sealer(seed, f"image:{image_epoch}")
        self._lists = Sealer(seed, "list")

    def name_asset(self, number: int) -> str:
        """Return the 14-character id of artwork ``number`` (below 2³²)."""
        return self._assets.seal(struct.pack(">I", number))

    def read_asset(self, asset_id: str) -> int | None:
        """Return the number of an artwork, or None if the id is not one of this gallery."""
        if len(asset_id) != ASSET_ID_LENGTH:
            return None
        record = self._assets.unseal(asset_id)
        return None if record is None else int(struct.unpack(">I", record)[0])

    def name_image(self, number: int) -> str:
        """Return the token under which the image host serves artwork ``number``."""
        return self._images.seal(struct.pack(">I26x", number))

    def read_image(self, token: str) -> int | None:
        """Return the number of the artwork that an image token shows, or None."""
        record = self._images.unseal(token)
        return int(struct.unpack(">I26x", record)[0]) if record is not None and len(record) == 30 else None

    def name_position(self, position: ListPosition) -> str:
        """Return the continuation token of a place in a colour's list."""
        return self._lists.seal(struct.pack(">BIIx", *position))

    def read_position(self, token: str) -> ListPosition | None:
        """Return the place that a continuation token points to, or None."""
        record = self._lists.unseal(token)
        if record is None or len(record) != 10:
            return None
        return ListPosition(*struct.unpack(">BIIx", record))
