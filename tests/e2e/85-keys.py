#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keys come and go: a laptop changes its own, wherever it is; copies of the old one.

    85-keys.py --bin DIR --work DIR
"""
import json
import os
import random
import shutil
import subprocess
import time

from sites import (check, expect, promise, read_file, say, script, wait_until,
                   write_file)

KILLS = 20
CHANGE_S = 0.12  # about as long as a change of the key lasts
FOREIGN = 65
UNREACHED = 69
DENIED = 77


def seed_of(laptop, name="device"):
    return read_file(os.path.join(laptop.folder, "keys", name))


def keys_in(laptop):
    return sorted(name for name in os.listdir(os.path.join(laptop.folder, "keys"))
                  if not name.startswith("."))


def copy_of(site, laptop, name):
    """Another laptop with the same disk."""
    copy = site.laptop(name)
    shutil.copytree(laptop.folder, copy.folder)
    return copy


def add(laptop, name):
    return laptop.add("household", f"head_name={name}", "address_text=Tổ 3")


def whole(site, *laptops):
    """All have the same, and nothing that was signed is in doubt anywhere."""
    for _ in range(2):
        for laptop in laptops:
            laptop.once()
    wanted = site.server.digest(site.hamlet)
    expect("quarantined", site.server.ask("quarantine"), [])
    for laptop in laptops:
        expect(f"digest of {laptop.name}", laptop.digest(site.hamlet), wanted)
        expect(f"keys of {laptop.name}", keys_in(laptop), ["device"])
        for command in ("verify", "rebuild"):
            laptop.run(command)
        seen = laptop.ask("verify")
        expect("faults", seen["faults"], 0)
        expect("pages that nobody could check", seen["unchecked"], 0)
    site.server.run("verify")


def offline(site, a, b):
    """Sealed pages that never arrived, then a new key, all without a network."""
    add(a, "Trước khi đổi khóa")
    site.server.stop()
    add(a, "Đã ký bằng khóa cũ")
    a.refuse_once(UNREACHED)  # its page is sealed now
    old = seed_of(a)
    expect("a new key", a.ask("rotate-key")["made"], True)
    expect("again", a.ask("rotate-key")["made"], False)
    add(a, "Sau khi đổi khóa")
    a.refuse_once(UNREACHED)
    expect("the old key stands until the new one is known", seed_of(a), old)
    expect("keys while it waits", keys_in(a), ["device", "device.next"])
    a.run("verify")
    site.server.serve()
    whole(site, a, b)
    check("the old key is gone", seed_of(a) != old)
    say("offline", keys=1)


def before_it_joined(site):
    """The key changes before the invitation was ever redeemed."""
    c = site.laptop("C")
    c.enrol(site.server.invite("C"))
    add(c, "Chưa từng gửi")
    c.run("rotate-key")
    whole(site, c)
    return c


def by_file(site, a, b):
    """A new key that only ever travelled on a stick."""
    copy = copy_of(site, a, "stick")
    a.run("rotate-key")
    add(a, "Gửi bằng tệp")
    file = site.path("new-key.hmb")
    a.run("bundle export", file)
    taken = site.server.ask("bundle import", file)
    expect("refused", taken["refused"], 0)
    expect("quarantined", site.server.ask("quarantine"), [])
    add(copy, "Của bản sao trên tệp")
    forged = site.path("old-key.hmb")
    copy.run("bundle export", forged)
    site.server.refuse("bundle import", forged, exits=FOREIGN)
    whole(site, a, b)
    say("by file")


def copies(site, a, b):
    """A copy of the disk from before is refused, and so is a key of its own."""
    copy = copy_of(site, a, "copy")
    a.run("rotate-key")
    whole(site, a)
    add(copy, "Của bản sao")
    changes = site.server.ask("status")["changes"]
    copy.refuse_once(DENIED, says="no longer takes this key")
    copy.run("rotate-key")
    copy.refuse_once(DENIED)
    expect("changes at the server", site.server.ask("status")["changes"], changes)
    expect("what the copy holds is still there",
           len(copy.ask("list", "household", "--search", "cua ban sao")), 1)
    whole(site, a, b)
    say("copies")


def rescued(site, a):
    """A disk from before its key was changed is put back: what was written there goes by a
    table into a store with a new invitation, and stands once."""
    image = site.path("laptop-before")
    shutil.copytree(a.folder, image)
    a.run("rotate-key")
    whole(site, a)
    newer = site.path("laptop-newer")
    shutil.move(a.folder, newer)
    shutil.move(image, a.folder)
    known = a.ask("list", "household")[0]["id"]
    a.run("edit", known, "cluster=Tổ sửa trên đĩa cũ")
    fresh = add(a, "Chỉ có trên đĩa cũ")
    a.refuse_once(DENIED, hint="hamlet export")
    table = site.path("old-disk.csv")
    write_file(table, a.run("export", "household"))
    other = site.enrol("R", role="hamlet_head")
    other.once()
    done = json.loads(other.call("import", "household", table, "--json").stdout)
    expect("of what is known already", (done["added"], done["changed"]), (0, 1))
    check("what is new is named", [fresh in str(row) for row in done["refused"]] == [True])
    write_file(table, a.run("export", "household").replace(fresh, ""))
    expect("and taken as new", other.ask("import", "household", table)["added"], 1)
    whole(site, other)
    shown = site.server.ask("show", known)["fields"]["cluster"]
    expect("the edit of the old disk", shown, "Tổ sửa trên đĩa cũ")
    names = [row["fields"]["head_name"] for row in site.server.ask("list", "household")]
    expect("what was new there", names.count("Chỉ có trên đĩa cũ"), 1)
    shutil.rmtree(a.folder)
    shutil.move(newer, a.folder)
    say("what an old disk had is rescued by a table")


def while_it_runs(site, a, b):
    """hamletd goes on: it finds the new key at its next conversation."""
    a.start()
    add(a, "Trong lúc chạy 1")
    old = seed_of(a)
    a.run("rotate-key")
    add(a, "Trong lúc chạy 2")
    wait_until("the new key alone", lambda: keys_in(a) == ["device"] and seed_of(a) != old)
    a.run("sync")
    a.stop()
    whole(site, a, b)
    say("while hamletd runs")


def kills(site, a, b):
    """Killed at any moment of the change and of the conversation that brings it."""
    chance = random.Random(18)
    left = {"before": 0, "after": 0}
    for number in range(KILLS):
        held = len(keys_in(a))
        if number % 2 == 0:
            command = a.programs.command("hamlet", ["rotate-key", "--store", a.folder])
        else:
            add(a, f"Lần {number}")
            command = a.programs.command("hamletd", ["--once", "--store", a.folder])
        process = subprocess.Popen(command, env=a.programs.env, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0, CHANGE_S))  # any moment
        process.kill()
        process.wait()
        left["after" if len(keys_in(a)) != held else "before"] += 1
        a.run("verify")
        if number % 5 == 4:
            whole(site, a)
    promise("P1 kills while a key changes and is brought", f"{KILLS} kills")
    whole(site, a, b)
    say("kills", **left)


def from_a_backup(site, a, b):
    """The server comes back from before the change, and is told again."""
    file = site.path("before.hmb")
    whole(site, a, b)
    site.server.run("backup", file)
    add(a, "Sau bản sao lưu")
    a.run("rotate-key")
    whole(site, a)
    site.server.stop()
    shutil.rmtree(site.server.folder)
    site.server.run("restore", file, "--recovery-key-file", site.server.recovery)
    site.server.serve()
    a.once()
    add(a, "Sau khi phục hồi")
    a.once()
    expect("nothing waits", a.ask("status")["pending"], 0)
    expect("keys", keys_in(a), ["device"])
    say("from a backup")


def run(site):
    site.set_up()
    a = site.enrol("A", role="hamlet_head")
    b = site.enrol("B", role="recorder")
    whole(site, a, b)
    offline(site, a, b)
    before_it_joined(site)
    by_file(site, a, b)
    copies(site, a, b)
    rescued(site, a)
    while_it_runs(site, a, b)
    kills(site, a, b)
    from_a_backup(site, a, b)


if __name__ == "__main__":
    script(run)
