"""Opaque names that the gallery can read back without an index: asset ids, image and list tokens.

A name is a keyed permutation of a few numbers, so that a gallery of any size needs no table of ids: the name is
computed from the numbers, and the numbers from the name. The permutation is a balanced Feistel network of four
rounds (Luby and Rackoff, 1988) with BLAKE2b as round function. Six zero bytes behind the numbers distinguish a name
of ours from any other text.
"""

import base64
import hashlib
import struct
from typing import Final

ROUNDS: Final = 4
CHECK: Final = bytes(6)


class Names:
    """Turn numbers into opaque text and back; texts of another seed or purpose are not understood.

    The layout of the numbers is one of :mod:`struct`, and has an even number of bytes.
    """

    def __init__(self, seed: int, purpose: str, layout: str) -> None:
        key = hashlib.blake2b(f"gallery:{seed}:{purpose}".encode(), digest_size=32).digest()
        self._keys = tuple(key + bytes([index]) for index in range(ROUNDS))
        self._layout = struct.Struct(layout)
        self._half = (self._layout.size + len(CHECK)) // 2

    def write(self, *numbers: int) -> str:
        """Return the name of some numbers: URL-safe base64 without padding."""
        left, right = self._split(self._layout.pack(*numbers) + CHECK)
        for key in self._keys:
            left, right = right, left ^ self._mix(key, right)
        return base64.urlsafe_b64encode(self._join(left, right)).rstrip(b"=").decode("ascii")

    def read(self, name: str) -> tuple[int, ...] | None:
        """Return the numbers that a text names, or None if it is no name of ours."""
        try:
            sealed = base64.b64decode(name + "=" * (-len(name) % 4), altchars=b"-_", validate=True)
        except ValueError:
            return None
        if len(sealed) != 2 * self._half:
            return None
        left, right = self._split(sealed)
        for key in reversed(self._keys):
            left, right = right ^ self._mix(key, left), left
        numbers = self._layout.unpack_from(self._join(left, right))
        # Names of other seeds have no zeros at their end; another text may differ in the last character's unused bits.
        return numbers if self.write(*numbers) == name else None

    def _split(self, record: bytes) -> tuple[int, int]:
        return int.from_bytes(record[: self._half], "big"), int.from_bytes(record[self._half :], "big")

    def _join(self, left: int, right: int) -> bytes:
        return left.to_bytes(self._half, "big") + right.to_bytes(self._half, "big")

    def _mix(self, key: bytes, value: int) -> int:
        digest = hashlib.blake2b(value.to_bytes(self._half, "big"), digest_size=self._half, key=key).digest()
        return int.from_bytes(digest, "big")
