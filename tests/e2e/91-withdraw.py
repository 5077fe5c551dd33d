#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Taking back: a decision, a change and an import, from the server and from a laptop.

    91-withdraw.py --bin DIR --work DIR

What a withdrawn act replaced stands again on every replica, what it made is gone; what may
not be withdrawn is refused in words and changes nothing.
"""
from sites import NOBODY, check, expect, is_id, say, script, unchanged, write_csv

WHY = ("--reason", "nhập nhầm")


def names(laptop):
    return sorted(row["fields"]["head_name"] for row in laptop.ask("list", "household"))


def meet(*laptops):
    for laptop in laptops * 2:
        expect(f"refused of {laptop.name}", laptop.once()["quarantined"], 0)


def same(site, *laptops):
    found = {host.digest(site.hamlet) for host in (site.server, *laptops)}
    expect("digests", len(found), 1)


def a_decision(site, a, b, record):
    """The admin's decision is taken back: the conflict is open again, everywhere."""
    a.ask("edit", record, "cluster=Tổ 1")
    b.ask("edit", record, "cluster=Tổ 2")
    meet(a, b)
    (conflict,) = site.server.ask("conflicts")
    chosen = conflict["values"][0]["change"]
    done = site.server.ask("resolve", conflict["id"], "--take", chosen, *WHY, "--as", "admin")
    meet(a, b)
    expect("open at B", len(b.ask("conflicts")), 0)
    back = site.server.run("withdraw", done["change"], *WHY).strip()
    expect("what is printed is an id", is_id(back), True)
    meet(a, b)
    for host in (site.server, a, b):
        (again,) = host.ask("conflicts")
        expect("the conflict", again["id"], conflict["id"])
        expect("its values", {v["change"] for v in again["values"]},
               {v["change"] for v in conflict["values"]})
    same(site, a, b)
    say("a decision taken back at the district")
    return done["change"], back


def an_import(site, a, b, record):
    """An import with new rows and a row that edits is taken back as one."""
    before = names(a)
    file = write_csv(site.path("rows.csv"), ["id", "head_name", "address_text"],
                     [[record, "Tên Nhập Sai", "Số 1"], ["", "Bà Chín", "Số 2"],
                      ["", "Bà Mười", "Số 3"]])
    batch = a.ask("import", "household", file)["batch"]
    meet(a, b)
    expect("households at B", len(names(b)), len(before) + 2)
    with unchanged(a, "a withdrawal that is only tried"):
        told = a.ask("withdraw", batch, *WHY, "--dry-run")
        expect("what it would come to", told,
               {"id": batch, "changes": 3, "records": 3, "units": 1})
        check("and in words", "3" in a.run("withdraw", batch, *WHY, "--dry-run"))
    expect("nothing to send", a.once()["changes_up"], 0)
    n = site.server.ask("status")["changes"]
    tried = site.server.ask("withdraw", batch, *WHY, "--as", "admin", "--dry-run")
    expect("at the district", tried, told)
    expect("changes at the server", site.server.ask("status")["changes"], n)
    expect("names after all that", len(names(b)), len(before) + 2)
    told = a.ask("withdraw", batch, *WHY)
    expect("what JSON says", sorted(told), ["change", "id"])
    meet(a, b)
    for host in (a, b, site.server):
        expect(f"names at {host.folder}", names(host), before)
    same(site, a, b)
    a.refuse("withdraw", batch, *WHY, exits=66, says=batch)
    a.refuse("withdraw", batch, *WHY, "--dry-run", exits=66, says=batch)
    say("an import taken back at the laptop that made it")
    file = write_csv(site.path("more.csv"), ["head_name", "address_text"], [["Ông Tám", "Số 4"]])
    batch = a.ask("import", "household", file)["batch"]
    meet(a, b)
    b.refuse("withdraw", batch, *WHY, exits=77)
    b.refuse("withdraw", batch, *WHY, "--dry-run", exits=77)
    site.server.ask("withdraw", batch, *WHY, "--as", "admin")
    meet(a, b)
    for host in (a, b, site.server):
        expect(f"names at {host.folder}", names(host), before)
    say("an import taken back at the district")


def refused(site, a, decision, back):
    """What is final, or nobody's to take back."""
    with unchanged(a, "refused withdrawals"):
        a.refuse("withdraw", back, *WHY, exits=65, says=back)
        a.refuse("withdraw", NOBODY, *WHY, exits=66, says=NOBODY)
        a.refuse("withdraw", "xyz", *WHY, exits=66)
        a.refuse("withdraw", decision, *WHY, exits=66, says=decision)
        a.refuse("withdraw", NOBODY, exits=64)
    n = site.server.ask("status")["changes"]
    site.server.refuse("withdraw", back, *WHY, exits=65, says=back)
    site.server.refuse("withdraw", NOBODY, *WHY, exits=66)
    site.server.refuse("withdraw", decision, *WHY, "--as", "Nobody", exits=77, says="Nobody")
    expect("changes at the server", site.server.ask("status")["changes"], n)
    say("what is final is refused in words")


def run(site):
    site.set_up()
    a, b = site.enrol("A", role="hamlet_head"), site.enrol("B")
    record = a.add("household", "head_name=Bà Sáu", "address_text=Số 9")
    meet(a, b)
    decision, back = a_decision(site, a, b, record)
    an_import(site, a, b, record)
    refused(site, a, decision, back)
    for host in (a, b, site.server):
        host.run("verify")
        host.run("rebuild")


if __name__ == "__main__":
    script(run)
