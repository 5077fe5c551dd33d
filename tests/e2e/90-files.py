#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files as transport: what a stick carries is what the network carries, and a stick that is
broken, foreign or hostile changes nothing.

The store of a laptop is compared table by table, that of the server too: `state` gives one
hash over all rows of all tables.
"""
import hashlib
import json
import os
import sqlite3

from sites import (check, expect, promise, read_file, say, script, write_file)

SCORES = ["evaluation", "year=2026"]


def state(store):
    """One hash over everything that stands in a store, whatever its journal holds."""
    found = hashlib.sha256()
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as base:
        base.text_factory = bytes
        names = [row[0].decode() for row in base.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        for name in names:
            found.update(name.encode())
            columns = ", ".join(row[1].decode() for row in
                                base.execute(f"PRAGMA table_info('{name}')"))
            for row in base.execute(f"SELECT {columns} FROM '{name}' ORDER BY {columns}"):
                found.update(repr(row).encode())
    return found.hexdigest()


def store_of(host):
    return os.path.join(host.folder, "store.db")


def fill(laptop, count, name):
    """A few records and edits of them."""
    ids = [laptop.add("household", f"head_name={name} {i}", f"address_text={i}")
           for i in range(count)]
    for record in ids[::3]:
        laptop.run("edit", record, f"address_text={name} moved")
    return ids


# ---- laptop to server ----

def up(site):
    """A laptop that never met the network brings its work by a file."""
    laptop = site.enrol("A")
    fill(laptop, 9, "An")
    first = site.path("a.hmb")

    written = laptop.ask("bundle export", first)
    expect("changes in the file", written["changes"], 12)
    taken = site.server.ask("bundle import", first)

    expect("enrolled by the file", taken["enrolled"], 1)
    expect("changes taken", taken["changes"], 12)
    expect("changes refused", taken["refused"], 0)
    expect("digests of the unit", laptop.digest(site.hamlet), site.server.digest(site.hamlet))

    before = state(store_of(site.server))
    again = site.server.ask("bundle import", first)
    expect("changes of the same file again", (again["changes"], again["enrolled"]), (0, 0))
    expect("the server's store", state(store_of(site.server)), before)
    say("a laptop's work by a file", changes=written["changes"], bytes=written["bytes"])
    return laptop


def down(site, laptop):
    """The server answers by a file; the laptop has what the network would have given."""
    other = site.enrol("B", role="hamlet_head")
    fill(other, 6, "Ba")
    other.once()

    file = site.path("a-down.hmb")
    for_one = site.server.ask("bundle export", file, "--for", "Laptop A")
    expect("bundles for one laptop", for_one["bundles"], 1)
    got = laptop.ask("bundle import", file)

    expect("changes acknowledged by the file", got["acknowledged"], 12)
    check("changes of others came", got["changes"] >= 8)
    expect("digests of the unit", laptop.digest(site.hamlet), site.server.digest(site.hamlet))
    status = laptop.ask("status")
    expect("own changes accepted, waiting", (status["accepted"], status["pending"]), (12, 0))
    before = state(store_of(laptop))
    again = laptop.ask("bundle import", file)
    expect("entries of the same file again", again["entries"], 0)
    expect("the laptop's store", state(store_of(laptop)), before)
    say("the server's answer by a file", entries=got["entries"], bytes=for_one["bytes"])


def run(site):
    site.set_up()
    down(site, up(site))


if __name__ == "__main__":
    script(run)
