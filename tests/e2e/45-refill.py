#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The district's folder is deleted, and what was in it comes back from the laptops: to an
empty server with the old key, and to one of an old backup. They return one after the other,
each with what it holds, a revoked one among them.
"""
import json
import os
import shutil
import sqlite3

from sites import check, expect, promise, say, script, write_csv, write_file

HOUSEHOLDS = 60
REMARK = {"kind": "remark", "version": 1, "label": {"vi": "Nhận xét", "en": "Remark"},
          "fields": [{"name": "words", "type": "text", "max": 200,
                      "label": {"vi": "Lời", "en": "Words"}},
                     {"name": "score", "type": "integer", "min": 0, "max": 1000,
                      "label": {"vi": "Điểm", "en": "Score"}}],
          "order": ["words"], "search": ["words"],
          "roles": {"recorder": ["create", "edit"], "hamlet_head": ["create", "edit"]}}
CHANGES = """SELECT u.code, hex(c.change), c.verdict FROM change c JOIN unit u ON u.id = c.home"""


def put_kind(folder, most):
    """The server takes scores up to 10: what is above is refused."""
    kind = json.loads(json.dumps(REMARK))
    kind["fields"][1]["max"] = most
    os.makedirs(os.path.join(folder, "kinds"), exist_ok=True)
    write_file(os.path.join(folder, "kinds", "remark.json"), json.dumps(kind))


def everybody(site, *names):
    for _ in range(2):
        for name in names:
            site.laptops[name].once()


def work(site, tag):
    """Imports, edits, a conflict, a deletion; refused and released changes."""
    a, b, c = (site.laptops[name] for name in "abc")
    rows = write_csv(site.path(f"{tag}.csv"), ["household_code", "head_name", "address_text"],
                     [[f"{tag}{n}", f"Chủ {tag} {n}", "1"] for n in range(HOUSEHOLDS)])
    a.run("import", "household", rows)
    record = a.add("household", f"head_name=Chung {tag}", "address_text=1")
    other = c.add("household", f"head_name=Riêng {tag}", "address_text=1")
    everybody(site, *"abcm")
    a.run("edit", record, "address_text=2")
    b.run("edit", record, "address_text=3")
    c.run("edit", other, "address_text=4")
    gone = c.add("household", f"head_name=Nhầm {tag}", "address_text=1")
    c.run("delete", gone)
    stays = a.ask("add", "remark", f"words=refused {tag}", "score=900")
    let = b.ask("add", "remark", f"words=released {tag}", "score=901")
    everybody(site, *"abcm")
    held = {row["change"] for row in site.server.ask("quarantine")}
    check("both are held", {stays["change"], let["change"]} <= held)
    site.server.run("release", let["change"], "--reason", "the scale was widened")
    everybody(site, *"abcm")


class Memory:
    """What a server holds, and what it says of it."""

    def __init__(self, site):
        server = site.server
        self.status = server.ask("status")
        self.buckets = {row["unit"]: row["digest"] for row in self.status["buckets"]}
        self.digests = {unit: server.digest(unit) for unit in
                        (site.hamlet, site.hamlets[1]["code"], site.commune, server_unit(site))}
        self.conflicts = {row["id"] for row in server.ask("conflicts")}
        self.held = {(row["change"], row["reason"]) for row in server.ask("quarantine")}
        with sqlite3.connect(f"file:{server.folder}/store.db?mode=ro", uri=True) as db:
            self.changes = {(code, change): verdict for code, change, verdict in db.execute(CHANGES)}

    def compare(self, before, what):
        """How much of what was there before is here, and says the same."""
        lost = [key for key in before.changes if key not in self.changes]
        other = [key for key, verdict in before.changes.items()
                 if key in self.changes and self.changes[key] != verdict]
        # A server that begins anew writes itself into the registry once more.
        differing = [name for name, digest in before.buckets.items()
                     if name != "~" and self.buckets.get(name) != digest]
        promise(f"P14 {what}", f"{len(before.changes)} changes", f"lost {len(lost)}",
                f"other verdicts {len(other)}", f"{len(before.buckets)} buckets",
                f"differing {len(differing)}")
        expect(f"{what}: lost", lost, [])
        expect(f"{what}: other verdicts", other, [])
        expect(f"{what}: buckets that differ", differing, [])
        expect(f"{what}: digests", self.digests, before.digests)
        expect(f"{what}: conflicts", self.conflicts, before.conflicts)
        expect(f"{what}: refused", self.held, before.held)


def server_unit(site):
    return site.chosen[0]["code"]


def lose(site):
    site.server.stop()
    shutil.rmtree(site.server.folder)


def bring_back(site, backup, *how):
    site.programs.ask("hamlet-server", "restore", backup, "--data", site.server.folder,
                      "--recovery-key-file", site.server.recovery, *how)
    site.server.serve()


def all_agree(site, names):
    everybody(site, *names)
    for name in names:
        laptop = site.laptops[name]
        unit = {"c": site.hamlets[1]["code"], "m": site.commune}.get(name, site.hamlet)
        expect(f"digest of {name}", laptop.digest(unit), site.server.digest(unit))
        expect(f"faults of {name}", laptop.ask("verify")["faults"], 0)
        expect(f"waiting at {name}", laptop.ask("status")["pending"], 0)
    expect("faults of the server", site.server.ask("verify")["faults"], 0)


def regained(told, unit):
    return next((row for row in told["units"] if row["unit"] == unit), None)


def empty(site, backup):
    """An empty server; the first that returns is of another unit, the second was revoked."""
    server = site.server
    before = Memory(site)
    lose(site)
    bring_back(site, backup, "--empty")
    expect("records before anybody came", server.ask("list", "household"), [])
    server.refuse("refill", "--close", exits=65, says="no laptop was here")
    site.laptops["c"].once()
    told = server.ask("refill")
    check("c brought its own unit", regained(told, site.hamlets[1]["code"])["regained"] > 0)
    check("and the registry", regained(told, "~")["regained"] > 0)
    expect("and nothing of the other", regained(told, site.hamlet), None)
    held = site.laptops["d"].ask("status")["changes"]
    site.laptops["d"].refuse_once(77)
    expect("changes of the revoked laptop", site.laptops["d"].ask("status")["changes"], held)
    Memory(site).compare(before, "an empty server, one laptop of each unit")
    everybody(site, *"bam")
    Memory(site).compare(before, "an empty server")
    told = server.ask("refill")
    expect("nothing is missing", [row for row in told["units"] if row["missing"] > 0], [])
    expect("devices that came back", (told["devices"], told["back"]), (4, 4))
    check("the refill is open until somebody closes it", told["open"])
    server.run("refill", "--close")
    all_agree(site, "abcm")
    say("an empty server refilled", changes=len(before.changes))


def old_backup(site, backup):
    """A server of an old backup: laptops know more than it does."""
    server = site.server
    work(site, "Sau")
    before = Memory(site)
    lose(site)
    bring_back(site, backup)
    check("what came later is not there", len(Memory(site).changes) < len(before.changes))
    late = site.laptops["a"].add("household", "head_name=Ngoại tuyến", "address_text=1")
    for name in "mcb":
        site.laptops[name].once()
    Memory(site).compare(before, "a server of an old backup")
    site.laptops["a"].once()
    check("what was written meanwhile is there",
          late in [row["id"] for row in server.ask("list", "household")])
    lost_again(site, backup, late)
    server.run("refill", "--close")
    all_agree(site, "abcm")
    say("an old backup refilled", changes=len(before.changes))


def closed_early(site, backup):
    """Who was not in the registry when the refill was closed is let in again by opening it."""
    server = site.server
    site.enrol("e")
    late = site.laptops["e"].add("household", "head_name=Đến muộn", "address_text=1")
    everybody(site, *"e")
    lose(site)
    bring_back(site, backup)
    site.laptops["c"].once()  # who was away when the late one joined
    plant_hole(server)
    server.refuse("refill", "--close", exits=65, says="1 changes of the registry")
    server.run("refill", "--close", "--anyway")
    site.laptops["e"].refuse_once(77, says="does not know this machine")
    server.refuse("refill", "--close", "--open", exits=64)
    expect("open again", server.ask("refill", "--open")["open"], True)
    site.laptops["e"].once()
    site.laptops["e"].once()
    check("what it had is back", late in [row["id"] for row in server.ask("list", "household")])
    expect("opened twice", server.ask("refill", "--open")["open"], True)
    server.run("refill", "--close", "--anyway")
    all_agree(site, "abcme")
    say("a refill that was closed too early, opened again")


def plant_hole(server):
    """As if its own word on a change of the registry had come, and nobody had the change."""
    server.stop()
    with sqlite3.connect(f"{server.folder}/store.db") as db:
        db.execute("INSERT INTO offer(bucket, change, kind, reason)"
                   " SELECT id, zeroblob(16), 'a', '' FROM bucket WHERE name = '~'")
    server.serve()


def lost_again(site, backup, record):
    """What is erased while the refill is open is known to a laptop of another unit alone when
    the server is lost once more: who has the name still does not bring it back."""
    site.server.ask("erase", record, "head_name", "--reason", "theo yêu cầu của gia đình")
    site.laptops["c"].once()
    lose(site)
    bring_back(site, backup, "--empty")
    everybody(site, *"cmba")
    for host in (site.server, site.laptops["a"]):
        values = {row["value"] for row in host.ask("history", record)
                  if row["register"] == "head_name"}
        expect(f"the name that was erased, in {host.folder}", values, {None})


def run(site):
    site.set_up(serve=False)
    put_kind(site.server.folder, 10)
    site.server.serve()
    site.enrol("a", role="hamlet_head")
    site.enrol("b")
    site.enrol("c", unit=site.hamlets[1]["code"])
    site.enrol("m", unit=site.commune, role="commune_officer")
    site.enrol("d")
    for name in "abcdm":
        put_kind(site.laptops[name].folder, 1000)
        site.laptops[name].once()
    backup = site.path("early.hmb")
    work(site, "Trước")
    site.server.ask("backup", backup)
    work(site, "Rồi")
    everybody(site, *"d")
    site.server.run("revoke", "Laptop d", "--reason", "stolen")
    everybody(site, *"abcm")
    site.laptops["d"].refuse_once(77)
    empty(site, backup)
    old_backup(site, backup)
    closed_early(site, backup)


if __name__ == "__main__":
    script(run)
