#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A laptop in trouble: no server, several writers, a full disk, a locked, damaged, newer or
altered store, an unknown kind; and what only a server can give: conflicts, a refused change,
a receipt.

    11-laptop.py --bin DIR --work DIR

Exit 71 (no memory) is not reached here: allocations are made to fail in the unit tests.
"""
import contextlib
import json
import os
import resource
import sqlite3
import struct
import subprocess

from sites import (check, expect, read_file, say, script, stop, unchanged, write_csv,
                   write_file)


def fields_of(laptop, record):
    return laptop.ask("show", record)["fields"]


def no_server(site, laptop):
    """Nobody answers: exit 69, in the name of the program that was asked, and nothing is lost."""
    with unchanged(laptop, "sync without a server"):
        laptop.refuse("sync", "--wait", "10", exits=69, hint="safe")
        laptop.refuse_once(69, hint="safe")
        laptop.refuse("receipt", exits=66)
    status = laptop.ask("status")
    expect("what never left is not sent", (status["pending"], status["sent"]), (status["changes"], 0))
    check("the failure is kept", status["last_error"])
    say("no server", pending=status["pending"])


def many_at_once(site, laptop):
    """Several writers and a daemon wait for each other and all succeed."""
    before = laptop.ask("status")["changes"]
    laptop.start()
    writers = []
    for number in range(8):
        command = site.programs.command("hamlet", ["add", "household", f"head_name=Cùng Lúc {number}",
                                                   "address_text=Ấp 4", "--store", laptop.folder])
        writers.append(subprocess.Popen(command, env=site.programs.env, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, encoding="utf-8"))
    told = [(writer.communicate(timeout=60), writer.returncode) for writer in writers]
    expect("exits", [code for _, code in told], [0] * len(told))
    expect("ids", len({out.strip() for (out, _), _ in told}), len(told))
    expect("changes", laptop.ask("status")["changes"], before + len(told))
    site.programs.refuse("hamletd", "--store", laptop.folder, exits=75)
    laptop.refuse("sync", "--wait", "20", exits=69)
    laptop.stop()
    expect("faults", laptop.ask("verify")["faults"], 0)
    say("writers at once, beside hamletd", writers=len(told))


def locked(laptop):
    """A writer waits five seconds for another one, then gives up with 75."""
    store = os.path.join(laptop.folder, "store.db")
    with unchanged(laptop, "a locked store"), contextlib.closing(sqlite3.connect(store)) as other:
        other.execute("BEGIN IMMEDIATE")
        laptop.refuse("add", "household", "head_name=A", "address_text=1", exits=75)
        laptop.run("list", "household")
        other.rollback()
        other.execute("BEGIN EXCLUSIVE")
        laptop.refuse("status", exits=75)
        other.rollback()
    say("a locked store")


def full_disk(site, laptop):
    """A write that the disk refuses is exit 74 and leaves nothing; reading goes on."""
    size = os.path.getsize(os.path.join(laptop.folder, "store.db"))
    with unchanged(laptop, "a full disk"):
        rows = [[f"Nhà {n}", "Ấp 2"] for n in range(3000)]
        table = write_csv(site.path("many.csv"), ["head_name", "address_text"], rows)
        command = site.programs.command("hamlet", ["import", "household", table, "--store", laptop.folder])
        done = subprocess.run(command, env=site.programs.env, capture_output=True, encoding="utf-8",
                              check=False, preexec_fn=lambda: resource.setrlimit(
                                  resource.RLIMIT_FSIZE, (size + 4096, size + 4096)))
        expect(f"exit where the disk is full ({done.stderr})", done.returncode, 74)
        expect("lines", [line.split(" ")[0] for line in done.stderr.splitlines()], ["hamlet:", "HINT:"])
    with open("/dev/full", "wb") as full:
        command = site.programs.command("hamlet", ["list", "household", "--store", laptop.folder])
        done = subprocess.run(command, env=site.programs.env, stdout=full, stderr=subprocess.PIPE,
                              encoding="utf-8", check=False)
        expect("exit where nothing can be told", done.returncode, 74)
    say("a full disk")


def copy_store(site, laptop, name):
    """A copy of the laptop's folder, to be spoilt."""
    other = site.laptop(name)
    os.makedirs(other.folder)
    for part in ("store.db", "keys/device"):
        path = os.path.join(other.folder, part)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write_file(path, read_file(os.path.join(laptop.folder, part)))
    return other


def spoilt_stores(site, laptop):
    newer = copy_store(site, laptop, "newer")
    path = os.path.join(newer.folder, "store.db")
    with contextlib.closing(sqlite3.connect(path)) as store:
        version = store.execute("PRAGMA user_version").fetchone()[0]
        store.execute(f"PRAGMA user_version = {version + 1}")
        store.commit()
    kept = read_file(path)
    for command in (["status"], ["add", "household", "head_name=A", "address_text=1"], ["verify"]):
        newer.refuse(*command, exits=78, says="newer")
    expect("a newer store is left as it is", read_file(path) == kept, True)

    for name, content in (("noise", os.urandom(8192)), ("text", b"This is no database.\n" * 99)):
        foreign = copy_store(site, laptop, name)
        write_file(os.path.join(foreign.folder, "store.db"), content)
        refusal = foreign.call("status", "--json")
        check(f"a store of {name} is refused", refusal.code in (70, 78))

    damaged = copy_store(site, laptop, "damaged")
    path = os.path.join(damaged.folder, "store.db")
    raw = bytearray(read_file(path))
    page = struct.unpack(">H", raw[16:18])[0]
    for at in range(3 * page, len(raw) - page, 5 * page):
        raw[at:at + 64] = b"\xa5" * 64
    write_file(path, bytes(raw))
    refusal = damaged.call("verify", "--json")
    expect("exit of verify on a damaged store", refusal.code, 70)
    check("one line and a hint", refusal.stderr.startswith("hamlet: ") and "\nHINT: " in refusal.stderr)
    say("stores that are newer, foreign, damaged")


def altered_change(site, laptop):
    """One byte of one change: verify finds it, and rebuild does not hide it."""
    altered = copy_store(site, laptop, "altered")
    path = os.path.join(altered.folder, "store.db")
    with contextlib.closing(sqlite3.connect(path)) as store:
        rows = store.execute("SELECT rowid, body FROM change").fetchall()
        number, body = next((n, bytes(b)) for n, b in rows if "Ấp".encode() in bytes(b))
        changed = body.replace("Ấp".encode(), "Ốp".encode(), 1)
        store.execute("UPDATE change SET body = ? WHERE rowid = ?", (changed, number))
        store.commit()
    found = json.loads(altered.refuse("verify", "--json", exits=70).stdout)
    check("the altered change is named", [w for w in found["wrong"] if w["type"] == "change"])
    derived = copy_store(site, laptop, "derived")
    path = os.path.join(derived.folder, "store.db")
    with contextlib.closing(sqlite3.connect(path)) as store:
        store.execute("UPDATE record SET fold = 'another' WHERE fold IS NOT NULL")
        store.commit()
    derived.refuse("verify", exits=70)
    derived.refuse("rebuild", exits=70)
    expect("made anew", derived.ask("rebuild"), {"different": 0})
    expect("whole again", derived.ask("verify")["faults"], 0)
    say("altered changes and records")


SAND = {"kind": "sand", "version": 1, "label": {"vi": "Cát", "en": "Sand"},
        "fields": [{"name": "place", "type": "text", "max": 80, "required": True,
                    "label": {"vi": "Nơi", "en": "Place"}}],
        "roles": {"hamlet_head": ["create", "edit", "delete"], "recorder": ["create"]}}


def extra_kinds(site, laptop):
    """A kind that stands beside the built-in ones; a broken file is a wrong setting."""
    folder = os.path.join(laptop.folder, "kinds")
    os.makedirs(folder)
    file = write_file(os.path.join(folder, "sand.json"), json.dumps(SAND, ensure_ascii=False))
    record = laptop.add("sand", "place=Bãi bồi")
    expect("a record of it", fields_of(laptop, record), {"place": "Bãi bồi"})
    write_file(file, json.dumps(dict(SAND, colour="red")))
    laptop.refuse("status", exits=78, says="sand.json")
    write_file(file, "{")
    laptop.refuse("status", exits=78)
    os.remove(file)
    # The kind is gone: the record stands, but nothing new can be said of it.
    expect("kind of the record", laptop.ask("show", record)["kind"], "sand")
    laptop.refuse("edit", record, "place=x", exits=65)
    laptop.refuse("list", "sand", exits=65)
    write_file(file, json.dumps(SAND, ensure_ascii=False))
    laptop.run("delete", record)
    os.remove(file)
    os.rmdir(folder)
    expect("faults", laptop.ask("verify")["faults"], 0)
    say("an extra kind")


# ---- what only a server can give: conflicts, a refused change, a receipt ----

def used_invitation(site):
    """The second laptop of one invitation is told so; what was typed there stays."""
    file = site.server.invite("twice")
    first, second = site.laptop("first"), site.laptop("second")
    for laptop in (first, second):
        laptop.enrol(file)
        laptop.add("household", "head_name=Lê An", "address_text=Ấp 1")
    expect("changes of the first", first.once()["changes_up"], 1)
    with unchanged(second, "a used invitation"):
        second.refuse_once(77, hint="still here")
        second.refuse("sync", exits=77)
    expect("what the second holds", len(second.ask("list", "household")), 1)
    say("an invitation that was used")


def another_server(site, laptop):
    """Whoever has the address but not the key is told nothing."""
    address, data = site.server.address, site.path("another")
    site.programs.run("hamlet-server", "init", "--data", data, "--unit", "837", "--listen", address,
                      "--recovery-key-file", site.path("another-key.txt"))
    site.programs.run("hamlet-server", "units", "import", site.path("units.csv"), "--data", data)
    process, _ = site.programs.start("hamlet-server", "serve", "--data", data,
                                     log=site.path("another.log"))
    site.processes.append(process)
    with unchanged(laptop, "another server"):
        laptop.refuse_once(76, hint="ask the district")
        laptop.refuse("sync", exits=76)
    stop(process, 30)
    site.processes.remove(process)
    say("a server with another key")


def after_a_meeting(site, laptop):
    site.server.serve()
    used_invitation(site)
    other = site.enrol("B", role="recorder")
    laptop.once()
    other.once()
    record = laptop.add("household", "head_name=Chung Một Hộ", "address_text=Ấp 9")
    laptop.once()
    other.once()
    for at, cluster in ((laptop, "Tổ A"), (other, "Tổ B")):
        at.run("edit", record, f"cluster={cluster}")
    unknown_kind(site, other)
    laptop.once()
    other.once()
    laptop.once()
    site.server.stop()
    rows = laptop.ask("conflicts")
    expect("conflicts", [(row["record"], row["register"], row["type"], row["state"]) for row in rows],
           [(record, "cluster", "field", "open")])
    expect("members of a conflict", sorted(rows[0]), sorted(
        ["id", "kind", "record", "register", "type", "unit", "values", "base", "provisional", "state",
         "opened"]))
    expect("values", {value["value"] for value in rows[0]["values"]}, {"Tổ A", "Tổ B"})
    def same(found):
        return [{k: v for k, v in row.items() if k != "opened"} for row in found]
    expect("the same at the other", same(other.ask("conflicts")), same(rows))
    expect("conflicts of the unit", laptop.ask("conflicts", "--unit", site.hamlet), rows)
    shown = laptop.ask("show", record)
    expect("the record", (shown["conflicts"], shown["state"]), (["cluster"], "conflict"))
    check("told to a person", record in laptop.run("conflicts") and "Tổ A" in laptop.run("conflicts"))
    laptop.run("edit", record, "cluster=Tổ C")
    expect("an edit settles it", laptop.ask("conflicts"), [])
    expect("fields", fields_of(laptop, record)["cluster"], "Tổ C")
    refused = other.ask("quarantine")
    check("a change was refused", refused)
    expect("members of a refusal", {"change", "record", "kind", "unit", "device", "reason", "time"}
           - set(refused[0]), set())
    status = other.ask("status")
    expect("its own are counted", status["quarantined"],
           len([row for row in refused if row["device"] == status["device"]]))
    check("told to a person", other.run("quarantine").strip())
    receipts(site, laptop)
    another_server(site, laptop)
    say("conflicts, a refused change and a receipt", refused=len(refused))


def unknown_kind(site, laptop):
    """A kind that only this laptop knows: the server cannot judge it and refuses."""
    folder = os.path.join(laptop.folder, "kinds")
    os.makedirs(folder)
    write_file(os.path.join(folder, "sand.json"), json.dumps(SAND, ensure_ascii=False))
    laptop.add("sand", "place=Bãi bồi")


def receipts(site, laptop):
    receipt = laptop.ask("receipt")
    status = laptop.ask("status")
    expect("device of the receipt", receipt["device"], status["device"])
    expect("accepted by the receipt", receipt["seq"], status["changes"] - status["pending"])
    check("it is signed", receipt["signature"])
    page = site.path("receipt.html")
    laptop.run("receipt", "--html", page)
    text = read_file(page).decode()
    check("a page", text.startswith("<!DOCTYPE html>") and "</html>" in text)
    check("nothing is loaded or run", not [word for word in ("src=", "href=", "<script", "url(")
                                           if word in text])
    check("it names the device", status["device"] in text and receipt["head"] in text)
    with unchanged(laptop, "a page that is there already"):
        laptop.refuse("receipt", "--html", page, exits=73, says=page)
    expect("the page is left", read_file(page).decode(), text)
    laptop.refuse("receipt", "--html", site.path("no/folder.html"), exits=66)
    check("told to a person", str(receipt["seq"]) in laptop.run("receipt"))


def run(site):
    site.set_up(serve=False)
    laptop = site.enrol("A", role="hamlet_head")
    for number in range(60):
        laptop.add("household", f"head_name=Nguyễn Văn {number}", f"address_text=Ấp {number}")
    no_server(site, laptop)
    many_at_once(site, laptop)
    extra_kinds(site, laptop)
    altered_change(site, laptop)
    spoilt_stores(site, laptop)
    full_disk(site, laptop)
    locked(laptop)
    after_a_meeting(site, laptop)


if __name__ == "__main__":
    script(run)
