#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every field of every form that a hamlet has, in a real browser: what was typed stands there
again after kill -9 of hamletd and the browser.

    98-page-drafts.py --bin DIR --work DIR
"""
import json
import os
import signal
import subprocess
from importlib import import_module

from browser import Browser
from sites import Wrong, check, expect, promise, say, script, write_file

page = import_module("96-page")
year = import_module("98-page-year")
AT_ONCE = 4  # forms that are begun before a kill


def forms(laptop):
    """The kinds of which a member writes records, as the page reads them."""
    laptop.start("--listen", "127.0.0.1:0")
    window = Browser(laptop, lang="vi")
    window.enter()
    kinds = [kind for kind in window.get("/api/kinds")
             if "create" in kind.get("may", []) and not kind.get("registry")]
    laptop.kill()
    return kinds


def typed(site, laptop, names):
    """What stood in each form when the last of it was kept; then both are killed."""
    laptop.start("--listen", "127.0.0.1:0")
    address = laptop.run("open", "--print").strip()
    with open(site.path("browser.log"), "ab") as log, subprocess.Popen(
            ["node", "drafts.mjs", address, site.path(""), "write", *names], cwd=page.FOLDER,
            stdout=subprocess.PIPE, stderr=log, encoding="utf-8") as process:
        stood = {}
        for line in process.stdout:
            said = json.loads(line)
            stood[said["kind"]] = said["stands"]
            if len(stood) == len(names):
                break
        laptop.kill()
        for one in year.offspring(process.pid):
            try:
                os.kill(one, signal.SIGKILL)
            except ProcessLookupError:
                continue
    if len(stood) < len(names):
        raise Wrong(f"it ended after {list(stood)}; see {site.path('browser.log')}")
    return stood


def run(site):
    page.packages()
    site.set_up()
    laptop = site.enrol("A", role="hamlet_head")
    laptop.add("household", "head_name=Hộ Một", "address_text=Tổ 1")
    laptop.add("model", "name=Tiếng loa")
    laptop.once()
    kinds = forms(laptop)
    write_file(site.path("kinds.json"), json.dumps(kinds, ensure_ascii=False))
    names = [kind["kind"] for kind in kinds]
    check(f"forms of a hamlet: {names}", {"activity", "strength", "minutes", "household", "commitment"} <= set(names))
    fields = empty = 0
    for first in range(0, len(names), AT_ONCE):
        some = names[first:first + AT_ONCE]
        stood = typed(site, laptop, some)
        laptop.start("--listen", "127.0.0.1:0")
        found = subprocess.run(["node", "drafts.mjs", laptop.run("open", "--print").strip(), site.path(""), "read", *some],
                               cwd=page.FOLDER, capture_output=True, text=True, check=False)
        expect(f"reading {some}: {found.stderr[-1500:]}", found.returncode, 0)
        laptop.kill()
        for name, form in json.loads(found.stdout.splitlines()[-1])["found"].items():
            expect(f"the form of {name}", form, stood[name])
            fields += len(form)
            empty += sum(value == "" for value in form.values())
    check(f"{empty} of {fields} fields were left empty", empty <= fields // 20)
    kills = -(-len(names) // AT_ONCE)
    say("drafts of every form", forms=len(names), fields=fields, kills=kills)
    promise("P1 fields of forms begun, hamletd and browser killed", f"{fields} fields, {kills} kills", "lost 0")


if __name__ == "__main__":
    script(run)
