#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A district that nobody has seen, by people who have only the page: drawn from a seed out of the
national list. Units come in, hamlets are added, people are let in, laptops invited by link, by file
and by typing; hamlets merge in the middle of a year; one laptop falls silent, one is copied, one is
lost and replaced; a conflict is decided, and who was overruled reads why. Before that there were
`init` and the first account alone; at the laptops, what a person types there.

    99-page-walk.py --bin DIR --work DIR [--seed N]
"""
import csv
import datetime
import json
import os
import random
import sqlite3
import subprocess
from contextlib import closing
from importlib import import_module

from district import Desk
from sites import PUBLIC_LIST, Wrong, check, expect, say, script, write_file

page = import_module("96-page")
SEED = 6
FEWEST, MOST = 5, 25  # communes of a district that is one, and not an island
NAMES = ["Ấp Một", "Ấp Hai", "Khóm Ba"]
WORDS = "ba con vịt xanh"
SILENT_MS = 9 * 86400 * 1000
# The year before: it is over, whatever day it is.
YEAR = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7))).year - 1


def drawn(seed):
    """A district, one of its communes, and what the list says lies around them."""
    with open(PUBLIC_LIST, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    below = {}
    for row in rows:
        below.setdefault(row["parent_code"], []).append(row)
    fit = [row for row in rows if row["level"] == "district" and FEWEST <= len(below.get(row["code"], [])) <= MOST]
    draw = random.Random(seed)
    district = draw.choice(fit)
    commune, other = draw.sample(below[district["code"]], 2)
    return {"district": district, "commune": commune, "other": other, "communes": len(below[district["code"]]),
            "listed": len(below[district["code"]]) + 2}


def browse(site, step, address=None):
    done = subprocess.run(["node", "walk.mjs", address or site.server.url + "/", site.path(""), step],
                          cwd=page.FOLDER, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Wrong(f"walk.mjs {step}: {done.stdout[-2000:]} {done.stderr[-2000:]}")
    said = json.loads(done.stdout.splitlines()[-1])
    say(f"walked: {step}", screens=said["screens"])
    return said


def tell(site, given, **more):
    given.update(more)
    write_file(site.path("walk.json"), json.dumps(given, ensure_ascii=False))


def bare(site, given):
    """What whoever installs the program leaves behind."""
    server = site.server
    unit = given["district"]["code"]
    server.run("init", "--unit", unit, "--url", server.url, "--listen", server.address,
               "--recovery-key-file", server.recovery)
    code = server.ask("admin add", "Nguyễn Thị Đầu", "--role", "district_admin", "--unit", unit)["code"]
    server.serve()
    tell(site, given, first={"name": "Nguyễn Thị Đầu", "code": code}, words=WORDS, hamlets=NAMES, year=YEAR)


def join(site, found):
    """Each laptop takes its invitation as its keeper was given it."""
    laptops = {name: site.laptop(name) for name in ("Một", "Hai", "Sổ", "Ba")}
    for name, laptop in laptops.items():
        given = found["invitations"][name]
        laptop.enrol(site.path(given["file"]) if given.get("file") else given["link"])
        expect(f"laptop {name}", laptop.once()["quarantined"], 0)
    return laptops


def record(laptops):
    """Households and the year's registration of three hamlets; two who do not agree."""
    for name in ("Một", "Hai", "Ba"):
        laptops[name].add("household", f"head_name=Hộ ở {name}", "address_text=Số 1")
        laptops[name].add("registration", f"year={YEAR}", "reg_type=tieu_chuan", "unit_kind=khu_dan_cu",
                          f"registrant_name=Trưởng {name}", "households_resident=1")
    shared = laptops["Hai"].add("household", "head_name=Lê Thị Bình", "address_text=Số 5")
    for name in ("Một", "Hai", "Sổ", "Ba"):
        laptops[name].once()
    laptops["Hai"].run("edit", shared, "address_text=Số 15")
    laptops["Sổ"].run("edit", shared, "address_text=Số 51")
    for name in ("Hai", "Sổ"):
        laptops[name].once()
    return shared


def copy(site, laptop):
    """Somebody copied the folder of a laptop to another machine, and both go on."""
    twin = site.laptop("bản sao")
    subprocess.run(["cp", "-a", laptop.folder, twin.folder], check=True)
    laptop.add("household", "head_name=Hộ máy cũ", "address_text=Số 2")
    laptop.once()
    twin.add("household", "head_name=Hộ máy chép", "address_text=Số 3")
    expect("the copy is told", twin.once()["epochs"], 1)
    laptop.once()
    return twin


def pass_days(site, laptop):
    """Days in which a laptop does not come: its last visit moves back."""
    device = bytes.fromhex(laptop.ask("status")["device"])
    site.server.stop()
    with closing(sqlite3.connect(os.path.join(site.server.folder, "store.db"))) as store, store:
        moved = store.execute("UPDATE visit SET contact = contact - ? WHERE device = ?", (SILENT_MS, device))
        expect("visits of the silent one", moved.rowcount > 0, True)
    site.server.serve()


def overruled(site, laptops, shared, decided):
    """Gone on both, and who did not get his way reads who decided and why."""
    for name in ("Hai", "Sổ"):
        laptops[name].once()
        expect(f"conflicts on {name}", laptops[name].ask("conflicts"), [])
        expect(f"address on {name}", laptops[name].ask("show", shared)["fields"]["address_text"], decided)
    loser = laptops["Sổ" if decided == "Số 15" else "Hai"]
    loser.start("--listen", "127.0.0.1:0")
    said = browse(site, "told", loser.run("open", "--print").strip())["said"]
    for words in ("Trần Văn Phó", "Theo giấy gốc", decided):
        check(f"the overruled reads {words!r} in {said!r}", words in said)
    loser.stop()


def replaced(site, laptops, link):
    """The one that was revoked gets nothing more; the new one has what it had sent."""
    laptops["Ba"].refuse_once(77)
    fresh = site.laptop("Ba mới")
    fresh.enrol(link)
    fresh.once()
    heads = [row["fields"]["head_name"] for row in fresh.ask("list", "household")]
    check(f"what the lost laptop had sent is on the new one: {heads}", "Hộ ở Ba" in heads)
    fresh.add("household", "head_name=Hộ sau khi thay máy", "address_text=Số 9")
    expect("it goes on", fresh.once()["quarantined"], 0)


def merged(site, laptops, found):
    """Where the hamlets became one, what was written late in the old one stands, and the year
    counts it for the one that stands."""
    late = laptops["Một"].add("household", "head_name=Hộ ghi muộn", "address_text=Số 7")
    expect("late work of the merged hamlet", laptops["Một"].once()["quarantined"], 0)
    laptops["Hai"].once()
    expect("seen in the other", laptops["Hai"].ask("show", late)["unit"], found["codes"][0])
    unit = site.server.ask("units list", found["codes"][0])[0]
    expect("the merged hamlet", (unit["into"], unit["open"]), (found["codes"][1], False))


def told(site, given):
    """What was done stands in the log under whose account it was done."""
    rows = [(row["account"], row["act"]) for row in site.server.ask("audit")]
    first, second = given["first"]["name"], "Trần Văn Phó"
    for row in ((first, "units import"), (first, "admin add"), (first, "invite"), (second, "units merge"),
                (second, "revoke"), (second, "invite"), (second, "decide"), (second, "admin end"), (second, "admin code")):
        check(f"{row} in the log", row in rows)
    site.server.run("audit", "--verify")


def run(site, seed=None):
    page.packages()
    given = drawn(SEED if seed is None else seed)
    print(f"seed {SEED if seed is None else seed}: {given['district']['name']} ({given['district']['code']}), "
          f"{given['commune']['name']} ({given['commune']['code']})", flush=True)
    bare(site, given)
    found = browse(site, "found")
    laptops = join(site, found)
    shared = record(laptops)
    copy(site, laptops["Ba"])
    pass_days(site, laptops["Một"])
    tell(site, given, people=found["people"], codes=found["codes"])
    watched = browse(site, "watch")
    overruled(site, laptops, shared, watched["decided"])
    replaced(site, laptops, watched["link"])
    merged(site, laptops, found)
    ended = browse(site, "close")
    expect("hamlets that registered, before the merger and after it", ended["figures"], ["03/03", "02/02"])
    refused = Desk(site.server.address).request("POST", "/api/sign-in", {"account": "Lê Thị Xã", "passphrase": WORDS})
    expect("whose account ended", (refused.status, refused.json["key"]), (401, "account-wrong"))
    told(site, given)


if __name__ == "__main__":
    script(run, options=("seed=",))
