# SPDX-License-Identifier: Apache-2.0
"""What a record is, given all that is known of it (PROTOCOL.md 4)."""
from dataclasses import dataclass

import value as values
from change import ALIAS, LIVE, WHY, Change, Write
from pack import h16, h32, items, text

DECIDES = ("resolve", "policy", "erase")
RANKS = {
    "server": 8,
    "district_admin": 7,
    "district_chair": 6,
    "district_officer": 5,
    "commune_chair": 4,
    "commune_officer": 3,
    "unit_officer": 2,
    "hamlet_head": 2,
    "recorder": 1,
    "auditor": 0,
    "viewer": 0,
}


@dataclass
class Known:
    """A change of the record; `change.writes` is in order."""

    change: object
    effective: bool
    rank: int


@dataclass
class Head:
    known: Known
    write: object  # none: a change that keeps a record alive

    @property
    def id(self):
        return self.known.change.id


@dataclass
class Register:
    heads: list
    shown: Head
    conflict: bool


class Merged:
    """
    `registers` name -> Register; where ~live is open `live_heads`, pairs of a change and
    whether it keeps the record alive, and `live_shown`.
    """

    def __init__(self, known):
        self.known = known
        self.by_register = {}  # name -> [(known, write)]
        for one in known:
            for write in one.change.writes:
                self.by_register.setdefault(write.reg, []).append(Head(one, write))
        self.registers = {}
        for name in sorted(self.by_register, key=str.encode):
            heads = self._frontier(name) if name != WHY else []
            if heads:
                shown = max(heads, key=_weight)
                self.registers[name] = Register(heads, shown, _is_conflict(heads))
        self.there = bool(self.registers)
        self.incomplete = any(map(self._is_incomplete, self.by_register))
        self._judge_deletion()

    def meant(self, name, prefix):
        """Every write of the register that a prefix means."""
        return [h for h in self.by_register.get(name, []) if h.id.startswith(prefix)]

    def reached(self, name, prefixes):
        """The ids of the writes that prefixes mean, and all those reach in turn."""
        found, waiting = set(), list(prefixes)
        while waiting:
            for head in self.meant(name, waiting.pop()):
                if head.id not in found:
                    found.add(head.id)
                    waiting += head.write.replaces
        return found

    def _frontier(self, name):
        effective = [h for h in self.by_register[name] if h.known.effective]
        covered = set()
        for head in effective:
            covered |= self.reached(name, head.write.replaces) - {head.id}
        return sorted((h for h in effective if h.id not in covered), key=lambda h: h.id)

    def _is_incomplete(self, name):
        """Whether what an effective write stands on, through ineffective ones, is missing."""
        if name == WHY:
            return False
        waiting = [h for h in self.by_register[name] if h.known.effective]
        found = {h.id for h in waiting}
        while waiting:
            for prefix in waiting.pop().write.replaces:
                meant = self.meant(name, prefix)
                if not meant:
                    return True
                waiting += [h for h in meant if h.id not in found]
                found |= {h.id for h in meant}
        return False

    def _judge_deletion(self):
        live = self.registers.get(LIVE)
        deletes = [h for h in live.heads if h.write.value == values.FALSE] if live else []
        alive = [h for h in live.heads if h not in deletes] if live else []
        for name, register in self.registers.items():
            if name != LIVE:
                closed = set()
                for delete in deletes:
                    closed |= self.reached(name, delete.known.change.seen)
                closed |= {delete.id for delete in deletes}
                alive += [h for h in register.heads if h.id not in closed]
        self.deleted = bool(deletes) and not alive
        self.live_conflict = bool(deletes) and bool(alive)
        self.live_heads, self.live_shown = [], None
        if self.live_conflict:
            keeps = {h.id: False for h in deletes} | {h.id: True for h in alive}
            self.live_heads = sorted(keeps.items())
            self.live_shown = max(alive, key=_weight_alive).id


def erased(known):
    """(change id, register) of every write that the erasures which stand reach (4.2)."""
    writes = {}  # (register, prefix) -> [(change id, write)]
    for one in known:
        for write in one.change.writes:
            place = writes.setdefault((write.reg, one.change.id[:8]), [])
            place.append((one.change.id, write))
    waiting = [(write.reg, prefix) for one in known for write in one.change.writes
               for prefix in write.replaces
               if one.effective and one.change.act == "erase" and write.reg not in (LIVE, ALIAS)]
    found = set()
    while waiting:
        reg, prefix = waiting.pop()
        for change, write in writes.get((reg, prefix), []):
            if (change, reg) not in found:
                found.add((change, reg))
                waiting += [(reg, before) for before in write.replaces]
    return found


def _weight(head):
    change = head.known.change
    return change.act in DECIDES, head.known.rank, head.write.depth, change.id


def _weight_alive(head):
    """As above, without a depth: a change may keep the record alive by several writes."""
    change = head.known.change
    return change.act in DECIDES, head.known.rank, change.id


def _is_conflict(heads):
    found = [h.write.value for h in heads]
    return len(heads) > 1 and (None in found or len(set(found)) > 1)


def conflict_id(record, register):
    return h16(text("hamlet-conflict-1"), record, text(register))


def unit_digest(records):
    """`records`: (record id, Merged) of the subtree, the registry left out."""
    out = [text("hamlet-digest-1")]
    for record, merged in sorted(records, key=lambda pair: pair[0]):
        for name, register in merged.registers.items():
            heads = items(head.id for head in register.heads)
            out.append(record + text(name) + heads + register.shown.id)
    return h32(*out)


def known_from_json(told):
    """Changes of one record as the filter and the vectors tell them."""
    out = []
    for one in told:
        change = Change(b"", b"", b"", "", one["act"])
        change.id = bytes.fromhex(one["id"])
        change.seen = [bytes.fromhex(prefix) for prefix in one.get("seen", [])]
        for write in one["writes"]:
            value = write.get("value")
            value = None if value is None else bytes.fromhex(value)
            replaces = [bytes.fromhex(prefix) for prefix in write.get("replaces", [])]
            change.writes.append(
                Write(write["reg"], value, replaces=replaces, depth=write["depth"])
            )
        out.append(Known(change, one["effective"], one["rank"]))
    return out
