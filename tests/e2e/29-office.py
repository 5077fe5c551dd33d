#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an officer asks at the server: how far each unit's year has come, who may do what, what
was refused; and an invitation that needs no file."""
import sqlite3
from contextlib import closing

from sites import check, expect, say, script


def states(site, unit=None):
    rows = site.server.ask("cases", "--year", "2026", "--unit", unit or site.commune)
    return {row["case"]["unit"]: row["case"]["state"] for row in rows}


def below(site):
    return [row["code"] for row in site.hamlets if row["parent_code"] == site.commune]


def queue(site, head):
    """Every hamlet of the commune, the commune itself, and nothing else."""
    expect("units", sorted(states(site)), sorted([site.commune, *below(site)]))
    head.add("registration", "year=2026", "reg_type=tieu_chuan")
    head.once()
    expect("registered", states(site)[site.hamlet], "da_dang_ky")
    check("in words", "29182" in site.server.run("cases", "--year", "2026", "--unit", site.commune))
    site.server.refuse("cases", "--year", "2026", "--unit", "nowhere", exits=65)
    say("the queue of a commune", units=len(states(site)))


def closed(site, head):
    """A refused change without what was written; whole when it is asked for by its id."""
    server = site.server
    expect("none", server.ask("quarantine"), [])
    with closing(sqlite3.connect(server.folder + "/store.db")) as store:
        expect("late is kept", [row[0] for row in store.execute("SELECT late FROM visit")], [0])
    expect("permits", sorted(row["state"] for row in server.ask("permits")), ["active"] * 2)
    say("what is refused")


def invited(site):
    """Without a file the link is the invitation."""
    told = site.server.ask("invite", "--unit", site.hamlet, "--role", "recorder", "--name", "N")
    guest = site.laptop("N")
    guest.enrol(told["link"])
    expect("its unit", guest.ask("status")["unit"]["code"]
           if isinstance(guest.ask("status")["unit"], dict) else guest.ask("status")["unit"], site.hamlet)
    check("in words", "hamlet:" in site.server.run("invite", "--unit", site.hamlet, "--role",
                                                   "recorder", "--name", "M"))
    say("an invitation without a file")


def run(site):
    site.set_up()
    head = site.enrol("H", role="hamlet_head")
    head.once()
    queue(site, head)
    closed(site, head)
    invited(site)


if __name__ == "__main__":
    script(run)
