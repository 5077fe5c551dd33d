#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every route of the district's page, by every role, over every unit; and by every stranger.

The tables below are written by hand from what the roles are for: a route that stands in the
program and not here, or a right that is another, is a failure.
"""
import http.client
import json
import os
import re

from district import Desk, account, blind
from sites import DISTRICT, ROOT, check, expect, promise, say, script

ROLES = ["commune_officer", "commune_chair", "district_officer", "district_chair",
         "district_admin", "viewer", "auditor"]
COMMUNE = {"commune_officer", "commune_chair"}
ALL = set(ROLES)
DECIDE = {"commune_officer", "district_officer", "district_admin"}
OFFICERS = {"commune_officer", "district_officer"}
JUDGE = OFFICERS | {"commune_chair", "district_chair"}
NOBODY = "0" * 32

# Who may; and what is sent to find out, which does nothing where it is let in.
ROUTES = {
    ("GET", "/api/session"): (ALL, None),
    ("POST", "/api/here"): (ALL, {}),
    ("POST", "/api/passphrase"): (ALL, {}),
    ("POST", "/api/sign-out"): (ALL, {}),
    ("GET", "/api/overview"): (ALL - {"auditor"}, None),
    ("GET", "/api/audit"): ({"auditor", "district_officer", "district_chair"}, None),
    ("GET", "/api/audit-export"): ({"auditor", "district_officer", "district_chair"}, None),
    ("POST", "/api/audit-verify"): ({"auditor", "district_officer", "district_chair"}, {}),
    ("GET", "/api/kinds"): (ALL, None),
    ("GET", "/api/reports"): (ALL - {"auditor"}, None),
    ("GET", "/api/qr"): (ALL - {"auditor"}, None),
    ("GET", "/api/report"): (ALL - {"auditor"}, None),
    ("GET", "/api/register"): (ALL - {"auditor"}, None),
    ("GET", "/api/report-records"): (COMMUNE | {"district_officer", "district_chair"}, None),
    ("GET", "/api/inbox"): (DECIDE, None),
    ("GET", "/api/claims"): (DECIDE, None),
    ("GET", "/api/duplicates"): (DECIDE, None),
    ("GET", "/api/merges"): (DECIDE, None),
    ("POST", "/api/case-open"): (DECIDE, {}),
    ("POST", "/api/case-leave"): (DECIDE, {}),
    ("POST", "/api/pair-open"): (DECIDE, {}),
    ("POST", "/api/decide"): (DECIDE, {}),
    ("POST", "/api/merge"): (DECIDE, {}),
    ("POST", "/api/unmerge"): (DECIDE, {}),
    ("POST", "/api/apart"): (DECIDE, {}),
    ("POST", "/api/undo"): (DECIDE, {}),
    ("POST", "/api/settle"): (DECIDE, {}),
    ("GET", "/api/rules"): (DECIDE, None),
    ("POST", "/api/rule"): (DECIDE, {}),
    ("POST", "/api/rule-end"): (DECIDE, {}),
    ("POST", "/api/ask"): (DECIDE, {}),
    ("POST", "/api/questions"): (DECIDE, {}),
    ("POST", "/api/answer"): (DECIDE, {}),
    ("GET", "/api/cases"): (JUDGE, None),
    ("POST", "/api/evaluate"): (JUDGE, {}),
    ("POST", "/api/dossier-open"): (JUDGE, {}),
    ("POST", "/api/file"): (OFFICERS, {}),
    ("POST", "/api/amend"): (JUDGE, {}),
    ("GET", "/api/aggregates"): (JUDGE, None),
    ("GET", "/api/devices"): (DECIDE, None),
    ("GET", "/api/permits"): (DECIDE, None),
    ("POST", "/api/invite"): (DECIDE, {}),
    ("POST", "/api/revoke"): (DECIDE, {}),
    ("POST", "/api/grant"): (DECIDE, {}),
    ("POST", "/api/move"): (DECIDE, {}),
    ("POST", "/api/end"): (DECIDE, {}),
    ("GET", "/api/accounts"): ({"district_admin"}, None),
    ("POST", "/api/account-add"): ({"district_admin"}, {}),
    ("POST", "/api/account-code"): ({"district_admin"}, {}),
    ("POST", "/api/account-end"): ({"district_admin"}, {}),
    ("GET", "/api/units"): (ALL - {"auditor"}, None),
    ("POST", "/api/units-import"): ({"district_admin"}, {}),
    ("POST", "/api/units-merge"): ({"district_admin"}, {}),
    ("POST", "/api/units-rename"): ({"district_admin"}, {}),
    ("GET", "/api/quarantine"): ({"district_officer", "district_admin"}, None),
    ("GET", "/api/refused"): ({"district_officer", "district_admin"}, None),
    ("POST", "/api/correct"): ({"district_officer", "district_admin"}, {}),
    ("POST", "/api/release"): ({"district_officer", "district_admin"},
                               {"change": NOBODY, "reason": "x"}),
}
# Routes whose query names a unit.
SCOPED = [("GET", "/api/overview"), ("GET", "/api/merges"),
          ("GET", "/api/inbox"), ("GET", "/api/duplicates"),
          ("GET", "/api/devices")]
OPEN = {("POST", "/api/sign-in")}


def table():
    """The routes of the program."""
    with open(os.path.join(ROOT, "daemon/web/server/routes.c"), encoding="utf-8") as file:
        rows = re.findall(r'\{"(GET|POST)", "([^"]+)",\s*\.right = (\w+)', file.read())
    expect("rows without a right", [row for row in rows if row[2] == "HM_RIGHT_NONE"], [])
    return {(method, path) for method, path, _ in rows}


def ask(desk, method, path, body, **more):
    return desk.request(method, path, body if method == "POST" else None, **more).judge()


def by_role(site):
    """Each cell: let in, or 403 and nothing else."""
    cells = leaks = 0
    for role in ROLES:
        unit = site.commune if role in COMMUNE else DISTRICT
        desk = account(site, f"vai {role}", role, unit)
        for (method, path), (may, body) in ROUTES.items():
            answer = ask(desk, method, path, body)
            cells += 1
            if role in may:
                check(f"{role} at {path}: {answer.status} {answer.body}",
                      answer.status not in (401, 403) or path == "/api/sign-out")
            else:
                leaks += answer.status != 403 or answer.json["key"] != "right-denied"
            if path == "/api/sign-out":
                leaks += ask(desk, "GET", "/api/session", None).status != 401
                desk.sign_in(f"vai {role}", "ba con vịt xanh")
    return cells, leaks


def by_unit(site):
    """One's own unit and what is below it; never beside or above."""
    other = next(row["code"] for row in site.communes if row["code"] != site.commune)
    elsewhere = next(row["code"] for row in site.hamlets if row["parent_code"] == other)
    below = next(row["code"] for row in site.hamlets if row["parent_code"] == site.commune)
    relations = {None: 200, site.commune: 200, below: 200, other: 403, elsewhere: 403,
                 DISTRICT: 403, "không có": 422}
    desk = account(site, "xã", "commune_officer", site.commune)
    cells = leaks = 0
    for method, path in SCOPED:
        for unit, status in relations.items():
            answer = desk.long(path, status, **({"unit": unit} if unit else {}))
            cells += 1
            if path == "/api/overview" and status == 200:
                leaks += answer.json["unit"]["code"] != (unit or site.commune)
    return cells, leaks


def by_stranger(site):
    """Who is not signed in, whose account ended, whose code or passphrase is another now."""
    cells = leaks = 0
    ended = account(site, "nghỉ việc", "district_officer", DISTRICT)
    forgot = account(site, "quên", "district_officer", DISTRICT)
    changed = account(site, "đổi", "district_officer", DISTRICT)
    second = Desk(site.server.address)
    second.sign_in("đổi", "ba con vịt xanh")
    second.post("/api/passphrase", {"old": "ba con vịt xanh", "new": "bốn con vịt xanh"})
    site.server.run("admin end", "nghỉ việc")
    site.server.run("admin code", "quên")
    for desk in (Desk(site.server.address), ended, forgot, changed):
        for (method, path), (_, body) in ROUTES.items():
            cells += 1
            leaks += ask(desk, method, path, body).status != 401
    expect("one who has nothing more", Desk(site.server.address).request(
        "POST", "/api/sign-in", {"account": "nghỉ việc", "passphrase": "ba con vịt xanh"}).status, 401)
    return cells, leaks


def forged(desk, other):
    """What a browser sends for another page, or a thief who has one half."""
    cookie, token = desk.cookie, desk.token
    own = f"https://{desk.host}"
    port = desk.host.rsplit(":", 1)[1]
    for origin in ("https://evil.test", f"https://evil.test:{port}", "null", own.replace("https", "http"),
                   f"https://{desk.host}0", own + ".evil.test", f"https://localhost:{port}", ""):
        yield 403, {"Origin": origin}
    for site in ("cross-site", "same-site", "none", "evil"):
        yield 403, {"Sec-Fetch-Site": site}
    for host in (f"evil.test:{port}", f"localhost.evil.test:{port}", "127.0.0.1", "127.0.0.1:1",
                 f"127.0.0.1.:{port}", f"[::1]:1"):
        yield (403, 421), {"Host": host, "Origin": f"https://{host}"}
    yield 401, {"X-Hamlet-Token": None}
    yield 401, {"Cookie": None}
    yield 401, {"X-Hamlet-Token": "A" * 43}
    yield 401, {"Cookie": "__Host-hamlet=" + "A" * 43}
    yield 401, {"X-Hamlet-Token": other.token}
    yield 401, {"Cookie": other.cookie}
    yield 401, {"Cookie": cookie.replace("__Host-", "")}
    yield 401, {"Cookie": None, "X-Hamlet-Token": cookie.split("=")[1]}
    yield 401, {"Cookie": "__Host-hamlet=" + token, "X-Hamlet-Token": cookie.split("=")[1]}


def by_forger(site):
    """Each vector at each route: refused before anything is reached."""
    tried = reached = 0
    desk = account(site, "thật", "district_officer", DISTRICT)
    other = account(site, "khác", "district_officer", DISTRICT)
    before = (site.server.ask("status"), site.server.ask("audit", "--verify"))
    for (method, path), (_, body) in ROUTES.items():
        for wanted, headers in forged(desk, other):
            answer = ask(desk, method, path, body, headers=headers)
            tried += 1
            good = answer.status in (wanted if isinstance(wanted, tuple) else (wanted,))
            reached += not good
            if not good:
                say(f"REACHED {method} {path} {headers} {answer.status}")
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-8"):
            if method == "POST":
                tried += 1
                reached += ask(desk, method, path, body, headers={"Content-Type": kind}).status != 415
        for wrong in ("PUT", "DELETE", "OPTIONS", "GET" if method == "POST" else "POST"):
            tried += 1
            reached += desk.request(wrong, path, {} if wrong == "POST" else None).status not in (405, 403)
    expect("after all of them", (site.server.ask("status"), site.server.ask("audit", "--verify")), before)
    expect("the one who is real", desk.get("/api/session")["account"], "thật")
    return tried, reached


def twice(site):
    """Headers that decide who asks, sent twice: no reader chooses."""
    desk = account(site, "hai lần", "district_officer", DISTRICT)
    tried = 0
    for name, value in (("Cookie", desk.cookie), ("X-Hamlet-Token", desk.token),
                        ("Origin", f"https://{desk.host}"), ("Sec-Fetch-Site", "same-origin")):
        peer = http.client.HTTPSConnection(desk.host, timeout=60, context=blind())
        peer.putrequest("GET", "/api/session", skip_host=True)
        for each in [("Host", desk.host), ("Cookie", desk.cookie), ("X-Hamlet-Token", desk.token),
                     ("Origin", f"https://{desk.host}"), ("Sec-Fetch-Site", "same-origin"), (name, value)]:
            peer.putheader(*each)
        peer.endheaders()
        expect(f"{name} twice", peer.getresponse().status, 400)
        tried += 1
    return tried


def unheard(site):
    """Of a stranger's body nothing is taken: he is answered when his header is there."""
    tried = 0
    for method, path in ROUTES:
        if method == "POST":
            tried += 1
            peer = http.client.HTTPSConnection(site.server.address, timeout=60, context=blind())
            peer.putrequest("POST", path)
            for each in (("Content-Type", "application/json"), ("Origin", f"https://{site.server.address}"),
                         ("Content-Length", "9000")):
                peer.putheader(*each)
            peer.endheaders(b"{")
            expect(f"the rest of what a stranger sends to {path}", peer.getresponse().status, 401)
            peer.close()
    long = json.dumps({"account": "x" * 20000, "passphrase": "x"}).encode()
    expect("much of him", Desk(site.server.address).request("POST", "/api/sign-in", long).status, 413)
    return tried


def replayed(site):
    """What was sent once, sent again: after a sign-out and after the server's restart."""
    desk = account(site, "phát lại", "district_officer", DISTRICT)
    held = (desk.cookie, desk.token)
    desk.post("/api/sign-out", {})
    desk.cookie, desk.token = held
    expect("after a sign-out", desk.request("GET", "/api/session").status, 401)
    desk.sign_in("phát lại", "ba con vịt xanh")
    held = (desk.cookie, desk.token)
    site.server.stop()
    site.server.serve()
    again = Desk(site.server.address)
    again.cookie, again.token = held
    expect("after a restart", again.request("GET", "/api/session").status, 401)
    return 2


def guesses(site):
    """Wrong passphrases wait, for names that nobody has as well, and the right one with them."""
    account(site, "đoán", "district_officer", DISTRICT)
    desk = Desk(site.server.address)
    for name in ("đoán", "không ai cả"):
        statuses = [desk.request("POST", "/api/sign-in", {"account": name, "passphrase": f"sai {n}"}).status
                    for n in range(7)]
        expect(f"guesses for {name}", statuses, [401] * 5 + [429] * 2)
        late = desk.request("POST", "/api/sign-in", {"account": name, "passphrase": "ba con vịt xanh"})
        expect("the right one, too early", (late.status, late.json["key"]), (429, "passphrase-wait"))
        check("how long", 0 < int(late.headers["retry-after"]) <= 5)
    expect("the code lets him in at once", Desk(site.server.address).sign_in(
        "đoán", "năm con vịt xanh", site.server.ask("admin code", "đoán")["code"]).status, 200)
    return 14


def run(site):
    site.set_up()
    expect("routes that the tables below know", set(ROUTES) | OPEN, table())
    cells, leaks = (sum(each) for each in zip(by_role(site), by_unit(site), by_stranger(site)))
    expect("leaks", leaks, 0)
    promise("P17 roles and units at the district's page", f"{cells} cells", "leaks 0")
    tried, reached = by_forger(site)
    expect("reached", reached, 0)
    tried += twice(site) + unheard(site) + replayed(site)
    promise("P27-28 foreign, rebound, forged, replayed at the district", f"{tried} tries", "reached 0")
    say("guesses wait", tried=guesses(site))


if __name__ == "__main__":
    script(run)
