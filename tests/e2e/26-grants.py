#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rights that are given, moved and ended: what arrives late and was honest stands, what was
written in spite of the end does not."""
import hashlib
import os
import sqlite3
from contextlib import closing

from sites import check, expect, promise, say, script, write_csv

WORK = 6000  # more than two requests hold, and the third is packed when the end is here


def households(laptop, path, count, first=1):
    """So many households in one table, typed without a network."""
    rows = [[f"Nguyễn Văn {n}", hashlib.sha256(b"%d" % n).hexdigest()]
            for n in range(first, first + count)]
    file = write_csv(path, ["head_name", "address_text"], rows)
    laptop.ask("import", "household", file)


def units_of(server):
    """How many households of each unit stand at the server."""
    found = {}
    for row in server.ask("list", "household"):
        found[row["unit"]] = found.get(row["unit"], 0) + 1
    return found


def permit_of(server, name, unit):
    return next(row for row in server.ask("permits", f"Laptop {name}") if row["unit"] == unit)


def forget_end(laptop, unit):
    """A laptop that does not want to know: its store says that the permit stands, and that
    what it writes was written long ago."""
    with closing(sqlite3.connect(os.path.join(laptop.folder, "store.db"))) as store, store:
        store.execute("UPDATE permit SET ended = NULL, ending = 0")
        store.execute("UPDATE meta SET value = ? WHERE key = 'unit'", (unit,))
        store.execute("INSERT OR REPLACE INTO learned(origin, seq, registry)"
                      " SELECT id, 1 << 40, 1 FROM origin WHERE seq > acked OR acked > 0")


def commands(site, a):
    """Each command with what it refuses."""
    server = site.server
    other = site.hamlets[1]["code"]
    listed = server.ask("permits")
    check("the server's own accounts are listed too", len(listed) >= 2)
    mine = permit_of(server, "A", site.hamlet)
    expect("state", mine["state"], "active")
    given = server.ask("grant", "Laptop A", "--unit", other, "--role", "recorder")
    again = server.ask("grant", "Laptop A", "--unit", other, "--role", "recorder")
    expect("granted twice", (again["permit"], again["given"]), (given["permit"], 0))
    second = server.ask("grant", "Laptop A", "--unit", other, "--role", "recorder",
                        "--name", "Chị Bảy")
    check("another person has another permit", second["permit"] != given["permit"])
    for command, operands, exits in (
            ("grant", ["Laptop A", "--unit", other, "--role", "recorder"], 65),
            ("grant", ["Laptop A", "--unit", "none", "--role", "recorder"], 65),
            ("grant", ["Laptop A", "--unit", other, "--role", "server"], 65),
            ("grant", ["nobody", "--unit", other, "--role", "recorder"], 66),
            ("grant", ["Laptop A", "--unit", other], 64),
            ("permits", ["nobody"], 66), ("end", ["0" * 32], 66), ("end", ["x"], 66),
            ("move", ["nobody", "--unit", other], 66), ("move", ["Laptop A"], 64)):
        server.refuse(command, *operands, exits=exits)
    own = next(row for row in listed if row["device"] == server.ask("status")["server"])
    server.refuse("end", own["permit"], exits=77)
    a.once()
    a.run("add", "household", "head_name=Hai", "address_text=1", "unit=" + other)
    for row in (given, second):
        expect("state of an end", server.ask("end", row["permit"])["state"], "ending")
    a.once()
    expect("seen only when its lease comes", permit_of(server, "A", other)["state"], "ending")
    for _ in range(2):  # it left the unit, and so began a new epoch, which has no lease yet
        a.once()
    expect("state after it", permit_of(server, "A", other)["state"], "ended")
    expect("what was written before", units_of(server).get(other), 1)
    a.refuse("add", "household", "head_name=Ba", "address_text=1", "unit=" + other, exits=77)
    say("permits, grant, end")


def transfer(site, a):
    """June's work of two requests and more arrives in August, after the move in July."""
    server = site.server
    other = site.hamlets[2]["code"]
    before = units_of(server).get(site.hamlet, 0)
    households(a, site.path("june.csv"), WORK)
    moved = server.ask("move", "Laptop A", "--unit", other)
    expect("moved to", (moved["unit"], moved["given"]), (other, 1))
    expect("moved twice", server.ask("move", "Laptop A", "--unit", other)["given"], 0)
    expect("state of the old permit", permit_of(server, "A", site.hamlet)["state"], "ending")

    told = a.once()

    expect("changes sent", told["changes_up"], WORK)
    expect("changes refused", told["quarantined"], 0)
    check(f"it took more than two requests: {told['rounds']}", told["rounds"] > 2)
    expect("June's work stands", units_of(server).get(site.hamlet), before + WORK)
    a.once()
    expect("state of the old permit", permit_of(server, "A", site.hamlet)["state"], "ended")
    expect("the unit it works in", a.ask("status")["unit"], other)
    a.refuse("add", "household", "head_name=Tư", "address_text=1", "unit=" + site.hamlet,
             exits=77)
    a.add("household", "head_name=Năm", "address_text=1")
    expect("refused", a.once()["quarantined"], 0)
    expect("new work stands in the new unit", units_of(server).get(other), 1)

    forget_end(a, site.hamlet)
    a.add("household", "head_name=Sáu", "address_text=1", "unit=" + site.hamlet)
    expect("what is written in spite of the end", a.once()["quarantined"], 1)
    expect("it does not stand", units_of(server).get(site.hamlet), before + WORK)
    expect("its reason", [row["reason"] for row in server.ask("quarantine")], ["scope"])
    promise("P17 a transfer whose work arrives late", f"{WORK} changes", "refused 0")
    promise("P17 changes written after the end was seen", "1 changes", "accepted 0")
    say("a transfer", accepted=WORK)


def at_once(site, b):
    """The same, ended at once: nothing of it stands."""
    server = site.server
    other = site.hamlets[4]["code"]
    unit = site.hamlets[3]["code"]
    households(b, site.path("july.csv"), 20)
    server.ask("move", "Laptop B", "--unit", other, "--at-once")

    told = b.once()

    expect("changes refused", told["quarantined"], 20)
    expect("what stands of it", units_of(server).get(unit), None)
    expect("state of the old permit", permit_of(server, "B", unit)["state"], "ended")
    expect("the author holds what was refused", len(b.ask("quarantine")), 20)
    b.add("household", "head_name=Bảy", "address_text=1")
    expect("refused in the new unit", b.once()["quarantined"], 0)
    expect("work in the new unit", units_of(server).get(other), 1)
    promise("P17 a permit that ended at once", "20 changes", "accepted 0")
    say("at once", refused=20)


def run(site):
    site.set_up()
    a = site.enrol("A", role="hamlet_head")
    b = site.enrol("B", unit=site.hamlets[3]["code"], role="hamlet_head")
    a.once()
    b.once()
    commands(site, a)
    transfer(site, a)
    at_once(site, b)
    a.run("rebuild", exits=70)  # the store that was lied to is what its changes say again
    for each in (a, b, site.server):
        each.ask("verify")


if __name__ == "__main__":
    script(run)
