# SPDX-License-Identifier: Apache-2.0
"""A page as text, written (PROTOCOL.md 6): changes to rows.

Where the format leaves a choice, `choice` makes it: a random.Random tries all forms, and
what it writes must read back as the same changes whatever it chose.
"""
import value as values
from change import ACTS, ALIAS, LIVE, WHY, run_key
from pack import b64, write_json

INDEX = {LIVE: -1, WHY: -2, ALIAS: -3}


class Writer:
    """
    `fields` and `changes` are a signed page. `numbers` says which changes outside the
    page the reader can find: prefix -> (entry n or 0, seq or 0, record). `runs` are
    (seed, seq of index 0, count); a change is of a run if its key is that of the run.
    """

    def __init__(self, fields, changes, numbers, runs, choice):
        self.fields, self.changes, self.numbers = fields, changes, dict(numbers)
        self.runs, self.choice = runs, choice
        self.tail, self.lines, self.kinds = [], [], []
        self.by = self.time = self.key_source = None
        self.bulk = b""

    def text(self, with_head):
        f = self.fields
        opening = {"page": [b64(f["device"]), f["epoch"], f["home"], f["seq"]]}
        opening["page"].append(f["registry_n"])
        if with_head:
            opening["head"] = b64(f["before"])
        if self.choice.random() < 0.7:
            opening.update(self._context(0))
        self.lines.append(opening)
        for i, change in enumerate(self.changes):
            context = self._context(i)
            while context:
                cut = 1 if self.choice.random() < 0.3 else len(context)
                names = list(context)[:cut]
                self.lines.append({name: context.pop(name) for name in names})
            self.lines.append(self._row(i, change))
            self.numbers[change.id[:8]] = (0, f["seq"] + i, change.record)
        self.lines.append({"sign": b64(f["signature"])})
        self.lines.append({"tail": self.tail})
        return b"".join(write_json(line) + b"\n" for line in self.lines)

    # Context

    def _context(self, i):
        """What must be said before row i; it counts as said."""
        change, out = self.changes[i], {}
        kind = self._kind_of(change)
        if kind not in self.kinds:
            self.kinds.append(kind)
            out["kinds"] = [list(kind[:2]) + [list(kind[2]), self._table(kind)]]
        if self.by != (change.user, change.role):
            self.by = change.user, change.role
            out["by"] = [b64(change.user), change.role]
        if self.time is None or self.choice.random() < 0.1:
            self.time = change.time
            if abs(self.time) < 2**51:
                self.time -= self.choice.choice([0, 0, 5, -5, 86400000])
            out["at"] = self.time
        if self.bulk != change.bulk:
            self.bulk = change.bulk
            out["bulk"] = b64(change.bulk) if change.bulk else 0
        out.update(self._keys(i))
        names = list(out)
        self.choice.shuffle(names)
        return {name: out[name] for name in names}

    def _kind_of(self, change):
        key_names = tuple(name for name, _ in change.key_fields)
        for other in self.changes:
            if (other.act, other.kind, other.version) == (
                "create",
                change.kind,
                change.version,
            ):
                key_names = tuple(name for name, _ in other.key_fields)
        return change.kind, change.version, key_names, self._registers(change)

    def _registers(self, change):
        """Every register that changes of this kind write on this page, in some order."""
        found = {}
        for other in self.changes:
            if (other.kind, other.version) == (change.kind, change.version):
                for write in other.writes:
                    if write.reg not in INDEX:
                        found.setdefault(write.reg, []).append(write.value)
        return tuple((reg, self._members(found[reg])) for reg in found)

    @staticmethod
    def _members(packed_values):
        """The members by which a register is declared, or none: all its values fit."""
        parts = [values.unpack(v) for v in packed_values if v is not None]
        parts = [part for part in parts if part is not None]
        if not parts or not all(isinstance(part, dict) for part in parts):
            return ()
        names = sorted({name for part in parts for name in part})
        return tuple(names) if len(names) > 1 else ()

    @staticmethod
    def _table(kind):
        return [[reg, *inner] if inner else reg for reg, inner in kind[3]]

    def _needs_key(self, change):
        return change.key is not None

    def _keys(self, i):
        """The source of the key of row i, if it is not the one in force."""
        change = self.changes[i]
        if not self._needs_key(change):
            return {}
        seq = self.fields["seq"] + i
        run = self._run_of(change, seq)
        if self.key_source == ("run", run) and run is not None:
            return {}
        if self.key_source is not None and self.key_source[0] == "keys":
            if i < self.key_source[1]:
                return {}
        if run is not None:
            self.key_source = "run", run
            return {"run": [b64(run[0]), seq - run[1]]}
        end = i + 1
        while end < len(self.changes) and self._run_of(
            self.changes[end], self.fields["seq"] + end
        ) is None:
            end += 1
        self.key_source = "keys", end
        keys = [c.key for c in self.changes[i:end] if c.key is not None]
        return {"keys": b64(b"".join(keys))}

    def _run_of(self, change, seq):
        for run in self.runs:
            index = seq - run[1]
            if 0 <= index < run[2] and change.key == run_key(run[0], index):
                return run
        return None

    # Rows

    def _row(self, i, change):
        kind = self._kind_of(change)
        code = 16 * self.kinds.index(kind) + ACTS.index(change.act)
        step = change.time - self.time
        self.time = change.time
        further = []
        cells, referred = self._cells(i, change, kind, further)
        extras = self._extras(i, change, referred, further)
        return [code, [step, extras] if extras else step, *cells]

    def _cells(self, i, change, kind, further):
        written = {write.reg: write for write in change.writes}
        live = written.get(LIVE)
        implied = {"create": values.TRUE, "delete": values.FALSE}.get(change.act)
        if live and implied and live.value == implied and self.choice.random() < 0.9:
            del written[LIVE]
        if change.act == "create":
            return self._create_cells(change, kind, written, further), None
        reference, referred = self._record(i, change)
        names = list(written)
        self.choice.shuffle(names)
        table = [reg for reg, _ in kind[3]]
        cells = [reference]
        for reg in names:
            index = INDEX[reg] if reg in INDEX else table.index(reg)
            inner = () if reg in INDEX else kind[3][index][1]
            cells += [index, self._cell(written[reg], inner)]
        return cells, referred

    def _create_cells(self, change, kind, written, further):
        for reg, index in INDEX.items():
            if reg in written:
                further += [index, self._cell(written[reg], ())]
        cells = [values.unpack(value) for _, value in change.key_fields]
        row = []
        for reg, inner in kind[3]:
            row.append(self._cell(written[reg], inner) if reg in written else {})
        while row and row[-1] == {} and self.choice.random() < 0.9:
            row.pop()
        return cells + row

    def _cell(self, write, inner):
        if write.value is None:
            return {"~": b64(write.commitment)}
        value = values.unpack(write.value)
        if isinstance(value, dict) and inner and self.choice.random() < 0.9:
            return [self._text(value[n]) if n in value else None for n in inner]
        return self._text(value)

    def _text(self, value):
        if isinstance(value, str) and self.choice.random() < 0.2:
            self.tail.append(value)
            return [None]
        return value

    def _record(self, i, change):
        """The cell that says which record, and the prefix that it replaces by default."""
        if change.act == "withdraw":
            return 0, None
        known = [p for p, (_, _, record) in self.numbers.items() if record == change.record]
        wanted = [p for write in change.writes for p in write.replaces]
        known = [p for p in known if p in wanted] or known
        if known and self.choice.random() < 0.8:
            prefix = self.choice.choice(known)
            number = self._number(i, prefix)
            if number is not None:
                return number, prefix
        return b64(change.record), None

    def _number(self, i, prefix):
        n, seq, _ = self.numbers.get(prefix, (0, 0, None))
        forms = [n] if n else []
        here = self.fields["seq"] + i
        if 0 < seq < here:
            forms.append(seq - here)
        return self.choice.choice(forms) if forms else None

    def _reference(self, i, prefix):
        number = self._number(i, prefix) if self.choice.random() < 0.8 else None
        if number is not None:
            return number
        return b64(prefix)

    def _extras(self, i, change, referred, further):
        out = {}
        items = [self._item(i, write, referred) for write in change.writes]
        if any(items) or self.choice.random() < 0.05:
            out["r"] = items
        if change.seen:
            out["seen"] = [self._reference(i, prefix) for prefix in change.seen]
        if change.names:
            out["names"] = [b64(name) for name in change.names]
        if further:
            out["w"] = further
        salts = [w.salt for w in change.writes if w.value is not None]
        if change.key is None and (salts or not change.writes):
            out["salts"] = b64(b"".join(salts))
        return out

    def _item(self, i, write, referred):
        default = ([], 1)
        if referred is not None and write.reg != WHY:
            default = ([referred], 2)
        if (write.replaces, write.depth) == default and self.choice.random() < 0.9:
            return 0
        return [write.depth, *(self._reference(i, prefix) for prefix in write.replaces)]
