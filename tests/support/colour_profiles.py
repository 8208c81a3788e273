"""ICC profiles that tests make: matrix profiles of given primaries, broken ones, and ones of other spaces."""

import struct

import numpy as np

D65 = (0.3127, 0.3290)
D50 = np.array([0.9642, 1.0, 0.8249])
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])

PRIMARIES = {
    "sRGB": ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06)),
    "Display P3": ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    "Adobe RGB": ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)),
}
"""Chromaticities of red, green and blue; the white is D65."""


def make_profile(name: str, gamma: float = 2.2) -> bytes:
    """Make a matrix profile, version 2 (ICC.1:2001-04), with one exponent as tone curve."""
    xyz = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in PRIMARIES[name]]).T
    white = np.array([D65[0] / D65[1], 1.0, (1 - sum(D65)) / D65[1]])
    to_xyz = xyz * np.linalg.solve(xyz, white)
    adapt = np.linalg.inv(BRADFORD) @ np.diag((BRADFORD @ D50) / (BRADFORD @ white)) @ BRADFORD
    columns = (adapt @ to_xyz).T
    text = name.encode() + b"\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78),
        b"wtpt": make_xyz(D50),
        **{tag: make_xyz(column) for tag, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)},
        **{tag: b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) for tag in (b"rTRC", b"gTRC", b"bTRC")},
    }
    return make_container(b"RGB ", tags)


def make_grey_profile(gamma: float) -> bytes:
    """Make a profile of greys with one exponent as tone curve."""
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))
    return make_container(b"GRAY", {b"wtpt": make_xyz(D50), b"kTRC": curve})


def make_xyz(values: np.ndarray) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(float(value) * 65536) for value in values))


def make_container(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    """Put tags behind a profile's header and table."""
    position, table, data = 132 + 12 * len(tags), b"", b""
    for tag, content in tags.items():
        padded = content + bytes(-len(content) % 4)
        table += tag + struct.pack(">II", position + len(data), len(content))
        data += padded
    size = position + len(data)
    header = struct.pack(">I4sI4s4s4s", size, b"none", 0x02400000, b"mntr", space, b"XYZ ")
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + make_xyz(D50)[8:] + bytes(48)
    return header + struct.pack(">I", len(tags)) + table + data
