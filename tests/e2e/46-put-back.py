#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Somebody puts the district's folder back to what it was, and tells nobody: what laptops
were told since is not there any more, and the first of them that calls shows it. Others
worked on meanwhile, a name was erased, a laptop was revoked; and two copies of the folder
serve in turn.
"""
import os
import shutil

from sites import check, expect, promise, script


def keep(site, name):
    """A copy of the folder as it is."""
    copy = site.path(name)
    site.server.stop()
    shutil.copytree(site.server.folder, copy)
    site.server.serve()
    return copy


def put_back(site, copy):
    site.server.stop()
    shutil.rmtree(site.server.folder)
    shutil.copytree(copy, site.server.folder)
    site.server.serve()


def everybody(site, *names):
    for _ in range(2):
        for name in names:
            site.laptops[name].once()


def add(site, name, head):
    return site.laptops[name].add("household", f"head_name={head}", "address_text=1")


def is_whole(site, records, names):
    """Everything that was confirmed is everywhere."""
    server = site.server
    for name in names:
        expect(f"waiting at {name}", site.laptops[name].ask("status")["pending"], 0)
        expect(f"digest of {name}", site.laptops[name].digest(site.hamlet),
               server.digest(site.hamlet))
    for host in [server] + [site.laptops[name] for name in names]:
        expect(f"households in {host.folder}",
               sorted(row["id"] for row in host.ask("list", "household")), sorted(records))
        expect(f"faults in {host.folder}", host.ask("verify")["faults"], 0)


def count(site, what, records):
    here = {row["id"] for row in site.server.ask("list", "household")}
    promise(f"P14 {what}", f"{len(records)} confirmed", f"lost {len(set(records) - here)}")


def put_back_once(site):
    """Others worked on, and numbers stand for other entries now."""
    server = site.server
    records = [add(site, "a", "Chung")]
    everybody(site, *"abcd")
    image = keep(site, "image")
    incarnation = server.ask("status")["incarnation"]
    records += [add(site, "a", f"Đã nhận {n}") for n in range(3)]
    records.append(add(site, "b", "Bà Bí Mật"))
    everybody(site, *"ab")
    server.ask("erase", records[-1], "head_name", "--reason", "theo yêu cầu")
    server.run("revoke", "Laptop d", "--reason", "mất máy")
    everybody(site, *"ab")
    put_back(site, image)
    records += [add(site, "c", f"Về sau {n}") for n in range(5)]
    everybody(site, "c")
    expect("nobody has shown it yet", server.ask("status")["incarnation"], incarnation)
    for name in "abc":
        site.laptops[name].once()
    check("it goes on as another", server.ask("status")["incarnation"] != incarnation)
    check("and is being refilled", server.ask("refill")["open"])
    everybody(site, *"abc")
    is_whole(site, records, "abc")
    noted = [row["name"] for row in server.ask("devices") if row["notices"]]
    expect("laptops that are said to be copied or restored", noted, [])
    site.laptops["d"].refuse_once(77)
    erased = [row["value"] for row in server.ask("history", records[4])
              if row["register"] == "head_name"]
    expect("the erased name", set(erased), {None})
    server.run("refill", "--close")
    count(site, "a server's folder put back", records)
    return records


def two_in_turn(site, records):
    copies = [keep(site, "first"), keep(site, "second")]
    for turn in range(4):
        put_back(site, copies[turn % 2])
        records.append(add(site, "a", f"Luân phiên {turn}"))
        records.append(add(site, "b", f"Xen kẽ {turn}"))
        everybody(site, *"ab")
        shutil.rmtree(copies[turn % 2])
        copies[turn % 2] = keep(site, os.path.basename(copies[turn % 2]))
    everybody(site, *"abc")
    is_whole(site, records, "abc")
    count(site, "two copies of a server's folder in turn", records)


def run(site):
    site.set_up()
    site.enrol("a", role="hamlet_head")
    for name in "bcd":
        site.enrol(name)
    everybody(site, *"abcd")
    two_in_turn(site, put_back_once(site))


if __name__ == "__main__":
    script(run)
