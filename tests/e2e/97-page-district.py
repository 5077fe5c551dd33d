#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""People of the district at a real browser: the way in, what is overdue, the auditor's log; and
another web page in the same browser, under its own name and under one that leads to the server.

    97-page-district.py --bin DIR --work DIR
"""
import csv
import io
import json
import subprocess
from importlib import import_module

from sites import DISTRICT, Wrong, check, expect, promise, say, script

page = import_module("96-page")


def browse(site, file, step, *more):
    done = subprocess.run(["node", file, site.server.url, site.path(""), step, *more], cwd=page.FOLDER,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Wrong(f"{file} {step}: {done.stdout[-2000:]} {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def code(site, name, role):
    return site.server.ask("admin add", name, "--role", role, "--unit", DISTRICT)["code"]


def at_work(site):
    admin = browse(site, "district.mjs", "admin", "Nguyễn Văn Hai", code(site, "Nguyễn Văn Hai", "district_admin"))
    expect("the tabs of an administrator", admin["tabs"][:1] + admin["tabs"][-1:], ["Tình hình", "Tài khoản"])
    check("no log for an administrator", "Nhật ký" not in admin["tabs"])
    auditor = browse(site, "district.mjs", "auditor", "Trần Thị Tư", code(site, "Trần Thị Tư", "auditor"))
    expect("the tabs of an auditor", auditor["tabs"], ["Nhật ký", "Tài khoản"])
    rows = list(csv.DictReader(io.StringIO(auditor["csv"].lstrip("\ufeff"))))
    expect("the file is the log", rows, [{name: str(value) for name, value in row.items()}
                                         for row in site.server.ask("audit")])
    acts = [(row["account"], row["act"]) for row in rows]
    for act in ("passphrase", "sign-in", "sign-in-failed", "sign-out"):
        check(f"{act} in {acts}", ("Nguyễn Văn Hai", act) in acts)
    say("at the district's page", screens=admin["screens"] + auditor["screens"], rows=len(rows))


def beside_strangers(site):
    secret = code(site, "Lê Văn Năm", "auditor")
    before = (site.server.ask("status"), site.server.digest(DISTRICT))
    found = browse(site, "strangers.mjs", "district", "Lê Văn Năm", secret)
    expect("what a stranger reached", found["reached"], [])
    check("the page is as it was", found["still"])
    check(f"tries: {found['tried']}", found["tried"] > 300)
    check(f"the server was met under those names: {found['met']}", found["met"] > 50)
    expect("after them", (site.server.ask("status"), site.server.digest(DISTRICT)), before)
    promise("P27-28 other pages in a browser at the district", f"{found['tried']} tries", "successes 0, changes 0")


def run(site):
    page.packages()
    site.set_up()
    at_work(site)
    beside_strangers(site)


if __name__ == "__main__":
    script(run)
