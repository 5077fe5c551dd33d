#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random stories of laptops and a server that come and go, driven by the commands alone.

    stories.py --bin DIR --work DIR [--seeds N] [--from S] [--steps N] [--kills]

Each seed draws months in the life of a district: three to six laptops, some of which never
meet a network, and a server. People write, decide, take back, erase and are moved; folders are
copied and put back, the server is lost and refilled, files are carried, torn and repeated, a
laptop is stolen, keys change and, where asked for, programs are killed. story_*.py, which share
no code with proto/, say what must be there in the end. A seed that fails prints its command and
its steps. Without kills, whose moment is the machine's, a seed is the same story each time.
"""
import argparse
import contextlib
import os
import random
import shutil
import sys

import sites
from model_author import Author, read_kinds
from sites import Programs, Site, Wrong, check, promise, say
from story_faults import BAD_FILES
from story_judge import Story
from story_world import Disk, World

SEEDS = (4004, 4006, 4008, 4009)  # which come to everything in REACHED together
STEPS = 70
sites.HAMLETS = 36  # two a commune
# Who: (role, place, meets the network). Places: two hamlets of one commune, one of another.
PEOPLE = [("hamlet_head", 0, True), ("recorder", 0, False), ("commune_officer", None, True),
          ("recorder", 1, True), ("hamlet_head", 2, True), ("recorder", 1, False)]
# What people do, and how likely it is.
WORK = {"add": 16, "edit": 20, "delete": 4, "bulk": 4, "sync": 22, "up": 8, "down": 8,
        "decide": 4, "look": 3, "close_refill": 3}
# What the district does; it acts on what it knows.
ORDERS = {"take_back": 3, "erase": 4, "move": 1, "grant": 1, "end": 1, "merge": 1, "revoke": 1}
FAULTS = {"copy": 2, "keep_image": 4, "put_back": 4, "back_up": 3, "server_empty": 2,
          "server_old": 2, "replay": 4, "bad_file": 5, "thief": 4, "rotate": 1}
KILLS = {"kill_edit": 3, "kill_sync": 3, "kill_export": 2, "kill_import": 2, "kill_server": 2,
         "kill_rotate": 1}
# What a run must come to, by the promise that it could break.
REACHED = {
    "P12 disks copied and put back in stories": [
        "a copied folder", "an old folder put back", "a folder of before an erasure",
        "a notice of a copied or restored laptop", "a key changed"],
    "P14 servers lost in stories": [
        "an empty server", "a server of an old backup", "a server of before an erasure",
        "a server lost after a revocation", "a refill closed"],
    "P16 laptops stolen in stories": [
        "a laptop revoked", "a stolen laptop calls", "a stolen laptop's file"],
    "P26 files carried in stories": [
        "a file carried to the server by another laptop",
        "a file carried from the server by another laptop", "a file of before came again",
        "a file of before the server was lost", "a file after an erasure",
        *(f"a bad file: {how}" for how in BAD_FILES)]}
REACHED_KILLED = {
    "P1 programs killed in stories": [
        "killed: hamlet edit", "killed: hamletd --once", "killed: hamlet bundle",
        "killed: hamlet rotate-key", "killed: hamlet-server serve"]}


def begin(site, chance):
    """Server, units and laptops; who is there is the seed's."""
    site.set_up()
    communes = {row["code"]: row["parent_code"] for row in site.communes}
    world = World(read_kinds(sites.ROOT),
                  {**communes, **{row["code"]: row["parent_code"] for row in site.hamlets}})
    first = site.hamlets[0]
    world.hamlets = [row["code"] for row in site.hamlets
                     if row["parent_code"] == first["parent_code"]]
    world.hamlets.append(site.hamlets[1]["code"])
    story = Story(site, world, chance)
    district = site.server.ask("status")["server"]
    world.server_author = Author("admin", "district_admin", district)
    world.permits[district] = {sites.DISTRICT}
    people = PEOPLE[:3] + chance.sample(PEOPLE[3:], chance.randint(0, 3))
    for index, (role, place, online) in enumerate(people):
        unit = first["parent_code"] if place is None else world.hamlets[place]
        name = "ABCDEF"[index]
        laptop = site.enrol(name, unit, role)
        device = laptop.ask("status")["device"]
        world.permits[device] = {unit}
        world.disks.append(Disk(laptop, f"Laptop {name}",
                                Author(f"Laptop {name}", role, device), online))
        story.note("enrolled", name, role, unit, "network" if online else "files")
    for disk in world.live():
        if disk.online:
            story.sync(disk)
        else:
            story.up(disk)
            story.down(disk)
    return story


def draw(chance, steps, kills):
    """First some work; then one of each, and more of what is likely, in an order of the
    seed's. Images and backups come before what needs them, a theft before the thief."""
    begin_with = chance.choices(["add", "bulk", "edit", "sync", "up"], k=10)
    early = ["keep_image", "back_up", "down", "copy", "move", "add", "edit"]
    middle = ["erase", "revoke", "sync", "erase", "sync"]
    faults = {**FAULTS, **(KILLS if kills else {})}
    every = {**WORK, **ORDERS, **faults}
    late = [*faults, "thief", "thief", "put_back", "take_back"]
    rest = chance.choices(list(every), list(every.values()), k=max(0, steps - len(every)))
    names = list(begin_with)
    for part, share in ((early, 4), (middle, 2), (late, 1)):
        count = len(rest) // share
        mixed = part + rest[:count]
        del rest[:count]
        chance.shuffle(mixed)
        names += mixed
    return names


def tell(site, seed, steps, kills):
    story = begin(site, random.Random(seed))
    try:
        for name in draw(story.random, steps, kills):
            if name in ORDERS and not story.district_ready():
                continue
            if name in ("sync", "kill_sync") and not story.world.live(online=True):
                continue
            story.note(f"[{name}]")
            getattr(story, name)()
        story.judge()
    except Exception:
        print("\n".join(story.steps), file=sys.stderr)
        raise
    return story


class Figures:
    """What the stories of a run came to."""

    def __init__(self):
        self.marks = {}  # situation: [circumstances], an item a time
        self.changes = self.erased = self.searched = 0

    def add(self, story):
        for name, found in story.marks.items():
            self.marks.setdefault(name, []).extend(found)
        self.changes += len(story.held)
        self.erased += story.erased
        self.searched += story.searched

    def report(self, listed_rows):
        """A row a promise: how many faults, in how many situations that differ; all that is
        on its list must have been reached."""
        for name in sorted(self.marks):
            say(f"  {name}", times=len(self.marks[name]))
        for row, listed in listed_rows.items():
            missed = [name for name in listed if name not in self.marks]
            check(f"{row}: never came to {missed}", not missed)
            faults = [(name, found) for name in listed for found in self.marks[name]]
            promise(row, f"{len(faults)} faults", f"{len(set(faults))} situations",
                    f"{self.changes} changes", "lost 0", "doubled 0")
        promise("P29 what was erased in stories", f"{self.erased} texts",
                f"{self.searched} searches", "hits 0")


def run_seed(given, seed, figures):
    work = os.path.join(os.path.abspath(given.work), str(seed))
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    with contextlib.closing(Site(Programs(os.path.abspath(given.bin)), work)) as site:
        story = tell(site, seed, given.steps, given.kills)
        site.server.stop()
    figures.add(story)
    say(f"seed {seed}", changes=len(story.held), records=len(story.world.records),
        disks=len(story.world.disks), erased=story.erased)
    shutil.rmtree(work)


def run_all(given, figures):
    drawn = range(given.first, given.first + given.seeds) if given.first else SEEDS
    for seed in drawn:
        try:
            run_seed(given, seed, figures)
        except Exception as wrong:
            print(f"WRONG: seed {seed}: {type(wrong).__name__}: {wrong}", file=sys.stderr)
            print(f"again: {sys.argv[0]} --bin {given.bin} --work {given.work} --seeds 1 "
                  f"--from {seed} --steps {given.steps}{' --kills' if given.kills else ''}",
                  file=sys.stderr)
            raise
    if len(drawn) >= len(SEEDS):  # fewer are told to look at them
        figures.report({**REACHED, **(REACHED_KILLED if given.kills else {})})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--from", type=int, dest="first", help="else the seeds of the build")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--kills", action="store_true")
    try:
        run_all(parser.parse_args(), Figures())
    except Wrong as wrong:
        print(f"WRONG: {wrong}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
