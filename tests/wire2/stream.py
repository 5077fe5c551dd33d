# SPDX-License-Identifier: Apache-2.0
"""Lines in one zlib stream with the preset dictionary (PROTOCOL.md 6)."""
import zlib
from pathlib import Path

from pack import Refused, need

DICTIONARY = Path(__file__).resolve().parents[2] / "proto/wire/hamlet-1.dict"
INFLATED_MOST = 24 * 1024 * 1024
RATIO_MOST = 64
PAGE_MOST = 256 * 1024


def deflate(pages, dictionary=None):
    """One stream of the texts, flushed after each."""
    dictionary = DICTIONARY.read_bytes() if dictionary is None else dictionary
    out = zlib.compressobj(9, zdict=dictionary)
    data = b"".join(out.compress(p) + out.flush(zlib.Z_SYNC_FLUSH) for p in pages)
    return data + out.flush()


def inflate(data):
    """(text, whether the stream came to its end)."""
    reader = zlib.decompressobj(zdict=DICTIONARY.read_bytes())
    most = min(INFLATED_MOST, RATIO_MOST * len(data) + PAGE_MOST)
    try:
        text = reader.decompress(data, most + 1)
    except zlib.error as error:
        raise Refused(f"stream: {error}") from error
    need(len(text) <= most, "stream: a bomb")
    need(not reader.unused_data, "stream: more follows its end")
    return text, reader.eof
