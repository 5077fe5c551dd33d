#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What leaves the district: counts in which no name can stand, whatever the records say, and a
register under its signature, which a laptop checks and anybody with the key can."""
import base64
import glob
import json
import os
import re
import sqlite3
import sys

from district import check, expect, say, script
from sites import ROOT
from thanh_phu import DISTRICT, circular_23, subject_codes

sys.path.insert(0, os.path.join(ROOT, "tests", "wire2"))
from pack import check as is_signature

MARK = "Nguyễn Thị Bí Mật"
WORDS = {"counts", "more", "nearly", "about"}


def texts(json_value):
    """Every text that stands in it, names of members too."""
    if isinstance(json_value, dict):
        for name, value in json_value.items():
            yield name
            yield from texts(value)
    elif isinstance(json_value, list):
        for value in json_value:
            yield from texts(value)
    elif isinstance(json_value, str):
        yield json_value


def marked(district):
    """Names in every field that takes text, of kinds about persons and of others."""
    heads, officer = district.heads, district.officer
    hamlet = district.codes("hamlet")[0]
    home = heads.add("household", f"unit={hamlet}", f"head_name={MARK}", f"address_text={MARK}")
    heads.add("commitment", f"household={home}", "year=2017", f"signer_name={MARK}",
              "signed_date=2017-02-01")
    heads.add("model", f"unit={hamlet}", f"name={MARK}", "started_on=2015", "status=dang_hoat_dong")
    officer.add("commendation", f"unit={hamlet}", "year=2017", f"decision_no={MARK[:15]}",
                f"issuer_name={MARK}", "form=giay_khen", "recipients=2")
    officer.add("statistic", f"unit={hamlet}", "indicator=crime_pphs", "window_from=2017-01-01",
                "window_to=2017-12-31", "amount=3", "previous=9")
    officer.run("import", "recognition", district.sheet(
        ["unit", "year", "result", "decision_no", "issued_date", "unit_name"],
        [[code, 2017, "dat", "12", "2017-11-18", MARK] for code in subject_codes(district)]))
    district.sync()


def counts(district):
    server = district.site.server
    path = district.site.path("counts.json")
    server.run("counts", "--from", "2013", "--to", "2017", "--out", path)
    with open(path, encoding="utf-8") as file:
        said = file.read()
    made = json.loads(said)
    body = made["content"]
    known = {unit["code"] for unit in district.units} | WORDS
    for name in glob.glob(os.path.join(ROOT, "proto", "reports", "*.json")):
        with open(name, encoding="utf-8") as file:
            report = json.load(file)
        known.add(report.get("report"))
        known.update(figure["name"] for section in report.get("sections", ())
                     for figure in section["figures"])
    members = {"document", "unit", "from", "to", "day", "data_to", "lowest", "silent", "open",
               "reports", "report", "figures", "name", "value", "among", "beside", "before",
               "least", "most", "units", "exactness", "parts"}
    date = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+Z)?")
    strange = [text for text in texts(body)
               if text not in known and text not in members and not date.fullmatch(text)]
    expect("texts that are no code, no date and no name of a figure", strange, [])
    check("a name in the counts", "Mật" not in said)
    found = {(report["report"], figure["name"]): figure for report in body["reports"]
             for figure in report["figures"]}
    shown = district.report("registration", "--from", "2013", "--to", "2017")
    hamlets = found["registration", "hamlets"]
    expect("hamlets", (hamlets["value"], hamlets["among"]), (shown["hamlets"]["value"], 104))
    check("cases of a hamlet are told", all(
        part["value"] == 0 or part["value"] >= 5 for part in found["statistics", "crime_pphs"].get("parts", ())))
    say("counts", bytes=len(said), figures=len(found))
    return path, said


def by_hand(said):
    """Checked without a program of ours: RFC 8785 of such values is what Python writes."""
    made = json.loads(said)
    raw = {name: base64.urlsafe_b64decode(made[name] + "==") for name in ("key", "signature")}
    form = json.dumps(made["content"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    check("the file is in its one form", f'"content":{form},' in said)
    return is_signature(raw["key"], "hamlet-document-1", form.encode(), raw["signature"])


def signed(district):
    site = district.site
    path, said = counts(district)
    check("the signature of the counts", by_hand(said))
    for host in (district.heads, district.officer):
        expect("verified", host.ask("verify", path)["document"], "counts")
    register = site.path("register.json")
    site.server.run("export", "recognition", "--where", "year=2017", "--format", "signed-json",
                    "--out", register)
    with open(register, encoding="utf-8") as file:
        text = file.read()
    check("the signature of the register", by_hand(text))
    body = json.loads(text)["content"]
    expect("the register", (body["kind"], len(body["records"]), {row["fields"]["result"]
                                                               for row in body["records"]}),
           ("recognition", 46, {"dat"}))
    rows = site.server.run("export", "recognition", "--where", "year=2017", "--format", "csv")
    expect("the same as CSV", len(rows.strip().splitlines()), 47)
    changed = site.path("changed.json")
    for wrong, exits in ((said.replace('"among":104', '"among":103', 1), 70), (said[:-20] + '"}', 65),
                         ("{}", 65), (said[:50], 65)):
        with open(changed, "w", encoding="utf-8") as file:
            file.write(wrong)
        district.heads.refuse("verify", changed, exits=exits)
    with open(changed, "w", encoding="utf-8") as file:
        json.dump(json.loads(said), file, indent=2)
    district.heads.run("verify", changed)
    say("signed files", files=2)


def rows_of(district, *options):
    """What a program reads that knows only SQL: a connection that cannot write, while the
    server serves; by view, each row by column."""
    site = district.site
    path = site.path(f"views{len(options)}.sql")
    site.server.run("views", "--out", path, *options)
    with sqlite3.connect(f"file:{site.server.folder}/store.db?mode=ro", uri=True) as db:
        with open(path, encoding="utf-8") as file:
            db.executescript(file.read())
        db.row_factory = sqlite3.Row
        names = [row[0] for row in db.execute("SELECT name FROM temp.sqlite_master")]
        return {name: [dict(row) for row in db.execute(f'SELECT * FROM temp."{name}"')]
                for name in names}


def views(district):
    server = district.site.server
    found = rows_of(district)
    for name, rows in found.items():
        listed = {row["id"]: row for row in server.ask("list", name)}
        expect(f"rows of {name}", {row["hm_record"] for row in rows}, set(listed))
        for row in rows:
            fields = listed[row["hm_record"]]["fields"]
            wrong = {field: row[field] for field, value in fields.items()
                     if row[field] != (value if isinstance(value, (str, int)) else row[field])}
            expect(f"{name} as a row", wrong, {})
    expect("registrations", sum(row["hm_year"] == 2017 and row["reg_type"] == "tieu_chuan"
                                for row in found["registration"]), 168)
    above = rows_of(district, "--above")
    check("a name above", MARK not in json.dumps(above, ensure_ascii=False))
    check("persons above", not {"household", "commitment", "household_result"} & set(above))
    check("nothing above", sum(len(rows) for rows in above.values()) > 100)
    say("views", views=len(found), above=len(above))


def run(site):
    district = circular_23(site)
    marked(district)
    signed(district)
    views(district)
    expect("the district", json.loads(open(site.path("counts.json"), encoding="utf-8").read())
           ["content"]["unit"], DISTRICT)


if __name__ == "__main__":
    script(run)
