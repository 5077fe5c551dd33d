#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Laptops that come and go: a copied folder, one that is put back from an older image,
and those whose invitation was over before they first met the server.

Driven by the commands alone; folders are copied as a person would copy them.
"""
import shutil
import subprocess
import time

from sites import check, expect, say, script, wait_until


def notices(site, laptop):
    device = laptop.ask("status")["device"]
    row = next(row for row in site.server.ask("devices") if row["device"] == device)
    return row["notices"]


def copied(site, a):
    """A laptop whose folder was copied: what both wrote is kept, the district is told."""
    a.run("verify")
    twin = site.laptop("twin")
    subprocess.run(["cp", "-a", a.folder, twin.folder], check=True)
    epoch = a.ask("status")["epoch"]
    a.add("household", "head_name=Một", "address_text=1")
    a.once()
    one = a.add("household", "head_name=Hai", "address_text=2")
    a.once()
    mine = twin.add("household", "head_name=Ba", "address_text=3")
    told = twin.once()
    expect("epochs begun by the copy", told["epochs"], 1)
    check("the copy has an epoch of its own", twin.ask("status")["epoch"] != epoch)
    expect("the original's", twin.ask("show", one)["fields"]["head_name"], "Hai")
    expect("epochs begun by the original", a.once()["epochs"], 0)
    expect("the copy's", a.ask("show", mine)["fields"]["head_name"], "Ba")
    for laptop in (a, twin):
        expect(f"digest of {laptop.name}", laptop.digest(site.hamlet),
               site.server.digest(site.hamlet))
        laptop.run("verify")
    said = notices(site, a)
    expect("notices", [(row["type"], row["carries_on"], row["moved"]) for row in said],
           [("copied", epoch, 1)])
    check("in words", "two copies" in site.server.run("devices"))
    say("a copied store", notices=len(said))


def put_back(site, b):
    """A laptop that comes back from an older image gets its later work back."""
    image = site.path("image")
    b.add("household", "head_name=Trước", "address_text=1")
    b.once()
    subprocess.run(["cp", "-a", b.folder, image], check=True)
    later = [b.add("household", f"head_name=Sau {n}", "address_text=1") for n in range(3)]
    b.once()
    b.once()
    shutil.rmtree(b.folder)
    subprocess.run(["cp", "-a", image, b.folder], check=True)
    fresh = b.add("household", "head_name=Mới", "address_text=1")
    expect("epochs begun", b.once()["epochs"], 1)
    for record in later + [fresh]:
        expect("state", b.ask("show", record)["state"], "accepted")
    expect("digest", b.digest(site.hamlet), site.server.digest(site.hamlet))
    b.run("verify")
    expect("epochs begun later", b.once()["epochs"], 0)
    expect("notices", len(notices(site, b)), 1)
    say("a laptop put back", regained=len(later))


def fill(laptop):
    """A household and what hangs on it; their ids."""
    household = laptop.add("household", f"head_name={laptop.name}", "address_text=1")
    return household, laptop.add("commitment", f"household={household}", "year=2026",
                                 "signer_name=An")


def arrived(site, laptop, records):
    """All is at the server, accepted, and as whose it was written has a name there."""
    for record in records:
        expect("state", laptop.ask("show", record)["state"], "accepted")
        expect("written by", site.server.ask("history", record)[0]["user"],
               laptop.ask("history", record)[0]["user"])
        check("a person's name", site.server.ask("history", record)[0]["user"]
              .startswith("Laptop "))
    status = laptop.ask("status")
    expect("waiting, refused", (status["pending"], status["quarantined"]), (0, 0))
    expect("digest", laptop.digest(site.hamlet), site.server.digest(site.hamlet))
    expect("faults", laptop.ask("verify")["faults"], 0)
    expect("faults of the server", site.server.ask("verify")["faults"], 0)


def too_late(site):
    """The invitations ran out before the first contact: the next one brings the work."""
    server = site.server
    late, other = site.laptop("late"), site.laptop("other")
    begun = time.time()
    first, second = (server.invite(name, None, "hamlet_head", "--valid", "1s")
                     for name in ("late", "late-2"))
    for laptop in (late, other):
        laptop.enrol(first)
    records = fill(late)
    theirs = fill(other)
    wait_until("they ran out", lambda: time.time() > begun + 2)
    late.refuse("sync", exits=77, says="expired", hint="hamlet enrol")
    late.refuse("enrol", first, exits=73)
    late.refuse("enrol", server.invite("place", site.hamlets[1]["code"], "hamlet_head"),
                exits=65, says=site.hamlet, hint="still here")
    late.refuse("enrol", server.invite("role"), exits=65, says="first invitation was for")
    device = late.ask("status")["device"]
    late.run("enrol", second)
    late.refuse("sync", exits=77)
    third = server.invite("late-3", None, "hamlet_head")
    expect("device", late.enrol(third)["device"], device)
    records += fill(late)
    late.once()
    arrived(site, late, records)
    late.refuse("enrol", server.invite("late-4", None, "hamlet_head"), exits=73)
    # Whoever has a copy of the first invitation does not become that person with another.
    other.run("enrol", server.invite("other", None, "hamlet_head"))
    other.refuse("sync", exits=77)
    check("still there", all(other.ask("show", one)["state"] == "sent" for one in theirs))
    say("an invitation that ran out", records=len(records))


def forgotten(site):
    """The server lost an invitation that nobody had used: a new one brings the work, by file
    as by network."""
    server = site.server
    backup = site.path("before-invitation.hmb")
    server.ask("backup", backup)
    laptops = [site.enrol(name, None, "hamlet_head") for name in ("by-net", "by-file")]
    records = [fill(laptop) for laptop in laptops]
    server.stop()
    shutil.rmtree(server.folder)
    site.programs.ask("hamlet-server", "restore", backup, "--data", server.folder,
                      "--recovery-key-file", server.recovery)
    server.serve()
    file = site.path("forgotten.hmb")
    laptops[0].refuse("sync", exits=77)
    laptops[1].ask("bundle export", file)
    server.refuse("bundle import", file, exits=65, hint="new invitation")
    for laptop in laptops:
        laptop.enrol(server.invite(f"{laptop.name}-again", None, "hamlet_head"))
    laptops[0].once()
    laptops[1].ask("bundle export", f"{file}.2")
    expect("enrolled", server.ask("bundle import", f"{file}.2")["enrolled"], 1)
    for laptop in laptops * 2:
        laptop.once()
    for laptop, own in zip(laptops, records):
        arrived(site, laptop, own)
    say("an invitation that the server lost", records=sum(map(len, records)))


def run(site):
    site.set_up()
    a = site.enrol("A")
    b = site.enrol("B")
    for laptop in (a, b):
        laptop.once()
    copied(site, a)
    put_back(site, b)
    too_late(site)
    forgotten(site)
    site.server.stop()


if __name__ == "__main__":
    script(run)
