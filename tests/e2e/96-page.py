#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A member's day in a real browser: what was typed is what the district has, through a kill
of hamletd in the middle of a form.

    96-page.py --bin DIR --work DIR [--oldest]

`--oldest`: in Chromium 109, the oldest that the page is for.
"""
import fcntl
import json
import os
import subprocess

from sites import ROOT, Wrong, check, expect, say, script, wait_until

FOLDER = os.path.join(ROOT, "tests", "web")
HOUSEHOLDS = ["Nguyễn Văn An", "Lê Thị Bình", "Phạm Đạt", "Hồ Út", "Võ Thị Ý"]


def packages(folder=FOLDER):
    """What package-lock.json names, fetched once for all tests that run at the same time."""
    wanted = os.path.join(folder, "package-lock.json")
    there = os.path.join(folder, "node_modules", ".package-lock.json")
    with open(wanted, "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(there) and os.path.getmtime(there) >= os.path.getmtime(wanted):
            return
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder,
                              capture_output=True, text=True, check=False)
        expect("npm ci", done.returncode, 0)


def browse(site, laptop, step, file="page.mjs", *more):
    return drive(laptop.run("open", "--print").strip(), site, step, file, *more)


def drive(address, site, step, file, *more):
    done = subprocess.run(["node", file, address, site.path(""), step, *more], cwd=FOLDER,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Wrong(f"{file} {step}: {done.stdout[-2000:]} {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def run(site, oldest=False):
    packages()
    if oldest:
        packages(os.path.join(FOLDER, "engine"))
        os.environ["HAMLET_TEST_ENGINE"] = "109"
    site.set_up()
    laptop = site.enrol("laptop-A", role="hamlet_head")
    for name in HOUSEHOLDS:
        laptop.add("household", f"head_name={name}", "address_text=Tổ 1")
    laptop.once()
    laptop.start("--listen", "127.0.0.1:0")
    first = browse(site, laptop, "work")
    check(f"the browser is {first['version']}", not oldest or first["version"].startswith("109."))
    say("a day in the browser", browser=first["version"], screens=first["screens"], signed=len(first["signed"]))
    laptop.kill()
    laptop.start("--listen", "127.0.0.1:0")
    second = browse(site, laptop, "resume")
    say("the draft after a kill", households=len(second["households"]))

    households = sorted(HOUSEHOLDS + first["households"] + second["households"])
    server = site.server

    def there(kind, field):
        return sorted(record["fields"][field] for record in server.ask("list", kind))

    wait_until("the district has it", lambda: there("household", "head_name") == households)
    expect("who signed, at the district", there("commitment", "signer_name"), sorted(first["signed"]))
    laptop.stop()
    expect("digests", laptop.digest(site.hamlet), server.digest(site.hamlet))


if __name__ == "__main__":
    script(run, options=("oldest",))
