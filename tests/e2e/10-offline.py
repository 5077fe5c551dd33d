#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a laptop does without a network: every command of `hamlet` that reads and writes
records, and every way in which it refuses. No server answers here.

    10-offline.py --bin DIR --work DIR
"""
import csv
import io
import json
import os
import re
import unicodedata

from sites import (NOBODY, ROOT, check, expect, is_id, read_file, say, script, unchanged, write_csv,
                   write_file)

YEAR = 2026
SIGNATURE = [[[10, 10], [20, 25], [30, 12]], [[40, 40], [41, 42]]]


def refuse_all(laptop, what, rows):
    """Each row: exit code, part of the line, command, operands…; nothing may change."""
    with unchanged(laptop, what):
        for exits, says, command, *args in rows:
            refusal = laptop.refuse(command, *args, exits=exits, says=says)
            expect(f"output of the refused {command} {args}", refusal.stdout, "")
    say(f"refused: {what}", commands=len(rows))


def fields_of(laptop, record):
    return laptop.ask("show", record)["fields"]


def names_of(records, field="head_name"):
    return [record["fields"][field] for record in records]


# ---- setting up ----

def enrol(site):
    """Exactly one store from one invitation; a damaged or foreign one makes none."""
    server = site.server
    invitation = server.invite("A", role="hamlet_head")
    raw = read_file(invitation)
    given = json.loads(raw)
    laptop = site.laptop("A")
    laptop.refuse("status", exits=78, hint="hamlet enrol")
    swapped = dict(given, name="Somebody else")
    other = dict(given, v=99)
    for name, content in (("empty", b""), ("half", raw[:len(raw) // 2]), ("noise", b"\x00\xff" * 99),
                          ("altered", json.dumps(swapped)), ("version", json.dumps(other)),
                          ("other JSON", "{}"), ("huge", b"x" * 10_000_000)):
        file = write_file(site.path("bad.hmi"), content)
        refusal = laptop.refuse("enrol", file, exits=65)
        check(f"the {name} invitation made a store", not os.path.exists(laptop.folder))
        check(f"no word on the {name} invitation", refusal.line != "")
    laptop.refuse("enrol", site.path("nowhere.hmi"), exits=66)
    laptop.refuse("enrol", "hamlet:1:broken", exits=65)
    done = laptop.enrol(invitation)
    expect("unit", done["unit"], site.hamlet)
    expect("role", done["role"], "hamlet_head")
    check("device id", is_id(done["device"]))
    expect("mode of the key", os.stat(os.path.join(laptop.folder, "keys", "device")).st_mode & 0o777,
           0o600)
    refuse_all(laptop, "a second enrolment", [(73, laptop.folder, "enrol", invitation)])
    expired = site.laptop("expired")
    expired.enrol(server.invite("expired", None, "recorder", "--valid", "1m"))
    linked = site.laptop("linked")
    link = server.ask("invite", "--unit", site.hamlet, "--role", "recorder", "--name", "By link",
                      "--out", site.path("linked.hmi"))["link"]
    expect("unit by link", linked.enrol(link)["unit"], site.hamlet)
    say("enrolled from a file and a link", unit=done["unit"])
    return laptop


def places(site, laptop):
    """--store, else $HAMLET_STORE, else a folder of one's own."""
    programs = site.programs
    device = laptop.ask("status")["device"]
    told = json.loads(programs.run("hamlet", "status", "--json", env={"HAMLET_STORE": laptop.folder}))
    expect("device by $HAMLET_STORE", told["device"], device)
    home = site.path("home")
    os.makedirs(home)
    os.symlink(laptop.folder, os.path.join(home, "hamlet"))
    if not os.path.exists("/var/lib/hamlet"):
        told = json.loads(programs.run("hamlet", "status", "--json", env={"XDG_DATA_HOME": home}))
        expect("device by $XDG_DATA_HOME", told["device"], device)
        programs.refuse("hamlet", "status", exits=78)
    programs.refuse("hamlet", "status", "--store", "", exits=65)
    programs.refuse("hamlet", "status", "--store", site.path("nowhere"), exits=78)
    check("a refused command made a folder", not os.path.exists(site.path("nowhere")))


COMMANDS = ["enrol", "add", "edit", "delete", "show", "history", "list", "import", "duplicates", "merge", "unmerge", "undo", "withdraw", "export",
            "kinds", "status", "sync", "conflicts", "quarantine", "digest", "verify", "rebuild",
            "receipt"]


def every_help(site):
    """The help of each program and command in both languages: sentences, and no keys."""
    pages = 0
    for program in ("hamlet", "hamletd", "hamlet-server"):
        for lang in ("vi", "en"):
            def page(*command):
                shown = site.programs.run(program, *command, "--help", "--lang", lang, plain=True)
                raw = re.findall(r"\bhelp\.\S+", shown)
                expect(f"keys in the {lang} help of {program} {' '.join(command)}", raw, [])
                return shown
            commands = re.findall(r"^  ([a-z][a-z-]*(?: [a-z][a-z-]*)*)(?=\s)", page(), re.M)
            commands = [name for name in commands if name != program]
            for command in commands:
                page(*command.split())
            pages += 1 + len(commands)
    check(f"{pages} pages of help", pages > 150)
    say("help of all programs", pages=pages)


def help_and_language(site, laptop):
    programs = site.programs
    pages = {lang: programs.call("hamlet", "--help", "--lang", lang, plain=True).stdout
             for lang in ("vi", "en")}
    for command in COMMANDS:
        for lang, page in pages.items():
            check(f"{command} is in the {lang} help", f"\n  {command}" in page)
            own = programs.call("hamlet", command, "--help", "--lang", lang, plain=True)
            expect(f"exit of {command} --help", own.code, 0)
            expect(f"errors of {command} --help", own.stderr, "")
            check(f"usage of {command}", f"  hamlet {command}" in own.stdout)
            check(f"columns of {command} --help",
                  all(len(line) <= 80 for line in own.stdout.splitlines()))
    check("the languages differ", pages["vi"] != pages["en"])
    for locale, wanted in (({"LC_ALL": "en_US.UTF-8"}, "en"), ({"LC_ALL": "vi_VN"}, "vi"),
                           ({"LANG": "C"}, "vi"), ({"LANG": ""}, "vi")):
        page = programs.call("hamlet", "--help", env=locale, plain=True).stdout
        expect(f"language of {locale}", page, pages[wanted])
    said = {lang: programs.call("hamlet", "show", NOBODY, "--store", laptop.folder, "--lang", lang,
                                plain=True).stderr for lang in ("vi", "en")}
    check("a Vietnamese error", "không có" in said["vi"] and "HINT: " in said["vi"])
    check("an English error", "there is no record" in said["en"])
    say("help and languages", commands=len(COMMANDS))


USAGE = [
    (64, "command"), (64, "frob", "frob"), (64, "KIND", "list"), (64, "ID", "show"),
    (64, "field=value", "add", "household"), (64, "FILE", "import", "household"),
    (64, "too much", "show", NOBODY, NOBODY), (64, "--frob", "list", "household", "--frob"),
    (64, "--limit", "list", "household", "--limit=2", "--limit=3"),
    (64, "--json", "status", "--json=yes"), (64, "=", "list", "household", "--where", "cluster"),
    (64, "=", "add", "household", "head_name"), (64, "=", "add", "household", "=An"),
    (65, "--limit", "list", "household", "--limit", "0"),
    (65, "--limit", "list", "household", "--limit", "many"),
    (65, "--wait", "sync", "--wait", "-1"),
    (65, "--format", "export", "household", "--format", "ods"),
    (64, "--out", "export", "household", "--format", "xlsx"),
    (65, "--state", "conflicts", "--state", "lost"),
]


def usage(site, laptop):
    with unchanged(laptop, "wrong command lines"):
        for exits, says, *words in USAGE:
            site.programs.refuse("hamlet", *words, "--store", laptop.folder, exits=exits, says=says)
        near = site.programs.refuse("hamlet", "lst", "--store", laptop.folder, exits=64)
        check("a near command is proposed", "hamlet list" in near.hint)
    mixed = site.programs.run("hamlet", "--json", "list", "--limit", "5", "--store", laptop.folder,
                              "--", "household", plain=True)
    expect("options before and after the command", json.loads(mixed), [])
    say("wrong command lines", commands=len(USAGE))


# ---- records ----

HOUSEHOLD = {
    "head_name": ("Nguyễn Văn An", "Nguyễn Văn An"), "address_text": ("Số 12,  ấp 1", "Số 12, ấp 1"),
    "cluster": ("Tổ 3", "Tổ 3"), "household_code": ("H001", "H001"),
    "status": ("Đang cư trú", "dang_cu_tru"), "head_since": ("03/2019", "2019-03"),
    "valid_from": ("05/03/2019", "2019-03-05"), "valid_to": ("2030", "2030"),
}
LATER = {"head_name": ("Lê Út", "Lê Út"), "address_text": ("Ấp 1", "Ấp 1")}
REGISTRATION = {
    "year": ("2026", YEAR), "reg_type": ("Tiêu chuẩn", "tieu_chuan"),
    "unit_kind": ("ấp", "khu_dan_cu"), "registrant_name": ("Trần Thị Bình", "Trần Thị Bình"),
    "registrant_title": ("Trưởng ấp", "Trưởng ấp"), "party_resolution_no": ("12-NQ/CB", "12-NQ/CB"),
    "party_resolution_date": ("1/2/2026", "2026-02-01"), "plan_no": ("3/KH", "3/KH"),
    "plan_date": ("2026-02-03", "2026-02-03"), "households_resident": ("1.157", 1157),
    "households_signed": ("1150", 1150), "staff_total": ("0", 0), "staff_committed": ("0", 0),
    "learners_total": ("10", 10), "learners_committed": ("9", 9),
    "signed_date": ("05-03-2026", "2026-03-05"),
}
EVALUATION = {
    "year": ("2026", YEAR), "stage": ("self", "tu_danh_gia"), "result": ("Đạt", "dat"),
    "score": ("950", 950), "evaluated_on": ("30/11/2026", "2026-11-30"),
    "window_from": ("1/12/2025", "2025-12-01"), "window_to": ("30/11/2026", "2026-11-30"),
}
ANSWERS = [{"criterion_id": "I.1", "verdict": "dat", "num": 104, "den": 104, "mitigating": False,
            "evidence": "12/BC"}, {"criterion_id": "I.2", "count_cur": 0, "count_prev": 1}]
COMMITMENT = {
    "year": ("2026", YEAR), "act": ("cam kết", "ky_cam_ket"),
    "signer_name": ("Nguyễn Văn An", "Nguyễn Văn An"), "signer_relation": ("Chủ hộ", "chu_ho"),
    "signed_date": ("12/03/2026", "2026-03-12"), "sheet_no": ("1", 1), "row_no": ("20", 20),
    "signed": ("rồi", "da_ky"), "signer_birth_year": ("1960", 1960),
    "witness": ("Lê Thị Cúc", "Lê Thị Cúc"), "terms_version": ("2026-1", "2026-1"),
    "members_count": ("4", 4), "consent_notice": ("có", True),
}
ACTIVITY = {"type": ("hội nghị", "hoi_nghi_trien_khai"), "date": ("2/4/2026", "2026-04-02"),
            "host_kind": ("ấp", "khu_dan_cu")}
AUDIENCE = [{"class": "luot_nguoi", "qty": 101662, "qualifier": "gt"}, {"class": "luot_ho", "qty": 2669}]


def enter(laptop, kind, given, *more, also=None):
    """Add a record with these fields and see that it holds them as they are read."""
    record = laptop.add(kind, *(f"{name}={typed}" for name, (typed, _) in given.items()), *more)
    check(f"id of the {kind}", is_id(record))
    wanted = {name: value for name, (_, value) in given.items()}
    expect(f"the {kind}", fields_of(laptop, record), {**wanted, **(also or {})})
    return record


def kinds(site, laptop):
    """Each kind with all its fields, as people write them."""
    note = "Đã ký đủ\nGiữ ở tủ 2"
    file = write_file(site.path("note.txt"), note)
    first = enter(laptop, "household", HOUSEHOLD)
    split = enter(laptop, "household", LATER, f"split_from={first}", also={"split_from": first})
    enter(laptop, "household", {**LATER, "head_name": ("Lê Ba", "Lê Ba")},
          f"split_from={first}", f"merged_into={split}",
          also={"split_from": first, "merged_into": split})
    typed = [f"{name}={text}" for name, (text, _) in COMMITMENT.items()]
    commitment = laptop.add("commitment", *typed, f"household={first}", f"note=@{file}",
                            f"signature:={json.dumps(SIGNATURE)}")
    held = fields_of(laptop, commitment)
    check("a signature is kept", held.pop("signature"))
    expect("the commitment", held, {"household": first, "note": note,
                                    **{name: value for name, (_, value) in COMMITMENT.items()}})
    registration = enter(laptop, "registration", REGISTRATION, 'targets:=["100 % hộ ký"]',
                         also={"targets": ["100 % hộ ký"]})
    evaluation = enter(laptop, "evaluation", EVALUATION, f"answers:={json.dumps(ANSWERS)}",
                       also={"answers": ANSWERS})
    activity = enter(laptop, "activity", ACTIVITY, 'topics:=["Ma túy","Cháy, nổ"]',
                     f"audience:={json.dumps(AUDIENCE)}",
                     also={"topics": ["Ma túy", "Cháy, nổ"], "audience": AUDIENCE})
    shown = laptop.ask("show", first)
    expect("members of a record", sorted(shown), sorted(
        ["id", "kind", "unit", "fields", "state", "conflicts", "incomplete", "deleted"]))
    expect("a new record", {k: shown[k] for k in ("kind", "unit", "state", "conflicts", "deleted")},
           {"kind": "household", "unit": site.hamlet, "state": "local", "conflicts": [],
            "deleted": False})
    say("a record of each kind")
    return {"household": first, "commitment": commitment, "registration": registration,
            "evaluation": evaluation, "activity": activity}


def edits(site, laptop, ids):
    household, registration = ids["household"], ids["registration"]
    done = laptop.ask("edit", household, "cluster=Tổ 9")
    expect("members of an edit", sorted(done), ["change", "id"])
    expect("record of the edit", done["id"], household)
    check("an edit prints the change", is_id(laptop.run("edit", household, "cluster=Tổ 9").strip()))
    last = [row for row in laptop.ask("history", household) if row["register"] == "cluster"]
    expect("an edit writes what it names, even the same", [row["value"] for row in last],
           ["Tổ 3", "Tổ 9", "Tổ 9"])
    expect("it replaces the one before", [row["replaces"] for row in last[1:]],
           [[row["change"]] for row in last[:2]])
    expect("which is replaced by it", [row["replaced_by"] for row in last[:2]],
           [[row["change"]] for row in last[1:]])
    laptop.run("edit", household, "cluster=", "status=")
    check("cleared fields are left out",
          not {"cluster", "status"} & set(fields_of(laptop, household)))
    laptop.run("edit", household, "cluster=@" + write_file(site.path("cluster.txt"), "Tổ 4"),
               'status:="tam_vang"')
    expect("from a file", fields_of(laptop, household)["cluster"], "Tổ 4")
    laptop.run("edit", registration, "targets:=[]")
    check("an empty list is none", "targets" not in fields_of(laptop, registration))
    # One field of a group writes all of it, the others as they are shown.
    laptop.run("edit", ids["evaluation"], "score=940")
    rows = [row for row in laptop.ask("history", ids["evaluation"]) if row["register"] == "verdict"]
    expect("a group is one register", rows[-1]["value"],
           {"result": "dat", "score": 940, "evaluated_on": "2026-11-30"})
    laptop.run("edit", ids["evaluation"], "result=", "score=", "evaluated_on=")
    check("a group is cleared", not {"result", "score"} & set(fields_of(laptop, ids["evaluation"])))
    laptop.run("edit", ids["commitment"], "signer_name=Nguyễn Văn Ân")
    check("a group keeps what an edit does not name",
          fields_of(laptop, ids["commitment"])["signer_relation"] == "chu_ho")
    say("edits")


def natural_keys(laptop, ids):
    """A second record of one key is refused with the id of the first; a deleted one lives
    again, without what it held."""
    again = [("registration", "year=2026", "reg_type=tieu_chuan"),
             ("evaluation", "year=2026", "stage=tu_danh_gia"),
             ("commitment", f"household={ids['household']}", "year=2026")]
    with unchanged(laptop, "known natural keys"):
        for kind, *fields in again:
            refusal = laptop.refuse("add", kind, *fields, "--json", exits=73)
            check(f"the id of the {kind} is in the hint", ids[kind] in refusal.hint)
    registration = ids["registration"]
    laptop.run("delete", registration, "--reason", "ghi nhầm")
    reborn = laptop.ask("add", "registration", "year=2026", "reg_type=tieu_chuan", "plan_no=9/KH")
    expect("the same record", reborn["id"], registration)
    expect("only what is new", fields_of(laptop, registration),
           {"year": YEAR, "reg_type": "tieu_chuan", "plan_no": "9/KH"})
    other = laptop.add("registration", "year=2026", "reg_type=mo_hinh")
    check("another key is another record", other != registration)
    twins = {laptop.add("household", "head_name=Trùng Tên", "address_text=Ấp 1") for _ in range(2)}
    expect("kinds without a key may have namesakes", len(twins), 2)
    for record in twins:
        laptop.run("delete", record)
    say("natural keys")


def deletes(laptop):
    record = laptop.add("household", "head_name=Sẽ Xóa", "address_text=Ấp 1")
    done = laptop.ask("delete", record, "--reason", "nhập nhầm")
    expect("members of a delete", sorted(done), ["change", "id"])
    expect("deleted", laptop.ask("show", record)["deleted"], True)
    check("not in the list", record not in [r["id"] for r in laptop.ask("list", "household")])
    gone = {r["id"]: r for r in laptop.ask("list", "household", "--deleted")}
    check("among the deleted", record in gone and gone[record]["deleted"])
    rows = [row for row in laptop.ask("history", record) if row["change"] == done["change"]]
    expect("history of the delete", [(r["register"], r["value"], r["reason"], r["act"]) for r in rows],
           [("~live", False, "nhập nhầm", "delete")])
    expect("members of history", sorted(set(rows[0]) & {
        "change", "register", "value", "user", "role", "device", "time", "replaces", "replaced_by",
        "resolution"}), sorted(["change", "register", "value", "user", "role", "device", "time",
                                "replaces", "replaced_by", "resolution"]))
    laptop.refuse("delete", record, exits=66)
    laptop.run("edit", record, "cluster=Tổ 1")
    expect("an edit brings it back", laptop.ask("show", record)["deleted"], False)
    check("delete prints the change", is_id(laptop.run("delete", record).strip()))
    say("deletes and history")


def lists(laptop):
    """Vietnamese order by given name, then by what a person would look at next."""
    names = ["Trần Văn Út", "Đặng Thị Ánh", "Phan Văn An", "Đỗ Đức Anh", "Võ Ân", "Hồ Bảo Âu",
             "Lê Đào", "Lê Dao"]
    ids = {name: laptop.add("household", f"head_name={name}", "address_text=Ấp 7") for name in names}
    for number in (10, 2, 1):
        ids[number] = laptop.add("household", "head_name=Cùng Tên", f"address_text=Ấp {number}",
                                 "cluster=Tổ 77")
    def found(*args):
        return laptop.ask("list", "household", *args)
    expect("order", names_of(found("--where", "address_text=Ấp 7")),
           ["Phan Văn An", "Đỗ Đức Anh", "Đặng Thị Ánh", "Võ Ân", "Hồ Bảo Âu", "Lê Dao", "Lê Đào",
            "Trần Văn Út"])
    expect("order of numbers", names_of(found("--where", "cluster=Tổ 77"), "address_text"),
           ["Ấp 1", "Ấp 2", "Ấp 10"])
    expect("limit", names_of(found("--where", "cluster=Tổ 77", "--limit", "2"), "address_text"),
           ["Ấp 1", "Ấp 2"])
    for typed in ("dang thi anh", "ĐẶNG ANH", "Đặng", "anh dang", "đang thị"):
        check(f"--search {typed!r}", "Đặng Thị Ánh" in names_of(found("--search", typed)))
    expect("--search in another field", names_of(found("--search", "to 77 ap 10")), ["Cùng Tên"])
    expect("--search for what is not there", found("--search", "khong co ai"), [])
    for condition in ("head_name=Võ Ân", "head_name=" + unicodedata.normalize("NFD", "Võ Ân"),
                      "head_name=  Võ  Ân "):
        expect(f"--where {condition!r}", [r["id"] for r in found("--where", condition)], [ids["Võ Ân"]])
    expect("several --where", len(found("--where", "cluster=Tổ 77", "--where", "address_text=Ấp 2")), 1)
    expect("--where is exact", found("--where", "head_name=Vo An"), [])
    expect("--where by another word for the value",
           len(found("--where", "status=absent")), len(found("--where", "status=tam_vang")))
    check("--where unit", len(found("--where", f"unit={laptop.ask('status')['unit']}")) >= len(ids))
    expect("an empty list", laptop.ask("list", "activity", "--where", "type=ngay_hoi"), [])
    text = laptop.run("list", "household", "--search", "to 77")
    check("a list for people", ids[10] in text and "Cùng Tên" in text and "{" not in text)
    for record in ids.values():
        laptop.run("delete", record)
    say("lists, searches and their order", households=len(ids))


BAD_VALUES = [
    (65, "nokind", "add", "nokind", "a=b"), (65, "nokind", "list", "nokind"),
    (65, "nokind", "export", "nokind"), (65, "colour", "add", "household", "colour=red"),
    (65, "colour", "list", "household", "--where", "colour=red"),
    (65, "address_text", "add", "household", "head_name=An"),
    (65, "head_name", "add", "household", "head_name= ", "address_text=1"),
    (65, "head_name", "add", "household", "head_name=A", "head_name=B", "address_text=1"),
    (65, "year", "add", "registration", "year=2011", "reg_type=mo_hinh"),
    (65, "year", "add", "registration", "year=2101", "reg_type=mo_hinh"),
    (65, "year", "add", "registration", "year=hai nghìn", "reg_type=mo_hinh"),
    (65, "year", "add", "registration", "year=20.26", "reg_type=mo_hinh"),
    (65, "year", "list", "registration", "--where", "year=x"),
    (65, "reg_type", "add", "registration", "year=2026", "reg_type=khác"),
    (65, "reg_type", "add", "registration", "year=2026"),
    (65, "date", "add", "activity", "type=ngay_hoi", "date=30/2/2026"),
    (65, "date", "add", "activity", "type=ngay_hoi", "date=2026-03"),
    (65, "topics", "add", "activity", "type=ngay_hoi", "date=1/1/2026", "topics:={}"),
    (65, "topics", "add", "activity", "type=ngay_hoi", "date=1/1/2026", "topics=abc"),
    (65, "JSON", "add", "activity", "type=ngay_hoi", "date=1/1/2026", "topics:=[1"),
    (65, "qty", "add", "activity", "type=ngay_hoi", "date=1/1/2026", 'audience:=[{"qty":-1}]'),
    (65, "colour", "add", "activity", "type=ngay_hoi", "date=1/1/2026", 'audience:=[{"colour":1}]'),
    (65, "head_name", "add", "household", "head_name:=5", "address_text=1"),
    (65, "consent_notice", "edit", "COMMITMENT", "consent_notice=maybe"),
    (65, "signature", "edit", "COMMITMENT", "signature:=[[1]]"),
    (65, "year", "edit", "COMMITMENT", "year=2025"), (65, "head_name", "edit", "HOUSEHOLD", "head_name="),
    (65, "unit", "edit", "HOUSEHOLD", "unit=837"),
    (65, "household", "add", "commitment", "year=2026", "household=An"),
    (65, "household", "add", "commitment", "year=2026", f"household={NOBODY}"),
    (65, "split_from", "edit", "HOUSEHOLD", "split_from=COMMITMENT"),
    (65, "head_name", "add", "household", "head_name=" + "a" * 81, "address_text=1"),
    (65, "head_name", "add", "household", "head_name=a\x07b", "address_text=1"),
    (65, "head_name", "add", "household", "head_name=a\nb", "address_text=1"),
    (65, "zz", "digest", "--unit", "zz"), (65, "zz", "conflicts", "--unit", "zz"),
    (65, "zz", "list", "household", "--where", "unit=zz"),
    (77, "837", "add", "household", "head_name=A", "address_text=1", "unit=837"),
    (77, "29185", "add", "registration", "year=2026", "reg_type=mo_hinh", "unit=29185"),
    (77, "add Unit", "add", "unit", "code=1", "name=An"),
    (77, "received_by", "add", "registration", "year=2030", "reg_type=mo_hinh", "received_by=An"),
    (77, "add Evaluation", "add", "evaluation", "year=2026", "stage=tham_dinh"),
    (66, NOBODY, "show", NOBODY), (66, NOBODY, "history", NOBODY), (66, NOBODY, "delete", NOBODY),
    (66, NOBODY, "edit", NOBODY, "cluster=1"), (66, NOBODY, "undo", NOBODY), (66, "xyz", "show", "xyz"),
    (66, "xyz", "undo", "xyz"), (66, "no-file", "add", "household", "head_name=@no-file", "address_text=1"),
    (66, "no-file", "import", "household", "no-file.csv"), (66, "receipt", "receipt"),
]


def bad_values(site, laptop, ids):
    rows = [(exits, says, *(word.replace("COMMITMENT", ids["commitment"])
                            .replace("HOUSEHOLD", ids["household"]) for word in words))
            for exits, says, *words in BAD_VALUES]
    rows.append((65, "head_name", "add", "household", b"head_name=\xff\xfe", "address_text=1"))
    large = write_file(site.path("large.txt"), "a" * 10_000_000)
    rows.append((65, "large.txt", "add", "household", f"head_name=@{large}", "address_text=1"))
    rows.append((65, "large.txt", "edit", ids["commitment"], f"note=@{large}"))
    refuse_all(laptop, "bad values", rows)
    with unchanged(laptop, "an edit of nothing"):
        laptop.refuse("edit", ids["household"], exits=64)


def text_is_normal(laptop):
    """What is typed decomposed, or with other spaces, is one text and one key."""
    typed = "  Nguyễn\u00a0 Thị   Hòa\u200b "
    records = [laptop.add("household", "head_name=" + form, "address_text=Ấp 8")
               for form in (typed, unicodedata.normalize("NFD", typed), "Nguyễn Thị Hòa")]
    for record in records:
        expect("the text", fields_of(laptop, record)["head_name"], "Nguyễn Thị Hòa")
        laptop.run("delete", record)
    say("text is normalised on entry")


# ---- tables ----

def counts(done):
    return {name: done[name] for name in ("added", "changed", "unchanged")}


def imports(site, laptop):
    """Good rows are kept, bad ones named with line and column; the same again is nothing."""
    table = write_csv(site.path("households.csv"), ["Họ tên", "Địa chỉ", "Mã hộ", "Ghi thêm"], [
        ["Nguyễn Thị Một", "Ấp 3", "I1", "x"], ["", "Ấp 3", "I2", ""],
        ["Trần Văn Hai", "Ấp 3", "I3", ""], ["a" * 81, "Ấp 3", "I4", ""],
        ["", "", "", ""], ["=1+2", "Ấp 3", "I5", ""]])
    mapped = ["--map", "Họ tên=head_name"]
    with unchanged(laptop, "imports that write nothing"):
        dry = laptop.ask("import", "household", table, *mapped, "--dry-run")
        expect("dry run", (counts(dry), dry["batch"]), ({"added": 3, "changed": 0, "unchanged": 0}, None))
        refusal = laptop.refuse("import", "household", table, *mapped, "--strict", "--json", exits=65,
                                says="2")
        expect("refused of a strict import",
               [(row["line"], row["column"], row["reason"]) for row in json.loads(refusal.stdout)["refused"]],
               [(3, "Họ tên", "field-required"), (5, "Họ tên", "field-long")])
    done = laptop.ask("import", "household", table, *mapped)
    check("batch", is_id(done["batch"]))
    expect("import", counts(done), {"added": 3, "changed": 0, "unchanged": 0})
    expect("refused", [(row["line"], row["column"]) for row in done["refused"]],
           [(3, "Họ tên"), (5, "Họ tên")])
    expect("left out", done["ignored"], ["Ghi thêm"])
    by_code = {r["fields"]["household_code"]: r for r in laptop.ask("list", "household",
                                                                    "--where", "address_text=Ấp 3")}
    expect("imported", sorted(by_code), ["I1", "I3", "I5"])
    keyed(site, laptop, by_code)
    by_id(site, laptop, by_code)
    change = laptop.ask("undo", done["batch"], "--reason", "nhập nhầm tệp")
    expect("members of an undo", sorted(change), ["batch", "change"])
    expect("after the undo", laptop.ask("list", "household", "--where", "address_text=Ấp 3"), [])
    laptop.refuse("undo", NOBODY, exits=66)
    say("imports and undo", refused=2)


def keyed(site, laptop, by_code):
    """A row with a known natural key writes only what differs."""
    rows = [[by_code["I1"]["id"], YEAR, "Nguyễn Thị Một", "chu_ho", "12/03/2026", ""],
            [by_code["I3"]["id"], YEAR, "Trần Văn Hai", "Vợ", "03/2026", "2"]]
    titles = ["household", "year", "signer_name", "signer_relation", "signed_date", "row_no"]
    table = write_csv(site.path("commitments.csv"), titles, rows)
    first = laptop.ask("import", "commitment", table)
    expect("first import", counts(first), {"added": 2, "changed": 0, "unchanged": 0})
    with unchanged(laptop, "the same import again"):
        again = laptop.ask("import", "commitment", table)
        expect("again", (counts(again), again["batch"]),
               ({"added": 0, "changed": 0, "unchanged": 2}, None))
    rows[1][5] = "3"
    rows.append([NOBODY, YEAR, "Ai", "", "", ""])
    third = laptop.ask("import", "commitment", write_csv(table, titles, rows))
    expect("one differs", counts(third), {"added": 0, "changed": 1, "unchanged": 1})
    expect("a household that is not here", [(r["line"], r["column"]) for r in third["refused"]],
           [(4, "household")])
    laptop.run("undo", third["batch"])
    rows = laptop.ask("list", "commitment", "--where", "signer_name=Trần Văn Hai")
    expect("what the undo left", rows[0]["fields"]["row_no"], 2)
    laptop.run("undo", first["batch"])
    expect("what the second undo left", laptop.ask("list", "commitment", "--where",
                                                   "signer_name=Trần Văn Hai"), [])


def by_id(site, laptop, by_code):
    """A row with `id` is that record, an empty cell clears, what the row does not reach stays."""
    rows = [[by_code["I1"]["id"], "Nguyễn Thị Một", "Tổ 5"], [NOBODY, "Không Có", "Tổ 5"],
            ["xyz", "Không Có", "Tổ 5"]]
    table = write_csv(site.path("by-id.csv"), ["id", "head_name", "cluster"], rows)
    done = laptop.ask("import", "household", table)
    expect("import by id", counts(done), {"added": 0, "changed": 1, "unchanged": 0})
    expect("unknown ids", [(r["line"], r["column"], r["reason"]) for r in done["refused"]],
           [(3, "id", "record-missing"), (4, "id", "record-missing")])
    record = by_code["I1"]["id"]
    expect("its cluster", fields_of(laptop, record)["cluster"], "Tổ 5")
    laptop.run("import", "household", write_file(site.path("short.csv"),
                                                 f"id,cluster,household_code\n{record},\n"))
    held = fields_of(laptop, record)
    expect("cleared and kept", ("cluster" in held, held["household_code"]), (False, "I1"))


def broken_tables(site, laptop):
    heading = "head_name,address_text\n"
    row = "Một Người,Ấp 5\n"
    files = {
        "quote": (65, "line 2", heading + 'Một "Người",Ấp 5\n'),
        "open quote": (65, "line 3", heading + row + '"Một Người,Ấp 5\n' + row),
        "after a quote": (65, "line 2", heading + '"Một Người" An,Ấp 5\n'),
        "UTF-16": (65, "utf16", (heading + row).encode("utf-16")[:-1]),
        "empty": (65, "no row", ""), "mark only": (65, "no row", "\ufeff"),
        "no column": (65, "column", "foo,bar\n1,2\n"),
        "twice": (65, "Họ và tên chủ hộ", "head_name,Họ và tên chủ hộ\nA,B\n"),
        "heading only": (65, "no row", heading),
        "columns": (65, "line 1", ",".join(f"c{n}" for n in range(300)) + "\n"),
        "long row": (65, "line 2", heading + "a" * 2_000_000 + ",b\n"),
        "heading not UTF-8": (65, "encoding", b"head_name,\xff\nA,B\n"),
        "NUL": (65, "CSV", heading.encode() + b"A\x00B,Ap 5\n"),
        "not UTF-8": (65, "encoding", heading.encode() + b"A\xffB,Ap 5\n"),
        "too many cells": (65, "row", heading + "A,B,C\n"),
    }
    rows = [(exits, says, "import", "household", write_file(site.path(f"broken {name}.csv"), content))
            for name, (exits, says, content) in files.items()]
    rows += [(65, "nowhere", "import", "household", site.path("households.csv"), "--map", "x=nowhere"),
             (65, "no column", "import", "household", site.path("households.csv"), "--map", "x=cluster"),
             (64, "=", "import", "household", site.path("households.csv"), "--map", "cluster"),
             (65, "wrong kind", "import", "household", site.path("."))]
    with unchanged(laptop, "broken tables"):
        for exits, says, command, *args in rows:
            refusal = laptop.refuse(command, *args, exits=exits)
            check(f"{args}: {says!r} is not in {refusal}", says in str(refusal))
    for name, content in (("mark", "\ufeff" + heading + row), ("UTF-16", (heading + row).encode("utf-16")),
                          ("CRLF", (heading + row).replace("\n", "\r\n")),
                          ("semicolons", (heading + row).replace(",", ";")),
                          ("tabs", (heading + row).replace(",", "\t")),
                          ("no end", (heading + row).rstrip()), ("blank lines", "\n\n" + heading + "\n" + row),
                          ("decomposed", unicodedata.normalize("NFD", heading + row))):
        done = laptop.ask("import", "household", write_file(site.path(f"good {name}.csv"), content))
        expect(f"added from a table with {name}", done["added"], 1)
        held = laptop.ask("list", "household", "--where", "address_text=Ấp 5")
        expect(f"read from a table with {name}", names_of(held), ["Một Người"])
        laptop.run("undo", done["batch"])
    say("broken and unusual tables", broken=len(rows))


FORMULAS = ["=1+2", "+84", "-5", "@SUM(A1)", "'=x", "''+y", "'plain", "\uff1d1", "a,b", 'a"b', "0123", "a;b"]


def exports(site, laptop):
    """What a spreadsheet would run is guarded, and comes back as it was."""
    records = {laptop.add("household", "head_name:=" + json.dumps(name), "address_text=Ấp 6"): name
               for name in FORMULAS}
    text = laptop.run("export", "household", binary=True)
    check("a mark that spreadsheets know", text.startswith(b"\xef\xbb\xbf"))
    check("line ends", text.count(b"\n") == text.count(b"\r\n"))
    table = list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))
    expect("heading", table[0], ["id", "unit", "head_name", "address_text", "cluster", "household_code",
                                 "status"])
    cells = {row[0]: row[2] for row in table[1:]}
    for record, name in records.items():
        runs = name.lstrip("'")[:1] in ("=", "+", "-", "@", "\uff1d")
        expect("a cell", cells[record], "'" + name if runs else name)
    for kind in ("household", "commitment", "registration", "evaluation", "activity"):
        held = laptop.ask("list", kind)
        file = write_file(site.path(f"{kind}.csv"), laptop.run("export", kind, binary=True))
        with unchanged(laptop, f"importing the export of {kind}"):
            done = laptop.ask("import", kind, file)
            expect(f"importing the export of {kind}", (counts(done), done["refused"]),
                   ({"added": 0, "changed": 0, "unchanged": len(held)}, []))
        check(f"there are records of {kind}", held)
        expect(f"export of {kind} as JSON", json.loads(laptop.run("export", kind, "--format", "json")), held)
        expect(f"--json of {kind}", laptop.ask("export", kind), held)
    for record in records:
        laptop.run("delete", record)
    say("exports come back unchanged")


# ---- the store ----

def looks(site, laptop):
    status = laptop.ask("status")
    parts = ("pending", "sent", "received", "accepted", "conflict", "quarantined")
    expect("members of status", sorted(status), sorted(
        ["device", "unit", "epoch", "changes", *parts, "last_sync", "last_error", "clock_offset_ms",
         "receipt", "buckets"]))
    expect("sum of the states", sum(status[name] for name in parts), status["changes"])
    expect("pending", status["pending"], status["changes"])
    expect("never synchronised", (status["last_sync"], status["receipt"]), (None, None))
    check("told to a person", f"{status['pending']} not sent" in laptop.run("status"))
    digest = laptop.ask("digest")
    expect("unit of the digest", digest["unit"], site.hamlet)
    expect("digest", laptop.run("digest"), digest["digest"] + "\n")
    expect("digest of the unit", laptop.run("digest", "--unit", site.hamlet).strip(), digest["digest"])
    check("a digest", is_id(digest["digest"], 64))
    expect("conflicts", (laptop.ask("conflicts"), laptop.ask("conflicts", "--state", "resolved")), ([], []))
    expect("quarantine", laptop.ask("quarantine"), [])
    found = laptop.ask("verify")
    expect("what verify found", (found["wrong"], found["faults"]), ([], 0))
    expect("changes verified", found["changes"], status["changes"])
    with unchanged(laptop, "rebuild"):
        expect("rebuild", laptop.ask("rebuild"), {"different": 0})
    told = laptop.ask("kinds")
    files = os.listdir(os.path.join(ROOT, "proto", "kinds"))
    expect("kinds", [kind["kind"] for kind in told],
           sorted(name.removesuffix(".json") for name in files if name != "shared.json"))
    fields = {field["name"]: field for field in laptop.ask("kinds", "commitment")["fields"]}
    expect("a key field", (fields["year"]["key"], fields["year"]["required"]), (True, True))
    expect("a member of a group", fields["signer_name"]["group"], "signing")
    laptop.refuse("kinds", "nokind", exits=65, hint="kinds")
    for command in ("kinds", "status", "conflicts", "quarantine", "verify", "rebuild"):
        check(f"{command} says something", laptop.run(command).strip())
    say("status, digest, verify, rebuild", changes=status["changes"])


def run(site):
    site.set_up(serve=False)
    laptop = enrol(site)
    places(site, laptop)
    every_help(site)
    help_and_language(site, laptop)
    usage(site, laptop)
    ids = kinds(site, laptop)
    edits(site, laptop, ids)
    natural_keys(laptop, ids)
    deletes(laptop)
    lists(laptop)
    text_is_normal(laptop)
    bad_values(site, laptop, ids)
    imports(site, laptop)
    broken_tables(site, laptop)
    exports(site, laptop)
    looks(site, laptop)


if __name__ == "__main__":
    script(run)
