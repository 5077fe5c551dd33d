#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A laptop is moved to another unit: it sends everything, then forgets what it may no longer
hold, works where it is now, and has all of it again when it comes back."""
import os

from sites import check, expect, promise, read_file, say, script, write_csv

OWN = 300
MATES = 200
# In what people type and in what is made of it for search: no tone, no capital.
TOKENS = {"own": b"kqxown", "mate": b"kqxmate", "late": b"kqxlate", "refused": b"kqxref"}


def table(site, laptop, token, count):
    rows = [[f"Ông {token}{n}", f"Tổ {token}{n}"] for n in range(count)]
    file = write_csv(site.path(f"{token}.csv"), ["head_name", "address_text"], rows)
    laptop.ask("import", "household", file)


def found(laptop):
    """How often the values of the unit stand in any file of the laptop's folder."""
    counts = dict.fromkeys(TOKENS, 0)
    for folder, _, names in os.walk(laptop.folder):
        for name in names:
            content = read_file(os.path.join(folder, name)).lower()
            for token, text in TOKENS.items():
                counts[token] += content.count(text)
    return counts


def equal(site, unit, *laptops):
    digests = {each.digest(unit) for each in (site.server, *laptops)}
    expect(f"digests of {unit}", len(digests), 1)


def leave(site, a, b):
    server = site.server
    old, new = site.hamlets[0]["code"], site.hamlets[1]["code"]
    table(site, a, "kqxown", OWN)
    table(site, b, "kqxmate", MATES)
    for each in (a, b, a):
        each.once()
    both = a.ask("list", "household", "--limit", "1")[0]["id"]
    a.run("edit", both, "address_text=kqxown một")
    b.run("edit", both, "address_text=kqxmate hai")
    for each in (a, b, a):
        each.once()
    before = found(a)
    check(f"the search finds what is there: {before}",
          before["own"] >= 2 * OWN and before["mate"] >= 2 * MATES)
    household = a.add("household", "head_name=Bà kqxlate", "address_text=kqxlate")
    a.run("edit", household, "address_text=kqxlate ba")

    server.ask("move", "Laptop A", "--unit", new)
    told = a.once()

    expect("what was sent first", (told["changes_up"], told["quarantined"]), (2, 0))
    expect("the server has it", server.ask("show", household)["fields"]["address_text"],
           "kqxlate ba")
    after = found(a)
    promise("P17 values of a unit that a laptop lost",
            f"{sum(before.values())} places before", f"{sum(after.values())} after")
    expect("what is left of it", after, dict.fromkeys(TOKENS, 0))
    expect("records", a.ask("list", "household"), [])
    expect("conflicts", a.ask("conflicts"), [])
    a.ask("verify")
    a.run("rebuild")
    status = a.ask("status")
    expect("states", (status["unit"], status["pending"], status["sent"]), (new, 0, 0))
    a.add("household", "head_name=Mới", "address_text=1")
    expect("refused in the new unit", a.once()["quarantined"], 0)
    a.once()
    equal(site, new, a)
    b.once()
    equal(site, old, b)
    say("left", sent=2, places=sum(before.values()))
    return household


def come_back(site, a, b, household):
    server = site.server
    old, new = site.hamlets[0]["code"], site.hamlets[1]["code"]
    table(site, b, "kqxmate", MATES)
    b.once()
    server.ask("move", "Laptop A", "--unit", old)
    for _ in range(2):
        a.once()
    expect("its own work is there again", a.ask("show", household)["fields"]["address_text"],
           "kqxlate ba")
    expect("and all of the unit", len(a.ask("list", "household")),
           len([row for row in server.ask("list", "household") if row["unit"] == old]))
    expect("conflicts", len(a.ask("conflicts")), 1)
    equal(site, old, a, b)
    a.run("edit", household, "address_text=bốn")
    expect("refused", a.once()["quarantined"], 0)
    for each in (b, a):
        each.once()
    equal(site, old, a, b)
    a.ask("verify")
    server.ask("verify")
    say("came back")


def refused(site, c):
    """Ended at once: what was refused is with the server, and the laptop has no value of it."""
    server = site.server
    other = site.hamlets[3]["code"]
    c.once()
    ids = [c.add("household", f"head_name=Bà kqxref{n}", "address_text=kqxref")
           for n in range(20)]
    check("the search finds it", found(c)["refused"] >= 40)
    server.ask("move", "Laptop C", "--unit", other, "--at-once")
    expect("refused", c.once()["quarantined"], len(ids))
    expect("the server holds it", len(server.ask("quarantine")), len(ids))
    expect("what is left of it", found(c)["refused"], 0)
    expect("what was refused is still known", len(c.ask("quarantine")), len(ids))
    c.add("household", "head_name=Mới", "address_text=1")
    for _ in range(2):
        expect("refused in the new unit", c.once()["quarantined"], 0)
    equal(site, other, c)
    c.ask("verify")
    c.run("rebuild")
    server.run("release", server.ask("quarantine")[0]["change"], "--reason", "honest")
    c.once()
    expect("a release brings no value back", found(c)["refused"], 0)
    equal(site, other, c)
    c.ask("verify")
    say("refused and lost", changes=len(ids))


def run(site):
    site.set_up()
    a = site.enrol("A", role="hamlet_head")
    b = site.enrol("B", role="hamlet_head")
    c = site.enrol("C", unit=site.hamlets[2]["code"], role="hamlet_head")
    for each in (a, b):
        each.once()
    household = leave(site, a, b)
    come_back(site, a, b, household)
    refused(site, c)


if __name__ == "__main__":
    script(run)
