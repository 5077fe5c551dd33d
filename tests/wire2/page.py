# SPDX-License-Identifier: Apache-2.0
"""A page as text, read: its context and its end (PROTOCOL.md 6). Rows are row.py."""
from dataclasses import dataclass, field

import row
from change import ACTS, chain_next, page_check, run_key
from pack import INTEGER_MOST, array, members, need, read_json, string, unb64, whole

CHANGES_MOST = 512
KINDS_MOST = 32
RUN_MOST = 256
TEXT_MOST = 256 * 1024
UINT32_MOST = 2**32 - 1


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
    registers: list  # (name, its members or none)


def _register(item):
    if isinstance(item, str):
        return item, []
    name, *inner = (string(part) for part in array(item, 3))
    encoded = [part.encode() for part in inner]
    need(all(a < b for a, b in zip(encoded, encoded[1:])), "kinds: order of members")
    return name, inner


def _kind(item):
    name, version, key_fields, registers = array(item, 4, 4)
    registers = [_register(register) for register in array(registers)]
    names = [register for register, _ in registers]
    need(len(set(names)) == len(names), "kinds: a register twice")
    key_fields = [string(part) for part in array(key_fields)]
    return Kind(string(name), whole(version, 0, UINT32_MOST), key_fields, registers)


class Page:
    """
    One page: afterwards `fields` (device, epoch, home, seq, registry_n, before, after,
    count, signature) and `changes`. `before` is the head, where what came before says it.
    """

    def __init__(self, lines, district, meanings, before=None):
        self.district, self.meanings = district, meanings
        self.user = self.role = self.run = None
        self.time, self.keys, self.bulk = 0, b"", b""
        self.kinds, self.changes, self.fields = [], [], {"before": before}
        need(len(lines) <= TEXT_MOST and lines.endswith(b"\n"), "page: size")
        parsed = [read_json(line) for line in lines[:-1].split(b"\n")]
        need(len(parsed) >= 4, "page: lines")
        (tail,) = members(parsed[-1], "tail")
        (signature,) = members(parsed[-2], "sign")
        self.tail = [string(item) for item in array(tail)]
        self._open(parsed[0])
        for line in parsed[1:-2]:
            if isinstance(line, list):
                self._row(line)
            else:
                self._context(line)
        need(not self.tail and not self.keys, "page: something is left over")
        self._close(unb64(signature, 64))

    def is_signed(self, key):
        return page_check(self.fields, key)

    def _open(self, line):
        need(isinstance(line, dict) and "page" in line, "page: not opened")
        device, epoch, home, seq, registry_n = array(line["page"], 5, 5)
        self.fields["device"] = unb64(device, 16)
        self.fields["epoch"] = whole(epoch, 1, UINT32_MOST)
        self.fields["home"] = string(home)
        self.fields["seq"] = whole(seq, 1)
        self.fields["registry_n"] = whole(registry_n)
        if "head" in line:
            self.fields["before"] = unb64(line["head"], 32)
        need(self.fields["before"] is not None, "page: head before unknown")
        self._context(line)

    def _close(self, signature):
        need(len(self.changes) >= 1, "page: no rows")
        head = self.fields["before"]
        for change in self.changes:
            head = chain_next(head, change.id)
        self.fields.update(after=head, count=len(self.changes), signature=signature)

    def _context(self, line):
        by, at, run, keys, kinds, bulk = members(
            line, "by", "at", "run", "keys", "kinds", "bulk"
        )
        if by is not None:
            user, role = array(by, 2, 2)
            self.user, self.role = unb64(user, 16), string(role)
        if at is not None:
            self.time = whole(at, -INTEGER_MOST)
        need(run is None or keys is None, "page: run and keys")
        if run is not None:
            need(not self.keys, "page: keys are left over")
            seed, index = array(run, 2, 2)
            self.run, self.index = unb64(seed, 16), whole(index, 0, RUN_MOST - 1)
        if keys is not None:
            need(not self.keys, "page: keys are left over")
            self.run, self.keys = None, unb64(keys)
            need(len(self.keys) % 16 == 0, "page: keys")
        for kind in [_kind(item) for item in array(kinds or [])]:
            for other in self.kinds:
                if (other.name, other.version) == (kind.name, kind.version):
                    need(other.key_fields == kind.key_fields, "kinds: two natural keys")
            self.kinds.append(kind)
            need(len(self.kinds) <= KINDS_MOST, "kinds: too many")
        if bulk is not None:
            none = isinstance(bulk, int) and whole(bulk, 0, 0) == 0
            self.bulk = b"" if none else unb64(bulk, 16)

    def _row(self, cells):
        need(len(cells) >= 2 and len(self.changes) < CHANGES_MOST, "row: form")
        need(self.user is not None, "row: by whom")
        code, step = whole(cells[0]), cells[1]
        need(code // 16 < len(self.kinds) and code % 16 < len(ACTS), "row: kind, act")
        extras = {}
        if isinstance(step, list):
            step, extras = array(step, 2, 2)
        self.time = whole(self.time + whole(step, -INTEGER_MOST), -INTEGER_MOST)
        kind = self.kinds[code // 16]
        self.changes.append(row.expand(self, kind, ACTS[code % 16], cells[2:], extras))

    # What rows ask

    def next_key(self, used):
        if self.run is not None:
            need(not used or self.index < RUN_MOST, "row: the run is at its end")
            self.index += 1
            return run_key(self.run, self.index - 1) if used else None
        if not used:
            return None
        need(self.keys, "row: no key")
        key, self.keys = self.keys[:16], self.keys[16:]
        return key

    def next_text(self):
        need(self.tail, "row: the tail is at its end")
        return self.tail.pop(0)

    def meaning(self, number):
        """The (change, record) of a number, seen from the row that is next."""
        whole(number, -INTEGER_MOST)
        need(number != 0, "reference: 0")
        if number > 0:
            need(number in self.meanings.entries, "reference: no such entry")
            return self.meanings.entries[number]
        index = len(self.changes) + number
        if index >= 0:
            return self.changes[index].id, self.changes[index].record
        seq = self.fields["seq"] + index
        need(seq in self.meanings.seqs, "reference: no such change")
        return self.meanings.seqs[seq]
