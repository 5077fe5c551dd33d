#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who may do what at the district's page, over real HTTPS: accounts, sessions, rights, the log.

What is held to: daemon/api/API.md, section 11, and the promises about foreign pages (P27)
and about rights (P17).
"""
import csv
import io
import json
import os
import re
import threading

from district import Desk, account
from sites import DISTRICT, check, expect, say, script, write_file

WORDS = "ba con vịt xanh"

# A kind of which the server takes less than the laptop writes.
REMARK = {"kind": "remark", "version": 1, "label": {"vi": "Nhận xét", "en": "Remark"},
          "fields": [{"name": "words", "type": "text", "max": 200,
                      "label": {"vi": "Lời", "en": "Words"}},
                     {"name": "score", "type": "integer", "min": 0, "max": 1000,
                      "label": {"vi": "Điểm", "en": "Score"}}],
          "order": ["words"], "search": ["words"],
          "roles": {"hamlet_head": ["create", "edit"]}}


def narrow(kind):
    copy = json.loads(json.dumps(kind))
    copy["fields"][1]["max"] = 10
    return copy


def put_kind(folder, kind):
    os.makedirs(os.path.join(folder, "kinds"), exist_ok=True)
    write_file(os.path.join(folder, "kinds", f"{kind['kind']}.json"),
               json.dumps(kind, ensure_ascii=False))


def first_sign_in(site):
    """A code chooses a passphrase, once."""
    server = site.server
    made = server.ask("admin add", "Lan", "--role", "district_officer", "--unit", DISTRICT)
    check("the form of a code", re.fullmatch(r"([2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}", made["code"]))
    desk = Desk(server.address)

    def refused(body, status, key):
        answer = desk.request("POST", "/api/sign-in", body).judge()
        expect(f"{body}: {answer.body}", (answer.status, answer.json["key"]), (status, key))
        check("no cookie with a refusal", "set-cookie" not in answer.headers)

    refused({"account": "Lan", "passphrase": WORDS}, 401, "account-wrong")
    refused({"account": "Lan", "passphrase": WORDS, "code": "2222-2222-2222-2222"}, 401, "account-code")
    refused({"account": "Lan", "passphrase": "ngắn", "code": made["code"]}, 422, "passphrase-short")
    answer = desk.sign_in("Lan", WORDS, made["code"].lower().replace("-", " "))
    cookie = answer.headers["set-cookie"]
    check(cookie, re.fullmatch(r"__Host-hamlet=[\w-]{43}; HttpOnly; SameSite=Strict; Secure; Path=/", cookie))
    expect("who signed in", (desk.session["account"], desk.session["role"], desk.session["scope"]),
           ("Lan", "district_officer", DISTRICT))
    refused({"account": "Lan", "passphrase": "một câu khác hẳn", "code": made["code"]}, 401, "account-code")
    server.refuse("admin add", "Lan", "--role", "viewer", "--unit", DISTRICT, exits=73)
    server.refuse("admin add", "Tổ", "--role", "recorder", "--unit", DISTRICT, exits=65)
    say("a code chooses a passphrase, once")
    return desk


def walk(site, desk):
    """One thing read, one thing written: as the account, by the command of the same name."""
    server = site.server
    a = site.enrol("A", role="hamlet_head")
    put_kind(a.folder, REMARK)
    a.run("add", "remark", "words=good", "score=7")
    high = a.ask("add", "remark", "words=high", "score=900")
    expect("refused", a.once()["quarantined"], 1)
    overview = desk.get("/api/overview")
    expect("the laptops", overview["laptops"]["active"], 1)
    expect("what is overdue", [one["what"] for one in overview["overdue"]],
           ["backup", "quarantine"])

    desk.post("/api/release", {"change": high["change"]}, 400)
    desk.post("/api/release", {"reason": "thang điểm đã mở rộng"}, 400)
    desk.post("/api/release", {"change": "--as=admin", "reason": "x"}, 404)
    elsewhere = next(row["code"] for row in site.communes if row["code"] != site.commune)
    beside = account(site, "Cúc", "district_officer", elsewhere)
    expect("beside his unit", beside.post("/api/release", {"change": high["change"], "reason": "x"}, 403)["key"],
           "unit-scope")
    beside.get("/api/refused", 403, change=high["change"])
    beside.get("/api/refused", 404, change="Nguyễn Văn A")
    for report, unit, status in (("registration", site.commune, 403), ("Nguyễn Văn A", elsewhere, 422)):
        beside.get("/api/report-records", status, report=report, figure="hamlets", year=2025, unit=unit)
    expect("what was refused", desk.get("/api/refused", change=high["change"])[0]["values"]["score"], 900)
    expect("a release", desk.post("/api/release", {"change": high["change"],
                                                   "reason": "thang điểm đã mở rộng"}),
           {"change": high["change"], "record": high["id"]})
    desk.post("/api/release", {"change": high["change"], "reason": "lại"}, 404)
    expect("what is held", server.ask("quarantine"), [])
    expect("what is overdue", [one["what"] for one in desk.get("/api/overview")["overdue"]],
           ["backup"])
    a.once()
    expect("at the laptop", a.ask("quarantine"), [])
    return high["change"]


def log(site, change):
    """The log tells of it, to the auditor and at the server, and is whole."""
    auditor = account(site, "Bình", "auditor", DISTRICT)
    rows = auditor.get("/api/audit")["rows"]
    expect("newest first", [row["n"] for row in rows], sorted((row["n"] for row in rows), reverse=True))
    told = [(row["account"], row["act"], row["on"]) for row in reversed(rows)]
    for row in [("(console)", "admin add", "Lan"), ("Lan", "passphrase", ""),
                ("Lan", "open-refused", change), ("Lan", "release", change), ("(console)", "invite", ""),
                ("Lan", "sign-in-failed", "")]:
        check(f"{row} in {told}", row in told)
    check("one release", [row for row in told if row[1] == "release"] == [("Lan", "release", change)])
    check("nothing was opened beside a unit", [row for row in told if row[0] == "Cúc" and row[1].startswith("open")] == [])
    check("no words of people", all(words not in str(rows) for words in ("mở rộng", "Laptop A", "Nguyễn")))
    part = auditor.get("/api/audit", limit=3)
    expect("a page of it", (part["rows"], part["next"]), (rows[:3], rows[2]["n"]))
    expect("the next", auditor.get("/api/audit", limit=3, before=part["next"])["rows"], rows[3:6])
    whole = auditor.post("/api/audit-verify", {})
    expect("whole", whole, {"rows": rows[0]["n"], "head": rows[0]["hash"]})
    expect("at the server", site.server.ask("audit", "--verify"), whole)
    expect("in order", site.server.ask("audit"), rows[::-1])
    answer = auditor.long("/api/audit-export")
    expect("its name", answer.headers["content-disposition"], 'attachment; filename="hamlet-audit.csv"')
    table = answer.body.decode("utf-8-sig")
    expect("as a table", [row["hash"] for row in csv.DictReader(io.StringIO(table.lstrip("\ufeff")))],
           [row["hash"] for row in rows[::-1]])
    auditor.post("/api/release", {"change": change, "reason": "x"}, 403)
    auditor.get("/api/overview", 403)
    expect("who was turned away", [(row["account"], row["act"], row["on"])
                                   for row in auditor.get("/api/audit", limit=2)["rows"]],
           [("Bình", "denied", "/api/overview"), ("Bình", "denied", "/api/release")])
    say("the log tells who did what", rows=len(rows))
    return auditor


def overtaken(site):
    """A code that is given while a passphrase is being changed: nothing but the code opens."""
    for turn in range(3):
        name = f"đang đổi {turn}"
        desk = account(site, name, "viewer", DISTRICT)
        changing = threading.Thread(target=desk.request, args=(
            "POST", "/api/passphrase", {"old": WORDS, "new": "bốn con vịt xanh"}))
        changing.start()
        code = site.server.ask("admin code", name)["code"]
        changing.join()
        Desk(site.server.address).sign_in(name, "năm con vịt xanh", code)
    say("a code given meanwhile is the one that opens")


def carried(site):
    """A backup has the accounts and the log; a restored server lets the same people in."""
    server = site.server
    folder = site.path("restored")
    file = site.path("door.backup")
    before = (server.ask("admin list"), server.ask("audit", "--verify"))
    server.run("backup", file)
    site.programs.run("hamlet-server", "restore", file, "--data", folder,
                      "--recovery-key-file", server.recovery)
    expect("what a backup carries", tuple(site.programs.ask("hamlet-server", *line, "--data", folder)
                                          for line in (["admin", "list"], ["audit", "--verify"])), before)
    expect("who made it", server.ask("audit")[-1]["act"], "backup")
    say("a backup carries accounts and log", accounts=len(before[0]))


def run(site):
    site.set_up(serve=False)
    put_kind(site.server.folder, narrow(REMARK))
    site.server.serve()
    desk = first_sign_in(site)
    change = walk(site, desk)
    log(site, change)
    overtaken(site)
    carried(site)


if __name__ == "__main__":
    script(run)
