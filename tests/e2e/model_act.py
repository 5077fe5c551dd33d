# SPDX-License-Identifier: Apache-2.0
"""What is done at random: each act is predicted, done, and what was written and is shown
afterwards is held against the prediction."""
import json
import threading

import model_author
import model_values
from model_author import Refused
from model_merge import LIVE, record_id
from proxy import Plan
from sites import Wrong, expect, write_csv

# Act and weight.
ACTS = {"add": 7, "add_keyed": 12, "edit": 34, "delete": 8, "bulk": 8, "undo": 5, "wrong": 3,
        "resolve": 7, "sync_whole": 8, "sync_cut": 14, "sync_both": 3, "look": 4}
HOT = 6 # half of what is done is done to the records known first
NO_SERVER = 69


def sync_once(replica):
    host = replica.host
    return host.programs.call("hamletd", "--once", "--store", host.folder, "--json")


class Acts:
    def __init__(self, world, random, proxy, site):
        self.world = world
        self.random = random
        self.proxy = proxy
        self.site = site
        self.counts = dict.fromkeys([*ACTS, "sync", "cut", "gave_up", "refused"], 0)
        self.log = open(site.path("acts.log"), "a", encoding="utf-8")
        self.files = 0
        self.undone = set()

    def close(self):
        self.log.close()

    def note(self, *told):
        print(*told, file=self.log, flush=True)

    def any(self):
        name = self.random.choices(list(ACTS), list(ACTS.values()))[0]
        self.counts[name] += 1
        getattr(self, name)()

    # ---- one act at one replica ----

    def act(self, replica, predict, *command):
        """Do it; the record's id, or None where it was to be refused and was."""
        self.note(replica.name, *command)
        try:
            change = predict()
        except Refused as refused:
            replica.host.refuse(*command, exits=refused.code)
            self.counts["refused"] += 1
            return None
        told = replica.host.ask(*command)
        change.id = told["change"]
        change.record = change.record or change.id
        expect(f"{replica.name}: id of the record", told["id"],
               change.record if change.act == "create" else told["id"])
        self.world.take(replica, change)
        self.see(replica, change.record)
        return change.record

    def see(self, replica, id):
        """Hold history and record against the model; the record."""
        record = self.world.observe(replica, id)
        if record and record.there:
            row = replica.host.ask("show", id)
            self.world.judge_shown(f"{replica.name}, record {id}", self.world.kind_of(id),
                                   record, row)
        return record

    def laptop(self):
        return self.random.choice(self.world.laptops)

    def some_record(self, replica, kinds=None):
        known = [id for id in self.world.known_records(replica)
                 if kinds is None or self.world.kind_of(id).name in kinds]
        if known and self.random.randrange(2):
            known = known[:HOT]
        return self.random.choice(known) if known else None

    def household(self, replica):
        """One that stands at this replica."""
        id = self.some_record(replica, ["household"])
        record = self.world.observe(replica, id) if id else None
        return id if record and record.there and not record.deleted else None

    # ---- add, edit, delete ----

    def add(self):
        self.add_plain(self.laptop(), self.random.choice(["household", "household", "activity"]))

    def add_plain(self, replica, name, fields=None):
        kind = self.world.kinds[name]
        fields = fields or self.whole(name)
        return self.act(replica,
                        lambda: model_author.add(kind, None, replica.author, replica.unit, fields),
                        "add", name, *model_values.words(self.random, fields))

    def whole(self, name):
        """Random fields and all that the kind requires."""
        fields = model_values.pick(self.random, name)
        for field, spec in self.world.kinds[name].fields.items():
            if spec.get("required"):
                fields[field] = self.random.choice(model_values.POOLS[name][field])
        return fields

    def add_keyed(self):
        replica = self.laptop()
        name = self.random.choice(["commitment", "commitment", "evaluation", "registration"])
        household = self.household(replica) if name == "commitment" else None
        if name != "commitment" or household:
            self.add_key(replica, name, household)

    def add_key(self, replica, name, household=None, fields=None):
        kind = self.world.kinds[name]
        home = self.world.home_of(household) if household else replica.unit
        key = {"household": household} if household else {}
        key.update(model_values.key(self.random, name))
        fields = {**key, **(fields or model_values.pick(self.random, name))}
        key = {n: fields[n] for n in kind.key}
        id = record_id(home, name, key)
        known = self.world.observe(replica, id)
        return self.act(replica,
                        lambda: model_author.add(kind, known, replica.author, home, fields),
                        "add", name, *model_values.words(self.random, fields))

    def edit(self):
        replica = self.laptop()
        id = self.some_record(replica)
        if id:
            fields = model_values.pick(self.random, self.world.kind_of(id).name)
            if self.random.randrange(6) == 0:
                fields[self.random.choice(sorted(fields))] = None
            self.edit_record(replica, id, fields)

    def edit_record(self, replica, id, fields):
        kind = self.world.kind_of(id)
        record = self.world.observe(replica, id)
        return self.act(replica,
                        lambda: model_author.edit(kind, id, record, replica.author, fields),
                        "edit", id, *model_values.words(self.random, fields))

    def delete(self):
        replica = self.laptop()
        id = self.some_record(replica)
        if id:
            self.delete_record(replica, id)

    def delete_record(self, replica, id):
        kind = self.world.kind_of(id)
        record = self.world.observe(replica, id)
        reason = ["--reason", "ghi nhầm"] if self.random.randrange(2) else []
        return self.act(replica,
                        lambda: model_author.delete(kind, id, record, replica.author),
                        "delete", id, *reason)

    # ---- import and undo ----

    def bulk(self):
        replica = self.laptop()
        kind = self.random.choice(["household", "commitment"])
        count = self.random.randint(1, 4)
        if kind == "household":
            self.import_households(replica, count)
        else:
            self.import_commitments(replica, count)

    def import_households(self, replica, count):
        """Some rows name a household that is here, the others are new."""
        columns = ["id", *self.whole("household")]
        rows = []
        for _ in range(count):
            id = self.household(replica) if self.random.randrange(2) else None
            id = None if any(row["id"] == id for row in rows) else id
            rows.append({"id": id, **{name: self.random.choice(
                model_values.POOLS["household"][name]) for name in columns[1:]}})
        return self.import_rows(replica, "household", columns, rows)

    def import_commitments(self, replica, count):
        """The key tells which are new."""
        fields = sorted(model_values.pick(self.random, "commitment", plain=True))
        columns = ["household", "year", *fields]
        rows = []
        for _ in range(count):
            household = self.household(replica)
            row = {"household": household, **model_values.key(self.random, "commitment")}
            if household and not any(other["household"] == household and
                                     other["year"] == row["year"] for other in rows):
                row.update({name: self.random.choice(model_values.POOLS["commitment"][name])
                            for name in fields})
                rows.append(row)
        return self.import_rows(replica, "commitment", columns, rows) if rows else None

    def predict_row(self, replica, kind, row):
        """The change that a row becomes, or None."""
        fields = {name: value for name, value in row.items() if name != "id"}
        id = row.get("id")
        home = replica.unit
        if kind.key:
            home = self.world.home_of(row["household"])
            id = record_id(home, kind.name, {name: row[name] for name in kind.key})
        record = self.world.observe(replica, id) if id else None
        if record and record.there and not (kind.key and record.deleted):
            fields = {name: value for name, value in fields.items() if name not in kind.key}
            return model_author.edit(kind, id, record, replica.author, fields, only_new=True)
        return model_author.add(kind, record, replica.author, home, fields)

    def import_rows(self, replica, name, columns, rows):
        kind = self.world.kinds[name]
        try:
            predicted = [self.predict_row(replica, kind, row) for row in rows]
        except Refused:
            return None # not its right; what import says of that is another test's
        known = {row["id"] for row in replica.host.ask("list", name)}
        self.files += 1
        file = write_csv(self.site.path(f"table-{self.files}.csv"), columns,
                         [[self.cell(column, row[column]) for column in columns]
                          for row in rows])
        self.note(replica.name, "import", name, file)
        told = replica.host.ask("import", name, file)
        expect(f"{file}: refused rows", told["refused"], [])
        for what, wanted in (
                ("added", sum(c is not None and c.act == "create" for c in predicted)),
                ("changed", sum(c is not None and c.act == "edit" for c in predicted)),
                ("unchanged", predicted.count(None))):
            expect(f"{file}: {what}", told[what], wanted)
        if told["added"] or told["changed"]:
            self.learn(replica, name, [c for c in predicted if c], known, told["batch"])
            return told["batch"]
        return None

    def cell(self, column, value):
        if column == "id":
            return value or ""
        return model_values.typed(self.random, value)

    def learn(self, replica, name, predicted, known, batch):
        """Import prints no ids of changes: they are in the histories of what it touched."""
        fresh = [row["id"] for row in replica.host.ask("list", name) if row["id"] not in known]
        homes = set()
        for change in predicted:
            change.bulk = batch
            homes.add(change.home)
            change.id = self.find_change(replica, change, fresh)
            change.record = change.record or change.id
            self.world.take(replica, change)
        for change in predicted:
            self.see(replica, change.record)
        self.world.batches[batch] = (replica, homes)

    def find_change(self, replica, change, fresh):
        wanted = {register: json.dumps(write.value, sort_keys=True)
                  for register, write in change.writes.items()}
        for id in [change.record] if change.record else fresh:
            found = {}
            for row in replica.host.ask("history", id):
                if row["change"] not in self.world.changes:
                    found.setdefault(row["change"], {})[row["register"]] = json.dumps(
                        row["value"], sort_keys=True)
            for candidate, writes in found.items():
                if writes == wanted:
                    return candidate
        raise Wrong(f"{replica.name}: no change of the import writes {wanted}")

    def undo(self):
        known = [batch for batch in self.world.batches if batch not in self.undone]
        if known:
            batch = self.random.choice(known)
            self.undo_batch(self.world.batches[batch][0], batch)

    def undo_batch(self, replica, batch):
        self.note(replica.name, "undo", batch)
        self.undone.add(batch)
        told = replica.host.ask("undo", batch)
        touched = [change for change in self.world.changes.values() if change.bulk == batch]
        for home in sorted(self.world.batches[batch][1]):
            order = model_author.withdraw(replica.author, home, batch,
                                          f"{told['change']} at {home}")
            self.world.take(replica, order)
        for id in {change.record for change in touched}:
            self.see(replica, id)

    # ---- what is refused ----

    def wrong(self):
        replica = self.laptop()
        before = replica.host.ask("status")["changes"]
        expect(f"own changes of {replica.name}", before, len(replica.own))
        id = self.some_record(replica) or "0" * 32
        code, command = self.random.choice([
            (66, ["edit", "0" * 32, "head_name=An"]),
            (65, ["add", "household", "head_name=An", "address_text=1", "colour=red"]),
            (65, ["add", "household", "head_name=An"]),
            (65, ["add", "activity", "type=picnic", "date=2026-03-05"]),
            (65, ["add", "activity", "type=ngay_hoi", "date=2026-02-30"]),
            (65, ["add", "castle", "head_name=An"]),
            (77, ["add", "household", "head_name=An", "address_text=1",
                  f"unit={self.site.communes[-1]['code']}"]),
            (64, ["edit", id]),
            (66, ["undo", "f" * 32])])
        self.note(replica.name, *command)
        replica.host.refuse(*command, exits=code)
        expect(f"changes of {replica.name} after a refusal",
               replica.host.ask("status")["changes"], before)
        self.counts["refused"] += 1

    # ---- the server decides ----

    def resolve(self):
        server = self.world.server
        rows = server.host.ask("conflicts")
        if not rows:
            self.counts["resolve"] -= 1
            return
        row = self.random.choice(sorted(rows, key=lambda row: (row["kind"], row["register"])))
        record = self.world.observe(server, row["record"])
        self.world.judge_conflicts(server, {row["record"]: record},
                                   [other for other in rows if other["record"] == row["record"]])
        self.decide(record, row)

    def decide(self, record, row):
        server = self.world.server
        values = record.values_in(row["register"])
        kind = self.world.kind_of(row["record"])
        if self.random.randrange(3):
            taken = self.random.choice(sorted(values))
            value = values[taken]
            how = ["--take", taken]
        else:
            value = self.decided(kind, row["register"])
            how = ["--value", json.dumps(value, ensure_ascii=False)]
        self.note("server", "resolve", row["record"], row["register"], *how)
        id = server.host.run("resolve", row["id"], *how, "--reason", "theo phiếu giấy",
                             "--as", "admin").strip()
        change = model_author.resolve(kind, row["record"], record, server.author,
                                      row["register"], value)
        change.id = id
        self.world.take(server, change)
        self.see(server, row["record"])
        server.host.refuse("resolve", row["id"], *how, "--reason", "noch einmal", "--as", "admin",
                           exits=66)

    def decided(self, kind, register):
        if register == LIVE:
            return self.random.randrange(2) == 0
        pool = model_values.POOLS[kind.name]
        if register not in kind.groups:
            return self.random.choice(pool[register])
        return {name: self.random.choice(pool[name]) for name in kind.groups[register]
                if name in pool}

    # ---- sync ----

    def sync_whole(self):
        expect("exit of a sync over a whole network", self.sync(self.laptop(), "whole"), 0)

    def sync_cut(self):
        self.sync(self.laptop(), "cut")

    def cut_plan(self):
        amount = int(2 ** self.random.uniform(4, 13.5))
        return Plan(refuse=self.random.randrange(8) == 0,
                    cut_up=amount if self.random.randrange(2) else None,
                    cut_down=int(2 ** self.random.uniform(4, 13.5)),
                    delay_s=self.random.choice([0, 0, 0.01]),
                    reset=self.random.randrange(2) == 0)

    def sync(self, replica, how):
        """One run of hamletd; its exit code."""
        count = self.random.choice([1, 2, 5]) if how == "cut" else 0
        self.proxy.plans = [self.cut_plan() for _ in range(count)]
        self.note(replica.name, "sync", *(f"[{plan}]" for plan in self.proxy.plans))
        promised = self.world.before_sync(replica)
        done = sync_once(replica)
        self.proxy.plans = []
        self.synced(replica, promised, done)
        return done.code

    def synced(self, replica, promised, done):
        self.note("  ended with", done.code, done.stdout.strip(), done.stderr.strip())
        self.counts["sync"] += 1
        self.counts["gave_up"] += done.code != 0
        self.counts["cut"] += sum(link.cut for link in self.proxy.taken())
        if done.code not in (0, NO_SERVER):
            raise Wrong(f"{replica.name}: sync ended with {done.code}: {done.stderr.strip()}")
        self.world.after_sync(replica, promised, done.code == 0)
        if done.code == 0:
            told = json.loads(done.stdout)
            expect(f"{replica.name}: refused changes", told["quarantined"], 0)
            if replica.may == replica.must:
                rows = self.world.conflict_rows(self.world.all_records(replica))
                expect(f"{replica.name}: open conflicts", told["conflicts_open"], len(rows))

    def sync_both(self):
        """Two laptops at the same time."""
        two = self.random.sample(self.world.laptops, 2)
        self.note(two[0].name, "and", two[1].name, "sync at once")
        promised = [self.world.before_sync(replica) for replica in two]
        ended = [None, None]

        def go(index):
            ended[index] = sync_once(two[index])
        threads = [threading.Thread(target=go, args=(index,)) for index in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for replica, known, done in zip(two, promised, ended):
            expect("exit of a sync at the same time as another", done.code, 0)
            self.world.after_sync(replica, known, False) # what the other sent may be there
        for replica, known, done in zip(two, promised, ended):
            self.synced(replica, known, done)

    # ---- looking ----

    def look(self):
        """Lists, conflicts and digest of a replica in whose contents nothing is in doubt."""
        sure = [replica for replica in self.world.replicas() if replica.may == replica.must]
        if not sure:
            return
        replica = self.random.choice(sure)
        records = self.world.all_records(replica)
        kind = self.random.choice(sorted(self.world.kinds))
        self.note("look at", replica.name, kind)
        self.world.judge_lists(replica, records, {kind: replica.host.ask("list", kind)}, False)
        self.world.judge_conflicts(replica, records, replica.host.ask("conflicts"))
        unit = replica.unit
        self.world.judge_digests(replica, records, {unit: replica.host.digest(unit)},
                                 lambda unit: replica.units)

    # ---- situations that every run begins with ----

    def begin(self):
        """One of each, so that no rule goes untested by chance. A outranks B."""
        a, b = self.world.laptops[:2]
        ids = [self.add_plain(a, "household", {"head_name": name, "address_text": "Số 1"})
               for name in model_values.NAMES]
        for laptop in (a, b):
            expect("exit of the first sync", self.sync(laptop, "whole"), 0)
        # The higher role is shown, though the other's edit is the deeper.
        self.edit_record(a, ids[0], {"cluster": "Tổ 1"})
        self.edit_record(b, ids[0], {"cluster": "Tổ 2"})
        self.edit_record(b, ids[0], {"cluster": "Tổ 3"})
        # Equal values.
        self.edit_record(a, ids[1], {"address_text": "Số 12, ấp 1"})
        self.edit_record(b, ids[1], {"address_text": "Số 12, ấp 1"})
        # Both replaced the same value, in different writes.
        self.edit_record(a, ids[1], {"head_name": "Phạm Ngọc Ánh"})
        self.edit_record(b, ids[1], {"head_name": model_values.NAMES[1]})
        self.edit_record(b, ids[1], {"head_name": "Lê Hữu Đức"})
        # A deletion against an edit it has not seen.
        self.delete_record(a, ids[2])
        self.edit_record(b, ids[2], {"cluster": "Tổ 2"})
        # One record from two creations, and a group that moves together.
        for laptop, signer in ((a, "Lê Hữu Đức"), (b, "Trần Thị Hòa")):
            self.add_key(laptop, "commitment", ids[3],
                         {"year": 2026, "signer_name": signer, "sheet_no": 1})
        # An import that is undone: what it replaced stands again, but not what was
        # overwritten since.
        rows = [{"id": id, "head_name": "Nguyễn Văn Út", "address_text": "Số 9"}
                for id in (ids[3], ids[4])]
        batch = self.import_rows(a, "household", ["id", "head_name", "address_text"], rows)
        self.edit_record(a, ids[4], {"address_text": "Số 10"})
        self.undo_batch(a, batch)
        for laptop in (b, a, b):
            self.sync(laptop, "cut")
