#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The first document: registration in 2017, commitments of five years, tip-offs, models,
commendations; and what each figure does when one record goes or one hamlet comes."""
from district import expect, script
from moves import each_record_moves
from thanh_phu import MODELS, circular_23, reviewed

FIVE = ("--from", "2013", "--to", "2017")


def changed(district):
    """One record less, one hamlet more: the figure moves by exactly that."""
    heads, officer, server = district.heads, district.officer, district.site.server
    hamlet = district.codes("hamlet")[40]
    heads.run("delete", district.record(heads, "registration", unit=hamlet, year=2017))
    officer.run("edit", district.record(officer, "commendation"), "recipients=15")
    signed = district.record(heads, "commitment", year=2015)
    heads.run("delete", signed)
    district.sync()
    district.prints("registration", ("--year", "2017"), {"hamlets": "103/104"})
    district.prints("commendations", FIVE, {"all": "15"})
    found = district.prints("commitments", FIVE, {"households_yearly": "99,9\u00a0%–100\u00a0%"})
    signed = [year["among"] - year["value"] for year in found["households_yearly"]["years"]]
    expect("households that did not sign", signed, [0, 0, 1, 0, 0])
    district.one_more("hamlet", "ap", district.codes("commune")[0], "2017-05-01")
    district.prints("registration", ("--year", "2017"), {"hamlets": "103/105"})
    found = district.report("registration", "--year", "2016")
    expect("hamlets of the year before", (found["hamlets"]["text"], found["hamlets"]["among"]),
           ("chưa có số liệu", 104))
    district.withdraw(district.record(heads, "registration", unit=district.codes("hamlet")[41]))
    district.withdraw(district.record(officer, "statistic", unit=district.codes("commune")[0]))
    district.prints("registration", ("--year", "2017"), {"hamlets": "102/105"})
    found = district.report("statistics", *FIVE)
    expect("tip-offs, of which one commune's 13 went", found["tips"]["value"], 187)
    behind = server.ask("report", "registration", "--year", "2017", "--figure", "managed")
    expect("records behind a figure", (len(behind), {row["kind"] for row in behind}),
           (46, {"registration"}))


def run(site):
    district = circular_23(site)
    district.prints("registration", ("--year", "2017"),
                    {"hamlets": "104/104", "communes": "18/18", "managed": "46/46"})
    found = district.prints("commitments", FIVE,
                            {"households_yearly": "100\u00a0%", "staff_yearly": "100\u00a0%",
                             "pupils_yearly": "100\u00a0%"})
    expect("years with data", [year["year"] for year in found["households_yearly"]["years"]
                               if "value" in year], list(range(2013, 2018)))
    district.prints("statistics", FIVE, {"tips": "trên 200"})
    found = district.prints("models", ("--to", "2017-08-11"), {"active": "04"})
    expect("models", sorted(found["active"]["names"]), sorted(MODELS))
    district.prints("commendations", FIVE, {"all": "16"})
    # Where the document has "chiếm tỷ lệ cao" the report has the number.
    reviewed(district, range(2013, 2018))
    district.prints("recognition", FIVE, {"hamlets_yearly": "95,2\u00a0%–98,1\u00a0%",
                                          "communes_yearly": "94,4\u00a0%–100\u00a0%",
                                          "managed_yearly": "95,7\u00a0%–97,8\u00a0%"})
    changed(district)
    each_record_moves(district, FIVE, 23)


if __name__ == "__main__":
    script(run)
