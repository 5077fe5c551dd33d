#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The second document: what it counts it counts among the units of its day, 48 in 2019 where
there were 46 two years before."""
from district import expect, script
from moves import each_record_moves
from thanh_phu import directive_07

FIVE = ("--from", "2014", "--to", "2019")


def changed(district):
    body = district.record(district.heads, "body", unit="837-c001")
    district.heads.run("edit", body, "ended_on=2019-03-01")
    district.heads.run("delete", district.record(district.heads, "registration",
                                                 unit="837-c001"))
    district.officer.run("edit", district.record(district.officer, "commendation"),
                         "individuals=4")
    district.sync()
    district.prints("forces", ("--year", "2019"), {"protected": "47/48"})
    district.prints("forces", ("--year", "2018"), {"protected": "48/48"})
    district.prints("forces", ("--year", "2017"), {"protected": "46/46"})
    district.prints("registration", ("--year", "2019"), {"managed_model": "16/48"})
    district.prints("commendations", FIVE, {"all": "11"})
    district.withdraw(district.record(district.heads, "registration", unit="837-c002"))
    district.one_more("agency", "co_quan", "837", "2019-01-01")
    district.prints("registration", ("--year", "2019"), {"managed_model": "15/49"})
    district.prints("forces", ("--year", "2018"), {"protected": "48/48"})


def run(site):
    district = directive_07(site)
    district.prints("forces", ("--year", "2019"), {"protected": "48/48"})
    district.prints("registration", ("--year", "2019"), {"managed_model": "17/48"})
    district.prints("commendations", FIVE,
                    {"all": "12", "collectives": "07", "individuals": "05"})
    # Where the document has "hầu hết" and "chiếm tỷ lệ cao" the report has the number.
    found = district.prints("recognition", FIVE, {"managed_yearly": "97,8\u00a0%–97,9\u00a0%"})
    expect("among", [year["among"] for year in found["managed_yearly"]["years"]],
           [46] * 4 + [48] * 2)
    district.prints("ratings", FIVE, {"managed_strong_yearly": "91,3\u00a0%–93,5\u00a0%"})
    found = district.prints("activities", FIVE, {"festivals": "06"})
    expect("a festival each year", [year["value"] for year in found["festivals"]["years"]], [1] * 6)
    district.prints("decisions", FIVE, {"directives": "02"})
    changed(district)
    each_record_moves(district, FIVE, 7)


if __name__ == "__main__":
    script(run)
