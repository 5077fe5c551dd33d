# SPDX-License-Identifier: Apache-2.0
"""What follows a first line: a stream of pages and lines of entries (PROTOCOL.md 6, 7)."""
import keys
import stream
import talk
import value as values
from pack import Refused, array, need, read_json, unb64
from page import Meanings, Page


def keys_of(registry):
    """Device -> its keys (3.6), as changes of the registry give them (5.1)."""
    found = {}
    for change in registry:
        writes = {write.reg: write.value for write in change.writes}
        if (change.home, change.kind) != ("~", "~device"):
            continue
        try:
            device = bytes.fromhex(values.unpack(dict(change.key_fields)["device"]))
            held, _ = keys.read(values.unpack(writes["key"]), device)
        except (KeyError, TypeError, ValueError, Refused):
            continue  # it says nothing
        if held:
            found[device] = held
    return found


class Inbox:
    """Whole pages and lines of entries, as far as the stream is good; `error` says why not
    further. A page by a device without a key `waits` for the pages before it."""

    def __init__(self, district, keys):
        self.district, self.keys = district, keys
        self.pages, self.lines, self.held = [], [], []
        self.seqs = {}  # (device, epoch) -> {seq: (change, record)}
        self.last = None  # device, epoch, seq and head after of the page before
        self.ended, self.waits, self.error, self.text = False, False, None, b""

    def read(self, data):
        reader = stream.Inflate()
        try:
            for i in range(len(data)):
                self.text += reader.put(data[i : i + 1])
                self._lines()
        except Refused as error:
            self.error = error
        self.ended = reader.ended
        return self

    def _lines(self):
        while not self.waits and b"\n" in self.text:
            line, rest = self.text.split(b"\n", 1)
            if not self._line(line + b"\n"):
                return
            self.text = rest

    def _line(self, line):
        """False: it is to be read again."""
        opening, entries = line.startswith(b'{"page":'), line.startswith(b'{"e":')
        if not self.held:
            need(opening or entries, "stream: line")
            if opening:
                self.held.append(line)
            else:
                self.lines.append(talk.entries_read(line[:-1]))
            return True
        need(not opening and not entries, "stream: a page without an end")
        if not line.startswith(b'{"tail":'):
            self.held.append(line)
            return True
        if not self._page(b"".join(self.held) + line):
            return False
        self.held = []
        return True

    def _page(self, text):
        opening = read_json(self.held[0][:-1])["page"]
        device, epoch, home, first, _ = array(opening, 5, 5)
        origin = unb64(device, 16), epoch
        need(not str(home).startswith("@"), "stream: a mailbox is no home")
        need(home != "~" or origin[0] == self.district, "stream: the registry is the server's")
        held = self.keys.get(origin[0])
        if held is None:
            self.waits = bool(self.pages)
            need(self.waits, "stream: a device that is not known")
            return False
        before = self.last[3] if self.last and self.last[:3] == (*origin, first - 1) else None
        known = self.seqs.setdefault(origin, {})
        page = Page(text, self.district, Meanings({}, known), before)
        if keys.signer(held, page) is None:
            # The registry before it may name a key that is not known yet
            self.waits = any(page.fields["home"] == "~" for page in self.pages)
            need(self.waits, "stream: signature")
            return False
        known.update({first + i: (c.id, c.record) for i, c in enumerate(page.changes)})
        self.last = (*origin, first + len(page.changes) - 1, page.fields["after"])
        self.pages.append(page)
        return True
