# SPDX-License-Identifier: Apache-2.0
"""A page as text, read: rows to changes (PROTOCOL.md 6)."""
from dataclasses import dataclass, field

import value as values
from change import (ACTS, ALIAS, LIVE, WHY, Change, Write, chain_next, record_id, run_key,
                    seal)
from pack import (INTEGER_MOST, array, members, need, read_json, string, unb64, uint, whole)

CHANGES_MOST = 512
TEXT_MOST = 256 * 1024
CHANGE_MOST = 128 * 1024
DEPTH_MOST = 12
PROTOCOL_REGISTERS = {-1: LIVE, -2: WHY, -3: ALIAS}
CONTEXT = ("page", "head", "by", "at", "run", "keys", "kinds", "bulk")
EPOCH_MOST = VERSION_MOST = WRITE_DEPTH_MOST = 2**32 - 1
ABSENT = object()


@dataclass
class Meanings:
    """What numbers mean outside the page: number -> (change id, record id)."""

    entries: dict = field(default_factory=dict)
    seqs: dict = field(default_factory=dict)


@dataclass
class Kind:
    name: str
    version: int
    key_fields: list
    registers: list  # (name, members or None)


class Page:
    """One page while it is read; afterwards `fields` and `changes`."""

    def __init__(self, lines, district, meanings, before=None):
        self.district, self.meanings = district, meanings
        self.user = self.role = self.run = None
        self.time, self.keys, self.bulk = 0, b"", b""
        self.kinds, self.changes, self.fields = [], [], {"before": before}
        need(len(lines) <= TEXT_MOST, "page: size")
        need(lines.endswith(b"\n"), "page: no line")
        parsed = [read_json(line, DEPTH_MOST) for line in lines[:-1].split(b"\n")]
        need(len(parsed) >= 3, "page: lines")
        (tail,) = members(parsed[-1], "tail")
        (signature,) = members(parsed[-2], "sign")
        self.tail = [string(item) for item in array(tail)]
        self._open(parsed[0])
        for line in parsed[1:-2]:
            if isinstance(line, list):
                self._row(line)
            else:
                need("page" not in line, "page: opened twice")
                self._context(line)
        need(not self.tail and not self.keys, "page: something is left over")
        self._close(unb64(signature, 64))

    def _open(self, line):
        need(isinstance(line, dict) and "page" in line, "page: not opened")
        device, epoch, home, seq, registry_n = array(line["page"], 5, 5)
        self.fields["device"] = unb64(device, 16)
        self.fields["epoch"] = whole(epoch, 1, EPOCH_MOST)
        self.fields["home"] = string(home)
        self.fields["seq"] = whole(seq, 1)
        self.fields["registry_n"] = whole(registry_n)
        self._context(line)
        if "head" in line:
            self.fields["before"] = unb64(line["head"], 32)
        need(self.fields["before"] is not None, "page: head before unknown")

    def _close(self, signature):
        need(len(self.changes) >= 1, "page: no rows")
        head = self.fields["before"]
        for change in self.changes:
            head = chain_next(head, change.id)
        self.fields.update(after=head, count=len(self.changes), signature=signature)

    def _context(self, line):
        _, head, by, at, run, keys, kinds, bulk = members(line, *CONTEXT)
        need(head is None or "page" in line, "page: head later")
        need(run is None or keys is None, "page: run and keys")
        if by is not None:
            user, role = array(by, 2, 2)
            self.user, self.role = unb64(user, 16), string(role)
        if at is not None:
            self.time = whole(at, -INTEGER_MOST)
        if run is not None or keys is not None:
            need(not self.keys, "page: keys are left over")
        if run is not None:
            seed, index = array(run, 2, 2)
            self.run, self.index = unb64(seed, 16), whole(index)
        if keys is not None:
            self.run, self.keys = None, unb64(keys)
            need(len(self.keys) % 16 == 0, "page: keys")
        for kind in array(kinds) if kinds is not None else []:
            self.kinds.append(_kind(kind))
        if bulk is not None:
            self.bulk = b"" if bulk == 0 and bulk is not False else unb64(bulk, 16)

    def _next_key(self, used):
        if self.run is not None:
            self.index += 1
            return run_key(self.run, self.index - 1) if used else None
        if not used:
            return None
        need(self.keys, "row: no key")
        key, self.keys = self.keys[:16], self.keys[16:]
        return key

    def _row(self, row):
        need(len(row) >= 2 and len(self.changes) < CHANGES_MOST, "row: form")
        need(self.user is not None, "row: by whom")
        code = whole(row[0])
        need(code // 16 < len(self.kinds) and code % 16 < len(ACTS), "row: kind or act")
        step, extras = row[1], {}
        if isinstance(step, list):
            step, extras = array(step, 2, 2)
        self.time = whole(self.time + whole(step, -INTEGER_MOST), -INTEGER_MOST)
        kind = self.kinds[code // 16]
        change = Change(self.district, self.fields["device"], self.user, self.role)\
            if False else None
        del change
        Row(self, kind, ACTS[code % 16], row[2:], extras)

    def meaning(self, reference, seq):
        """The (change, record) of a number, seen from the row with `seq`."""
        whole(reference, -INTEGER_MOST)
        need(reference != 0, "reference: 0")
        if reference > 0:
            need(reference in self.meanings.entries, "reference: no such entry")
            return self.meanings.entries[reference]
        wanted = seq + reference
        if wanted >= self.fields["seq"]:
            change = self.changes[wanted - self.fields["seq"]]
            return change.id, change.record
        need(wanted in self.meanings.seqs, "reference: no such change")
        return self.meanings.seqs[wanted]
