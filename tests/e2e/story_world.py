# SPDX-License-Identifier: Apache-2.0
"""What stories.py knows by itself: which disk and which server was acknowledged what, who
may see it, and what may be lost with a disk. It asks the programs for ids alone; what the
changes mean together says model_merge.

A *disk* is a store's folder, in use. Two disks may be of one device: one is a copy.
"""
import json

from model_merge import Change, Record, Write
from sites import Wrong, expect


class Disk:
    """`must`: changes that it was given for certain. `own`: written on it, or on the one it
    was copied from, and not acknowledged yet. `key`: which keys its device had there."""

    def __init__(self, host, name, author, online):
        self.host = host
        self.name = name  # of the device, at the district
        self.author = author
        self.online = online  # else it lives by files alone
        self.must = set()
        self.own = set()
        self.key = ()
        self.alive = True
        self.met = 0  # times it spoke with the server over the network

    @property
    def device(self):
        return self.author.device

    def holds(self):
        return self.must | self.own

    def image(self):
        return set(self.must), set(self.own), self.key, self.met

    def become(self, image):
        self.must, self.own, self.key = set(image[0]), set(image[1]), image[2]


class World:
    def __init__(self, kinds, parents):
        self.kinds = kinds
        self.parents = parents  # {unit: unit above}
        self.merged = {}  # {unit: unit it became part of}
        self.changes = {}
        self.records = {}  # id: [change]
        self.batches = {}  # id: home
        self.hamlets = []  # where people may be moved
        self.permits = {}  # device: {unit}
        self.left = {}  # device: units where it once had a right
        self.moved = set()  # devices
        self.rights = set()  # devices whose rights are not what they enrolled with
        self.given = {}  # device: (permit, unit), beside its first
        self.revoked = set()  # devices
        self.disks = []
        self.server = set()  # changes that are there for certain
        self.facts = 0  # what the registry says counts on with each act of the district
        self.heard = {}  # disk: how far it heard
        self.lost_at = None  # facts when the server was lost; None: it knows all again
        self.server_author = None
        self.secrets = {}  # text: {(change, register)} that wrote it
        self.orders = []  # (record, register, change of the erasure)
        self.beyond = set()  # of revoked devices, not at the server then
        self.forks = []
        self.noticed = set()  # devices of which the district must say something
        self.guilty = set()  # devices of which it may
        self.keys = {}  # device: which keys the district knows of
        self.incarnation = 0

    # ---- who may see what ----

    def below(self, unit):
        inside = {unit}
        while True:
            more = {code for code, above in self.parents.items() if above in inside}
            more |= {code for code, into in self.merged.items() if into in inside}
            if more <= inside:
                return inside
            inside |= more

    def scope(self, device):
        return set().union(*(self.below(unit) for unit in self.permits[device]))

    def visible(self, device, changes):
        inside = self.scope(device)
        return {id for id in changes if self.changes[id].home in inside}

    def live(self, online=None):
        return [disk for disk in self.disks
                if disk.alive and (online is None or disk.online == online)]

    def narrowed(self, device):
        """The device may see less than before: what is not its own goes."""
        for disk in self.disks:
            if disk.device == device:
                disk.must = self.visible(device, disk.must)

    # ---- what was acknowledged ----

    def take(self, holder, change):
        """A command printed this id at `holder`, a disk or None: the server."""
        if change.id in self.changes:
            raise Wrong(f"change {change.id} was there before")
        self.changes[change.id] = change
        if change.record:
            self.records.setdefault(change.record, []).append(change.id)
        if holder is None:
            self.server.add(change.id)
        else:
            holder.own.add(change.id)

    def got(self, disk, there, whole=True):
        """The disk was given all of `there` that it may see, and what it wrote was
        acknowledged with it. Not `whole`: the server did not know who may see what."""
        given = there if whole else there & disk.own
        disk.must |= self.visible(disk.device, given)
        disk.own -= there

    def met(self, disk):
        """They spoke to the end: the server has all that this disk holds, and says so."""
        self.told_key(disk.device, disk.key)
        self.server |= disk.holds()
        whole = self.lost_at is None or self.heard.get(disk) == self.lost_at
        self.got(disk, self.server, whole)
        if whole:
            self.heard[disk] = self.facts
            self.lost_at = None  # who knew all has told it

    def told_key(self, device, key):
        """The district hears of a device, or of a key of one."""
        if device not in self.keys or len(key) > len(self.keys[device]):
            self.keys[device] = key
            self.facts += 1

    def witnesses(self):
        """Who of the living knows all that the registry said before the server was lost."""
        known = self.facts if self.lost_at is None else self.lost_at
        return {disk for disk in self.live() if self.heard.get(disk) == known}

    def survivors(self):
        return set(self.server).union(*(disk.holds() for disk in self.live()))

    # ---- copies and restored disks ----

    def fork(self, device, *disks):
        """From now on two machines are one device, or one machine its own past."""
        self.guilty.add(device)
        self.forks.append({"device": device, "disks": {disk: disk.met for disk in disks},
                           "incarnation": self.incarnation})

    def spoke(self, disk):
        disk.met += 1
        for fork in self.forks:
            if fork["incarnation"] == self.incarnation and all(
                    other.met >= met + 2 for other, met in fork["disks"].items()):
                self.noticed.add(fork["device"])

    def lost_server(self, kept):
        """What the district said of its devices may be gone with the server."""
        self.server = set(kept)
        self.incarnation += 1
        self.noticed.clear()

    # ---- what a set of changes means ----

    def record(self, rows):
        """A record out of its history: which changes are there, and what became of them."""
        flags = {}
        for row in rows:
            flags.setdefault(row["change"], row)
        unknown = set(flags) - self.changes.keys()
        if unknown:
            raise Wrong(f"changes that nobody made: {sorted(unknown)}")
        gone = {id for id, row in flags.items() if row["quarantined"] or row["withdrawn"]}
        changes = [self.as_told(self.changes[id], rows) for id in flags]
        return Record(changes, lambda change: change.id in gone)

    def as_told(self, change, rows):
        """The change, with values that are not there any more as unread."""
        gone = {row["register"] for row in rows
                if row["change"] == change.id and (row["erased"] or row["withheld"])}
        self.judge_rows(change, [row for row in rows if row["change"] == change.id], gone)
        if not gone:
            return change
        writes = {name: Write({"~": change.id} if name in gone else write.value,
                              write.replaces, write.depth)
                  for name, write in change.writes.items()}
        return Change(change.id, change.author, change.act, change.home, change.kind,
                      change.record, writes, change.seen, change.key, change.bulk)

    def judge_rows(self, change, rows, gone):
        """Each write stands there once, with the value that was typed."""
        found = {row["register"]: row["value"] for row in rows}
        expect(f"registers of {change.id}", sorted(row["register"] for row in rows
                                                   if row["register"] != "~why"),
               sorted(change.writes))
        for name, write in change.writes.items():
            if name not in gone:
                expect(f"{name} of {change.id}", found[name], write.value)

    def ordered(self):
        """{(record, register): changes whose value was erased}."""
        found = {}
        for id, register, erasure in self.orders:
            record = Record([self.changes[change] for change in self.records[id]])
            found.setdefault((id, register), set()).update(
                record.reached(register, [erasure]))
        return found

    def erased_texts(self):
        """Texts that stood in erased writes alone."""
        gone = {(change, register) for (_, register), changes in self.ordered().items()
                for change in changes}
        return [text for text, places in self.secrets.items() if places <= gone]


def erase_write(record, register):
    """What an erasure replaces: all that no other known write replaces, effective or not."""
    writes = record.writes(register)
    last = set(writes) - {old for write in writes.values() for old in write.replaces}
    return Write(None, last, 1 + max((writes[id].depth for id in last), default=0))



def read(ended):
    return json.loads(ended.stdout)
