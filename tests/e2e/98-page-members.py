#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Three people at one laptop, in a real browser: each one's entries bear him, and a form that
locks in its middle goes on where it was.

    98-page-members.py --bin DIR --work DIR
"""
from importlib import import_module

from sites import expect, promise, say, script

page = import_module("96-page")
NAMES = ["Laptop B", "Trần Thị Tư", "Lê Văn Năm"]
LOCK_S = "4"


def set_up(site):
    page.packages()
    site.set_up()
    laptop = site.enrol("B", role="hamlet_head")
    laptop.once()
    for name in NAMES[1:]:
        site.server.ask("grant", NAMES[0], "--unit", site.hamlet, "--role", "recorder", "--name", name)
    laptop.once()
    return laptop


def browse(site, laptop, step, *more):
    laptop.start("--listen", "127.0.0.1:0", *more)
    found = page.browse(site, laptop, step, "shared.mjs")
    laptop.stop()
    return found


def run(site):
    laptop = set_up(site)
    first = browse(site, laptop, "members")
    second = browse(site, laptop, "idle", "--lock-after", LOCK_S)
    authors = {record["fields"]["head_name"]: {row["user"] for row in laptop.ask("history", record["id"])}
               for record in laptop.ask("list", "household")}
    wanted = {f"Hộ của {name}": {name} for name in NAMES}
    wanted.update({name: {NAMES[1]} for name in second["households"]})
    expect("authors", authors, wanted)
    say("three people at one laptop", screens=first["screens"] + second["screens"], guesses=first["tried"])
    promise("P31 entries of three people, in Chromium", f"{len(wanted)} entries", "under another name 0")
    promise("P31 forms that locked in their middle, in Chromium", f"{second['locks']} locks", "texts lost 0")


if __name__ == "__main__":
    script(run)
