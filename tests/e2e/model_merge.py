# SPDX-License-Identifier: Apache-2.0
"""The merge once more, written from PROTOCOL.md sections 2 to 4 alone: what a set of changes
means. No code is shared with proto/.

`PLANTS` switches a rule off, to show that the comparison notices:

    equal-values  heads with equal values are a conflict as well
    rank          the shown value is chosen without the rank of the role
    delete-wins   a deletion beats edits it has not seen
    undo          a withdrawn import stands on
    through       what a withdrawn write replaced stands again though it was overwritten
"""
import hashlib
import json

PLANTS = ("equal-values", "rank", "delete-wins", "undo", "through")
planted = set()

RANKS = {"server": 8, "district_admin": 7, "district_chair": 6, "district_officer": 5,
         "commune_chair": 4, "commune_officer": 3, "unit_officer": 2, "hamlet_head": 2,
         "recorder": 1}
DECISIONS = ("resolve", "policy", "erase")
LIVE = "~live"


# ---- bytes ----

def uint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def blob(raw):
    return uint(len(raw)) + raw


def text(string):
    return blob(string.encode("utf-8"))


def hash_of(size, raw):
    return hashlib.blake2b(raw, digest_size=size).digest()


def value_bytes(value):
    """The canonical form of a key field: text, number or yes and no."""
    if isinstance(value, bool):
        return b"t" if value else b"f"
    if isinstance(value, int):
        return b"i" + uint(2 * value if value >= 0 else -2 * value - 1)
    return b"s" + text(value)


def record_id(home, kind, key):
    """Of a record with a natural key; `key` in the kind's order."""
    raw = text("hamlet-record-1") + text(home) + text(kind) + uint(len(key))
    for name, value in key.items():
        raw += text(name) + blob(value_bytes(value))
    return hash_of(16, raw).hex()


def conflict_id(record, register):
    return hash_of(16, text("hamlet-conflict-1") + bytes.fromhex(record) +
                   text(register)).hex()


def same_form(value):
    """Equal values have equal forms."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


# ---- changes ----

class Write:
    def __init__(self, value, replaces=(), depth=1):
        self.value = value
        self.replaces = frozenset(replaces)
        self.depth = depth


class Change:
    """One act. `writes`: {register: Write}; `seen`: changes with heads of other registers;
    `key`: of a create. `names`: the bulk that a withdrawal names, which has no record."""

    def __init__(self, id, author, act, home, kind=None, record=None, writes=None, seen=(),
                 key=None, bulk=None, names=None):
        self.id = id
        self.author = author
        self.act = act
        self.home = home
        self.kind = kind
        self.record = record
        self.writes = writes or {}
        self.seen = frozenset(seen)
        self.key = key
        self.bulk = bulk
        self.names = names


class Record:
    """What the changes of one record mean. `withdrawn` tells of a change whether it is."""

    def __init__(self, changes, withdrawn=lambda change: False):
        self.changes = {change.id: change for change in changes}
        self.withdrawn = withdrawn
        registers = {register for change in changes for register in change.writes}
        self.heads = {}
        for register in sorted(registers):
            heads = self.frontier(register)
            if heads:
                self.heads[register] = heads
        self.judge_deletion()

    def effective(self, change):
        return "undo" in planted or not self.withdrawn(change)

    def writes(self, register):
        return {id: change.writes[register] for id, change in self.changes.items()
                if register in change.writes}

    def reached(self, register, begin):
        """All that these writes reach through `replaces`, without themselves."""
        writes = self.writes(register)
        found = set()
        todo = [earlier for id in begin if id in writes for earlier in writes[id].replaces]
        while todo:
            id = todo.pop()
            if id in found or id not in writes:
                continue
            found.add(id)
            if "through" not in planted or self.effective(self.changes[id]):
                todo.extend(writes[id].replaces)
        return found

    def frontier(self, register):
        stand = [id for id in self.writes(register) if self.effective(self.changes[id])]
        gone = self.reached(register, stand)
        return sorted(id for id in stand if id not in gone)

    def value(self, register, id):
        return self.changes[id].writes[register].value

    def order(self, register, id):
        change = self.changes[id]
        rank = 0 if "rank" in planted else RANKS.get(change.author.role, 0)
        return (change.act in DECISIONS, rank, change.writes[register].depth, id)

    def winner(self, register):
        return max(self.heads[register], key=lambda id: self.order(register, id))

    def shown(self, register):
        """The value shown; None: cleared, or nothing stands."""
        if register not in self.heads:
            return None
        return self.value(register, self.winner(register))

    def differing(self, register):
        values = {same_form(self.value(register, id)) for id in self.heads[register]}
        if "equal-values" in planted:
            return len(self.heads[register]) > 1
        return len(values) > 1

    def closure(self, deleting):
        """(register, change) pairs that these deletions did away with."""
        found = set()
        for delete in deleting:
            change = self.changes[delete]
            begin = [(register, delete) for register in change.writes]
            begin += [(register, id) for id in change.seen if id in self.changes
                      for register in self.changes[id].writes]
            for register, id in begin:
                found.add((register, id))
                found.update((register, deeper) for deeper in self.reached(register, [id]))
        return found

    def judge_deletion(self):
        live = self.heads.get(LIVE, [])
        self.deleting = [id for id in live if self.value(LIVE, id) is False]
        gone = self.closure(self.deleting)
        still = {id for id in live if self.value(LIVE, id) is not False}
        for register, heads in self.heads.items():
            if register != LIVE:
                still.update(id for id in heads if (register, id) not in gone)
        self.open = sorted(still)
        if "delete-wins" in planted and self.deleting:
            self.open = []
        self.there = bool(self.heads)
        self.deleted = bool(self.deleting) and not self.open
        self.torn = bool(self.deleting) and bool(self.open)

    def kept_by(self):
        """In a conflict of deletion: the change that keeps the record."""
        def order(id):
            change = self.changes[id]
            rank = 0 if "rank" in planted else RANKS.get(change.author.role, 0)
            return (change.act in DECISIONS, rank, id)
        return max(self.open, key=order)

    def key(self):
        for change in self.changes.values():
            if change.key:
                return change.key
        return {}

    def conflicts(self):
        """The registers in conflict."""
        found = [register for register in self.heads
                 if register != LIVE and self.differing(register)]
        return sorted(found + ([LIVE] if self.torn else []))

    def values_in(self, register):
        """{change: value} of a conflict."""
        if register == LIVE:
            values = {id: True for id in self.open}
            values.update({id: False for id in self.deleting})
            return values
        return {id: self.value(register, id) for id in self.heads[register]}

    def base(self, register):
        """The value that all heads replaced; None: none or several."""
        writes = self.writes(register)
        values = set()
        for id in self.heads[register]:
            replaced = writes[id].replaces
            if not replaced or not replaced <= writes.keys():
                return None
            values.update(same_form(writes[old].value) for old in replaced)
        return json.loads(values.pop()) if len(values) == 1 else None


def digest(records):
    """Of the records of a subtree: {id: Record}."""
    raw = text("hamlet-digest-1")
    for id in sorted(records):
        record = records[id]
        for register in sorted(record.heads, key=lambda name: name.encode("utf-8")):
            heads = record.heads[register]
            raw += bytes.fromhex(id) + text(register) + uint(len(heads))
            raw += b"".join(bytes.fromhex(head) for head in heads)
            raw += bytes.fromhex(record.winner(register))
    return hash_of(32, raw).hex()
