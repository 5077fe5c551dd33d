#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A district that nobody has set up, by an admin who has only the page, in a real browser: its
units out of the list that came with the program, a merger, the first laptop, what it may do, what
was refused, and the laptop's end. Before that there were `init` and the first account alone.

    99-page-desks.py --bin DIR --work DIR
"""
import json
import subprocess
from importlib import import_module

from district import Desk, account
from sites import DISTRICT, Wrong, check, expect, say, script, write_csv, write_file

page = import_module("96-page")
door = import_module("24-door")
COLUMNS = ["code", "level", "type", "name", "parent_code"]
REMARK = {**door.REMARK, "roles": {**door.REMARK["roles"], "district_officer": ["create", "edit"]}}
ADMIN = {"account": "Chín", "passphrase": "ba con vịt xanh"}


def browse(site, step):
    done = subprocess.run(["node", "desks.mjs", site.server.url + "/", site.path(""), step],
                          cwd=page.FOLDER, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Wrong(f"desks.mjs {step}: {done.stdout[-2000:]} {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def corrected(site):
    """What was meant is written again by an officer, under his own name, in its own unit."""
    (refused,) = site.server.ask("quarantine")
    desk = account(site, "Chị Tám", "district_officer", DISTRICT)
    fields = {"words": "high", "score": 9}
    for unit in (DISTRICT, "không có"):
        desk.post("/api/correct", {"change": refused["change"], "fields": {**fields, "unit": unit}}, 400)
    desk.post("/api/correct", {"change": refused["change"], "fields": {**fields, "score": 99, "unit": site.hamlet}}, 422)
    desk.post("/api/correct", {"change": refused["change"], "fields": {**fields, "unit": site.hamlet}})
    expect("as it should be", [(row["unit"], row["fields"]["score"]) for row in site.server.ask("list", "remark")],
           [(site.hamlet, 9)])
    expect("and the other is refused as it was, but open no more",
           [(row["change"], row["corrected"]) for row in site.server.ask("quarantine")], [(refused["change"], True)])
    expect("nor overdue", [one["what"] for one in desk.get("/api/overview")["overdue"] if one["what"] == "quarantine"], [])


def run(site):
    page.packages()
    rows = site.chosen + site.communes + site.hamlets
    write_csv(site.path("units.csv"), COLUMNS, [[row[name] for name in COLUMNS] for row in rows])
    write_csv(site.path("wrong.csv"), COLUMNS, [["1", "hamlet", "ap", "Ấp", "nowhere"]])
    given = {**ADMIN, "listed": len(site.chosen) + len(site.communes), "rows": len(site.hamlets), "other": site.hamlets[1]["code"], "commune": site.commune, "hamlet": site.hamlet,
             "added": site.commune + "-900"}
    write_file(site.path("desks.json"), json.dumps(given, ensure_ascii=False))
    site.server.init()
    door.put_kind(site.server.folder, door.narrow(REMARK))
    site.server.refuse("serve", exits=78, says="does not know the unit")
    first = site.server.ask("admin add", ADMIN["account"], "--role", "district_admin", "--unit", DISTRICT)
    site.server.serve()
    Desk(site.server.address).sign_in(ADMIN["account"], ADMIN["passphrase"], first["code"])
    found = browse(site, "found")
    (unit,) = site.server.ask("units list", given["added"])
    expect("the merged hamlet", (unit["name"], unit["into"], len(unit["versions"])),
           ("Ấp Mới Hơn", site.hamlet, 1))
    say("a district out of the page", screens=found["screens"])

    laptop = site.laptop("A")
    door.put_kind(laptop.folder, REMARK)
    laptop.enrol(found["link"])
    laptop.add("remark", "words=high", "score=900")
    expect("refused", laptop.once()["quarantined"], 1)
    corrected(site)
    watched = browse(site, "watch")
    expect("let stand", site.server.ask("quarantine"), [])
    permits = [(row["unit"], row["role"]) for row in site.server.ask("permits") if row["name"] == "Chị Sáu"]
    expect("given, moved; and ended with the laptop", sorted(permits), sorted([
        (site.hamlet, "hamlet_head"), (given["other"], "recorder"), (given["other"], "hamlet_head")]))
    asked = site.server.ask("list", "question")
    expect("answered", [one["fields"]["asked"] for one in asked], ["Điểm cao nhất là 10, xem lại giúp"])
    expect("revoked", [row["state"] for row in site.server.ask("devices")], ["revoked"])
    check("looked at", watched["screens"] >= 2)
    say("watched and put right", screens=watched["screens"])


if __name__ == "__main__":
    script(run)
