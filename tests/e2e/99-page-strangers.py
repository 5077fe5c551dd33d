#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Another web page in the browser of a member who is signed in: under its own name, and under
one that was made to lead to hamletd (DNS rebinding), by every way that a page has of asking.
None reads anything, none changes anything.

    99-page-strangers.py --bin DIR --work DIR
"""
from importlib import import_module

from sites import check, expect, promise, script, unchanged

page = import_module("96-page")


def run(site):
    page.packages()
    site.set_up()
    laptop = site.enrol("A", role="hamlet_head")
    laptop.add("household", "head_name=Canary Name", "address_text=1")
    laptop.once()
    site.server.stop()
    laptop.start("--listen", "127.0.0.1:0")
    with unchanged(laptop, "what other pages sent"):
        found = page.browse(site, laptop, "", "strangers.mjs")
    expect("what a stranger reached", found["reached"], [])
    check("the member's page is as it was", found["still"])
    check(f"tries: {found['tried']}", found["tried"] > 300)
    check(f"hamletd was met under those names: {found['met']}", found["met"] > 50)
    promise("P27-28 DNS rebinding and other pages in a browser", f"{found['tried']} tries",
            "successes 0, changes 0")
    laptop.stop()


if __name__ == "__main__":
    script(run)
