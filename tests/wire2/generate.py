# SPDX-License-Identifier: Apache-2.0
"""Random values, pages and histories from a random.Random: the same seed, the same world."""
import value as values
from change import (ACTS, ALIAS, LIVE, TIME_MOST, WHY, Change, Write, chain_next, page_sign,
                    record_id, run_key, seal)
from ed25519 import public_key
from pack import INTEGER_MOST, device_id

WORDS = ("Nguyễn", "Thị", "Hòa", "xóm", "Đông", "ký", "đã", "1", 'a"b', "\\", "{}", "ư ơ",
         "\u0085", "\x1f", "\x7f", "😀", "e\u0301", "~")
NAMES = ("name", "phone", "a", "b", "điểm", "zz", "Ω", "x y")
HOMES = ("HY.01.002", "~", "làng")
EXTREMES = (0, 1, -1, 63, 64, -64, -65, 8191, 8192, INTEGER_MOST, -INTEGER_MOST)


class Generator:
    def __init__(self, choice):
        self.c = choice

    def raw(self, size):
        return self.c.randbytes(size)

    def text(self):
        kind = self.c.randrange(8)
        if kind == 0:
            return ""
        if kind == 1:  # what hardly has words
            return "".join(self.c.choice("@AB!~z{") for _ in range(self.c.randrange(60, 90)))
        return " ".join(self.c.choices(WORDS, k=self.c.randrange(1, 6)))

    def integer(self):
        if self.c.random() < 0.5:
            return self.c.choice(EXTREMES)
        return self.c.randint(-INTEGER_MOST, INTEGER_MOST) >> self.c.randrange(53)

    def value(self, depth=0):
        """Any value; null only at the outside."""
        kind = self.c.randrange(9 if depth < 4 else 6)
        if kind < 3:
            return self.text()
        if kind < 5:
            return self.integer()
        if kind == 5:
            return self.c.random() < 0.5
        if kind == 6 and depth == 0:
            return None
        if kind == 7:
            return [self.value(depth + 1) for _ in range(self.c.randrange(4))]
        names = self.c.sample(NAMES, self.c.randrange(1, 4))
        return {name: self.value(depth + 1) for name in names}


class PageWorld(Generator):
    """A signed page, what is known beside it, and how a reader is told of that."""

    def __init__(self, choice):
        super().__init__(choice)
        self.seed = self.raw(32)
        self.key = public_key(self.seed)
        self.district = self.raw(16)
        self.fields = {
            "device": device_id(self.key),
            "epoch": choice.randint(1, 2**32 - 1),
            "home": choice.choice(HOMES),
            "seq": choice.choice([1, 2, 100, 2**40]),
            "registry_n": choice.choice([0, 7, 2**40]),
            "before": self.raw(32),
        }
        self.kinds = [self._kind(i) for i in range(choice.randint(1, 3))]
        self.people = [(self.raw(16), role) for role in ("hamlet_head", "người")]
        self.runs, self.run = [], None
        self.numbers = {}  # prefix -> (n, seq, record) of changes outside
        self.entries, self.seqs = {}, {}
        self.records = {}  # record -> [(change id, written registers)]
        self._outside()
        self.time, self.bulk = choice.choice([0, 1767225600000, -5]), b""
        self.changes = []
        for i in range(choice.choice([1, 2, 6, 12])):
            self._add(self.fields["seq"] + i)
        self._sign()

    def _kind(self, i):
        keys = self.c.sample(["code", "năm"], self.c.choice([0, 0, 1, 2]))
        registers = self.c.sample(NAMES, self.c.randint(1, 5))
        groups = set(self.c.sample(registers, self.c.randrange(2)))
        return (f"kind{i}", self.c.choice([0, 1, 2**31]), keys, registers, groups)

    def _outside(self):
        for n in range(self.c.randrange(8)):
            change, record = self.raw(16), self.raw(16)
            if self.records and self.c.random() < 0.6:
                record = self.c.choice(list(self.records))
            entry = self.c.choice([0, n + 1, 2**35 + n])
            seq = self.c.choice([0, self.fields["seq"] - 1 - n])
            seq = seq if 0 < seq < self.fields["seq"] else 0
            self.numbers[change[:8]] = (entry, seq, record)
            if entry:
                self.entries[entry] = change, record
            if seq:
                self.seqs[seq] = change, record
            self.records.setdefault(record, []).append(change)

    def _prefix(self, record):
        known = self.records.get(record)
        if self.records and self.c.random() < 0.05:  # of another record, as it may be
            known = self.c.choice(list(self.records.values()))
        if not known or self.c.random() < 0.1:
            return self.raw(8)
        return self.c.choice(known)[:8]

    def _prefixes(self, record, most):
        return sorted({self._prefix(record) for _ in range(self.c.randrange(most + 1))})

    def _value_of(self, reg, kind):
        if reg in kind[4]:
            names = self.c.sample(NAMES[:5], self.c.randint(1, 4))
            return {name: self.value(2) for name in names} if names else None
        return self.value()

    def _add(self, seq):
        kind = self.c.choice(self.kinds)
        act = self.c.choice(ACTS + ("create", "create", "edit", "edit", "delete"))
        if self.c.random() < 0.2:
            self.people.reverse()
        if self.c.random() < 0.1:
            self.bulk = self.c.choice([b"", self.raw(16)])
        self.time += self.c.choice([0, 1000, -1, 3600000])
        if self.c.random() < 0.03:
            self.time = self.c.choice([TIME_MOST, -TIME_MOST])
        self.time = max(-TIME_MOST, min(TIME_MOST, self.time))
        change = Change(self.district, self.fields["device"], *self.people[0], act)
        change.home, change.kind, change.version = self.fields["home"], kind[0], kind[1]
        change.time, change.bulk = self.time, self.bulk
        self._record(change, kind)
        self._writes(change, kind)
        if self.c.random() < 0.2 or act == "delete":
            change.seen = self._prefixes(change.record, 3)
        if act in ("withdraw", "erase"):
            names = {self.raw(16) for _ in range(self.c.randrange(1, 4))}
            change.names = sorted(names)
        self._key(change, seq)
        seal(change)
        self.changes.append(change)
        if act != "withdraw":
            self.records.setdefault(change.record, []).append(change.id)

    def _record(self, change, kind):
        if change.act == "create":
            change.own = not kind[2]
            change.key_fields = [(name, values.pack(self.value(2))) for name in kind[2]]
            if not change.own:
                change.record = record_id(change.home, kind[0], change.key_fields)
        elif change.act != "withdraw":
            known = list(self.records) or [self.raw(16)]
            change.record = self.c.choice(known)

    def _writes(self, change, kind):
        regs = self.c.sample(kind[3], self.c.randint(0, len(kind[3])))
        if change.act in ("create", "delete") or self.c.random() < 0.1:
            regs.append(LIVE)
        if self.c.random() < 0.2:
            regs.append(WHY)
        if change.act == "merge":
            regs.append(ALIAS)
        if change.act == "withdraw":
            regs = [reg for reg in regs if reg == WHY]
        for reg in sorted(regs, key=str.encode):
            value = self._value_of(reg, kind)
            if reg == LIVE and self.c.random() < 0.9:
                value = change.act == "create"
            write = Write(reg, values.pack(value))
            if change.act != "create" and reg != WHY or self.c.random() < 0.05:
                write.replaces = self._prefixes(change.record, 2)
                write.depth = self.c.choice([1, 2, 2, 2, 3, 2**32 - 1])
            change.writes.append(write)

    def _key(self, change, seq):
        withheld = [w for w in change.writes if self.c.random() < 0.05]
        if withheld or (change.writes and self.c.random() < 0.05):
            for write in change.writes:
                write.salt = self.raw(16)
            for write in withheld:
                write.value, write.commitment = None, self.raw(16)
            return
        if self.run is None or self.c.random() < 0.2:
            self.run = None
            if self.c.random() < 0.5:
                first = max(1, seq - self.c.choice([0, 3, 255]))
                self.run = self.raw(16), first, 256
                self.runs.append(self.run)
        if self.run is not None and seq - self.run[1] < self.run[2]:
            change.key = run_key(self.run[0], seq - self.run[1])
        else:
            change.key = self.raw(16)

    def _sign(self):
        head = self.fields["before"]
        for change in self.changes:
            head = chain_next(head, change.id)
        self.fields.update(after=head, count=len(self.changes))
        self.fields["signature"] = page_sign(self.fields, self.seed)

    def held_runs(self):
        """(seed, first seq, count) of runs that hold every keyed change of their span."""
        out = []
        for seed, start, count in self.runs:
            span = [
                (seq, change.key == run_key(seed, seq - start))
                for seq, change in enumerate(self.changes, self.fields["seq"])
                if 0 <= seq - start < count and change.key is not None
            ]
            held = [seq for seq, of_run in span if of_run]
            if held and all(of_run for seq, of_run in span if seq <= held[-1]):
                out.append((seed, start, held[-1] - start + 1))
        return out


class HistoryWorld(Generator):
    """Changes of one record by a few writers who know of each other now and then."""

    def __init__(self, choice):
        super().__init__(choice)
        self.record = self.raw(16)
        self.changes, self.known = [], {}
        writers = [set() for _ in range(choice.randint(2, 5))]
        self._registers = ["a", "b", "c", "đ", LIVE][: choice.randint(2, 5)]
        for step in range(choice.randint(1, 14)):
            if step > 0 and choice.random() < 0.3:
                a, b = choice.sample(writers, 2)
                a |= b
            self._step(choice.choice(writers), first=step == 0)
        for one in self.changes:
            one["effective"] = choice.random() > 0.15
        gone = [one for one in self.changes if choice.random() < 0.06]
        self.changes = [one for one in self.changes if one not in gone]
        choice.shuffle(self.changes)

    def _heads(self, reg, seen):
        """The writes of a register that a writer who knows `seen` finds unreplaced."""
        mine = [self.known[i] for i in seen if reg in self.known[i]["regs"]]
        replaced = {p for one in mine for p in one["regs"][reg][0]}
        return [one for one in mine if one["id"][:8] not in replaced]

    def _step(self, seen, first):
        act = "create" if first else self.c.choice(ACTS + ("edit",) * 6 + ("delete",) * 2)
        one = {"id": self.raw(16), "act": act, "rank": self.c.randrange(9)}
        one["regs"], one["seen"] = {}, []
        replaced = {p for o in self.changes for r in o["regs"].values() for p in r[0]}
        alike = [o["id"][:8] for o in self.changes if o["id"][:8] not in replaced]
        if alike and self.c.random() < 0.03:  # ids that begin alike
            one["id"] = self.c.choice(alike) + self.raw(8)
        regs = [r for r in self._registers if self.c.random() < 0.4] or ["a"]
        if act == "create":
            regs = self._registers
        if act == "delete":
            regs = [LIVE] if self.c.random() < 0.8 else [LIVE, "a"]
        for reg in regs:
            heads = self._heads(reg, seen)
            depth = 1 + max((h["regs"][reg][1] for h in heads), default=0)
            replaces = {h["id"][:8] for h in heads} - {one["id"][:8]}
            one["regs"][reg] = (replaces, depth, self._value(reg, act))
        if act == "delete":
            others = [r for r in self._registers if r not in regs]
            heads = [h for r in others for h in self._heads(r, seen)]
            one["seen"] = {h["id"][:8] for h in heads if self.c.random() < 0.95}
        if self.c.random() < 0.2:
            one["regs"][WHY] = (set(), 1, "vì sao")
        self.changes.append(one)
        self.known[one["id"]] = one
        seen.add(one["id"])

    def _value(self, reg, act):
        if self.c.random() < 0.04:
            return Ellipsis  # withheld
        if reg == LIVE:
            return act != "delete"
        return self.c.choice(["x", "y", 1, None])

    def told(self):
        """The changes as JSON, each with rank and effective."""
        return [_told_known(one) for one in self.changes]


def _told_known(one):
    writes = []
    for reg in sorted(one["regs"], key=str.encode):
        replaces, depth, value = one["regs"][reg]
        write = {"reg": reg, "depth": depth}
        if value is not Ellipsis:
            write["value"] = values.pack(value).hex()
        if replaces:
            write["replaces"] = sorted(p.hex() for p in replaces)
        writes.append(write)
    out = {"id": one["id"].hex(), "act": one["act"], "rank": one["rank"]}
    out.update(effective=one["effective"], writes=writes)
    if one["seen"]:
        out["seen"] = sorted(p.hex() for p in one["seen"])
    return out
