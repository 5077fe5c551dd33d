#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is exported is imported as it was: records of every sort of field with hostile text,
as CSV and as an Excel file, all columns, read back by another laptop's eyes and by ours.
"""
import csv
import io
import json
import os
import random
import re
import zipfile
from xml.etree import ElementTree

from sites import check, expect, say, script, write_file
from workbook import MAIN

SEED = 20260305
RECORDS = 120
TEXTS = ["=1+2", "+84 912", "-5", "@SUM(A1)", "'=x", "''x", "01024", "0", "1.157", "2,063",
         "5/3/2026", "true", "#N/A", "_x0041_", "_x005F_x0041_", "a;b, \"c\"", "x", "—", "Tổng",
         "&lt;b&gt; <b>", "http://x.example", "mailto:a@b.example", "Ấp 2", "H’Leo", "\\n",
         "1E5", "%s%n", "]]>", "_", "__x0041__", "ß", "😀", "'", "\"", "1" * 30]
PLACES = ["Ấp 1", "Số 7", "=cmd|' /C calc'!A0", "Tổ 3\tNgõ 4", "12,5", "007"]


def kind():
    def label(vi, en):
        return {"vi": vi, "en": en}
    values = [{"value": "one", "label": label("Một", "One")},
              {"value": "two", "label": label("Hai, ba", "Two, three")},
              {"value": "three", "label": label("Hai", "Two")}]
    return {
        "kind": "thing", "version": 1, "label": label("Đồ/vật: [thử]", "Thing"),
        "key": ["thing_code"],
        "fields": [
            {"name": "thing_code", "type": "text", "max": 40, "label": label("Mã", "Code")},
            {"name": "words", "type": "text", "max": 8000, "lines": True,
             "label": label("Lời", "Words")},
            {"name": "count", "type": "integer", "min": -9007199254740991,
             "max": 9007199254740991, "label": label("Số", "Count")},
            {"name": "year", "type": "integer", "min": 0, "max": 9999, "plain": True,
             "label": label("Năm", "Year")},
            {"name": "good", "type": "boolean", "label": label("Tốt", "Good")},
            {"name": "day", "type": "date", "label": label("Ngày", "Day")},
            {"name": "about", "type": "partial_date", "label": label("Khoảng", "About")},
            {"name": "choice", "type": "enum", "label": label("Chọn", "Choice"),
             "values": values},
            {"name": "many", "type": "set", "label": label("Nhiều", "Many"),
             "values": values},
            {"name": "lines", "type": "list", "max": 20, "label": label("Dòng", "Lines"),
             "item": {"type": "text", "max": 200}},
            {"name": "same", "type": "text", "max": 40, "label": label("Ngày", "Day")}],
        "order": ["thing_code"], "columns": ["thing_code", "words"],
        "roles": {"recorder": ["create", "edit", "delete", "withdraw"]}}


def a_date(draw):
    return f"{draw.randint(1800, 2199)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}"


def a_text(draw):
    text = draw.choice(TEXTS)
    return text + "\n" + draw.choice(TEXTS) if draw.random() < 0.2 else text


def a_record(draw, code):
    """field=value of one record; whatever is left out stays empty."""
    fields = {
        "words": a_text(draw), "good": draw.choice(["true", "false"]), "day": a_date(draw),
        "count": str(draw.choice([0, -1, 5, 999, 1157, 10 ** 15, -9007199254740991,
                                  draw.randint(-10 ** 6, 10 ** 6)])),
        "year": str(draw.randint(0, 9999)),
        "about": a_date(draw)[:draw.choice([4, 7, 10])],
        "choice": draw.choice(["one", "two", "three"]), "same": draw.choice(PLACES)}
    lists = {"many": draw.sample(["one", "two", "three"], draw.randint(1, 3)),
             "lines": [draw.choice(TEXTS) for _ in range(draw.randint(1, 4))]}
    kept = [f"{name}:={json.dumps(value)}" for name, value in {**fields, **lists}.items()
            if draw.random() < 0.8]
    return [f"thing_code={code}", *kept]


def back(laptop, name, path):
    done = laptop.ask("import", name, path, "--strict")
    expect(f"{path} comes back", (done["added"], done["changed"], done["refused"]),
           (0, 0, []))
    return done["unchanged"]


def what_excel_sees(path):
    """No cell is a formula or a link, and codes are text."""
    with zipfile.ZipFile(path) as file:
        names = file.namelist()
        sheet = ElementTree.fromstring(file.read("xl/worksheets/sheet1.xml"))
        book = file.read("xl/workbook.xml").decode()
    cells = list(sheet.iter(f"{{{MAIN}}}c"))
    check("no formula", not list(sheet.iter(f"{{{MAIN}}}f")))
    check("no link", not list(sheet.iter(f"{{{MAIN}}}hyperlink")))
    check("nothing else", not [n for n in names if "vba" in n or "external" in n.lower()])
    expect("codes are text", {cell.get("t") for cell in cells
                              if re.match(r"[AC]\d", cell.get("r"))}, {"inlineStr"})
    return book, len(cells)


def at_the_district(site, laptop):
    """The same table at the server, and only what was asked for."""
    for host in (laptop, site.server):
        wanted = [row["id"] for row in host.ask("list", "household", "--where", "cluster=Tổ 2")]
        expect("found", len(wanted), 2)
        for how in (("--where", "cluster=Tổ 2"), ("--search", "to 2")):
            path = site.path("some.xlsx")
            host.run("export", "household", "--format", "xlsx", "--out", path, *how)
            with zipfile.ZipFile(path) as file:
                sheets = [file.read(name).decode() for name in file.namelist()
                          if "worksheets/sheet" in name]
            check("what was asked for", all(id in sheets[0] for id in wanted))
            check("nothing else", "Nguyễn Văn Ba" not in sheets[0])
            check("by what it was chosen", how[1] in sheets[1])
            os.remove(path)
            told = host.run("export", "household", *how)
            expect("as CSV", sorted(row[0] for row in csv.reader(told.splitlines()[1:])),
                   sorted(wanted))
            expect("as JSON", sorted(row["id"] for row in host.ask("export", "household", *how)),
                   sorted(wanted))
    site.server.refuse("export", "household", "--format", "xlsx", exits=64)
    write_file(path, "mine")
    site.server.refuse("export", "household", "--format", "xlsx", "--out", path, exits=73)
    expect("what was there", open(path, encoding="utf-8").read(), "mine")
    expect("no drafts", [n for n in os.listdir(site.server.folder) if n.endswith(".new")], [])


def run(site):
    draw = random.Random(SEED)
    print("seed", SEED)
    site.set_up(serve=False)
    laptop = site.enrol("A")
    os.makedirs(os.path.join(laptop.folder, "kinds"), exist_ok=True)
    write_file(os.path.join(laptop.folder, "kinds", "thing.json"),
               json.dumps(kind(), ensure_ascii=False))
    for i in range(RECORDS):
        laptop.add("thing", *a_record(draw, f"{i:05d}"))
    before = laptop.ask("list", "thing")
    path = site.path("thing.xlsx")
    for columns in (["--all"], [], ["--columns", "thing_code,lines,day"]):
        laptop.run("export", "thing", "--format", "xlsx", "--out", path, *columns)
        expect("unchanged", back(laptop, "thing", path), RECORDS)
        book, cells = what_excel_sees(path)
        os.remove(path)
        table = write_file(site.path("thing.csv"),
                           laptop.run("export", "thing", "--format", "csv", *columns))
        expect("unchanged", back(laptop, "thing", table), RECORDS)
    check("a sheet tells where it is from", "Source" in book)
    expect("records", laptop.ask("list", "thing"), before)
    heading = next(csv.reader(io.StringIO(laptop.run("export", "thing", "--columns",
                                                     "words,thing_code").lstrip("\ufeff"))))
    expect("columns as asked", heading, ["id", "unit", "words", "thing_code"])
    laptop.refuse("export", "thing", "--columns", "words,colour", exits=65, says="colour")
    laptop.refuse("export", "thing", "--columns", "words,words", exits=65)
    laptop.refuse("export", "thing", "--format", "xlsx", exits=64)
    laptop.refuse("export", "thing", "--format", "csv", "--out", path, exits=64)
    write_file(path, "mine")
    laptop.refuse("export", "thing", "--format", "xlsx", "--out", path, exits=73)
    expect("what was there", open(path, encoding="utf-8").read(), "mine")
    expect("no drafts", [n for n in os.listdir(site.work) if n.endswith(".new")], [])
    for name, cluster in (("Ba", "Tổ 1"), ("Bốn", "Tổ 2"), ("Năm", "Tổ 2")):
        laptop.add("household", f"head_name=Nguyễn Văn {name}", "address_text=Số 1",
                   f"cluster={cluster}")
    site.server.serve()
    laptop.once()
    at_the_district(site, laptop)
    say("workbooks", records=RECORDS, cells=cells)


script(run)
