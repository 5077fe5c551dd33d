# SPDX-License-Identifier: Apache-2.0
"""Vectors of merging, named by the rule of PROTOCOL.md 4 that they show."""
import random

from change import ALIAS, LIVE, WHY
from generate import HistoryWorld
from merge import erased as erased_of, known_from_json
from pack import h16
from value import pack

RECORD = h16(b"the record")
NEVER_SEEN = bytes.fromhex("1122334455667788")


class Story:
    """
    Changes of one record. `by` is (id's first bytes or none, rank, effective); a write is
    register=(value, [names of changes, or a prefix]), value Ellipsis: withheld.
    """

    def __init__(self):
        self.changes, self.ids = [], {}

    def act(self, name, act, rank=2, effective=True, id=None, seen=(), depth=None, **writes):
        self.ids[name] = id or h16(name.encode())
        told = []
        for reg in sorted(writes, key=lambda name: _register(name).encode()):
            value, over = writes[reg]
            prefixes = sorted(self._prefix(p) for p in over)
            write = {"reg": _register(reg), "depth": depth or 1 + self._depth(reg, over)}
            if value is not Ellipsis:
                write["value"] = pack(value).hex()
            if prefixes:
                write["replaces"] = prefixes
            told.append(write)
        one = {"id": self.ids[name].hex(), "act": act, "rank": rank, "effective": effective}
        one["writes"] = told
        if seen:
            one["seen"] = sorted(self._prefix(p) for p in seen)
        self.changes.append(one)
        return self

    def _prefix(self, name):
        return (name if isinstance(name, bytes) else self.ids[name][:8]).hex()

    def _depth(self, reg, over):
        depths = [0]
        for one in self.changes:
            if one["id"] in [self.ids[n].hex() for n in over if isinstance(n, str)]:
                depths += [w["depth"] for w in one["writes"] if w["reg"] == _register(reg)]
        return max(depths)


def _register(name):
    return {"live": LIVE, "why": WHY, "alias": ALIAS}.get(name, name)


def created(**more):
    """A record that was created with x in register a."""
    return Story().act("create", "create", a=("x", []), live=(True, []), **more)


def with_edit(*over, value="y", **more):
    return created().act("edit", "edit", a=(value, list(over or ("create",))), **more)


STORIES = (
    ("nothing is known", Story()),
    ("a record is created", created()),
    ("an edit replaces", with_edit()),
    ("two edits of one register are a conflict",
     with_edit().act("other", "edit", a=("z", ["create"]))),
    ("two that say the same are none",
     with_edit().act("other", "edit", a=("y", ["create"]))),
    ("edits of two registers are none",
     with_edit().act("other", "edit", b=("z", []))),
    ("null is a value as any other",
     with_edit().act("other", "edit", a=(None, ["create"]))),
    ("a value that is withheld differs from every other",
     with_edit(value=...).act("other", "edit", a=(..., ["create"]))),
    ("a resolution replaces both",
     with_edit().act("other", "edit", a=("z", ["create"]))
     .act("resolve", "resolve", a=("z", ["edit", "other"]))),
    ("a resolution is shown before a higher rank",
     with_edit(rank=7).act("resolve", "resolve", rank=1, a=("z", ["create"]))),
    ("so is a policy", with_edit(rank=7).act("policy", "policy", rank=1, a=("z", ["create"]))),
    ("so is an erasure",
     with_edit(rank=7).act("erase", "erase", rank=1, a=(None, ["create"]))),
    ("rank is before depth",
     created().act("deep", "edit", rank=1, depth=9, a=("y", ["create"]))
     .act("high", "edit", rank=2, depth=2, a=("z", ["create"]))),
    ("depth is before the id",
     created().act("deep", "edit", id=b"\1" * 16, depth=3, a=("y", ["create"]))
     .act("flat", "edit", id=b"\xfe" * 16, depth=2, a=("z", ["create"]))),
    ("the id is last",
     created().act("low", "edit", id=b"\1" * 16, a=("y", ["create"]))
     .act("high", "edit", id=b"\xfe" * 16, a=("z", ["create"]))),
    ("what is quarantined does not count", with_edit(effective=False)),
    ("a path leads on through what is quarantined",
     with_edit(effective=False).act("next", "edit", a=("z", ["edit"]))),
    ("nothing effective is left: the record is not there", created(effective=False)),
    ("a reason is in no frontier",
     created().act("edit", "edit", a=("y", ["create"]), why=("vì sao", []))),
    ("an alias is a register", created().act("merge", "merge", alias=("00" * 16, []))),
    ("a prefix that means nothing known", with_edit(NEVER_SEEN)),
    ("a prefix that means a write of another register",
     created().act("edit", "edit", b=("y", ["create"]))),
    ("incomplete through what is quarantined",
     with_edit(NEVER_SEEN, effective=False).act("next", "edit", a=("z", ["edit"]))),
    ("a reason's prefix that means nothing known",
     created().act("edit", "edit", a=("y", ["create"]), why=("w", [NEVER_SEEN]))),
    ("a prefix means every write whose id begins with it",
     created().act("one", "edit", id=b"\2" * 16, a=("y", ["create"]))
     .act("two", "edit", id=b"\2" * 8 + b"\3" * 8, a=("z", ["create"]))
     .act("next", "edit", a=("w", [b"\2" * 8]))),
    ("a delete that saw all there is",
     with_edit().act("delete", "delete", live=(False, ["create"]), seen=["create", "edit"])),
    ("a delete against an edit that it did not see",
     with_edit().act("delete", "delete", live=(False, ["create"]), seen=["create"])),
    ("a delete that saw an edit over another one",
     with_edit().act("last", "edit", a=("z", ["edit"]))
     .act("delete", "delete", live=(False, ["create"]), seen=["last"])),
    ("a delete that saw nothing but its own register",
     created().act("delete", "delete", live=(False, ["create"]))),
    ("what a delete writes besides is its own",
     created().act("delete", "delete", live=(False, ["create"]), a=(None, ["create"]))),
    ("two deletes, each saw a part",
     with_edit().act("b", "edit", b=("y", []))
     .act("delete 1", "delete", live=(False, ["create"]), seen=["create", "edit"])
     .act("delete 2", "delete", live=(False, ["create"]), seen=["create", "b"])),
    ("a record is made alive again",
     created().act("delete", "delete", live=(False, ["create"]), seen=["create"])
     .act("again", "edit", live=(True, ["delete"]))),
    ("alive again by one, deleted again by another",
     created().act("delete", "delete", live=(False, ["create"]), seen=["create"])
     .act("again", "edit", live=(True, ["delete"]))
     .act("delete 2", "delete", live=(False, ["delete"]), seen=["create"])),
    ("a delete whose value is withheld deletes nothing",
     created().act("delete", "delete", live=(..., ["create"]), seen=["create"])),
    ("a quarantined delete",
     created().act("delete", "delete", effective=False, live=(False, ["create"]),
                   seen=["create"])),
    ("a delete saw an edit that is quarantined, and what that replaced",
     with_edit(effective=False)
     .act("delete", "delete", live=(False, ["create"]), seen=["edit"])),
    ("the shown of a deletion is the greatest of those who keep it alive",
     created().act("low", "edit", rank=1, depth=9, a=("y", ["create"]))
     .act("high", "edit", rank=3, b=("z", []))
     .act("delete", "delete", rank=7, live=(False, ["create"]), seen=["create"])),
    ("a create with a natural key on two laptops",
     created().act("create 2", "create", a=("y", []), live=(True, []))),
)


def erased(*over, **more):
    """x was created, y written over it, and both erased."""
    return with_edit().act("erase", "erase", a=(None, list(over or ("edit",))), **more)


ERASURES = (
    ("an erasure reaches all that its write replaces", erased()),
    ("one that is not effective erases nothing", erased(effective=False)),
    ("what is concurrent stays, and conflicts with it",
     erased().act("other", "edit", a=("z", ["create"]))),
    ("what replaces an erasure stays", erased().act("later", "edit", a=("z", ["erase"]))),
    ("another register stays",
     erased().act("b", "edit", b=("z", []))),
    ("a path leads through what is not effective",
     with_edit(effective=False).act("erase", "erase", a=(None, ["edit"]))),
    ("a prefix of what is not known", erased(NEVER_SEEN)),
    ("a prefix that means two writes",
     created().act("one", "edit", id=b"\2" * 16, a=("y", ["create"]))
     .act("two", "edit", id=b"\2" * 8 + b"\3" * 8, a=("z", ["create"]))
     .act("erase", "erase", a=(None, [b"\2" * 8]))),
    ("a reason is erased where the reason of an erasure replaces it",
     created().act("edit", "edit", a=("y", ["create"]), why=("x was wrong", []))
     .act("erase", "erase", a=(None, ["edit"]), why=("as she asked", ["edit"]))),
    ("and stays where it does not",
     created().act("edit", "edit", a=("y", ["create"]), why=("x was wrong", []))
     .act("erase", "erase", a=(None, ["edit"]), why=("as she asked", []))),
    ("that of a deleted record, which stays deleted",
     created().act("delete", "delete", live=(False, ["create"]), seen=["create"])
     .act("erase", "erase", a=(None, ["create"]), live=(False, ["delete"]), seen=["create"])),
    ("that of a record deleted meanwhile",
     created().act("delete", "delete", live=(False, ["create"]), seen=["create"])
     .act("erase", "erase", a=(None, ["create"]))),
    ("two erasures of one value",
     erased().act("erase 2", "erase", a=(None, ["create"]))),
    ("a resolution that took the value over",
     with_edit().act("other", "edit", a=("z", ["create"]))
     .act("resolve", "resolve", a=("z", ["edit", "other"]))
     .act("erase", "erase", a=(None, ["resolve"]))),
)


def forgotten(maker):
    keyed = {"district": "00" * 16, "device": "11" * 16, "user": "22" * 16, "role": "recorder",
             "act": "edit", "home": "h", "kind": "k", "version": 1, "record": "33" * 16,
             "time": 1, "key": "44" * 16, "key_fields": [], "seen": [], "names": [],
             "writes": [{"reg": reg, "value": pack(value).hex(), "replaces": [], "depth": 1}
                        for reg, value in (("a", "x"), ("b", 7), ("c", None), ("d", True),
                                           ("e", "y"))]}
    salted = {name: value for name, value in keyed.items() if name != "key"}
    salted["writes"] = [{**write, "salt": h16(write["reg"].encode()).hex()}
                        for write in keyed["writes"]]
    for what, change in (("a key", keyed), ("salts", salted)):
        maker.add(f"of a change with {what} nothing", "forget", change=change, registers=[])
        maker.add(f"of a change with {what} one value", "forget", change=change,
                  registers=["b"])
        maker.add(f"of a change with {what} some, and a register it has not", "forget",
                  change=change, registers=["a", "e", "f"])
        maker.add(f"of a change with {what} all", "forget", change=change,
                  registers=["a", "b", "c", "d", "e"])


def make(maker):
    maker.file("merges.json", "4", "all that is known of one record, and what it is")
    for name, story in STORIES:
        maker.add(name, "merge", record=RECORD.hex(), changes=story.changes)
    for i in range(12):
        world = HistoryWorld(random.Random(f"merge {i}"))
        maker.add(f"any history {i}", "merge", "c", record=world.record.hex(),
                  changes=world.told())
    maker.file("erasures.json", "4.2", "what erasures reach, and what is left of a change")
    for name, story in ERASURES:
        maker.add(name, "erase", record=RECORD.hex(), changes=story.changes)
    told = 0
    for i in range(400):
        world = HistoryWorld(random.Random(f"erase {i}"))
        if told < 8 and len(erased_of(known_from_json(world.told()))) > 2:
            told += 1
            maker.add(f"any history {i}", "erase", "c", record=world.record.hex(),
                      changes=world.told())
    forgotten(maker)
    maker.file("digests.json", "4.1", "digests of units: [record, changes] ascending")
    records = [(bytes([n] * 16).hex(), STORIES[at][1].changes)
               for n, at in ((0, 1), (0x7F, 3), (0x80, 17), (0xFF, 25))]
    maker.add("no record", "unit", records=[])
    maker.add("one record", "unit", records=records[:1])
    maker.add("several records, one that is not there", "unit", records=records)
    maker.add("a conflict shown otherwise is another digest", "unit",
              records=[[records[1][0], STORIES[9][1].changes]])
