#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Laptops that come and go: a copied folder, one that is put back from an older image.

Driven by the commands alone; folders are copied as a person would copy them.
"""
import shutil
import subprocess

from sites import check, expect, say, script


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


def run(site):
    site.set_up()
    a = site.enrol("A")
    b = site.enrol("B")
    for laptop in (a, b):
        laptop.once()
    copied(site, a)
    put_back(site, b)
    site.server.stop()


if __name__ == "__main__":
    script(run)
