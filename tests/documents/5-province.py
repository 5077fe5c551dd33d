#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The fifth document: conferences by where they were held, recognitions as times and as
different units, the mean of the years against its target, the communes of another scheme."""
from district import expect, script
from province import since_2012

ALL = ("--from", "2012", "--to", "2020")


def changed(province):
    officer = province.officer
    ids = province.site.server.ask("report", "recognition", *ALL, "--figure", "schools_times")
    expect("records behind 522", len(ids), 522)
    officer.run("edit", ids[0]["id"], "result=chua_dat")
    rural = province.record(officer, "external_status", result="dat")
    officer.run("delete", rural)
    province.sync()
    province.prints("recognition", ALL, {"schools_times": "521", "ntm_19_2": "122/131"})


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
    changed(province)


if __name__ == "__main__":
    script(run)
