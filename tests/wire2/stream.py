# SPDX-License-Identifier: Apache-2.0
"""Lines in one zlib stream with the preset dictionary (PROTOCOL.md 6)."""
import zlib
from pathlib import Path

from pack import Refused, need

DICTIONARY = Path(__file__).resolve().parents[2] / "proto/wire/hamlet-1.dict"
INFLATED_MOST = 24 * 1024 * 1024
RATIO_MOST = 64
PAGE_MOST = 256 * 1024


def deflate(pieces, dictionary=None):
    """One stream of the texts, flushed after each."""
    dictionary = DICTIONARY.read_bytes() if dictionary is None else dictionary
    out = zlib.compressobj(9, zdict=dictionary) if dictionary else zlib.compressobj(9)
    data = b"".join(out.compress(p) + out.flush(zlib.Z_SYNC_FLUSH) for p in pieces)
    return data + out.flush()


class Inflate:
    """A stream as it arrives."""

    def __init__(self):
        self.reader = zlib.decompressobj(zdict=DICTIONARY.read_bytes())
        self.came, self.made = 0, 0

    @property
    def ended(self):
        return self.reader.eof

    def put(self, data):
        """The text that these bytes add."""
        need(not (self.ended and data), "stream: more follows its end")
        self.came += len(data)
        most = min(INFLATED_MOST, RATIO_MOST * self.came + PAGE_MOST) - self.made
        try:
            text = self.reader.decompress(data, most + 1)
        except zlib.error as error:
            reason = "dictionary" if "zdict" in str(error) else None
            raise Refused(f"stream: {error}", reason) from error
        self.made += len(text)
        need(len(text) <= most, "stream: a bomb", "too_large")
        need(not self.reader.unused_data, "stream: more follows its end")
        return text


def inflate(data):
    """(text, whether the stream came to its end)."""
    reader = Inflate()
    return reader.put(data), reader.ended
