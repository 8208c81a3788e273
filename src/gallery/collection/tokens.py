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
        self._size = self._layout.size + len(CHECK)
        self._bits = 4 * self._size  # of either half

    def write(self, *numbers: int) -> str:
        """Return the name of some numbers: URL-safe base64 without padding."""
        plain = int.from_bytes(self._layout.pack(*numbers) + CHECK, "big")
        left, right = divmod(plain, 1 << self._bits)
        for key in self._keys:
            left, right = right, left ^ self._mix(key, right)
        sealed = (left << self._bits | right).to_bytes(self._size, "big")
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii")

    def read(self, name: str) -> tuple[int, ...] | None:
        """Return the numbers that a text names, or None if it is no name of ours."""
        try:
            sealed = base64.b64decode(name + "=" * (-len(name) % 4), altchars=b"-_", validate=True)
        except ValueError:
            return None
        if len(sealed) != self._size:
            return None
        left, right = divmod(int.from_bytes(sealed, "big"), 1 << self._bits)
        for key in reversed(self._keys):
            left, right = right ^ self._mix(key, left), left
        numbers = self._layout.unpack_from((left << self._bits | right).to_bytes(self._size, "big"))
        # Names of other seeds have no zeros at their end; another text may differ in the last character's unused bits.
        return numbers if self.write(*numbers) == name else None

    def _mix(self, key: bytes, half: int) -> int:
        size = self._size // 2
        return int.from_bytes(hashlib.blake2b(half.to_bytes(size, "big"), digest_size=size, key=key).digest(), "big")
