#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A hamlet becomes part of another in the middle of a year: what was written there before
anybody could know stands, the new unit sees it, and new records are born where they belong."""
import json
import os
import sqlite3
from contextlib import closing

from sites import DISTRICT, check, expect, promise, say, script, write_csv

COLUMNS = ["code", "level", "type", "name", "parent_code", "merged_into"]


def household(laptop, name, unit=None):
    return laptop.add("household", f"head_name={name}", "address_text=1",
                      *([f"unit={unit}"] if unit else []))


def units_of(host):
    return sorted(row["unit"] for row in host.ask("list", "household"))


def equal(site, unit, *laptops):
    """The digests of the unit's subtree."""
    found = {each.digest(unit) for each in (site.server, *laptops)}
    expect(f"digests of {unit}", len(found), 1)


def forget_merger(laptop, unit):
    """A laptop whose store does not say that the unit is closed, and that what it writes was
    written long ago."""
    with closing(sqlite3.connect(os.path.join(laptop.folder, "store.db"))) as store, store:
        store.execute("UPDATE unit SET successor = NULL, closing = 0 WHERE code = ?", (unit,))
        store.execute("INSERT OR REPLACE INTO learned(origin, seq, registry)"
                      " SELECT id, 1 << 40, 1 FROM origin")


def merged(site, a, b, c, d):
    server = site.server
    old, new = site.hamlets[0]["code"], site.hamlets[1]["code"]
    first = household(a, "Trước")
    for each in (a, b, c, d):
        each.once()
    expect("what the other hamlet sees before", units_of(b), [])

    household(a, "Muộn một")
    household(a, "Muộn hai")
    a.run("edit", first, "address_text=2")
    told = server.ask("units merge", old, "--into", new)
    expect("merged", (told["unit"], told["into"]), (old, new))
    b.once()
    expect("what the new unit sees", units_of(b), [old])
    b.refuse("add", "household", "head_name=X", "address_text=1", f"unit={old}", exits=77,
             says=new)
    b.run("edit", first, "head_name=Sau")
    child = b.add("commitment", f"household={first}", "year=2026", "act=ky_cam_ket")
    expect("a new record is born in the new unit", b.ask("show", child)["unit"], new)
    expect("refused of the new unit", b.once()["quarantined"], 0)

    told = a.once()

    expect("late changes", (told["changes_up"], told["quarantined"]), (3, 0))
    for each in (a, b, c, d):
        each.once()
    expect("households at the server", units_of(server).count(old), 3)
    expect("households that the new unit sees", units_of(b).count(old), 3)
    shown = b.ask("show", first)["fields"]
    expect("both edits stand", (shown["head_name"], shown["address_text"]), ("Sau", "2"))
    equal(site, old, a, b, c, d)
    equal(site, new, b, d)
    equal(site, site.hamlets[0]["parent_code"], c)
    equal(site, site.hamlets[1]["parent_code"], d)
    promise("P17 late changes of a unit that was merged", "3 changes", "refused 0")
    say("a merged unit", late=3)


def closed(site, a, b, c, d):
    server = site.server
    old, new = site.hamlets[0]["code"], site.hamlets[1]["code"]
    before = units_of(server)
    a.refuse("add", "household", "head_name=X", "address_text=1", exits=77, says=new)
    a.refuse("add", "household", "head_name=X", "address_text=1", f"unit={old}", exits=77,
             says=new)
    server.refuse("invite", "--unit", old, "--role", "recorder", "--name", "N", "--out",
                  site.path("n.hmi"), exits=77, says=new)
    server.refuse("units merge", new, "--into", old, exits=77, says=new)
    forget_merger(a, old)
    household(a, "Cố")
    expect("a new record of the closed unit", a.once()["quarantined"], 1)
    expect("its reason", [row["reason"] for row in server.ask("quarantine")], ["closed"])
    expect("what stands", units_of(server), before)
    a.run("rebuild", exits=70)  # the store that was lied to is what its changes say again
    server.ask("move", "Laptop A", "--unit", new)
    a.once()
    household(a, "Đúng chỗ")
    expect("refused after the move", a.once()["quarantined"], 0)
    for each in (b, c, d):
        each.once()
    equal(site, old, a, b, c, d)
    equal(site, new, a, b, d)
    promise("P17 new records of a unit that was merged", "1 changes", "accepted 0")
    say("the merged unit is closed")


def moved(site, c, d):
    """A hamlet comes under another commune: what the old one wrote before stands."""
    server = site.server
    old, new = site.hamlets[0]["parent_code"], site.hamlets[1]["parent_code"]
    unit = next(row for row in site.hamlets[2:] if row["parent_code"] == old)
    record = household(c, "Xã cũ", unit["code"])
    for each in (c, d):
        each.once()
    c.run("edit", record, "address_text=muộn")
    late = household(c, "Xã cũ, muộn", unit["code"])
    columns = ["code", "level", "type", "name", "parent_code"]
    file = write_csv(site.path("moved.csv"), columns,
                     [[unit["code"], unit["level"], unit["type"], unit["name"], new]])
    expect("changed", server.ask("units import", file)["changed"], 1)

    told = c.once()

    expect("late changes of the old commune", (told["changes_up"], told["quarantined"]), (2, 0))
    expect("they stand", server.ask("show", record)["fields"]["address_text"], "muộn")
    d.once()
    expect("the new commune has them", d.ask("show", late)["unit"], unit["code"])
    c.refuse("show", record, exits=66)
    c.refuse("add", "household", "head_name=X", "address_text=1", f"unit={unit['code']}",
             exits=77)
    equal(site, new, d)
    equal(site, old, c)
    promise("P17 late changes of the commune that a unit left", "2 changes", "refused 0")
    say("a unit under another commune", late=2)


def table(site):
    """Mergers come with a list of units as well."""
    server = site.server
    rows = [[row["code"], row["level"], row["type"], row["name"], row["parent_code"]]
            for row in site.hamlets[2:5]]

    def put(name, intos):
        return write_csv(site.path(name), COLUMNS,
                         [[*row, into] for row, into in zip(rows, intos)])

    for name, intos, reasons in (
            ("ring.csv", [rows[1][0], rows[0][0], ""], ["units-ring", "units-ring"]),
            ("none.csv", ["nowhere", "", ""], ["units-into"]),
            ("self.csv", [rows[0][0], "", ""], ["units-ring"])):
        ended = server.call("units import", put(name, intos), "--json")
        expect(f"exit of {name}", ended.code, 65)
        expect(f"reasons of {name}",
               [row["reason"] for row in json.loads(ended.stdout)["refused"]], reasons)
    told = server.ask("units import", put("units.csv", [rows[1][0], rows[2][0], ""]))
    expect("changed", told["changed"], 2)
    server.refuse("invite", "--unit", rows[0][0], "--role", "recorder", "--name", "N",
                  "--out", site.path("n.hmi"), exits=77, says=rows[2][0])
    server.ask("digest", "--unit", DISTRICT)
    say("mergers of a table")


def run(site):
    site.set_up()
    a = site.enrol("A", role="hamlet_head")
    b = site.enrol("B", unit=site.hamlets[1]["code"], role="hamlet_head")
    # Two hamlets of two communes: the old commune keeps what it had, the new one sees it.
    c = site.enrol("C", unit=site.hamlets[0]["parent_code"], role="commune_officer")
    d = site.enrol("D", unit=site.hamlets[1]["parent_code"], role="commune_officer")
    check("the communes differ",
          site.hamlets[0]["parent_code"] != site.hamlets[1]["parent_code"])
    for each in (a, b, c, d):
        each.once()
    merged(site, a, b, c, d)
    closed(site, a, b, c, d)
    moved(site, c, d)
    table(site)
    for each in (a, b, c, d, site.server):
        each.ask("verify")


if __name__ == "__main__":
    script(run)
