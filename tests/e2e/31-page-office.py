#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A hamlet's year at the officer's desk, in a real browser: a registration comes from a laptop,
is returned with a sentence, read there, sent again and received; the own evaluation is appraised,
the decision and the certificate recorded; both sides then tell the same state.

    31-page-office.py --bin DIR --work DIR

What is held to: daemon/api/API.md, section 15. Names stand in an opened dossier alone.
"""
import datetime
import importlib
import json

from district import Desk, account
from sites import DISTRICT, check, expect, say, script, write_file

page = importlib.import_module("96-page")
HEAD = "Lê Thị Bình"
REGISTRANT = "Võ Văn Trưởng"
YEAR = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7))).year


def register(site):
    """A laptop of two households that has registered."""
    head = site.enrol("A", role="hamlet_head")
    for name in (HEAD, "Phạm Đạt"):
        head.add("household", f"head_name={name}", "address_text=Số 1")
    head.add("registration", f"year={YEAR}", "reg_type=tieu_chuan", "unit_kind=khu_dan_cu",
             f"registrant_name={REGISTRANT}", "households_resident=2")
    head.once()
    return head


def case(host, site):
    return host.ask("case", "--year", str(YEAR), "--unit", site.hamlet)


def dossier(site, desk, status=200, unit=None):
    return desk.post("/api/dossier-open", {"unit": unit or site.hamlet, "year": YEAR}, status)


def lists(site, desk):
    """What is a list or a count names nobody."""
    queue = desk.request("GET", f"/api/cases?year={YEAR}&unit={site.commune}").judge()
    for name in (HEAD, REGISTRANT):
        check(f"{name} is in no list", name not in queue.body.decode())
    (row,) = [one["case"] for one in queue.json if one["case"]["unit"] == site.hamlet]
    expect("waits for the officer", row["missing"][0]["state"], "da_tiep_nhan")
    judged = desk.request("POST", "/api/evaluate", {"unit": site.hamlet, "year": YEAR}).judge()
    check("nor in an evaluation", HEAD not in judged.body.decode() and judged.status == 200)
    expect("people are no counts", desk.get("/api/aggregates", 400, kind="household")["key"], "web-member")
    expect("nor written so", desk.post("/api/file", {"kind": "household", "fields": {"unit": site.hamlet}},
                                       400)["key"], "web-member")


def merges(site, head, desk):
    """What was made one is listed without names, and taken apart; what was refused is written
    again by whoever may."""
    one, other = [row["id"] for row in head.ask("list", "household")]
    desk.post("/api/pair-open", {"id": one, "other": other})
    desk.post("/api/merge", {"id": one, "into": other, "reason": "x"})
    listed = desk.request("GET", "/api/merges").judge()
    check("nobody is named", HEAD not in listed.body.decode())
    expect("one merge", [(row["record"], row["into"], row["unit"]) for row in listed.json["merges"]], [(one, other, site.hamlet)])
    expect("no more than one", listed.json["next"], None)
    full = desk.get("/api/merges", limit=1)
    expect("in pieces", (full["merges"], full["next"]), (listed.json["merges"], one))
    expect("and none after it", desk.get("/api/merges", after=full["next"])["merges"], [])
    expect("no such place", desk.get("/api/merges", 400, after="1")["key"], "web-member")
    desk.post("/api/unmerge", {"id": one, "reason": "gộp nhầm"})
    expect("taken apart", desk.get("/api/merges")["merges"], [])
    desk.post("/api/pair-open", {"id": one, "other": other})
    desk.post("/api/merge", {"id": one, "into": other, "reason": "x"})
    viewer = account(site, "Bác Năm", "viewer", DISTRICT)
    viewer.get("/api/merges", 403)
    judge = account(site, "Chị Bảy", "district_officer", DISTRICT)
    judge.post("/api/correct", {"change": "0" * 32, "fields": {}}, 404)
    (change,) = {row["change"] for row in head.ask("history", one) if row["act"] == "create"}
    expect("what was not refused", judge.post("/api/correct", {"change": change, "fields": {}}, 404)["key"], "change-not-held")


def figures(site, desk):
    """Statistics are counts; a bad one is refused beside its field."""
    fields = {"unit": site.commune, "indicator": "hh_signed", "window_from": f"{YEAR}-01-01", "window_to": f"{YEAR}-03-31"}
    expect("more than all", desk.post("/api/file", {"kind": "statistic", "fields": {**fields, "amount": 9, "total": 3}},
                                      422)["key"], "field-rule")
    desk.post("/api/file", {"kind": "statistic", "fields": {**fields, "amount": 3, "total": 9}})
    (row,) = desk.get("/api/aggregates", kind="statistic")["records"]
    expect("counted", (row["unit"], row["fields"]["amount"]), (site.commune, 3))


def doors(site, head, desk):
    """Who may; and what moved since it was read is refused with nothing done."""
    opened = dossier(site, desk)
    check("the dossier names who registered", REGISTRANT in json.dumps(opened, ensure_ascii=False))
    check("and no householder", HEAD not in json.dumps(opened, ensure_ascii=False))
    step = {"kind": "step", "fields": {"unit": site.hamlet, "year": YEAR, "step": "tiep_nhan", "round": 1,
                                       "done_on": f"{YEAR}-02-01"}}
    expect("unread", desk.post("/api/file", step, 400)["key"], "web-member")
    (record,) = [one for one in opened["records"] if one["kind"] == "registration"]
    head.run("edit", record["id"], "households_signed=1")
    head.once()
    refused = desk.post("/api/file", {**step, "seen": opened["seen"]}, 409)
    expect("it moved on", (refused["key"], refused["args"]), ("dossier-moved", [site.hamlet]))
    expect("nothing was done", case(site.server, site)["state"], "da_dang_ky")
    expect("another's seen", desk.post("/api/file", {**step, "seen": "x"}, 400)["key"], "dossier-seen")
    beside = next(row["code"] for row in site.hamlets if row["parent_code"] == site.commune and row["code"] != site.hamlet)
    other = {**step, "fields": {**step["fields"], "unit": beside}, "seen": dossier(site, desk)["seen"]}
    expect("seen of another unit", desk.post("/api/file", other, 400)["key"], "dossier-seen")
    elsewhere = next(row["code"] for row in site.communes if row["code"] != site.commune)
    away = account(site, "Chú Sáu", "commune_officer", elsewhere)
    dossier(site, away, 403)
    away.get("/api/cases", 403, year=YEAR, unit=site.commune)
    away.get("/api/aggregates", 403, kind="statistic", unit=site.commune)
    away.post("/api/file", {**step, "seen": opened["seen"]}, 403)
    away.post("/api/amend", {"id": record["id"], "fields": {"receive_no": "1"}, "seen": opened["seen"]}, 403)
    viewer = account(site, "Bác Tư", "viewer", DISTRICT)
    for path in ("dossier-open", "evaluate", "file", "amend"):
        expect(f"a viewer at {path}", viewer.post(f"/api/{path}", {}, 403)["key"], "right-denied")
    chair = account(site, "Cô Chủ", "commune_chair", site.commune)
    dossier(site, chair)
    expect("a chair records nothing", chair.post("/api/file", step, 403)["key"], "right-denied")
    told = [(row["act"], row["on"]) for row in site.server.ask("audit")]
    check("each opening is in the log", told.count(("open-dossier", site.hamlet)) == 3)


def evaluate(site, head):
    """The hamlet's own part, at its laptop."""
    head.add("evaluation", f"year={YEAR}", "stage=tu_danh_gia", "result=dat",
             "answers:=" + json.dumps([{"criterion_id": "4.1.a", "verdict": "dat"}]))
    head.add("minutes", f"year={YEAR}", "meeting_level=ap", "session=1", f"held_on={YEAR}-01-03", f"signed_on={YEAR}-01-04",
             "copy_no=1", "chair_name=An", "secretary_name=Ba")
    head.add("step", f"year={YEAR}", "step=nop_ho_so", "round=1", f"done_on={YEAR}-01-05")
    head.once()
    expect("submitted", case(site.server, site)["state"], "da_nop")


def share(site, desk):
    """Of the commune: how many units below are recognised, out of decided lines."""
    counted = dossier(site, desk, unit=site.commune)["counted"]
    below = [row for row in site.hamlets if row["parent_code"] == site.commune]
    expect("recomputed", (counted["below_recognised"], counted["below_total"]), (1, len(below)))


def run(site):
    page.packages()
    site.set_up()
    head = register(site)
    desk = account(site, "Anh Hai", "commune_officer", site.commune)
    lists(site, desk)
    figures(site, desk)
    doors(site, head, desk)
    merges(site, head, desk)
    desk.post("/api/sign-out", {})
    write_file(site.path("office.json"), json.dumps({"registrant": REGISTRANT, "year": YEAR}))
    address = f"https://{site.server.address}/"
    screens = page.drive(address, site, "return", "office.mjs")["screens"]
    head.once()
    expect("returned, here too", [one["flag"] for one in case(head, site)["flags"]], ["da_tra_dang_ky"])
    head.start("--listen", "127.0.0.1:0")
    screens += page.browse(site, head, "read", "office.mjs")["screens"]
    head.stop()
    head.once()
    expect("sent again", [one["flag"] for one in case(site.server, site)["flags"]], [])
    screens += page.drive(address, site, "receive", "office.mjs")["screens"]
    head.once()
    expect("received", case(head, site)["state"], "da_tiep_nhan")
    evaluate(site, head)
    screens += page.drive(address, site, "decide", "office.mjs")["screens"]
    head.once()
    expect("decided", case(site.server, site)["state"], "da_cong_nhan")
    screens += page.drive(address, site, "confirm", "office.mjs")["screens"]
    (decided,) = site.server.ask("list", "recognition")
    check("the chair has confirmed it", decided["fields"]["confirmed_on"].startswith(str(datetime.date.today().year)))
    head.once()
    expect("and told alike at the laptop", case(head, site), case(site.server, site))
    (decided,) = head.ask("list", "recognition")
    expect("as the paper says", [decided["fields"][name] for name in ("decision_no", "certificate_no", "households_resident")],
           ["12/QĐ", "GCN-7", 2])
    expect("digest", head.digest(site.hamlet), site.server.digest(site.hamlet))
    desk = Desk(site.server.address)
    desk.sign_in("Anh Hai", "ba con vịt xanh")
    share(site, desk)
    expect("nothing is refused", site.server.ask("quarantine"), [])
    say("a dossier, from its registration to its decision", screens=screens)


if __name__ == "__main__":
    script(run)
