#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random work on several laptops and the server, over a network that breaks, against a model.

    30-model.py --bin DIR --work DIR [--seed S]… [--laptops N] [--actions N]
                [--district CODE] [--plant NAME]

Every seed takes another district of the public list, enrols laptops in roles and units, and
lets them add, edit, delete, import, undo, resolve and synchronise through a proxy that cuts.
model_*.py, which share no code with proto/, say what each command has to write and what each
replica has to show; what the programs print is held against it after every act, and all of it
at the end. Early on each rule of the model is switched off once: the comparison must notice.
--plant NAME switches one off for the whole run, which must fail.
"""
import argparse
import contextlib
import csv
import os
import random
import shutil
import subprocess
import sys

import sites
from model_act import ACTS, Acts
from model_author import Author, read_kinds
from model_merge import PLANTS, planted
from model_world import Replica, World
from proxy import Proxy
from sites import Programs, Site, Wrong, expect, promise, say

SEEDS = [11, 12, 13]
LAPTOPS = 4
ACTIONS = 60
# Who is where: (role, commune, hamlet), taken round; no hamlet: the commune itself.
PLACES = [("hamlet_head", 0, 0), ("recorder", 0, 0), ("commune_officer", 0, None),
          ("recorder", 0, 1), ("hamlet_head", 1, 0), ("recorder", 1, 0)]
MOST_COMMUNES = 25


def district_of(seed):
    """Another one each seed, of those with two communes at least."""
    with open(sites.PUBLIC_LIST, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    communes = {}
    for row in rows:
        communes[row["parent_code"]] = communes.get(row["parent_code"], 0) + 1
    codes = [row["code"] for row in rows if row["level"] == "district"
             and 2 <= communes.get(row["code"], 0) <= MOST_COMMUNES]
    return random.Random(f"district {seed}").choice(codes)


class Run:
    def __init__(self, site, proxy, seed, laptops):
        self.site = site
        self.proxy = proxy
        self.random = random.Random(seed)
        self.world = World(read_kinds(sites.ROOT))
        self.laptops = laptops
        self.lost = 0
        self.acts = Acts(self.world, self.random, proxy, site)

    def set_up(self):
        site = self.site
        rows = site.chosen + site.communes + site.hamlets
        file = sites.write_csv(site.path("units.csv"), list(site.chosen[0]),
                               [[row.get(name, "") for name in site.chosen[0]] for row in rows])
        site.server.run("init", "--unit", sites.DISTRICT, "--url", self.proxy.url, "--listen",
                        site.server.address, "--recovery-key-file", site.server.recovery)
        expect("units added", site.server.ask("units import", file)["added"], len(rows))
        site.server.serve()
        district = {row["code"] for row in site.communes + site.hamlets} | {sites.DISTRICT}
        device = site.server.ask("status")["server"]
        self.world.server = Replica("server", site.server,
                                    Author("admin", "district_admin", device),
                                    sites.DISTRICT, district)
        for index in range(self.laptops):
            self.enrol(index)

    def enrol(self, index):
        role, commune, hamlet = PLACES[index % len(PLACES)]
        unit = self.site.communes[commune % len(self.site.communes)]["code"]
        inside = [row["code"] for row in self.site.hamlets if row["parent_code"] == unit]
        units = {unit, *inside}
        if hamlet is not None:
            unit = inside[hamlet]
            units = {unit}
        name = "ABCDEFGHIJKL"[index]
        laptop = self.site.enrol(name, unit, role)
        author = Author(f"Laptop {name}", role, laptop.ask("status")["device"])
        self.world.laptops.append(Replica(name, laptop, author, unit, units))

    def below(self, unit):
        inside = {unit}
        for row in self.site.communes + self.site.hamlets:
            if row["parent_code"] in inside:
                inside.add(row["code"])
        return inside

    def quiet(self):
        """Everybody synchronises over a whole network, until all have everything."""
        for _ in range(2):
            for laptop in self.world.laptops:
                expect(f"exit of the last syncs of {laptop.name}",
                       self.acts.sync(laptop, "whole"), 0)

    def ask_all(self, replica):
        """All that a replica says, to be held against the model."""
        host = replica.host
        said = {"conflicts": host.ask("conflicts"),
                "lists": {kind: host.ask("list", kind) for kind in self.world.kinds},
                "digests": {unit: host.digest(unit) for unit in sorted(
                    {replica.unit} | {laptop.unit for laptop in self.world.laptops
                                      if laptop.unit in replica.units})},
                "history": {id: host.ask("history", id)
                            for id in self.world.records
                            if self.world.home_of(id) in replica.units}}
        expect(f"quarantine of {replica.name}", host.ask("quarantine"), [])
        return said

    def judge(self, replica, said):
        expect(f"changes that {replica.name} must hold", len(replica.must),
               len(self.world.in_scope(replica, self.world.changes)))
        records = self.world.all_records(replica)
        for id, rows in said["history"].items():
            self.world.judge_history(replica, id, rows)
        self.world.judge_conflicts(replica, records, said["conflicts"])
        self.world.judge_lists(replica, records, said["lists"])
        self.world.judge_digests(replica, records, said["digests"], self.below)

    def judge_stores(self):
        for replica in self.world.replicas():
            replica.host.run("verify")
        for laptop in self.world.laptops:
            laptop.host.run("rebuild")
            status = laptop.host.ask("status")
            self.lost += len(laptop.own) - status["accepted"] - status["conflict"]
            expect(f"changes of {laptop.name}", status["changes"], len(laptop.own))
            expect(f"accepted and in conflict of {laptop.name}",
                   status["accepted"] + status["conflict"], len(laptop.own))
        status = self.world.server.host.ask("status")
        expect("sum of the server's states", status["changes"], status["accepted"] +
               status["conflict"] + status["quarantined"] + status["erased"])

    def judge_digests_equal(self, all_said):
        found = {}
        for said in all_said:
            for unit, digest in said["digests"].items():
                expect(f"digest of {unit}", digest, found.setdefault(unit, digest))

    def judge_plants(self, all_said):
        """Without any one of its rules the model must say something else than the programs."""
        for name in PLANTS:
            planted.add(name)
            try:
                for replica, said in zip(self.world.replicas(), all_said):
                    self.judge(replica, said)
            except Wrong:
                continue
            finally:
                planted.discard(name)
            raise Wrong(f"the comparison does not notice a model without '{name}'")

    def judge_all(self):
        self.quiet()
        all_said = [self.ask_all(replica) for replica in self.world.replicas()]
        for replica, said in zip(self.world.replicas(), all_said):
            self.judge(replica, said)
        self.judge_digests_equal(all_said)
        return all_said

    def run(self, actions):
        self.set_up()
        self.acts.begin()
        all_said = self.judge_all()
        if not planted:
            self.judge_plants(all_said)
        for _ in range(actions):
            self.acts.any()
        all_said = self.judge_all()
        self.judge_stores()
        return len(all_said[0]["conflicts"])


def run_seed(given, seed):
    work = os.path.join(os.path.abspath(given.work), str(seed))
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    sites.DISTRICT = given.district or district_of(seed)
    with open(sites.PUBLIC_LIST, encoding="utf-8", newline="") as file:
        communes = sum(row["parent_code"] == sites.DISTRICT for row in csv.DictReader(file))
    sites.HAMLETS = 2 * communes
    say(f"seed {seed}", district=sites.DISTRICT, communes=communes, laptops=given.laptops,
        actions=given.actions)
    with contextlib.closing(Site(Programs(os.path.abspath(given.bin)), work)) as site:
        port = int(site.server.address.rpartition(":")[2])
        with Proxy(port) as proxy:
            run = Run(site, proxy, seed, given.laptops)
            try:
                conflicts = run.run(given.actions)
            finally:
                run.acts.close()
    counts = run.acts.counts
    say("as the model says", changes=len(run.world.changes), records=len(run.world.records),
        conflicts=conflicts, syncs=counts["sync"], cuts=counts["cut"],
        given_up=counts["gave_up"], refused=counts["refused"], undone=counts["undo"],
        resolved=counts["resolve"])
    promise("P5 exchanges that a proxy breaks", f"{counts['cut']} cuts", f"lost {run.lost}")
    promise("P9 commands against a model of their own", f"{sum(counts[name] for name in ACTS)} acts",
            f"{len(run.world.changes)} changes", f"{conflicts} conflicts open in the end")
    promise("P10 decisions against the same model", f"{counts['resolve']} decisions")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--seed", action="append", type=int)
    parser.add_argument("--laptops", type=int, default=LAPTOPS)
    parser.add_argument("--actions", type=int, default=ACTIONS)
    parser.add_argument("--district")
    parser.add_argument("--plant", choices=PLANTS)
    given = parser.parse_args()
    planted.update({given.plant} - {None})
    for seed in given.seed or SEEDS:
        try:
            run_seed(given, seed)
        except (Wrong, LookupError, OSError, ValueError, subprocess.TimeoutExpired) as wrong:
            print(f"WRONG: seed {seed}: {type(wrong).__name__}: {wrong}", file=sys.stderr)
            print(f"everything lies in {given.work}/{seed}; what was done in acts.log",
                  file=sys.stderr)
            if not isinstance(wrong, (Wrong, OSError)):
                raise
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
