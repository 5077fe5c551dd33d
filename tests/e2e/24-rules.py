#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A habit of deciding becomes a rule on an explicit yes, decides what comes from then on in the
name of who said so, is ended, and what it did is taken back; in a real browser, with keys alone.

    24-rules.py --bin DIR --work DIR
"""
import importlib

from district import account
from sites import DISTRICT, NOBODY, check, expect, say, script

page = importlib.import_module("96-page")
KEYS_MOST = 3 # of one decision


def differ(site, head, recorder, name):
    """A household of which the head and a recorder wrote different groups, offline."""
    record = head.add("household", f"head_name={name}", "address_text=Số 1")
    head.once()
    recorder.once()
    head.run("edit", record, "cluster=Tổ 1")
    recorder.run("edit", record, "cluster=Tổ 2")
    for laptop in (head, recorder, head):
        laptop.once()
    return record


def shown(host, record):
    return host.ask("show", record)["fields"]["cluster"]


def doors(site, desk):
    """What is no rule, is there already, or lies elsewhere."""
    rule = {"policy": "prefer-authority", "kind": "household", "register": "cluster", "reason": "x"}
    for changed, status, key in (({"policy": "max"}, 422, "policy-unknown"), ({"policy": "manual"}, 422, "policy-unknown"),
                                 ({"register": "none"}, 422, "rule-register"), ({"kind": "none"}, 422, "rule-register"),
                                 ({"unit": "không có"}, 403, "unit-scope"), ({"reason": None}, 400, "web-member")):
        expect(f"a rule with {changed}", desk.post("/api/rule", {**rule, **changed}, status)["key"], key)
    expect("twice", desk.post("/api/rule", rule, 409)["key"], "rule-stands")
    elsewhere = next(row["code"] for row in site.communes if row["code"] != site.commune)
    away = account(site, "Chú Sáu", "commune_officer", elsewhere)
    expect("a rule for others", away.post("/api/rule", {**rule, "unit": site.commune}, 403)["key"], "unit-scope")
    expect("what is not his to see", away.get("/api/rules"), [])
    (standing,) = desk.get("/api/rules")
    expect("another's", away.post("/api/rule-end", {"rule": standing["rule"]}, 403)["key"], "unit-scope")
    expect("none of that name", desk.post("/api/rule-end", {"rule": NOBODY}, 404)["key"], "rule-missing")
    return standing


def ends_by_itself(site, head, recorder):
    """Who may decide no more decides no more, by a rule neither."""
    desk = account(site, "Anh Ba", "district_officer", DISTRICT)
    desk.post("/api/rule", {"policy": "prefer-authority", "kind": "household", "register": "cluster", "reason": "x"})
    site.server.run("admin end", "Anh Ba")
    record = differ(site, head, recorder, "Hồ Út")
    expect("it is for a person", [one["record"] for one in site.server.ask("conflicts")], [record])
    (last, *_) = site.server.ask("rules")
    check("it ended", last["by"] == "Anh Ba" and last["ended"] and last["ended_by"] is None)


def run(site):
    page.packages()
    site.set_up()
    head = site.enrol("A", role="hamlet_head")
    recorder = site.enrol("B")
    for name in ("Lê Thị Bình", "Phạm Đạt", "Võ Thị Ý", "Tạ An"):
        differ(site, head, recorder, name)
    desk = account(site, "Chị Thu", "district_officer", DISTRICT)
    address = f"https://{site.server.address}/"
    did = page.drive(address, site, "habit", "rules.mjs")
    check(f"keys of a decision: {did['each']}", max(did["each"]) <= KEYS_MOST)
    expect("nothing is left", site.server.ask("conflicts"), [])
    standing = doors(site, desk)
    expect("whose, and what it did", (standing["by"], standing["settled"], standing["ended"]), ("Chị Thu", 1, None))

    record = differ(site, head, recorder, "Ngô Hai")
    expect("decided as it came", site.server.ask("conflicts"), [])
    for laptop in (head, recorder):
        laptop.once()
        expect("and here", (laptop.ask("conflicts"), shown(laptop, record)), ([], "Tổ 1"))
    told = [row for row in site.server.ask("audit") if row["act"] == "rule"]
    expect("the log tells of each time", [(row["account"], row["detail"]) for row in told], [("Chị Thu", "settled=1")] * 2)
    resolved = [row for row in recorder.ask("history", record) if row.get("resolution")]
    check("who is overruled reads who and why", any(row["user"] == "Chị Thu" and row["reason"] for row in resolved))

    page.drive(address, site, "end", "rules.mjs")
    expect("taken back", [one["record"] for one in site.server.ask("conflicts")], [record])
    for laptop in (head, recorder):
        laptop.once()
        expect("here, too", [one["record"] for one in laptop.ask("conflicts")], [record])
    desk.post("/api/settle", {"policy": "prefer-authority", "reason": "x"})
    ends_by_itself(site, head, recorder)
    site.server.ask("verify")
    say("a habit, a rule, its end", keys=max(did["each"]), screens=did["screens"])


if __name__ == "__main__":
    script(run)
