#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tables as offices write them: titles above, headings in two rows, merged cells, sums,
numbers for names. Every row becomes a record, is refused with its line, column and what was
expected, or is left out and told; the file is kept, the whole is undone as one.
"""
import hashlib
import json
import os

from sites import check, expect, say, script, write_csv, write_file
from workbook import Code, Date, Error, Workbook

STALL = {
    "kind": "stall", "version": 1, "label": {"vi": "Sạp hàng", "en": "Stall"},
    "key": ["stall_code"],
    "fields": [
        {"name": "stall_code", "type": "text", "max": 40, "width": 5,
         "label": {"vi": "Mã sạp", "en": "Stall code"}},
        {"name": "keeper", "type": "text", "max": 80, "required": True,
         "label": {"vi": "Người bán", "en": "Keeper"}, "also": ["Họ và tên"]},
        {"name": "helper", "type": "text", "max": 80,
         "label": {"vi": "Người phụ", "en": "Helper"}, "also": ["Họ và tên"]},
        {"name": "since", "type": "date", "label": {"vi": "Bán từ ngày", "en": "Since"}},
        {"name": "rent", "type": "integer", "min": 0, "max": 9999999,
         "label": {"vi": "Tiền thuê", "en": "Rent"}}],
    "order": ["stall_code"], "columns": ["stall_code", "keeper", "since", "rent"],
    "roles": {"recorder": ["create", "edit", "delete", "withdraw"]}}


def kept(laptop):
    folder = os.path.join(laptop.folder, "imports")
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


def digest(path):
    with open(path, "rb") as file:
        return hashlib.blake2b(file.read(), digest_size=32).hexdigest()


def household_book(path):
    book = Workbook()
    sheet = book.sheet("Danh sách")
    sheet.row(1, ["ỦY BAN NHÂN DÂN XÃ"])
    sheet.merge("A1:F1")
    sheet.row(3, ["DANH SÁCH HỘ GIA ĐÌNH ẤP THẠNH PHƯỚC"])
    sheet.merge("A3:F3")
    sheet.row(5, ["STT", "Chủ hộ", None, "Nơi ở", None, "Ghi chú"])
    sheet.row(6, [None, "Họ và tên", "Số hồ sơ", "Tổ", "Địa chỉ"])
    for place in ("A5:A6", "B5:C5", "D5:E5", "F5:F6"):
        sheet.merge(place)
    sheet.row(7, ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"])
    sheet.row(8, ["Tổ 1"])
    sheet.merge("A8:F8")
    sheet.row(9, [1, "Nguyễn Văn Út", 7, "Tổ 1", "Ấp Thạnh Phước"])
    sheet.row(10, [2, "TRẦN THỊ HÒA", 8, None, "Ấp Thạnh Phước"])
    sheet.merge("D9:D10")
    sheet.row(11, [3, "Đặng Văn Ước", 9, "Tổ 2", None])
    sheet.row(12, [4, Error("#REF!"), 10, "Tổ 2", "Ấp Thạnh Phước"])
    sheet.row(13, [5, "Nguyễn Văn Cộng", 11, "Tổ 2", "Ấp Thạnh Phước"])
    sheet.row(14, [None, "Tổng cộng: 5 hộ"])
    notes = book.sheet("Hướng dẫn")
    notes.row(1, ["Ghi tên theo giấy tờ"])
    book.sheet("Cũ", hidden=True).row(1, ["Họ và tên", "Địa chỉ"])
    return book.write(path)


def the_sheet_of_an_office(site, laptop):
    path = household_book(site.path("ho.xlsx"))
    tried = laptop.ask("import", "household", path, "--dry-run")
    expect("sheet", tried["sheet"], "Danh sách")
    expect("heading", tried["heading"], 6)
    expect("columns", {row["column"]: row["field"] for row in tried["columns"]},
           {"Họ và tên": "head_name", "Số hồ sơ": "household_code", "Tổ": "cluster",
            "Địa chỉ": "address_text"})
    expect("ignored", tried["ignored"], ["Ghi chú"])
    expect("verdicts", [(row["line"], row["became"], row.get("reason"))
                        for row in tried["rows"]],
           [(7, "skipped", "numbering"), (8, "skipped", "section"), (9, "added", None),
            (10, "added", None), (11, "refused", None), (12, "refused", None),
            (13, "added", None), (14, "skipped", "sums")])
    expect("nothing is kept of a dry run", (laptop.ask("list", "household"), kept(laptop)),
           ([], []))
    done = laptop.ask("import", "household", path)
    expect("added", (done["added"], [(row["line"], row["column"], row["reason"])
                                     for row in done["refused"]]),
           (3, [(11, "Địa chỉ", "field-required"), (12, "Họ và tên", "cell-error")]))
    expect("left out", [row["line"] for row in done["skipped"]], [7, 8, 14])
    rows = {row["fields"]["head_name"]: row["fields"]
            for row in laptop.ask("list", "household")}
    expect("a merged cell holds for all that it covers", rows["TRẦN THỊ HÒA"]["cluster"],
           "Tổ 1")
    expect("a person may be called Cộng", rows["Nguyễn Văn Cộng"]["household_code"], "11")
    expect("the file is kept", (kept(laptop), done["file"]), ([digest(path)], digest(path)))
    return path, done


def undone(laptop, batch):
    laptop.run("undo", batch)
    expect("all is undone", laptop.ask("list", "household"), [])


def names_in_capitals(laptop, path, done):
    """They are kept as they came; what may be meant is offered, and taken when somebody asks."""
    expect("what may be meant", [(row["line"], row["rule"], row["offer"]) for row in done["warnings"]],
           [(10, "head_case", "Trần Thị Hòa")])
    expect("rows to look at", (done["warned"], done["rewritten"]), (1, 0))
    undone(laptop, done["batch"])
    asked = laptop.ask("import", "household", path, "--proper-case")
    expect("asked for", (asked["added"], asked["warned"], asked["rewritten"]), (3, 0, 1))
    names = [row["fields"]["head_name"] for row in laptop.ask("list", "household")]
    check(f"as people write it: {names}", "Trần Thị Hòa" in names)
    check("and told", "--proper-case" in laptop.run("import", "household", path, "--dry-run"))
    undone(laptop, asked["batch"])


def codes_and_dates(site, laptop):
    book = Workbook()
    sheet = book.sheet("Sạp")
    sheet.row(1, ["Mã sạp", "Người bán", "Bán từ ngày", "Tiền thuê"])
    sheet.row(2, [1024, "An", Date(46086), 1157])
    sheet.row(3, [Code(7), "Bình", "29/05/2017, 10:25", "2.063"])
    sheet.row(4, ["00031", "Chi", Date(60), 5])
    sheet.row(5, ["00032", "Dung", None, 2.063])
    sheet.row(6, ["00033", "Em", None, 95.0])
    done = laptop.ask("import", "stall", book.write(site.path("sap.xlsx")))
    expect("padded", done["padded"], 1)
    expect("refused", [(row["line"], row["column"], row["reason"])
                       for row in done["refused"]],
           [(4, "Bán từ ngày", "field-date"), (5, "Tiền thuê", "cell-fraction")])
    rows = {row["fields"]["stall_code"]: row["fields"] for row in laptop.ask("list", "stall")}
    expect("codes", sorted(rows), ["00007", "00033", "01024"])
    expect("dates", (rows["01024"]["since"], rows["00007"]["since"]),
           ("2026-03-05", "2017-05-29"))
    expect("numbers", (rows["01024"]["rent"], rows["00007"]["rent"], rows["00033"]["rent"]),
           (1157, 2063, 95))
    again = write_csv(site.path("sap.csv"), ["Mã sạp", "Người bán"], [["7", "Bình"]])
    expect("a code without its zeros is the same record",
           laptop.ask("import", "stall", again)["unchanged"], 1)


def asked_and_not_guessed(site, laptop):
    path = write_csv(site.path("which.csv"), ["Mã sạp", "Họ và tên"], [["41", "Giang"]])
    laptop.refuse("import", "stall", path, exits=65, says="Họ và tên")
    laptop.ask("import", "stall", path, "--map", "Họ và tên=keeper")
    book = Workbook()
    for name in ("Chợ sáng", "Chợ chiều"):
        sheet = book.sheet(name)
        sheet.row(1, ["Mã sạp", "Người bán"])
        sheet.row(2, ["5" + str(len(name)), name])
    path = book.write(site.path("cho.xlsx"))
    laptop.refuse("import", "stall", path, exits=65, says="Chợ sáng, Chợ chiều")
    laptop.refuse("import", "stall", path, "--sheet", "Chợ đêm", exits=65, says="Chợ đêm")
    done = laptop.ask("import", "stall", path, "--sheet", "cho chieu")
    expect("the sheet that was named", (done["sheet"], done["added"]), ("Chợ chiều", 1))


def content_decides(site, laptop):
    """What the name of a file says does not matter."""
    path = write_file(site.path("really-csv.xlsx"), "Mã sạp;Người bán\n61;Hoa\n")
    expect("CSV", laptop.ask("import", "stall", path)["added"], 1)
    before = kept(laptop)
    for name, content in (("old.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
                          ("page.xls", b"<html><table><tr><td>x</td></tr></table></html>"),
                          ("paper.xlsx", b"%PDF-1.7\n"),
                          ("nothing.csv", b""),
                          ("cut.xlsx", open(site.path("cho.xlsx"), "rb").read()[:900])):
        laptop.refuse("import", "stall", write_file(site.path(name), content), exits=65)
    expect("what was refused is not kept", kept(laptop), before)


def run(site):
    site.set_up()
    laptop = site.enrol("A")
    os.makedirs(os.path.join(laptop.folder, "kinds"), exist_ok=True)
    write_file(os.path.join(laptop.folder, "kinds", "stall.json"),
               json.dumps(STALL, ensure_ascii=False))
    names_in_capitals(laptop, *the_sheet_of_an_office(site, laptop))
    codes_and_dates(site, laptop)
    asked_and_not_guessed(site, laptop)
    content_decides(site, laptop)
    say("tables", kept=len(kept(laptop)))


script(run)
