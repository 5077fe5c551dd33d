#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The fifth document: conferences by where they were held, recognitions as times and as
different units, the mean of the years against its target, the communes of another scheme."""
from district import expect, script
from moves import each_record_moves
from province import ROADS, since_2012

ALL = ("--from", "2012", "--to", "2020")


def changed(province):
    officer = province.officer
    ids = province.site.server.ask("report", "recognition", *ALL, "--figure", "schools_times")
    expect("records behind 522", len(ids), 522)
    officer.run("edit", ids[0]["id"], "result=chua_dat")
    rural = province.record(officer, "external_status", scheme="ntm", result="dat")
    officer.run("delete", rural)
    province.sync()
    province.prints("recognition", ALL, {"schools_times": "521", "ntm_19_2": "122/131"})
    talks = province.record(officer, "activity", host_kind="khu_dan_cu", sessions=563)
    officer.run("edit", talks, "sessions=562")
    province.withdraw(province.record(officer, "activity", host_kind="huyen"))
    province.one_more("commune", "xa", f"{province.top}-h00", "2020-01-01")
    province.sync()
    found = province.report("activities", *ALL)["conferences_districts"]
    expect("what was taken back", found["text"], "chưa có số liệu")
    province.prints("activities", ALL, {"conferences_hamlets": "2.062"})
    province.prints("recognition", ALL, {"ntm_19_2": "122/132"})


def run(site):
    province = since_2012(site)
    province.prints("activities", ALL,
                    {"conferences_districts": "11", "conferences_hamlets": "2.063",
                     "conferences_communes": "210", "conferences_agencies": "518",
                     "conferences_enterprises": "353", "conferences_schools": "400"})
    found = province.prints("recognition", ALL,
                            {"hamlets_times": "3.105", "communes_times": "540",
                             "agencies_times": "446", "enterprises_times": "290",
                             "schools_times": "522", "mean": "70\u00a0%",
                             "ntm_19_2": "123/131"})
    expect("540 times are not 540 communes", found["communes_times"]["units"] <= 151, True)
    expect("the target", "chỉ tiêu 70\u00a0%: đạt" in found["mean"]["note"], True)
    expect("communes, as organised", province.report("registration", "--year", "2019")
           ["communes"]["among"], 210)
    expect("communes, mapped to today", province.report(
        "registration", "--year", "2019", "--as", "today")["communes"]["among"], 151)
    found = province.prints("statistics", ALL, {"clearance_mean": "trên 80\u00a0%"})
    for year in range(2013, 2021):
        found = province.report("statistics", "--year", str(year))
        expect(f"all three are less in {year}", [found[name]["share"].split()[0]
                                                 for name, _ in ROADS], ["giảm"] * 3)
    # "Hầu hết các xã, thôn, bản" have a convention: how many.
    province.prints("recognition", ALL, {"conventions_hamlets": "487/500",
                                         "conventions_communes": "149/151"})
    changed(province)
    each_record_moves(province, ALL, 885)


if __name__ == "__main__":
    script(run)
