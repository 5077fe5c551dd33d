#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A district that is set up, invited, watched and put right by people who have only the page:
units come in as a table, a hamlet is added, renamed and merged in the middle of a year, machines
are let in by a link, moved, revoked; who answers for a commune reaches nothing outside of it.
"""
import base64
import json

from district import Desk, account
from sites import DISTRICT, check, expect, say, script, write_file
from workbook import Workbook

HEAD = "code,level,type,name,parent_code\n"


def table(rows):
    return HEAD + "".join(",".join(row[name] for name in HEAD.strip().split(",")) + "\n" for row in rows)


def excel(site, rows):
    """The same as an Excel file, as a page hands it on."""
    book = Workbook()
    sheet = book.sheet("Đơn vị")
    sheet.row(1, HEAD.strip().split(","))
    for line, row in enumerate(rows):
        sheet.row(2 + line, [row[name] for name in HEAD.strip().split(",")])
    book.write(site.path("units.xlsx"))
    with open(site.path("units.xlsx"), "rb") as file:
        return base64.urlsafe_b64encode(file.read()).decode().rstrip("=")


def bare(site):
    """What whoever installs it leaves behind: a server that knows the unit it is for."""
    site.server.init()
    site.server.run("units import", write_file(site.path("bare.csv"), table(site.chosen)))
    site.server.serve()


def registry(site, admin):
    """The tree, from nothing, and a hamlet that is merged with its day."""
    rows = site.chosen + site.communes + site.hamlets
    expect("nothing yet", admin.get("/api/units", search=site.commune), [])
    told = admin.post("/api/units-import", {"file": "units.csv", "table": table(rows)})
    expect("units", (told["added"], told["unchanged"]), (len(rows) - len(site.chosen), len(site.chosen)))
    admin.post("/api/units-import", {"file": "x.csv", "table": HEAD + "1,hamlet,ap,Ấp,nowhere\n"}, 422)
    admin.post("/api/units-import", {"file": "x.csv"}, 400)
    for wrong in ("", "a", "==", 7):
        admin.post("/api/units-import", {"file": "x.xlsx", "data": wrong}, 400)
    expect("in Excel", admin.post("/api/units-import", {"file": "units.xlsx", "data": excel(site, rows)})["unchanged"], len(rows))
    one = {"code": site.commune + "-900", "level": "hamlet", "type": "ap", "name": "Ấp Mới",
           "parent_code": site.commune}
    expect("one more", admin.post("/api/units-import", {"file": "page.csv", "table": table([one])})["added"], 1)
    admin.post("/api/units-rename", {"unit": one["code"], "name": "Ấp Mới Hơn", "on": "2026-03-01"})
    (row,) = admin.get("/api/units", code=one["code"], on="2026-02-28")
    expect("as it was", (row["then"]["name"], row["name"]), ("Ấp Mới", "Ấp Mới Hơn"))
    merged = admin.post("/api/units-merge", {"unit": one["code"], "into": site.hamlet, "on": "2026-04-01"})
    expect("merged", merged["on"], "2026-04-01")
    expect("open before", admin.get("/api/units", code=one["code"], on="2026-03-31")[0]["open"], True)
    expect("and not on the day", admin.get("/api/units", code=one["code"], on="2026-04-01"), [])
    admin.post("/api/units-merge", {"unit": one["code"], "into": site.hamlet}, 403)
    say("a district out of a table", units=len(rows) + 1)


def invite(site, desk, name, unit, role="recorder", status=200):
    return desk.post("/api/invite", {"unit": unit, "role": role, "name": name}, status)


def machines(site, admin):
    """A link lets a machine in; it is watched, moved, and taken its leave of."""
    told = invite(site, admin, "Sáu", site.hamlet, "hamlet_head")
    size = told["qr"]["size"]
    check("a code", size > 40 and len(told["qr"]["rows"]) == size)
    laptop = site.laptop("Six")
    laptop.enrol(told["invited"]["link"])
    laptop.once()
    (row,) = admin.get("/api/devices")["devices"]
    expect("watched", (row["name"], row["unit"], row["look"], row["errors"]), ("Sáu", site.hamlet, "none", []))
    (permit,) = [one for one in admin.get("/api/permits", device=row["device"]) if one["state"] == "active"]
    other = site.hamlets[1]["code"]
    admin.post("/api/move", {"device": row["device"], "unit": other})
    laptop.once()
    expect("moved", [one["unit"] for one in admin.get("/api/permits") if one["device"] == row["device"]
                     and one["state"] == "active"], [other])
    admin.post("/api/end", {"permit": permit["permit"], "at-once": True})
    admin.post("/api/revoke", {"device": row["device"]}, 400)
    admin.post("/api/revoke", {"device": row["device"], "reason": "mất máy"})
    (own,) = [one for one in admin.get("/api/permits") if one["name"] == "Chín"]
    refused = admin.post("/api/end", {"permit": own["permit"]}, 403)
    check("how an account ends", refused["key"] == "device-server" and "admin end" in refused["detail"])
    laptop.refuse_once(77)
    expect("last of all", [one["look"] for one in admin.get("/api/devices")["devices"]], ["revoked"])
    say("a machine, from its invitation to its end")


def people(site, admin):
    """An admin lets people in, and sees them out; never himself, and never outside of his unit."""
    told = admin.post("/api/account-add", {"name": "Mười Một", "role": "commune_officer", "unit": site.commune})
    expect("as what", (told["name"], told["role"], told["unit"]), ("Mười Một", "commune_officer", site.commune))
    officer = Desk(site.server.address)
    officer.sign_in("Mười Một", "bốn con vịt xanh", told["code"])
    expect("whose unit", officer.session["scope"], site.commune)
    admin.post("/api/account-add", {"name": "Mười Một", "role": "viewer", "unit": DISTRICT}, 409)
    admin.post("/api/account-add", {"name": "Mười Hai", "role": "recorder", "unit": DISTRICT}, 422)
    admin.post("/api/account-add", {"name": "Mười Hai", "role": "viewer", "unit": "83"}, 403)
    admin.post("/api/account-add", {"name": "Mười Hai", "role": "viewer"}, 400)
    for path in ("account-code", "account-end"):
        expect(f"his own {path}", admin.post("/api/" + path, {"name": "Chín"}, 403)["key"], "account-self")
        expect(f"nobody's {path}", admin.post("/api/" + path, {"name": "Không Ai"}, 404)["key"], "account-missing")
    narrow = account(site, "Mười Ba", "district_admin", site.commune)
    expect("whom an admin of a commune sees", sorted(row["name"] for row in narrow.get("/api/accounts")),
           ["Mười Ba", "Mười Một"])
    for path in ("account-code", "account-end"):
        expect("and touches", narrow.post("/api/" + path, {"name": "Chín"}, 403)["key"], "unit-scope")
    (row,) = [one for one in admin.get("/api/accounts") if one["name"] == "Mười Một"]
    check(f"where he works, in words: {row}", row["unit_name"].endswith(f" ({site.commune})") and row["passphrase"])
    fresh = admin.post("/api/account-code", {"name": "Mười Một"})["code"]
    expect("what is open is closed", officer.request("GET", "/api/session").status, 401)
    officer.sign_in("Mười Một", "năm con vịt xanh", fresh)
    admin.post("/api/account-end", {"name": "Mười Một"})
    expect("over at once", officer.request("GET", "/api/session").status, 401)
    log = json.dumps(site.server.ask("audit"), ensure_ascii=False)
    check("no code in the log", told["code"] not in log and fresh not in log)
    say("people of the district, from their first code to their end")


def commune(site):
    """An officer of a commune lets in who is below him in his own commune, and nobody else."""
    officer = account(site, "Năm", "commune_officer", site.commune)
    inside = next(row["code"] for row in site.hamlets if row["parent_code"] == site.commune)
    outside = next(row["code"] for row in site.hamlets if row["parent_code"] != site.commune)
    expect("in his own", invite(site, officer, "A", inside)["invited"]["unit"], inside)
    invite(site, officer, "B", outside, status=403)
    invite(site, officer, "C", inside, "commune_officer", 403)
    invite(site, officer, "D", inside, "district_admin", 403)
    expect("what he sees", [row["name"] for row in officer.get("/api/devices")["devices"]], ["A"])
    stranger = invite(site, account(site, "Bảy", "district_officer", DISTRICT), "E", outside)
    guest = site.laptop("guest")
    guest.enrol(stranger["invited"]["link"])
    guest.once()
    device = guest.ask("status")["device"]
    officer.post("/api/revoke", {"device": device, "reason": "x"}, 403)
    officer.post("/api/move", {"device": device, "unit": inside}, 403)
    officer.post("/api/grant", {"device": device, "unit": inside, "role": "recorder"}, 403)
    officer.post("/api/units-merge", {"unit": inside, "into": outside}, 403)
    officer.get("/api/quarantine", 403)
    narrow = account(site, "Tám", "district_admin", site.commune)
    for path, body in (("units-merge", {"unit": inside, "into": outside}), ("units-rename", {"unit": inside, "name": "x"}),
                       ("units-import", {"file": "a.csv", "table": "code,name\n"})):
        expect(path, narrow.post("/api/" + path, body, 403)["key"], "unit-scope")
    say("a commune reaches nothing outside of it")


def run(site):
    bare(site)
    admin = account(site, "Chín", "district_admin", DISTRICT)
    registry(site, admin)
    machines(site, admin)
    people(site, admin)
    commune(site)
    expect("nothing is refused", admin.get("/api/quarantine"), {"refused": [], "next": None})
    admin.get("/api/refused", 404, change="0" * 32)
    acts = [row["act"] for row in account(site, "Mười", "auditor", DISTRICT).get("/api/audit")["rows"]]
    for act in ("units import", "units rename", "units merge", "invite", "move", "end", "revoke", "admin add", "admin code", "admin end"):
        check(f"{act} in the log", act in acts)
    site.server.run("verify")


script(run)
