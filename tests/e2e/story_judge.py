# SPDX-License-Identifier: Apache-2.0
"""The end of a story of stories.py: all that are alive meet, and then nothing that was
acknowledged and is on any live disk is lost or doubled, all agree with the model and with each
other, what was erased is in no byte, and the district says which disks were copied."""
import os

from model_merge import conflict_id, digest
from sites import DISTRICT, check, expect, read_file
from story_acts import DENIED, DONE
from story_faults import Faults

ROUNDS = 3


class Story(Faults):
    # ---- everybody meets ----

    def everybody(self, last):
        """Once each, by network or by files; `last`: nobody may be refused any more."""
        may = () if last else (DENIED,)
        for disk in self.world.live():
            if disk.online:
                self.sync(disk, may)
                continue
            code = self.up(disk)
            check(f"the last file of {disk.host.folder}: {code}",
                  not last or code == DONE or not disk.alive)
            code = self.down(disk) if disk.alive else DONE
            check(f"the last answer to {disk.host.folder}: {code}", not last or code == DONE)

    def meet(self):
        self.note("--- everybody meets")
        server = set(self.world.server)
        before = {disk: disk.holds() for disk in self.world.live()}
        for _ in range(ROUNDS):
            self.everybody(False)
        check("the registry is whole", self.district_ready())
        self.close_refill()
        for _ in range(ROUNDS):
            self.everybody(True)
        # Who is turned away, since his key was changed elsewhere, brings nothing.
        self.held = server.union(self.world.survivors(),
                                 *(before[disk] for disk in self.world.live()))

    # ---- and is held against the model ----

    def judge(self):
        self.meet()
        rows = {id: self.history(self.server, id) for id in self.world.records}
        self.judge_whole(rows)
        records = {id: self.world.record(told) for id, told in rows.items() if told}
        self.judge_records(records)
        self.judge_digests(records)
        self.judge_disks()
        self.judge_marks(rows)
        self.judge_erased()
        self.judge_notices()

    def judge_whole(self, rows):
        """Nothing lost; what a revoked device wrote later does not stand."""
        found = {row["change"]: row for told in rows.values() for row in told}
        must = {id for id in self.held if self.world.changes[id].record}
        self.lost = must - set(found)
        check(f"lost: {[self.told(id) for id in sorted(self.lost)]}", not self.lost)
        stands = {id for id in self.world.beyond & set(found)
                  if not found[id]["quarantined"]}
        check(f"stands though revoked: {sorted(stands)}", not stands)
        for id, row in found.items():
            if row["quarantined"]:
                self.judge_refused(id)

    def told(self, id):
        change = self.world.changes[id]
        values = {name: write.value for name, write in change.writes.items()}
        return f"{id} {change.act} {change.record} {values}"

    def judge_refused(self, id):
        change = self.world.changes[id]
        device = change.author.device
        check(f"refused without a cause: {self.told(id)}",
              device in self.world.revoked or change.home in self.world.merged
              or change.home in self.world.left.get(device, ())
              or device in self.world.guilty
              # A server that lost its registry judges by what has come back of it.
              or (self.world.incarnation > 0 and device in self.world.rights))

    def judge_records(self, records):
        kinds = {}
        for id, record in records.items():
            kind = self.kind_of(id)
            if record.there and not record.deleted:
                kinds.setdefault(kind.name, set()).add(id)
        for name in self.world.kinds:
            listed = [row["id"] for row in self.server.ask("list", name)]
            expect(f"list of {name}", sorted(listed), sorted(kinds.get(name, ())))
        conflicts = {conflict_id(id, register) for id, record in records.items()
                     for register in record.conflicts()}
        expect("conflicts", {row["id"] for row in self.conflicts()}, conflicts)

    def judge_digests(self, records):
        for unit in {DISTRICT, *self.world.parents}:
            inside = self.world.below(unit)
            wanted = digest({id: record for id, record in records.items()
                             if self.home_of(id) in inside})
            expect(f"digest of {unit}", self.server.digest(unit), wanted)
            for disk in self.world.live():
                if inside <= self.world.scope(disk.device):
                    expect(f"digest of {unit} at {disk.host.folder}", disk.host.digest(unit),
                           wanted)

    def judge_disks(self):
        for host in (self.server, *(disk.host for disk in self.world.live())):
            expect(f"faults of {host.folder}", host.ask("verify")["faults"], 0)
            expect(f"rows of {host.folder} that a rebuild changes",
                   host.ask("rebuild")["different"], 0)
        for disk in self.world.live():
            self.look_at(disk)

    def look_at(self, disk):
        status = disk.host.ask("status")
        waiting = {name: status[name] for name in ("pending", "sent")}
        expect(f"waiting at {disk.host.folder}", waiting, {"pending": 0, "sent": 0})
        names = ("received", "accepted", "conflict", "quarantined")
        expect(f"sum of the states of {disk.host.folder}", sum(status[n] for n in names),
               status["changes"])

    def judge_marks(self, rows):
        """What is withdrawn was taken back by somebody, and the other way about."""
        orders = {(order.names, order.home) for order in self.world.changes.values()
                  if order.act == "withdraw"}
        kept = {(order.names, order.home) for order in self.world.changes.values()
                if order.act == "withdraw" and order.id in self.held
                and order.id not in self.world.beyond}
        for told in rows.values():
            for row in told:
                change = self.world.changes[row["change"]]
                names = (change.bulk, change.home)
                if row["withdrawn"]:
                    check(f"nobody took {change.id} back", names in orders)
                elif not row["quarantined"] and names in kept:
                    check(f"{change.id} was taken back and stands",
                          change.author.device in self.world.guilty)

    def judge_erased(self):
        """Every byte of every live file, of folders and files alike."""
        self.searched = 0
        texts = [text.rpartition(" ")[2].encode() for text in self.world.erased_texts()]
        folders = [self.server.folder, *(disk.host.folder for disk in self.world.live())]
        for place in folders:
            for folder, _, names in os.walk(place):
                for name in names:
                    path = os.path.join(folder, name)
                    content = read_file(path) if os.path.isfile(path) else b""
                    found = [text for text in texts if text in content]
                    expect(f"erased texts in {path}", found, [])
                    self.searched += len(texts)
        self.erased = len(texts)

    def judge_notices(self):
        """A copy or an old image is said; of who was neither nothing is said."""
        for row in self.server.ask("devices"):
            if row["device"] in self.world.noticed:
                check(f"{row['name']} was copied or put back, and nothing is said of it",
                      row["notices"])
                self.mark("a notice of a copied or restored laptop")
            elif row["device"] not in self.world.guilty:
                expect(f"notices of {row['name']}, which was neither copied nor put back",
                       row["notices"], [])
