#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A district that nobody has seen, one of whose hamlets becomes part of another in the middle
of a year: what is reported before it, after it, as organised then and mapped to today; and
what cannot be reported is said in words."""
import json
import os
import zipfile

from district import District, check, expect, say, script, subjects
from sites import ROOT

TOP, COMMUNES, HAMLETS, HOUSEHOLDS = "D", 3, 4, 5
MERGED, INTO, DAY = "D-0-0", "D-0-1", "2024-06-30"


def found(site):
    units = [{"code": TOP, "level": "district", "type": "huyen", "name": "Huyện lạ"}]
    units += [{"code": f"D-{at}", "level": "commune", "type": "xa", "name": f"Xã {at}",
               "parent_code": TOP} for at in range(COMMUNES)]
    units += [{"code": f"D-{at}-{n}", "level": "hamlet", "type": "ap", "name": f"Ấp {n}",
               "parent_code": f"D-{at}"} for at in range(COMMUNES) for n in range(HAMLETS)]
    units += [{"code": "D-new", "level": "hamlet", "type": "ap", "name": "Ấp mới",
               "parent_code": "D-2", "valid_from": "2025-01-01"}]
    return District(site, TOP, units + subjects("D-1", [1, 0, 0]))


def records(district):
    hamlets = [code for code in district.codes("hamlet") if code != "D-new"]
    district.enter(district.heads, "household", ["unit", "head_name", "address_text"],
                   [[code, f"Trần Thị {chr(65 + n)}", f"Số nhà {n}"] for code in hamlets
                    for n in range(HOUSEHOLDS)])
    homes = district.heads.ask("list", "household")
    district.enter(district.heads, "commitment", ["household", "year", "signer_name", "signed_date"],
                   [[row["id"], year, "Lê Thị Ký", f"{year}-02-01"] for year in (2023, 2024)
                    for row in homes])
    district.enter(district.heads, "registration", ["unit", "year", "reg_type"],
                   [[code, year, "tieu_chuan"] for code in hamlets for year in (2023, 2024)])
    district.enter(district.officer, "recognition",
                   ["unit", "year", "result", "decision_no", "issued_date"],
                   [[code, 2023, "dat", "1", "2023-11-14"] for code in hamlets])
    district.sync()


# A day before the merger and one after it, of each hamlet: so many of each.
DAYS = {"2024-03-01": 2, "2024-09-01": 3}


def each_kind(district):
    """What every report counts, some of it of before the day and some of after it."""
    heads, officer = district.heads, district.officer
    hamlets = [code for code in district.codes("hamlet") if code != "D-new"]
    then = [(code, day, n) for code in hamlets for day, count in DAYS.items() for n in range(count)
            if code != MERGED or day < DAY]
    district.enter(heads, "activity", ["unit", "type", "date"],
                   [[code, "tuyen_truyen", f"{day[:8]}{n + 1:02d}"] for code, day, n in then])
    district.enter(heads, "model", ["unit", "name", "started_on", "status"],
                   [[code, f"Mô hình {code} {day} {n}", day[:4], "dang_hoat_dong"] for code, day, n in then])
    district.enter(officer, "commendation",
                   ["unit", "year", "decision_no", "issuer_name", "form", "recipients"],
                   [[code, 2024, f"{at}", "UBND huyện", "giay_khen", 2] for at, code in enumerate(hamlets)])
    district.enter(officer, "rating", ["unit", "year", "grade"], [[code, 2023, "manh"] for code in hamlets])
    district.sync()


def additive(name):
    """The figures of a report that count records: no unit more or less is one of them."""
    with open(os.path.join(ROOT, "proto", "reports", name + ".json"), encoding="utf-8") as file:
        report = json.load(file)
    return [figure["name"] for section in report["sections"] for figure in section["figures"]
            if figure["count"]["do"] in ("records", "sum", "base") and figure.get("over") not in ("each", "mean")
            and "among" not in figure and not figure.get("few")]


def each_report(district):
    """Of every report: nothing is lost or doubled by the merger, on whichever day and mapped to
    whichever organisation; the hamlet that it went into has what both had."""
    counted = moved = 0

    def value(name, figure, *args):
        return shown(name, *args)[figure].get("value", 0)

    made = {}

    def shown(name, *args):
        if (name, args) not in made:
            made[name, args] = district.report(name, *args)
        return made[name, args]

    for name in [row["report"] for row in district.site.server.ask("report")]:
        for days in (("--year", "2023"), ("--to", "2024-06-01"), ("--to", "2024-07-01"), ("--year", "2024"),
                     ("--from", "2023", "--to", "2024")):
            for figure in additive(name):
                then, today = (value(name, figure, *days, "--unit", "D-0", *more) for more in ((), ("--as", "today")))
                expect(f"{name} {figure} {days}: then and today", then, today)
                whole = value(name, figure, *days, "--unit", INTO, "--as", "today")
                parts = value(name, figure, *days, "--unit", INTO)
                if days in (("--year", "2023"), ("--to", "2024-06-01")):
                    parts += value(name, figure, *days, "--unit", MERGED)
                expect(f"{name} {figure} {days}: both are in one", parts, whole)
                counted += 1
                moved += whole > value(name, figure, *days, "--unit", "D-0-2", "--as", "today")
        for wrong in (("--to", "2024-07-01"), ("--year", "2025"), ("--year", "2023", "--as", "today")):
            district.site.server.refuse("report", name, *wrong, "--unit", MERGED, exits=65, says=MERGED)
    check(f"figures that both hamlets have: {moved} of {counted}", moved > 10)
    say("around the merger, figures of all reports", figures=counted, of_both=moved)


def registered(district, *args):
    found = district.report("registration", *args)["hamlets"]
    return found["text"]


def merge(district):
    row = next(unit for unit in district.units if unit["code"] == MERGED)
    row.update(valid_to=DAY, merged_into=INTO)
    district.import_units([row])
    district.sync()


def in_words(district):
    """A time without data, a unit that was not there, nothing to compare with: at the district
    and on a laptop."""
    district.enter(district.officer, "statistic",
                   ["unit", "indicator", "window_from", "window_to", "amount", "total"],
                   [[TOP, "clearance_rate", "2023-01-01", "2023-12-31", 0, 0]])
    district.sync()
    for host in (district.site.server, district.heads):
        for year, unit in (("2024", "D-new"), ("2025", MERGED)):
            host.refuse("report", "registration", "--year", year, "--unit", unit, exits=65,
                        says=unit)
        for wrong in (("registration", "--year", "2025", "--unit", "nowhere"),
                      ("nothing", "--year", "2025"),
                      ("registration", "--year", "2025", "--figure", "nothing"),
                      ("registration", "--from", "2025", "--to", "2024"),
                      ("registration", "--to", "2026-02-30")):
            host.refuse("report", *wrong, exits=65)
        host.refuse("report", "registration", exits=64)
        found = district.report("registration", "--year", "2020", host=host)["hamlets"]
        expect("a year without data", found["text"], "chưa có số liệu")
        found = district.report("statistics", "--year", "2023", host=host)["clearance"]
        expect("among none", (found["text"], found["share"]), ("00/00", "không có gì để so"))


def own_report(site, district):
    """A report that nobody compiled in works whole; a broken one stops nothing else."""
    folder = f"{site.laptops['heads'].folder}/reports"
    os.makedirs(folder)
    own = {"report": "own", "label": {"vi": "Của huyện", "en": "Own"}, "sections": [
        {"label": {"vi": "Hộ", "en": "Households"}, "figures": [
            {"name": "homes", "label": {"vi": "Hộ", "en": "Households"}, "over": "day",
             "count": {"do": "records", "kind": "household"}}]}]}
    with open(f"{folder}/own.json", "w", encoding="utf-8") as file:
        json.dump(own, file)
    found = district.report("own", "--year", "2025", host=district.heads)
    expect("an own report", found["homes"]["value"], COMMUNES * HAMLETS * HOUSEHOLDS)
    own["sections"][0]["figures"][0]["oops"] = True
    with open(f"{folder}/own.json", "w", encoding="utf-8") as file:
        json.dump(own, file)
    district.heads.refuse("report", "own", "--year", "2025", exits=78, says="oops")
    os.remove(f"{folder}/own.json")


def nobody_named(site):
    """What goes up is counts: no report, in whatever form, holds the name of a household, of
    who signed, or an address."""
    server = site.server
    reports = [row["report"] for row in server.ask("report")]
    expect("reports", len(reports), 12)
    years = ("--from", "2023", "--to", "2024")
    for name in reports:
        out = site.path(f"{name}.xlsx")
        server.run("report", name, *years, "--format", "xlsx", "--out", out)
        with zipfile.ZipFile(out) as book:
            parts = [book.read(part).decode() for part in book.namelist()]
        check(f"the sheet of the source of {name}", any("Source" in part for part in parts))
        told = [server.run("report", name, *years, "--format", form) for form in ("csv", "json")]
        for person in ("Trần Thị", "Lê Thị Ký", "Số nhà"):
            for text in (*told, server.run("report", name, *years), *parts):
                check(f"{person} in {name}", person not in text)
    say("reports that name nobody", reports=len(reports))


def run(site):
    district = found(site)
    records(district)
    expect("before", registered(district, "--year", "2023"), "12/12")
    each_kind(district)
    merge(district)
    expect("the year before, as organised then", registered(district, "--year", "2023"), "12/12")
    expect("in the year, before the day", registered(district, "--to", "2024-06-01"), "12/12")
    expect("in the year, after it", registered(district, "--year", "2024"), "11/11")
    expect("the year before, mapped to today",
           registered(district, "--year", "2023", "--as", "today"), "11/11")
    expect("of the commune", registered(district, "--year", "2024", "--unit", "D-0"), "03/03")
    homes = district.report("commitments", "--year", "2024", "--unit", INTO)["households"]
    expect("households of both", homes["text"], "10/10")
    homes = district.report("commitments", "--year", "2023", "--unit", INTO)["households"]
    expect("households of one", homes["text"], "05/05")
    found_times = district.report("recognition", "--from", "2023", "--to", "2024")
    expect("times", (found_times["hamlets_times"]["text"], found_times["hamlets_times"]["units"]),
           ("12", 12))
    each_report(district)
    same = [json.dumps(district.report("commitments", "--year", "2024", host=host), sort_keys=True)
            for host in (site.server, district.heads, district.officer)]
    expect("laptops and the district print the same", len(set(same)), 1)
    nobody_named(site)
    in_words(district)
    own_report(site, district)


if __name__ == "__main__":
    script(run)
