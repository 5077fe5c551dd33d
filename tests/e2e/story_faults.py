# SPDX-License-Identifier: Apache-2.0
"""What happens to machines, folders and files in stories.py: copies, restored images, a lost
server, files that are carried, repeated, torn, swapped or no files, a stolen laptop, a changed
key, and programs that are killed at any moment."""
import os
import shutil
import subprocess
import time

import model_author
import model_values
from model_author import Refused
from sites import Laptop, check, expect, read_file, write_file
from story_acts import BAD, DENIED, DONE, UNKNOWN, UNREACHED, Acts
from story_world import Disk, read

NEWER = 78
MOST_DISKS = 8
# What a file may be refused with that is not as it should be, or is for somebody else.
NOT_MEANT = (BAD, UNKNOWN, DENIED, NEWER)


BAD_FILES = ("torn", "altered", "swapped", "text", "link", "fifo", "folder", "wrong reader")


class Carried:
    """A file of one disk for the server, or of the server for a device."""

    def __init__(self, path, disk, up, holds, world):
        self.facts = world.facts
        self.incarnation = world.incarnation
        self.whole = world.lost_at is None
        self.path = path
        self.disk = disk
        self.key = disk.key
        self.up = up
        self.holds = holds


class Faults(Acts):
    def __init__(self, site, world, random):
        super().__init__(site, world, random)
        self.images = []  # (disk, folder, what it held)
        self.backups = []  # (file, what the server held, facts)
        self.carried = []
        self.stolen = []
        self.bad = []  # kinds of bad files that are to come
        self.marks = {}
        self.copies = 0

    def mark(self, situation):
        """It came to this, and under which circumstances."""
        world = self.world
        devices = [disk.device for disk in world.live()]
        found = (world.lost_at is not None, bool(world.orders), bool(world.revoked),
                 bool(world.merged), len(devices) > len(set(devices)))
        self.marks.setdefault(situation, []).append(found)

    # ---- folders ----

    def copy(self):
        """`cp -a` of a store's folder; both go on."""
        if len(self.world.live()) >= MOST_DISKS:
            return
        disk = self.disk()
        self.copies += 1
        host = Laptop(self.site, f"{disk.host.name}{self.copies}")
        subprocess.run(["cp", "-a", disk.host.folder, host.folder], check=True)
        twin = Disk(host, disk.name, disk.author, disk.online)
        twin.become(disk.image())
        self.note("cp -a", disk.host.folder, host.folder)
        self.world.disks.append(twin)
        self.world.fork(disk.device, disk, twin)
        self.mark("a copied folder")

    def keep_image(self):
        disk = self.disk()
        folder = self.path("image")
        subprocess.run(["cp", "-a", disk.host.folder, folder], check=True)
        self.note("cp -a", disk.host.folder, folder)
        self.images.append((disk, folder, disk.image(), self.world.facts,
                            self.world.incarnation, len(self.world.orders)))

    def put_back(self):
        """An older image comes in place of a folder."""
        needed = self.world.witnesses() if self.world.lost_at is not None else set()
        known = [image for image in self.images if image[0].alive and needed != {image[0]}
                 and (image[2][2] == image[0].key or self.random.randrange(3) == 0)]
        if not known:
            return
        disk, folder, held, _, incarnation, orders = self.random.choice(known)
        shutil.rmtree(disk.host.folder)
        subprocess.run(["cp", "-a", folder, disk.host.folder], check=True)
        self.note("rm -rf, cp -a", folder, disk.host.folder)
        met = disk.met
        disk.become(held)
        disk.must = self.world.visible(disk.device, disk.must)
        self.world.heard[disk] = -1
        self.world.guilty.add(disk.device)
        if met >= held[3] + 2 and incarnation == self.world.incarnation:
            self.world.fork(disk.device, disk)
        self.mark("an old folder put back")
        if orders < len(self.world.orders):
            self.mark("a folder of before an erasure")

    # ---- the server ----

    def back_up(self):
        file = self.path("backup")
        self.do(self.server, "backup", file)
        facts = self.world.facts if self.world.lost_at is None else -1
        self.backups.append((file, set(self.world.server), facts, len(self.world.orders)))

    def lose_server(self, empty):
        """Its folder is deleted, and it comes back out of a backup, or with nothing."""
        if not self.backups:
            self.back_up()
        for disk in self.world.live(online=True):
            if self.world.lost_at is None and not self.fresh():
                self.sync(disk, may=(DENIED,))
        if not self.fresh():
            return
        file, held, facts, orders = self.random.choice(self.backups)
        self.server.stop()
        shutil.rmtree(self.server.folder)
        how = ["--empty"] if empty else []
        self.note("rm -rf server; restore", file, *how)
        self.site.programs.ask("hamlet-server", "restore", file, "--data", self.server.folder,
                               "--recovery-key-file", self.server.recovery, *how)
        self.server.serve()
        self.world.lost_server(() if empty else held)
        forgot = empty or facts != self.world.facts
        self.world.lost_at = self.world.facts if forgot else None
        self.mark("an empty server" if empty else "a server of an old backup")
        if orders < len(self.world.orders):
            self.mark("a server of before an erasure")
        if self.stolen:
            self.mark("a server lost after a revocation")

    def server_empty(self):
        self.lose_server(True)

    def server_old(self):
        self.lose_server(False)

    def close_refill(self):
        if self.world.lost_at is None and self.server.ask("refill")["open"]:
            # It does not know that nothing of the registry is missing.
            if self.do(self.server, "refill", "--close", may=(BAD,)).code != DONE:
                self.do(self.server, "refill", "--close", "--anyway")
            self.mark("a refill closed")

    def sync(self, disk=None, may=()):
        disk = disk or self.disk(online=True)
        known = self.world.keys.get(disk.device, ())
        if disk.key[:len(known)] != known:
            may = (*may, DENIED)
        code = super().sync(disk, may)
        if code == DENIED and disk.key[:len(known)] != known:
            disk.alive = False
            self.mark("a folder of before its key changed")
        return code

    def district_ready(self):
        """The district acts on what it knows; not while its registry is a part."""
        return self.world.lost_at is None

    # ---- files ----

    def export(self, disk):
        """What this laptop has for the server, in a file."""
        file = self.path("hmb")
        ended = self.do(disk.host, "bundle export", file, may=(UNKNOWN, BAD))
        if ended.code != DONE:
            return None
        self.carried.append(Carried(file, disk, True, set(disk.own), self.world))
        return self.carried[-1]

    def server_takes(self, *carried):
        """The file of the last of them, in which the others go along."""
        *_, file = carried
        ended = self.do(self.server, "bundle import", file.path, may=(BAD, DENIED))
        known = self.world.keys.get(file.disk.device, ())
        if ended.code != DONE and file.disk.key[:len(known)] != known:
            file.disk.alive = False
            self.mark("a folder of before its key changed")
        if ended.code == DONE:
            for part in carried:
                self.took(part, read(ended)["skipped"])
        return ended.code

    def took(self, carried, skipped):
        """`skipped`: parts of the file were not taken, perhaps this one."""
        if carried.disk.alive:
            self.world.told_key(carried.disk.device, carried.key)
        if carried.disk.alive and not skipped:
            self.world.server |= carried.holds

    def carrier(self, disk):
        others = [other for other in self.world.live() if other.device != disk.device
                  and self.world.heard.get(other, 0) == self.world.facts]
        return self.random.choice(others) if others and self.random.randrange(3) == 0 else None

    def up(self, disk=None):
        """A file of a laptop reaches the server, perhaps with another laptop."""
        disk = disk or self.disk(self.random.choice([None, False]) if self.world.live(False)
                                 else None)
        carried = self.export(disk)
        if carried is None:
            return None
        carrier = self.carrier(disk)
        if carrier is None:
            return self.server_takes(carried)
        ended = self.do(carrier.host, "bundle import", carried.path, may=NOT_MEANT)
        if ended.code != DONE:
            return ended.code
        check(f"{carried.path} is carried", read(ended)["carried"] > 0)
        both = self.export(carrier)
        code = self.server_takes(carried, both) if both else None
        if code == DONE:
            self.mark("a file carried to the server by another laptop")
        return code

    def down(self, disk=None):
        disk = disk or self.disk(self.random.choice([None, False]) if self.world.live(False)
                                 else None)
        file = self.path("hmb")
        ended = self.do(self.server, "bundle export", file, "--for", disk.name,
                        may=(UNKNOWN, BAD))
        if ended.code != DONE or not os.path.exists(file):
            return None
        carried = Carried(file, disk, False, set(self.world.server), self.world)
        self.carried.append(carried)
        carrier = self.carrier(disk)
        if carrier:
            ended = self.do(carrier.host, "bundle import", file, may=NOT_MEANT)
            file = self.path("hmb")
            if ended.code != DONE or self.do(carrier.host, "bundle export", file, "--for",
                                             disk.name, may=NOT_MEANT).code != DONE:
                return None
        code = self.disk_takes(disk, carried, file)
        if code == DONE and carrier:
            self.mark("a file carried from the server by another laptop")
        return code

    def disk_takes(self, disk, carried, file):
        ended = self.do(disk.host, "bundle import", file, may=NOT_MEANT)
        if ended.code == DONE and not read(ended)["skipped"]:
            self.world.got(disk, carried.holds, carried.whole)
        return ended.code

    def replay(self):
        """Any file of before comes again, at whom it is for."""
        if not self.carried:
            return
        carried = self.random.choice(self.carried)
        before = self.server.ask("status")["changes"]
        if carried.up:
            ended = self.do(self.server, "bundle import", carried.path, may=(BAD, DENIED))
            if carried.disk.alive:
                self.world.told_key(carried.disk.device, carried.key)
            if ended.code == DONE and carried.holds <= self.world.server and \
                    carried.disk.alive and carried.incarnation == self.world.incarnation:
                expect("changes after a file came twice",
                       self.server.ask("status")["changes"], before)
        elif carried.disk.alive:
            self.do(carried.disk.host, "bundle import", carried.path, may=NOT_MEANT)
        self.mark("a file of before came again")
        if carried.incarnation != self.world.incarnation:
            self.mark("a file of before the server was lost")
        if self.world.orders:
            self.mark("a file after an erasure")

    def bad_file(self):
        """A file that is torn, altered, swapped, foreign, a link or no file."""
        disk = self.disk()
        carried = self.export(disk)
        if carried is None:
            return
        content = read_file(carried.path)
        head = content.index(b"\n", 16) + 1
        self.bad = self.bad or self.random.sample(BAD_FILES, len(BAD_FILES))
        how = self.bad.pop()
        file, reader = self.path("hmb"), self.server
        if how == "torn":
            write_file(file, content[:self.place_in(content, 0)])
        elif how == "altered":
            altered = bytearray(content)
            altered[self.place_in(content, 17)] ^= 1 << self.random.randrange(8)
            write_file(file, bytes(altered))
        elif how == "swapped":
            other = read_file(self.random.choice(self.carried).path)
            write_file(file, content[:head] + other[other.index(b"\n", 16) + 1:])
            if other == content:
                return
        elif how == "text":
            write_file(file, "Kính thưa ủy ban")
        elif how == "link":
            os.symlink(carried.path, file)
        elif how == "fifo":
            os.mkfifo(file)
        elif how == "folder":
            os.mkdir(file)
        else:
            self.wrong_reader(carried, disk)
            return
        self.world.told_key(disk.device, disk.key)  # a part of it may be whole
        self.refuse_file(reader, file, how)
        self.mark(f"a bad file: {how}")

    def place_in(self, content, first):
        """One draw, however long it is: that is not the seed's."""
        return first + int(self.random.random() * (len(content) - first))

    def wrong_reader(self, carried, disk):
        """Its own file says nothing to a laptop; what it carries for others goes along."""
        ended = self.do(disk.host, "bundle import", carried.path, may=NOT_MEANT)
        check("a laptop takes nothing of its own file",
              ended.code != DONE or read(ended)["bundles"] == 0)
        self.mark("a bad file: wrong reader")

    def refuse_file(self, reader, file, how):
        cut = how in ("torn", "altered")  # whole pages before it are kept
        ended = self.do(reader, "bundle import", file, may=NOT_MEANT, kept=cut)
        # What others gave along in it may be whole, or for the next.
        told = read(ended) if ended.code == DONE else {}
        check(f"a file that is {how} is refused", ended.code != DONE or told["skipped"]
              or told.get("carried"))

    # ---- a stolen laptop ----

    def revoke(self):
        devices = list(dict.fromkeys(disk.device for disk in self.world.live()))
        online = {disk.device for disk in self.world.live(online=True)}
        keep = {disk.device for disk in self.world.live()
                if self.world.heard.get(disk) == self.world.facts}
        stays = [device for device in devices if len(online - {device}) > 0
                 and len(devices) > 2 and keep - {device}]
        if not stays:
            return
        device = self.random.choice(stays)
        disks = [disk for disk in self.world.live() if disk.device == device]
        self.do(self.server, "revoke", disks[0].name, "--reason", "mất cắp")
        self.world.revoked.add(device)
        self.world.facts += 1
        for disk in disks:
            disk.alive = False
            self.stolen.append(disk)
            self.world.beyond |= disk.own - self.world.server
        self.mark("a laptop revoked")

    def thief(self):
        """A stolen laptop goes on writing, and tries whatever way there is."""
        if not self.stolen:
            return
        disk = self.random.choice(self.stolen)
        ended = disk.host.call("add", "household", f"head_name={self.text('Trộm')}",
                               "address_text=1", "--json")
        if ended.code == DONE:
            id = read(ended)["id"]
            kind = self.world.kinds["household"]
            change = model_author.add(kind, None, disk.author,
                                      disk.host.ask("show", id)["unit"],
                                      {"head_name": f"Trộm kq{self.words}z",
                                       "address_text": "1"})
            self.learn(disk, change, id)
            self.world.beyond.add(id)
        alone = True
        before = self.server.ask("status")["changes"]
        if disk.online and self.random.randrange(2):
            ended = disk.host.programs.call("hamletd", "--once", "--store", disk.host.folder)
            self.note(disk.host.folder, "hamletd --once: stolen:", ended.stderr.strip())
            check(f"exit of a stolen laptop's call: {ended.code}",
                  ended.code == DENIED
                  or (self.world.lost_at is not None and ended.code == DONE))
            if ended.code == DENIED:
                self.judge_refusal(ended, "hamletd")
                self.mark("a stolen laptop calls")
        else:
            file = self.path("hmb")
            told = read(self.do(disk.host, "bundle export", file))
            self.do(self.server, "bundle import", file, may=(BAD, DENIED))
            self.mark("a stolen laptop's file")
            alone = not told["carried"]
        if self.world.lost_at is not None:
            # Nobody has told the server of it yet; what it accepts now is to be withdrawn.
            self.world.beyond -= disk.own
        # Whoever has what the server lost may offer it; what he wrote later does not stand.
        if alone and not self.server.ask("refill")["open"]:
            expect("changes after a stolen laptop came",
                   self.server.ask("status")["changes"], before)

    # ---- keys ----

    def rotate(self):
        disk = self.disk()
        twins = [other for other in self.world.live() if other.device == disk.device]
        if len(twins) > 1 or len(disk.key) > 3:
            return
        told = read(self.do(disk.host, "rotate-key"))
        if told["made"]:
            disk.key = (*disk.key, self.words)
            self.words += 1
            self.mark("a key changed")

    # ---- programs that are killed ----

    def kill(self, program, *args, life=0.02):
        """Kill it at some moment of its life; what it had said until then."""
        command = self.site.programs.command(program, args)
        process = subprocess.Popen(command, env=self.site.programs.env, encoding="utf-8",
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        time.sleep(self.random.uniform(0, life))  # any moment
        process.kill()
        out, _ = process.communicate()
        self.note("killed:", *command[1:], "with", process.returncode)
        self.mark(f"killed: {program} {args[0]}")
        return out

    def kill_edit(self):
        disk = self.disk()
        id = self.some_record(disk.device, "household")
        record = id and self.observe(disk.host, id, disk)
        if not record:
            return
        fields = self.fields("household", False)
        try:
            change = model_author.edit(self.world.kinds["household"], id, record, disk.author,
                                       fields)
        except Refused:
            return
        self.kill("hamlet", "edit", id, *model_values.words(self.random, fields), "--store",
                  disk.host.folder, life=0.008)
        known = set(self.world.changes)
        fresh = {row["change"] for row in self.history(disk.host, id)} - known
        check("an edit is one change or none", len(fresh) <= 1)
        if fresh:
            self.learn(disk, change, fresh.pop())

    def kill_sync(self):
        disk = self.disk(online=True)
        self.kill("hamletd", "--once", "--store", disk.host.folder, life=0.06)
        self.world.told_key(disk.device, disk.key)  # perhaps
        disk.host.run("verify")

    def kill_export(self):
        disk = self.disk()
        file = self.path("hmb")
        self.kill("hamlet", "bundle", "export", file, "--store", disk.host.folder, life=0.03)
        if os.path.exists(file) and disk.own:
            self.carried.append(Carried(file, disk, True, set(disk.own), self.world))
            self.server_takes(self.carried[-1])
            self.mark("a file of a killed export")

    def kill_import(self):
        downs = [carried for carried in self.carried if not carried.up and carried.disk.alive]
        if not downs:
            return
        carried = downs[-1]
        self.kill("hamlet", "bundle", "import", carried.path, "--store",
                  carried.disk.host.folder, life=0.03)
        carried.disk.host.run("verify")

    def kill_server(self):
        """It dies while a laptop talks to it, or by itself."""
        disk = self.disk(online=True)
        command = self.site.programs.command("hamletd", ["--once", "--store", disk.host.folder])
        with subprocess.Popen(command, env=self.site.programs.env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as talking:
            time.sleep(self.random.uniform(0, 0.06))  # any moment
            self.server.kill()
            code = talking.wait()
        self.note("killed: serve, while", disk.host.folder, "called:", code)
        self.world.told_key(disk.device, disk.key)  # perhaps
        check(f"exit of a call whose server died: {code}", code in (DONE, UNREACHED, DENIED))
        self.server.serve()
        self.server.run("verify")
        self.mark("killed: hamlet-server serve")

    def kill_rotate(self):
        disk = self.disk()
        twins = [other for other in self.world.live() if other.device == disk.device]
        if len(twins) > 1 or len(disk.key) > 2:
            return
        self.kill("hamlet", "rotate-key", "--store", disk.host.folder, life=0.01)
        self.do(disk.host, "rotate-key")
        disk.key = (*disk.key, self.words)
        self.words += 1
        disk.host.run("verify")
