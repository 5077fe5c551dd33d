#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the district learns of its machines: the one to call first stands first, with what it
said itself of why it did not come.
"""
from sites import check, expect, say, script


def row(site, laptop):
    device = laptop.ask("status")["device"]
    return next(one for one in site.server.ask("devices") if one["device"] == device)


def tells_why(site, good, lost):
    """Two failures while the server was away are known once it is back."""
    expect("nothing to say", [row(site, one)["look"] for one in (good, lost)], ["none"] * 2)
    lost.add("household", "head_name=Một", "address_text=1")
    site.server.stop()
    for _ in range(2):
        lost.refuse_once(69)
    site.server.serve()
    lost.once()
    told = row(site, lost)
    expect("look", told["look"], "failing")
    expect("how often", [error["times"] for error in told["errors"]], [2])
    check("in words", told["errors"][0]["title"] and told["errors"][0]["detail"])
    expect("what waits", (told["pending"], told["pending_since"]), (0, None))
    expect("first", site.server.ask("devices")[0]["device"], told["device"])
    check("to a person", "failed 2 times" in site.server.run("devices"))
    lost.once()
    expect("forgotten once it came twice", row(site, lost)["errors"], [])
    say("why a machine did not come", errors=len(told["errors"]))


def goes_last(site, good, lost):
    """Who is revoked needs nobody, and stands behind those who were only invited."""
    site.server.invite("Tám", site.hamlet)
    device = row(site, lost)["device"]
    site.server.run("revoke", device, "--reason", "sold")
    expect("order", [one["look"] for one in site.server.ask("devices")],
           ["none", "invited", "revoked"])
    say("what needs nobody")


def run(site):
    site.set_up()
    good, lost = site.enrol("A"), site.enrol("B")
    for laptop in (good, lost):
        laptop.once()
    tells_why(site, good, lost)
    goes_last(site, good, lost)


script(run)
