#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A kind that nothing in the tree has heard of: its file, put beside the others, is all it
needs to be entered, listed, searched, synchronised, conflicted, resolved, exported,
imported and deleted. Who has not got the file keeps and passes on what he cannot read.
"""
import csv
import io
import json
import os

from sites import check, expect, say, script, write_csv, write_file

STROKES = [[[0, 0], [10, 4], [21, 9]], [[5, 40], [9, 44]]]


def label(vi, en):
    return {"vi": vi, "en": en}


def field(name, type, vi, en, **more):
    return {"name": name, "type": type, "label": label(vi, en), **more}


def choice(value, vi, en, *also):
    return {"value": value, "label": label(vi, en), "also": list(also)}


ROLES = {"recorder": ["create", "edit", "delete", "withdraw"],
         "hamlet_head": ["create", "edit", "delete", "withdraw"],
         "commune_officer": ["create", "edit", "delete", "resolve", "withdraw"],
         "district_admin": ["resolve", "withdraw", "erase"]}

FERRY = {
    "kind": "ferry", "version": 1, "label": label("Bến đò", "Ferry landing"),
    "key": ["landing", "year"],
    "fields": [
        field("landing", "text", "Tên bến", "Landing", max=40),
        field("year", "integer", "Năm kiểm kê", "Year of the count", min=2000, max=2100,
              plain=True),
        field("river", "text", "Sông, rạch", "River", max=80, required=True),
        field("remark", "text", "Nhận xét", "Remark", max=300, lines=True),
        field("boats", "integer", "Số phương tiện", "Boats", min=0, max=99999),
        field("depth_dm", "integer", "Độ sâu (dm)", "Depth (dm)", min=-50, max=900),
        field("lit", "boolean", "Có đèn", "Has lights"),
        field("opened", "partial_date", "Hoạt động từ", "In use since"),
        field("bank", "enum", "Bờ", "Bank", values=[choice("trai", "Bờ trái", "Left", "tả"),
                                                    choice("phai", "Bờ phải", "Right", "hữu")]),
        field("carries", "set", "Chở", "Carries",
              values=[choice("nguoi", "Người", "People"), choice("xe", "Xe máy", "Motorbikes"),
                      choice("hang", "Hàng hóa", "Goods")]),
        field("hours", "list", "Giờ chạy", "Hours", max=10,
              item={"type": "text", "max": 20}),
        field("crew", "list", "Đội ngũ", "Crew", max=5, item={"type": "object", "fields": [
            field("task", "enum", "Việc", "Task", values=[choice("lai", "Lái đò", "Pilot"),
                                                          choice("ve", "Soát vé", "Tickets")]),
            field("number", "integer", "Số người", "Number", min=0, max=50)]}),
        field("nearest", "ref", "Hộ gần nhất", "Nearest household", kind="household"),
        field("inspected_on", "date", "Ngày kiểm tra", "Inspected on"),
        field("verdict", "enum", "Kết luận", "Verdict",
              values=[choice("an_toan", "An toàn", "Safe"),
                      choice("dinh_chi", "Đình chỉ", "Closed")]),
        field("inspector_ink", "strokes", "Chữ ký người kiểm tra", "Inspector's signature",
              max=4000)],
    "groups": {"inspection": ["inspected_on", "verdict", "inspector_ink"]},
    "order": ["river", "landing"], "search": ["landing", "river", "remark"],
    "columns": ["landing", "year", "river", "boats", "bank", "carries", "opened"],
    "roles": ROLES}


# What one person checks another goes through again.
VISIT = {
    "kind": "visit", "version": 1, "label": label("Lượt kiểm tra", "Visit"),
    "key": ["year", "pass"], "separate": "pass",
    "fields": [
        field("year", "integer", "Năm", "Year", min=2000, max=2100, plain=True),
        field("pass", "enum", "Lần", "Pass", values=[choice("own", "Tự kiểm", "Own"),
                                                     choice("second", "Kiểm lại", "Second")]),
        field("seen", "text", "Nội dung", "Seen", max=80)],
    "roles": ROLES}


def own_kind(folder, kind=None):
    os.makedirs(os.path.join(folder, "kinds"), exist_ok=True)
    kind = kind or FERRY
    write_file(os.path.join(folder, "kinds", f"{kind['kind']}.json"),
               json.dumps(kind, ensure_ascii=False))


def set_up(site):
    """Server and two laptops know the kind, a third of the same hamlet does not."""
    site.set_up(serve=False)
    own_kind(site.server.folder)
    own_kind(site.server.folder, VISIT)
    site.server.serve()
    a = site.enrol("A", role="hamlet_head")
    b = site.enrol("B", role="recorder")
    blind = site.enrol("C", role="recorder")
    for laptop in (a, b):
        own_kind(laptop.folder)
    say("a kind of its own beside the others", fields=len(FERRY["fields"]))
    return a, b, blind


FIELDS = {"landing": "Bến Đò Cả", "year": 2026, "river": "Sông Hàm Luông", "boats": 1157,
          "depth_dm": -3, "lit": True, "opened": "1998-05", "bank": "phai",
          "carries": ["nguoi", "xe"], "hours": ["05:30", "18:00"],
          "crew": [{"number": 2, "task": "lai"}, {"number": 1, "task": "ve"}],
          "inspected_on": "2026-03-05", "verdict": "an_toan"}


def enter(a):
    """Each type as people write it; the ink as points."""
    house = a.add("household", "head_name=Nguyễn Văn Út", "address_text=Số 1")
    ferry = a.add("ferry", "landing=Bến Đò Cả", "year=2026", "river=  Sông Hàm Luông ",
                  "boats=1.157", "depth_dm=-3", "lit=có", "opened=5/1998", "bank=Bờ phải",
                  "carries=Xe máy; nguoi", 'hours:=["05:30","18:00"]',
                  'crew:=[{"task":"lai","number":2},{"task":"Soát vé","number":1}]',
                  f"nearest={house}", "inspected_on=5/3/2026", "verdict=an toan",
                  f"inspector_ink:={json.dumps(STROKES)}")
    row = a.ask("show", ferry)
    ink = row["fields"].pop("inspector_ink")
    check("the ink is text", isinstance(ink, str) and ink)
    expect("fields", row["fields"], {**FIELDS, "nearest": house})
    expect("kind", row["kind"], "ferry")
    a.add("ferry", "landing=Ấp 10", "year=2026", "river=Sông Ba Lai")
    a.add("ferry", "landing=Ấp 2", "year=2026", "river=Sông Ba Lai")
    refused(a, ferry)
    say("entered and shown", fields=len(row["fields"]) + 1)
    return ferry


def refused(a, ferry):
    base = ["ferry", "landing=X", "year=2026", "river=R"]
    for code, says, command in (
            (73, None, ["add", "ferry", "landing=Bến Đò Cả", "year=2026", "river=R"]),
            (65, "river", ["add", "ferry", "landing=X", "year=2026"]),
            (65, "boats", ["add", *base, "boats=12,5"]),
            (65, "depth_dm", ["add", *base, "depth_dm=-51"]),
            (65, "bank", ["add", *base, "bank=giữa"]),
            (65, "carries", ["add", *base, "carries=xe, trâu"]),
            (65, "opened", ["add", *base, "opened=13/1998"]),
            (65, "inspector_ink", ["add", *base, "inspector_ink=\\\\"]),
            (65, "nearest", ["add", *base, f"nearest={ferry}"]),
            (65, "colour", ["add", *base, "colour=red"]),
            (65, "landing", ["edit", ferry, "landing=Y"]),
            (65, "river", ["edit", ferry, "river="]),
            (65, "nearest", ["add", *base, f"nearest={'0' * 32}"])):
        a.refuse(*command, exits=code, says=says)


def look(a, ferry):
    """Order, search and filters come out of the file, and so do the labels."""
    found = [row["fields"]["landing"] for row in a.ask("list", "ferry")]
    expect("order of the list", found, ["Ấp 2", "Ấp 10", "Bến Đò Cả"])
    for text, count in (("ham luong", 1), ("BEN DO", 1), ("ba lai", 2), ("05:30", 0)):
        expect(f"search for {text}", len(a.ask("list", "ferry", "--search", text)), count)
    for where, count in (("bank=bờ phải", 1), ("lit=có", 1), ("boats=1157", 1), ("boats=0", 0),
                         ("year=2026", 3)):
        expect(f"where {where}", len(a.ask("list", "ferry", "--where", where)), count)
    for lang, words in (("vi", ["Tên bến", "Sông, rạch", "Bờ phải", "Người"]),
                        ("en", ["Landing", "River", "Right", "People"])):
        command = ["hamlet", "list", "ferry", "--store", a.folder, "--lang", lang]
        shown = a.programs.run(*command, plain=True)
        for word in words:
            check(f"'{word}' stands in the list: {shown}", word in shown)
        shown = a.programs.run("hamlet", "show", ferry, "--store", a.folder, "--lang", lang,
                               plain=True)
        name, said = (("Bến đò", "An toàn") if lang == "vi" else ("Ferry landing", "Safe"))
        check(f"kind and verdict stand in {shown}", name in shown and said in shown)
    say("listed, searched, labelled in two languages")


def share(site, a, b, blind, ferry):
    expect("changes sent", a.once()["changes_up"], 4)
    for laptop in (b, blind):
        laptop.once()
    expect("the record at B", b.ask("show", ferry)["fields"], a.ask("show", ferry)["fields"])
    expect("the record at the server", site.server.ask("show", ferry)["fields"],
           a.ask("show", ferry)["fields"])
    say("synchronised")


def conflict(site, a, b, blind, ferry):
    """A group of the kind moves together; another field does not disturb it."""
    b.run("edit", ferry, "verdict=dinh_chi")
    a.run("edit", ferry, "inspected_on=2026-04-01")
    a.run("edit", ferry, "boats=12")
    b.run("edit", ferry, "lit=không")
    for laptop in (a, b, a, blind):
        laptop.once()
    rows = site.server.ask("conflicts")
    expect("conflicts", [(row["kind"], row["register"], row["type"]) for row in rows],
           [("ferry", "inspection", "group")])
    for laptop in (a, b, blind):
        expect(f"conflicts at {laptop.name}", [row["id"] for row in laptop.ask("conflicts")],
               [rows[0]["id"]])
    sides = {row["user"]: row["value"] for row in rows[0]["values"]}
    expect("verdict at B", sides["Laptop B"]["verdict"], "dinh_chi")
    expect("verdict at A", sides["Laptop A"]["verdict"], "an_toan")
    check("the ink moved with it", sides["Laptop A"]["inspector_ink"]
          == sides["Laptop B"]["inspector_ink"])
    shown = a.ask("show", ferry)
    expect("in conflict", shown["conflicts"], ["inspection"])
    expect("untouched fields", (shown["fields"]["boats"], shown["fields"]["lit"]), (12, False))
    taken = next(v["change"] for v in rows[0]["values"] if v["user"] == "Laptop B")
    site.server.run("resolve", rows[0]["id"], "--take", taken, "--reason", "bến đã đóng",
                    "--as", "admin")
    for laptop in (a, b, blind):
        laptop.once()
        expect(f"conflicts at {laptop.name}", laptop.ask("conflicts"), [])
    for laptop in (a, b):
        expect(f"the verdict at {laptop.name}",
               laptop.ask("show", ferry)["fields"]["verdict"], "dinh_chi")
    say("conflicted as a group and resolved")


def tables(site, a, b):
    """Out of one laptop as a table, changed, and into the other."""
    text = a.run("export", "ferry", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    expect("exported rows", len(rows), 3)
    whole = a.ask("export", "ferry", "--format", "json")
    expect("exported documents", len(whole), 3)
    new = write_csv(site.path("ferries.csv"), ["Tên bến", "Năm kiểm kê", "Sông, rạch", "Bờ",
                                               "Chở", "Hoạt động từ"],
                    [["Bến Đò Cả", "2026", "Sông Hàm Luông", "tả", "Hàng hóa", "1998"],
                     ["Vàm Kinh", "2026", "Cổ Chiên", "Right", "people", "2001-02-03"],
                     ["Ấp 2", "2026", "Sông Ba Lai", "", "", ""],
                     ["Xẻo Sâu", "2026", "Cổ Chiên", "giữa", "", ""]])
    done = b.ask("import", "ferry", new)
    expect("imported", (done["added"], done["changed"]), (1, 1))
    expect("refused", [(row["line"], row["column"]) for row in done["refused"]], [(5, "Bờ")])
    again = b.ask("import", "ferry", new)
    expect("imported again", (again["added"], again["changed"], again["unchanged"]), (0, 0, 3))
    b.run("undo", done["batch"])
    expect("after the undo", len(b.ask("list", "ferry")), 3)
    expect("carries", b.ask("list", "ferry", "--search", "ham luong")[0]["fields"]["carries"],
           ["nguoi", "xe"])
    say("exported, imported, undone", rows=len(rows))


def blind_keeps(site, a, blind, ferry):
    """Who has not got the file says so, loses nothing and is as equal as the others."""
    for command in (["list", "ferry"], ["add", "ferry", "landing=X", "year=2026", "river=R"],
                    ["export", "ferry"], ["edit", ferry, "boats=1"], ["delete", ferry]):
        blind.refuse(*command, exits=65, says="ferry")
    row = blind.ask("show", ferry)
    expect("kind shown", row["kind"], "ferry")
    expect("history of what it cannot read",
           sorted((w["change"], w["register"], json.dumps(w["value"], sort_keys=True))
                  for w in blind.ask("history", ferry)),
           sorted((w["change"], w["register"], json.dumps(w["value"], sort_keys=True))
                  for w in a.ask("history", ferry)))
    blind.run("show", ferry)
    blind.run("history", ferry)
    for laptop in (a, blind):
        expect(f"digest of {laptop.name}", laptop.digest(site.hamlet),
               site.server.digest(site.hamlet))
        laptop.run("verify")
        laptop.run("rebuild")
    own_kind(blind.folder)
    expect("once it has the file", blind.ask("show", ferry)["fields"],
           a.ask("show", ferry)["fields"])
    expect("its list", blind.run("list", "ferry", "--json"), a.run("list", "ferry", "--json"))
    expect("its search", len(blind.ask("list", "ferry", "--search", "ham luong")), 1)
    blind.run("rebuild")
    expect("digest as before", blind.digest(site.hamlet), a.digest(site.hamlet))
    say("kept untouched where the kind is unknown")


def delete(site, a, b, ferry):
    a.run("delete", ferry, "--reason", "đã có cầu")
    for laptop in (b, a, b):
        laptop.once()
    for host in (a, b, site.server):
        check("it is gone", ferry not in {row["id"] for row in host.ask("list", "ferry")})
    again = b.add("ferry", "landing=Bến Đò Cả", "year=2026", "river=Sông Mới")
    expect("the same natural key", again, ferry)
    expect("nothing of before", b.ask("show", ferry)["fields"],
           {"landing": "Bến Đò Cả", "year": 2026, "river": "Sông Mới"})
    b.once()
    say("deleted, and alive again")


def server_learns_later(site, a, b):
    """A server without the file refuses, keeps, and lets it stand once it has the file. B
    reads the unit and never has the file: the values come to it after all."""
    bridge = {**FERRY, "kind": "bridge", "label": label("Cầu", "Bridge")}
    own_kind(a.folder, bridge)
    id = a.add("bridge", "landing=Cầu Ván", "year=2026", "river=Rạch Ông")
    expect("refused", a.once()["quarantined"], 1)
    rows = site.server.ask("quarantine")
    expect("reason", [(row["record"], row["kind"], row["reason"]) for row in rows],
           [(id, "bridge", "unknown_kind")])
    expect("what the author is told", [(row["record"], row["reason"])
                                       for row in a.ask("quarantine")], [(id, "unknown_kind")])
    expect("counted at the author", a.ask("status")["quarantined"], 1)
    b.once()
    check("the others have no values of what was refused",
          all(row["withheld"] for row in b.ask("history", id)))
    site.server.stop()
    own_kind(site.server.folder, bridge)
    site.server.serve()
    a.once()
    expect("quarantine of the server that knows the kind", site.server.ask("quarantine"), [])
    expect("quarantine of the author", a.ask("quarantine"), [])
    expect("state at the author", a.ask("show", id)["state"], "accepted")
    expect("at the server", site.server.ask("show", id)["fields"]["river"], "Rạch Ông")
    expect("digest", a.digest(site.hamlet), site.server.digest(site.hamlet))
    b.once()
    check("the others have the values now",
          not any(row["withheld"] for row in b.ask("history", id)))
    expect("digest of another", b.digest(site.hamlet), site.server.digest(site.hamlet))
    say("judged again by a server that got the file later")


def broken_file(a):
    """A broken file is named, and nothing is done in its stead."""
    path = os.path.join(a.folder, "kinds", "zz.json")
    write_file(path, '{"kind":"zz","version":1}')
    a.refuse("status", exits=78, says="zz")
    os.remove(path)
    a.run("status")


def two_people(site, a, b):
    """Who went through it first does not check it: at his own door, and at the server's
    where his program does not know."""
    own_kind(b.folder, VISIT)
    own_kind(a.folder, {name: what for name, what in VISIT.items() if name != "separate"})
    first = a.add("visit", "year=2026", "pass=own")
    a.add("visit", "year=2026", "pass=second", "seen=tôi")
    a.once()
    b.once()
    refused = site.server.ask("quarantine")[-1]
    expect("why", (refused["kind"], refused["reason"]), ("visit", "same_person"))
    expect("what stands", [row["id"] for row in b.ask("list", "visit")], [first])
    b.add("visit", "year=2026", "pass=second", "seen=người khác")
    b.refuse("edit", first, "seen=x", exits=77, says="visit.pass")
    b.once()
    a.once()
    expect("by two people", len(site.server.ask("list", "visit")), 2)
    own_kind(a.folder, VISIT)
    a.add("visit", "year=2027", "pass=own")
    a.refuse("add", "visit", "year=2027", "pass=second", exits=77, says="visit.pass")
    a.once()
    b.once()
    say("one person wrote one of two", refused=1)


def run(site):
    a, b, blind = set_up(site)
    ferry = enter(a)
    look(a, ferry)
    share(site, a, b, blind, ferry)
    conflict(site, a, b, blind, ferry)
    tables(site, a, b)
    for laptop in (b, a, blind):
        laptop.once()
    blind_keeps(site, a, blind, ferry)
    delete(site, a, b, ferry)
    broken_file(a)
    server_learns_later(site, a, b)
    two_people(site, a, b)
    for host in (a, b, site.server):
        host.run("verify")
    say("stores verified")


if __name__ == "__main__":
    script(run)
