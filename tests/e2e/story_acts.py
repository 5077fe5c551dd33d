# SPDX-License-Identifier: Apache-2.0
"""What people do in stories.py: they write, meet the district, decide, take back, erase and
are moved. Each act is predicted by model_author; what a program refuses is held to its form."""
import hashlib
import os
import sqlite3

import model_author
import model_values
from model_author import Refused
from model_merge import Change, record_id
from sites import Wrong, check, expect, write_csv
from story_world import erase_write, read

DONE = 0
BAD, UNKNOWN, DENIED, UNREACHED = 65, 66, 77, 69
CODES = {64, 65, 66, 69, 70, 71, 73, 74, 75, 76, 77, 78}
WHY = ("--reason", "theo biên bản")
KINDS = ("household", "household", "household", "commitment", "activity")


def state(host):
    """One hash over everything that stands in a store."""
    try:
        return hash_of(host.folder)
    except sqlite3.OperationalError:
        host.call("status")  # whoever was killed there left a journal
        return hash_of(host.folder)


def hash_of(folder):
    found = hashlib.sha256()
    with sqlite3.connect(f"file:{os.path.join(folder, 'store.db')}?mode=ro", uri=True) as base:
        base.text_factory = bytes
        for (name,) in base.execute("SELECT CAST(name AS TEXT) FROM sqlite_master"
                                    " WHERE type = 'table' ORDER BY name").fetchall():
            found.update(name)
            rows = base.execute(f'SELECT * FROM "{name.decode()}"').fetchall()
            for row in sorted(map(repr, rows)):
                found.update(row.encode())
    return found.hexdigest()


class Acts:
    """`world` is what is known, `random` the seed's, `steps` what was done."""

    def __init__(self, site, world, random):
        self.site = site
        self.server = site.server
        self.world = world
        self.random = random
        self.steps = []
        self.words = 0
        self.files = 0
        self.served = True

    # ---- programs ----

    def note(self, *told):
        self.steps.append(" ".join(str(word) for word in told))

    def judge_refusal(self, ended, program):
        lines = ended.stderr.splitlines()
        if ended.code not in CODES:
            raise Wrong(f"{ended.command} ended with {ended.code}: {ended.stderr}")
        if (len(lines) != 2 or not lines[0].startswith(f"{program}: ")
                or not lines[1].startswith("HINT: ")):
            raise Wrong(f"{ended.command}: not one line and one hint: {ended.stderr!r}")

    def do(self, host, command, *args, may=(), kept=False):
        """Run it as JSON; exit 0 or one of `may`, and then nothing of the store has changed
        (`kept`: whole parts of what came may have been)."""
        self.note(os.path.basename(host.folder), command, *args)
        before = state(host) if may else None
        ended = host.call(command, *args, "--json")
        if ended.code == DONE:
            return ended
        self.note("   ended with", ended.code, ended.stderr.strip())
        self.judge_refusal(ended, host.program)
        if ended.code not in may:
            raise Wrong(f"{ended.command} ended with {ended.code}: {ended.stderr.strip()}")
        # A laptop that hears by a file what became of it, or of its server, notes that.
        hears = any(part in ended.stderr for part in ("restored from a copy", "lost what"))
        if not kept and not hears:
            expect(f"the store after {ended.command}", state(host), before)
        return ended

    def history(self, host, id):
        ended = host.call("history", id, "--json")
        if ended.code == UNKNOWN:
            return []
        expect(f"exit of {ended.command}: {ended.stderr}", ended.code, DONE)
        return read(ended)

    def observe(self, host, id, disk=None):
        """The record as this replica has it; what it was given must be there."""
        rows = self.history(host, id)
        found = {row["change"] for row in rows}
        known = disk.holds() if disk else self.world.server
        must = {change for change in self.world.records.get(id, ()) if change in known}
        if disk:
            must = self.world.visible(disk.device, must)
        check(f"{host.folder}: acknowledged and not held of {id}: {sorted(must - found)}",
              must <= found)
        return self.world.record(rows) if rows else None

    # ---- choosing ----

    def disk(self, online=None):
        return self.random.choice(self.world.live(online))

    def some_record(self, device, kind=None):
        inside = self.world.scope(device)
        ids = [id for id, changes in self.world.records.items()
               if self.world.changes[changes[0]].home in inside
               and kind in (None, self.world.changes[changes[0]].kind)]
        if ids and self.random.randrange(2):
            ids = ids[-5:]
        return self.random.choice(ids) if ids else None

    def kind_of(self, id):
        return self.world.kinds[self.world.changes[self.world.records[id][0]].kind]

    def text(self, what):
        """Words that occur once: where they are found, this was written."""
        self.words += 1
        return f"{what} kq{self.words}z"

    def fields(self, kind, whole):
        if kind != "household":
            fields = model_values.pick(self.random, kind)
            if whole:
                for name, spec in self.world.kinds[kind].fields.items():
                    if spec.get("required") and name in model_values.POOLS[kind]:
                        fields[name] = self.random.choice(model_values.POOLS[kind][name])
            return fields
        names = ["head_name", "address_text", "cluster"]
        if not whole:
            names = self.random.sample(names, self.random.choice([1, 1, 2]))
        fields = {name: self.text("Bà") for name in names}
        if self.random.randrange(6) == 0:
            fields[names[-1]] = "như nhau"
        return fields

    # ---- writing ----

    def learn(self, disk, change, told):
        change.id = told
        change.record = change.record or change.id
        for name, write in change.writes.items():
            if isinstance(write.value, str) and "kq" in write.value:
                self.world.secrets.setdefault(write.value, set()).add((change.id, name))
        self.world.take(disk, change)

    def predicted(self, predict, host, command, *args):
        """Do what the model predicts; the change, or None where it was refused."""
        try:
            change = predict()
        except Refused as refused:
            self.do(host, command, *args, may=(refused.code,))
            return None
        # Whoever heard that a unit was closed, or a right ended, may refuse as well.
        may = (DENIED,) if self.world.merged else ()
        ended = self.do(host, command, *args, may=may)
        if ended.code != DONE:
            return None
        change.id = read(ended)["change"]
        return change

    def add(self, disk=None):
        disk = disk or self.disk()
        kind = self.world.kinds[self.random.choice(KINDS)]
        fields = self.fields(kind.name, True)
        home = disk.host.ask("status")["unit"]
        known = None
        if kind.key:
            household = self.some_record(disk.device, "household")
            if household is None:
                return
            record = self.observe(disk.host, household, disk)
            if record is None or not record.there or record.deleted:
                return
            home = self.home_of(household)
            if home in self.world.merged:
                return
            key = {"household": household, "year": self.random.choice([2025, 2026])}
            fields = {**key, **fields}
            known = self.observe(disk.host, record_id(home, kind.name, key), disk)
        words = model_values.words(self.random, fields)
        change = self.predicted(
            lambda: model_author.add(kind, known, disk.author, home, fields),
            disk.host, "add", kind.name, *words)
        if change:
            self.place(disk, change, kind)

    def place(self, disk, change, kind):
        """Where it was born says the program: it may have heard of a merger, or not yet."""
        if not kind.key:
            change.record = change.id
            change.home = disk.host.ask("show", change.record)["unit"]
        check(f"{change.home} is a unit of {disk.name}",
              change.home in self.world.scope(disk.device) or disk.device in self.world.guilty
              or change.home in self.world.left.get(disk.device, ()))
        self.learn(disk, change, change.id)

    def home_of(self, id):
        return self.world.changes[self.world.records[id][0]].home

    def edit(self, disk=None):
        disk = disk or self.disk()
        id = self.some_record(disk.device)
        record = id and self.observe(disk.host, id, disk)
        if not record:
            return
        kind = self.kind_of(id)
        fields = self.fields(kind.name, False)
        change = self.predicted(lambda: model_author.edit(kind, id, record, disk.author, fields),
                                disk.host, "edit", id,
                                *model_values.words(self.random, fields))
        if change:
            self.learn(disk, change, change.id)

    def delete(self):
        disk = self.disk()
        id = self.some_record(disk.device)
        record = id and self.observe(disk.host, id, disk)
        if not record:
            return
        kind = self.kind_of(id)
        change = self.predicted(lambda: model_author.delete(kind, id, record, disk.author),
                                disk.host, "delete", id)
        if change:
            self.learn(disk, change, change.id)

    def bulk(self):
        """A table of new households."""
        disk = self.disk()
        rows = [[self.text("Ông"), self.text("Số"), f"L{self.words}"]
                for _ in range(self.random.randint(1, 9))]
        code = f"T{self.words}"
        file = write_csv(self.path("csv"), ["head_name", "address_text", "household_code"],
                         [[*row[:2], code] for row in rows])
        ended = self.do(disk.host, "import", "household", file, may=(BAD, DENIED))
        if ended.code != DONE:
            return
        told = read(ended)
        expect("rows added", told["added"], len(rows))
        shown = disk.host.ask("list", "household", "--where", f"household_code={code}")
        by_name = {row["fields"]["head_name"]: row for row in shown}
        expect("rows of a table", len(by_name), len(rows))
        kind = self.world.kinds["household"]
        for name, address, _ in rows:
            row = by_name[name]
            change = model_author.add(kind, None, disk.author, row["unit"], {
                "head_name": name, "address_text": address, "household_code": code})
            change.bulk = told["batch"]
            self.learn(disk, change, row["id"])
        self.world.batches[told["batch"]] = (row["unit"], disk)

    def path(self, ending):
        self.files += 1
        return self.site.path(f"f{self.files}.{ending}")

    # ---- meeting ----

    def sync(self, disk=None, may=()):
        """One run of hamletd over the network; its exit code."""
        disk = disk or self.disk(online=True)
        self.note(os.path.basename(disk.host.folder), "hamletd --once")
        ended = disk.host.programs.call("hamletd", "--once", "--store", disk.host.folder,
                                        "--json")
        if ended.code != DONE:
            self.note("   ended with", ended.code, ended.stderr.strip())
            self.judge_refusal(ended, "hamletd")
            if ended.code not in may:
                raise Wrong(f"{ended.command} ended with {ended.code}: {ended.stderr.strip()}")
            return ended.code
        self.world.met(disk)
        self.world.spoke(disk)
        return DONE

    def fresh(self):
        """Somebody knows all that the registry says: only then may the server be lost."""
        return any(self.world.heard.get(disk) == self.world.facts for disk in self.world.live())

    # ---- the district acts ----

    def decide(self):
        rows = self.conflicts()
        if not rows:
            return
        order = list(self.world.records)
        row = self.random.choice(sorted(
            rows, key=lambda row: (order.index(row["record"]), row["register"])))
        record = self.observe(self.server, row["record"])
        kind = self.kind_of(row["record"])
        values = record.values_in(row["register"])
        expect("the conflict's heads", sorted(values),
               sorted(value["change"] for value in row["values"]))
        known = {id: value for id, value in values.items()
                 if not (isinstance(value, dict) and "~" in value) and value is not None}
        if not known:
            return
        taken = self.random.choice([id for id in self.world.changes if id in known])
        told = read(self.do(self.server, "resolve", row["id"], "--take", taken, *WHY, "--as",
                            "admin"))
        change = model_author.resolve(kind, row["record"], record, self.world.server_author,
                                      row["register"], known[taken])
        self.learn(None, change, told["change"])

    def conflicts(self):
        """Of what people wrote. A server that lost its registry and acted again may differ
        from what came back of it; that is its own affair."""
        return [row for row in self.server.ask("conflicts") if row["kind"][0] != "~"]

    def take_back(self):
        """An import is withdrawn, by who made it or by the district."""
        if not self.world.batches:
            return
        batch = self.random.choice(list(self.world.batches))
        home, disk = self.world.batches.pop(batch)
        changes = {id for id, change in self.world.changes.items() if change.bulk == batch}
        if self.random.randrange(2) and changes <= self.world.server:
            host, author, holder = self.server, self.world.server_author, None
        elif disk.alive and changes <= disk.holds():
            host, author, holder = disk.host, disk.author, disk
        else:
            return
        ended = self.do(host, "withdraw", batch, *WHY, may=(UNKNOWN, DENIED))
        if ended.code == DONE:
            order = Change(read(ended)["change"], author, "withdraw", home, names=batch)
            self.world.take(holder, order)

    def erase(self):
        """The district erases a name, wherever it stands."""
        admin = self.world.server_author
        id = self.some_record(admin.device, "household")
        record = id and self.observe(self.server, id)
        if not record or record.deleted or not record.heads.get("head_name"):
            return
        if record.shown("head_name") is None:
            return
        ended = self.do(self.server, "erase", id, "head_name", *WHY, may=(BAD, UNKNOWN))
        if ended.code != DONE:
            return
        change = Change(read(ended)["change"], admin, "erase", self.home_of(id), "household",
                        id, {"head_name": erase_write(record, "head_name")})
        self.learn(None, change, change.id)
        self.world.orders.append((id, "head_name", change.id))
        self.world.facts += 1

    def move(self):
        """A laptop goes to another unit, when it has heard of it."""
        disk = self.disk()
        if len(self.world.permits[disk.device]) != 1 or disk.device in self.world.moved:
            return
        (old,) = self.world.permits[disk.device]
        unit = self.random.choice([unit for unit in self.world.hamlets
                                   if unit != old and unit not in self.world.merged])
        self.do(self.server, "move", disk.name, "--unit", unit)
        self.moved(disk.device, old, unit)

    def moved(self, device, old, unit):
        self.world.moved.add(device)
        self.world.rights.add(device)
        self.world.left.setdefault(device, set()).add(old)
        self.world.permits[device] = {unit}
        self.world.narrowed(device)
        self.world.facts += 1

    def grant(self):
        disk = self.disk()
        held = self.world.permits[disk.device]
        units = [unit for unit in self.world.hamlets
                 if unit not in self.world.merged and unit not in self.world.scope(disk.device)]
        if units and len(held) == 1:
            unit = self.random.choice(units)
            told = read(self.do(self.server, "grant", disk.name, "--unit", unit, "--role",
                                disk.author.role))
            held.add(unit)
            self.world.rights.add(disk.device)
            self.world.given[disk.device] = (told["permit"], unit)
            self.world.facts += 1

    def end(self):
        """What was given beside is taken again."""
        if not self.world.given:
            return
        device = self.random.choice(list(self.world.given))
        permit, unit = self.world.given.pop(device)
        if unit in self.world.permits[device] and len(self.world.permits[device]) > 1:
            self.do(self.server, "end", permit)
            self.world.permits[device].discard(unit)
            self.world.left.setdefault(device, set()).add(unit)
            self.world.narrowed(device)
            self.world.facts += 1

    def merge(self):
        """A hamlet becomes part of another; who worked there is moved."""
        if self.world.merged:
            return
        old, new = self.random.sample(self.world.hamlets, 2)
        self.do(self.server, "units merge", old, "--into", new)
        self.world.merged[old] = new
        self.world.facts += 1
        for device, units in list(self.world.permits.items()):
            names = {disk.name for disk in self.world.disks if disk.device == device}
            if units == {old} and device not in self.world.revoked:
                self.do(self.server, "move", *names, "--unit", new)
                self.moved(device, old, new)

    def look(self):
        """What a replica says of itself adds up."""
        disk = self.disk()
        status = disk.host.ask("status")
        parts = ("pending", "sent", "received", "accepted", "conflict", "quarantined")
        expect(f"sum of the states of {disk.host.folder}",
               sum(status[part] for part in parts), status["changes"])
        disk.host.run("verify")
        for _ in range(3):
            id = self.some_record(disk.device)
            if id:
                self.observe(disk.host, id, disk)
