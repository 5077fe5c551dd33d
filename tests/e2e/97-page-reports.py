#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a district publishes, read in a real browser and printed: the figures of the page are
those of `hamlet report`, each leads to its records, each drawing has the table that says the
same, and a paper has its head, its figures and the places to sign.

    97-page-reports.py --bin DIR --work DIR
"""
import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from importlib import import_module

from district import account
from sites import ROOT, Wrong, check, expect, say, script

sys.path.insert(0, os.path.join(ROOT, "tests", "documents"))
del sys.modules["district"]  # the documents have one of that name, too
page = import_module("96-page")
papers = import_module("97-page-papers")
browser = import_module("browser")
thanh_phu = import_module("thanh_phu")

YEAR = ("--year", "2017")


def found(site):
    """The first document's district, with ratings and what was counted before."""
    district = thanh_phu.circular_23(site)
    codes = thanh_phu.subject_codes(district)
    grades = ["xuat_sac", "manh", "kha", "trung_binh", "yeu"]
    district.enter(district.officer, "rating", ["unit", "year", "grade"],
                   [[code, 2017, grades[at % 7 if at % 7 < 5 else 1]]
                    for at, code in enumerate(codes + district.codes("hamlet", "commune"))])
    district.enter(district.officer, "statistic",
                   ["unit", "indicator", "window_from", "window_to", "amount", "previous"],
                   [[thanh_phu.DISTRICT, "crime_pphs", "2017-01-01", "2017-12-31", 13, 37]])
    district.sync()
    thanh_phu.reviewed(district, [2017])
    return district


def routes(officer):
    """The page's figures are the command's; what lies below adds up to them."""
    window = browser.Browser(officer, lang="vi")
    window.enter()
    names = [one["report"] for one in window.get("/api/reports")]
    expect("reports", names, [one["report"] for one in officer.ask("report")])
    made = window.get("/api/report", report="registration", to="2017")
    figures = {one["name"]: one for section in made["sections"] for one in section["figures"]}
    expect("hamlets", (figures["hamlets"]["text"], made["silent"]), ("104/104", 0))
    for name in ("hamlets", "communes", "managed"):
        parts = figures[name]["parts"]
        expect(f"parts of {name}", [sum(part[what] for part in parts) for what in ("value", "among")],
               [figures[name]["value"], figures[name]["among"]])
    expect("communes below", len(figures["hamlets"]["parts"]), 18)
    behind, after = [], 0
    while after is not None:
        some = window.get("/api/report-records", report="registration", to="2017",
                          figure="managed", limit=20, after=after)
        behind += some["records"]
        after = some["next"]
    expect("records behind", (some["count"], len({one["id"] for one in behind})), (46, 46))
    for status, path, query in ((400, "/api/report", {}), (422, "/api/report", {"report": "x", "to": "2017"}),
                                (422, "/api/report", {"report": "registration", "to": "soon"}),
                                (400, "/api/report", {"report": "registration"}),
                                (422, "/api/report-records", {"report": "registration", "to": "2017", "figure": "x"}),
                                (422, "/api/report-records", {"report": "registration", "to": "2017", "figure": "managed",
                                                              "limit": 9999})):
        window.get(path, status, **query)
    in_words(window.get)
    say("reports over the API", reports=len(names), parts=18)


def printed(site):
    wanted = {"registration": (3, ["BÁO CÁO ĐĂNG KÝ", "104/104", "18/18", "46/46", "NGƯỜI LẬP", "THỦ TRƯỞNG ĐƠN VỊ", "số liệu đến"]),
              "commitments": (3, ["14.355/14.355", "từng năm"]),
              "ratings": (4, ["xếp loại mạnh"])}
    for name, (most, words) in wanted.items():
        text, pages, codes = papers.printed(site, "report-" + name, own="THẠNH PHÚ")
        check(f"{name} takes {pages} pages, at most {most}", pages <= most)
        expect(f"codes of {name}", [code.split("/")[:3] for code in codes],
               [["hamlet:report", name, thanh_phu.DISTRICT]])
        for word in words:
            check(f"{word!r} in {name}", word.lower() in text.lower())
    say("reports on paper", printed=len(wanted))


def without_time(text):
    """A table but for its sixth line from below, the hour at which it was asked for."""
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    return rows[:-6] + rows[-5:]


def same_files(site, host, step, names, wanted):
    """What the page gave is what the command prints."""
    expect("names of files", names, wanted)
    site.programs.lang = "vi"
    shown = host.run("report", "registration", *YEAR, "--format", "csv")
    site.programs.lang = "en"
    folder = site.path("")
    with open(f"{folder}/{step}-{names[0]}", encoding="utf-8", newline="") as file:
        expect("the table", without_time(file.read()), without_time(shown))
    with zipfile.ZipFile(f"{folder}/{step}-{names[1]}") as book:
        parts = [book.read(part).decode() for part in book.namelist()]
    check("the book has its source", any("Nguồn" in part for part in parts))
    check("a formula in the book", not any("<f>" in part for part in parts))
    with open(f"{folder}/{step}-{names[2]}", encoding="utf-8") as file:
        check("the figures", any(figure["text"] == "104/104" for section in json.load(file)["sections"]
                                 for figure in section["figures"]))


def office(site, step, name):
    done = subprocess.run(["node", "reports.mjs", site.server.url, site.path(""), step, name],
                          cwd=page.FOLDER, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Wrong(f"reports.mjs {step}: {done.stdout[-2000:]} {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def in_words(ask):
    """What cannot be a number is said, on either page: of a year without data, of a unit that
    came later."""
    made = ask("/api/report", report="registration", to="2012")
    expect("a year without data", {figure["text"] for section in made["sections"]
                                   for figure in section["figures"]}, {"chưa có số liệu"})
    later = f"{thanh_phu.DISTRICT}-c050"
    made = ask("/api/report", 422, report="registration", to="2017", unit=later)
    check(f"{made['title']!r} names it", later in made["title"])


def rights(site, commune):
    """Numbers for who may see numbers; whose they are for who may see that, and it is noted."""
    asked = {"report": "registration", "to": "2017"}
    desks = {role: account(site, role, role, unit) for role, unit in (
        ("viewer", thanh_phu.DISTRICT), ("district_officer", thanh_phu.DISTRICT),
        ("commune_officer", commune))}
    for desk in desks.values():
        expect("figures", len(desk.get("/api/report", **asked)["sections"]) > 0, True)
    desks["viewer"].get("/api/report-records", 403, **asked, figure="hamlets")
    some = desks["district_officer"].get("/api/report-records", **asked, figure="hamlets", limit=3)
    expect("records", (len(some["records"]), some["count"]), (3, 104))
    acts = [(row["account"], row["act"], row["on"]) for row in site.server.ask("audit")]
    check("who looked stands in the log", ("district_officer", "open-records", "registration") in acts)
    own = desks["commune_officer"].get("/api/report", **asked)
    expect("one's own unit", own["unit"], commune)
    desks["commune_officer"].get("/api/report", 403, **asked, unit=thanh_phu.DISTRICT)
    late = desks["district_officer"].get("/api/report", 202, **asked, wait=0, **{"from": "2013"})
    desks["viewer"].get("/api/report", 404, **asked, task=late["task"])
    desks["commune_officer"].get("/api/report-records", 404, **asked, figure="hamlets", task=late["task"])
    done = desks["district_officer"].get("/api/report", **asked, task=late["task"])
    expect("its outcome", (done["from"], done["to"]), (2013, 2017))
    for status, query in ((400, {}), (422, {"report": "x", "to": "2017"}), (400, {"report": "registration"}),
                          (400, asked | {"format": "pdf"}), (422, asked | {"wait": "9999"}),
                          (404, asked | {"task": "999999"}), (422, asked | {"task": "x"}),
                          (422, asked | {"unit": "nowhere"})):
        desks["viewer"].get("/api/report", status, **query)


def registers(site, district, names):
    """The year's register as the page gives it: what `export` writes, a sheet of its source,
    and a signature that holds."""
    expect("names of the registers", names, [f"hamlet-recognition-{thanh_phu.DISTRICT}-2017.{form}"
                                             for form in ("csv", "xlsx", "json")])
    path = site.path("register-") + names[0]
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    wanted = site.server.ask("list", "recognition", "--where", "year=2017")
    expect("the register", sorted((row["id"], row["result"]) for row in rows),
           sorted((row["id"], row["fields"]["result"]) for row in wanted))
    with zipfile.ZipFile(site.path("register-") + names[1]) as book:
        parts = [book.read(part).decode() for part in book.namelist()]
    check("the register's source", any("Nguồn" in part for part in parts))
    signed = site.path("register-") + names[2]
    expect("its signature", district.officer.ask("verify", signed)["document"], "records")
    with open(signed, encoding="utf-8") as file:
        content = json.load(file)["content"]
    expect("what is signed", (content["unit"], len(content["records"])),
           (thanh_phu.DISTRICT, len(wanted)))
    say("registers", rows=len(rows))


def at_the_district(site, district):
    rights(site, district.codes("commune")[0])
    made = office(site, "office", "district_officer")
    figures = district.report("registration", *YEAR)
    expect("the district's page says what the command says", made["text"], figures["hamlets"]["text"])
    same_files(site, site.server, "office", made["names"],
               [f"hamlet-registration-{thanh_phu.DISTRICT}-2017.{form}" for form in ("csv", "xlsx", "json")])
    check(f"{made['fitted']} reports on one screen", made["fitted"] == 12)
    registers(site, district, made["register"])
    desk = account(site, "reader", "viewer", thanh_phu.DISTRICT)
    desk.lang = "vi"
    in_words(desk.get)
    seen = office(site, "viewer", "viewer")
    expect("a viewer reads the same", seen["text"].split()[0], figures["hamlets"]["text"])
    say("reports at the district", screens=made["screens"] + seen["screens"], drawn=made["rows"])


def run(site):
    page.packages()
    district = found(site)
    at_the_district(site, district)
    officer = district.officer
    officer.start("--listen", "127.0.0.1:0")
    routes(officer)
    made = page.browse(site, officer, "read", "reports.mjs")
    figures = district.report("registration", *YEAR, host=officer)
    expect("the page says what the command says", made["text"], figures["hamlets"]["text"])
    say("reports in the browser", screens=made["screens"], drawn=made["rows"])
    given = page.browse(site, officer, "files", "reports.mjs")
    same_files(site, officer, "files", given["names"],
               [f"hamlet-registration-{thanh_phu.DISTRICT}-2017.{form}" for form in ("csv", "xlsx", "json")])
    page.browse(site, officer, "prints", "reports.mjs")
    printed(site)
    officer.stop()


if __name__ == "__main__":
    script(run)
