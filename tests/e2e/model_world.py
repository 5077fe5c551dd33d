# SPDX-License-Identifier: Apache-2.0
"""What each replica must and may hold, and the comparison of what it says with that.

What a replica *must* hold: what was acknowledged to it, and what a sync that ended with 0
brought. What it *may* hold: what a sync that was cut can have brought as well.
"""
import json

from model_merge import LIVE, Record, conflict_id, digest
from sites import Wrong


def differ(where, what, found, wanted):
    if found != wanted:
        raise Wrong(f"{where}: {what}: the program says {found!r}, the model {wanted!r}")


class Replica:
    """A laptop or the server as the model knows it. `host` calls the program."""

    def __init__(self, name, host, author, unit, units):
        self.name = name
        self.host = host
        self.author = author
        self.unit = unit
        self.units = units # of its scope
        self.must = set()
        self.may = set()
        self.own = [] # ids of the changes written here
        self.whole = True # nothing here awaits the server

    def wrote(self, change):
        self.must.add(change.id)
        self.may.add(change.id)
        self.own.append(change.id)
        self.whole = False


class World:
    def __init__(self, kinds):
        self.kinds = kinds
        self.changes = {}
        self.records = {} # id: [change id], in order of their birth
        self.batches = {} # id: (replica, {home})
        self.server = None
        self.laptops = []

    def replicas(self):
        return [self.server, *self.laptops]

    def take(self, replica, change):
        """A command printed this change's id: it is acknowledged."""
        if change.id in self.changes:
            raise Wrong(f"{replica.name}: change {change.id} was there before")
        self.changes[change.id] = change
        if change.record:
            self.records.setdefault(change.record, []).append(change.id)
        replica.wrote(change)

    def home_of(self, record):
        return self.changes[self.records[record][0]].home

    def kind_of(self, record):
        return self.kinds[self.changes[self.records[record][0]].kind]

    def known_records(self, replica):
        return [id for id, changes in self.records.items()
                if any(change in replica.must for change in changes)]

    # ---- what a set of changes means ----

    def withdrawn(self, known):
        named = {(change.names, change.home) for change in
                 (self.changes[id] for id in known) if change.act == "withdraw"}
        return lambda change: (change.bulk, change.home) in named

    def record(self, id, known):
        changes = [self.changes[change] for change in self.records[id] if change in known]
        return Record(changes, self.withdrawn(known)) if changes else None

    def fields(self, record, kind):
        """The fields of a record as shown, empty ones left out."""
        shown = dict(record.key())
        for name in kind.fields:
            if name in kind.key:
                continue
            value = record.shown(kind.register(name))
            if kind.group_of(name) and value is not None:
                value = value.get(name)
            if value is not None:
                shown[name] = value
        return shown

    # ---- sync ----

    def in_scope(self, replica, ids):
        return {id for id in ids if self.changes[id].home in replica.units}

    def before_sync(self, replica):
        """From here on cuts decide what arrives; what the server must hold is promised."""
        self.server.may.update(replica.own)
        return set(self.server.must)

    def after_sync(self, replica, promised, done):
        replica.may |= self.in_scope(replica, self.server.may)
        if done:
            self.server.must.update(replica.own)
            replica.must |= self.in_scope(replica, promised)
            replica.whole = True

    # ---- one record at one replica ----

    def observe(self, replica, id):
        """Read the history of a record and hold it against what must and may be there; the
        record as this replica has it, or None."""
        where = f"{replica.name}, record {id}"
        must = {change for change in self.records.get(id, ()) if change in replica.must}
        done = replica.host.call("history", id, "--json")
        if done.code == 66 and not must:
            return None
        if done.code != 0:
            raise Wrong(f"{where}: history ended with {done.code}: {done.stderr.strip()}")
        return self.judge_history(replica, id, json.loads(done.stdout))

    def judge_history(self, replica, id, rows):
        where = f"{replica.name}, record {id}"
        found = {row["change"] for row in rows}
        of_record = set(self.records.get(id, ()))
        must = of_record & replica.must
        if must - found:
            raise Wrong(f"{where}: acknowledged and not held: {sorted(must - found)}")
        if found - (of_record & replica.may):
            raise Wrong(f"{where}: held and never given: {sorted(found - of_record)}")
        named = {row["change"] for row in rows if row["withdrawn"]}
        self.judge_withdrawn(replica, where, found, named)
        replica.must |= found
        record = Record([self.changes[change] for change in found],
                        lambda change: change.id in named)
        self.judge_rows(where, record, rows)
        return record

    def judge_withdrawn(self, replica, where, found, named):
        """Where a withdrawal may have arrived, the program says whether it has."""
        for change in (self.changes[id] for id in found):
            orders = [order.id for order in self.changes.values()
                      if order.act == "withdraw" and order.names == change.bulk
                      and order.home == change.home and change.bulk]
            if change.id in named:
                if not any(order in replica.may for order in orders):
                    raise Wrong(f"{where}: {change.id} is withdrawn, nobody did that")
            elif any(order in replica.must for order in orders):
                raise Wrong(f"{where}: {change.id} is not withdrawn")

    def judge_rows(self, where, record, rows):
        wanted = {}
        for change in record.changes.values():
            for register, write in change.writes.items():
                wanted[change.id, register] = {
                    "change": change.id, "act": change.act, "register": register,
                    "value": write.value, "user": change.author.user,
                    "role": change.author.role, "device": change.author.device,
                    "replaces": sorted(id for id in write.replaces if id in record.changes),
                    "replaced_by": sorted(
                        later.id for later in record.changes.values()
                        if register in later.writes
                        and change.id in later.writes[register].replaces),
                    "resolution": change.act == "resolve", "quarantined": False,
                    "withheld": False, "erased": False}
        for row in rows:
            told = wanted.pop((row["change"], row["register"]), None)
            if told is None:
                raise Wrong(f"{where}: a write that nobody made: {row}")
            for name in ("replaces", "replaced_by"):
                row[name] = sorted(row[name])
            differ(f"{where}, {row['change']} {row['register']}", "write",
                   {name: row[name] for name in told}, told)
        if wanted:
            raise Wrong(f"{where}: writes missing: {sorted(wanted)}")

    def judge_shown(self, where, kind, record, row):
        differ(where, "fields", row["fields"], self.fields(record, kind))
        differ(where, "conflicts", sorted(row["conflicts"]), record.conflicts())
        differ(where, "deleted", row["deleted"], record.deleted)

    # ---- everything at one replica, where nothing is in doubt ----

    def all_records(self, replica):
        records = {}
        for id in self.records:
            record = self.record(id, replica.must)
            if record is not None:
                records[id] = record
        return records

    def conflict_rows(self, records):
        rows = {}
        for id, record in records.items():
            kind = self.kind_of(id)
            for register in record.conflicts():
                values = record.values_in(register)
                provisional = (record.kept_by() if register == LIVE
                               else record.winner(register))
                rows[conflict_id(id, register)] = {
                    "kind": kind.name, "record": id, "register": register,
                    "type": ("delete" if register == LIVE else
                             "group" if register in kind.groups else "field"),
                    "unit": self.home_of(id), "state": "open", "provisional": provisional,
                    "base": record.base(register),
                    "values": [self.value_row(record, change, values[change])
                               for change in sorted(values)]}
        return rows

    def value_row(self, record, change, value):
        author = record.changes[change].author
        return {"change": change, "value": value, "user": author.user, "role": author.role,
                "device": author.device}

    def judge_conflicts(self, replica, records, rows):
        wanted = self.conflict_rows(records)
        found = {row["id"]: row for row in rows}
        differ(replica.name, "conflicts", sorted(found), sorted(wanted))
        for id, row in wanted.items():
            said = {name: found[id][name] for name in row}
            said["values"] = [{name: value[name] for name in row["values"][0]}
                              for value in said["values"]]
            if row["register"] == LIVE:
                said["base"] = row["base"] # said of heads of one register; here there are two
            differ(f"{replica.name}, conflict {row['register']} of {row['record']}", "row",
                   said, row)

    def judge_lists(self, replica, records, lists, accepted=True):
        for kind in (self.kinds[name] for name in lists):
            wanted = {id for id, record in records.items()
                      if self.kind_of(id) is kind and record.there and not record.deleted}
            found = {row["id"]: row for row in lists[kind.name]}
            differ(f"{replica.name}, list {kind.name}", "records", sorted(found),
                   sorted(wanted))
            for id, row in found.items():
                where = f"{replica.name}, {kind.name} {id} in the list"
                self.judge_shown(where, kind, records[id], row)
                differ(where, "unit", row["unit"], self.home_of(id))
                if accepted:
                    differ(where, "state", row["state"],
                           "conflict" if records[id].conflicts() else "accepted")

    def judge_digests(self, replica, records, digests, below):
        for unit, said in digests.items():
            inside = {id: record for id, record in records.items()
                      if self.home_of(id) in below(unit)}
            differ(replica.name, f"digest of {unit}", said, digest(inside))
