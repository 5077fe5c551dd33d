#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The third document: forces and groups with their members, media, sessions with attendances
of three sorts that are never added, people helped, and shares of five years."""
from bac_lieu import AS_OF, directive_09
from district import expect, script
from moves import each_record_moves

FIVE = ("--from", "2012", "--to", "2016")
NOW = ("--to", AS_OF)


def changed(city):
    officer = city.officer
    officer.run("edit", city.record(officer, "body", name="to_pctp 3"), "ended_on=2017-04-30")
    talk = next(row for row in officer.ask("list", "activity")
                if row["fields"]["sessions"] == 549)
    officer.run("edit", talk["id"], 'audience:=[{"class":"luot_nguoi","qty":20861}]')
    officer.run("delete", city.record(officer, "media", type="pano", qty=7))
    hamlet = city.record(officer, "recognition", unit=city.codes("hamlet")[10], year=2014)
    officer.run("edit", hamlet, "result=chua_dat")
    city.sync()
    city.prints("forces", NOW, {"crime_teams": "06/36"})
    city.prints("activities", FIVE, {"sessions_persons": "2.669/101.661",
                                     "sessions_households": "gần 1.000/trên 25.000"})
    city.prints("media", FIVE, {"panels": "58"})
    city.prints("recognition", FIVE, {"hamlets_yearly": "92\u00a0%–94\u00a0%"})
    before = city.report("recognition", *FIVE)["hamlets_yearly"]["years"]
    city.withdraw(city.record(officer, "recognition", unit=city.codes("hamlet")[11], year=2015))
    city.one_more("hamlet", "ap", city.codes("commune")[0], "2016-01-01")
    after = city.report("recognition", *FIVE)["hamlets_yearly"]["years"]
    expect("one recognition less, one hamlet more",
           [(now["value"] - was["value"], now["among"] - was["among"])
            for was, now in zip(before, after)],
           [(0, 0)] * 3 + [(-1, 0), (0, 1)])


def run(site):
    city = directive_09(site)
    city.prints("forces", NOW,
                {"steering": "11/trên 200", "boards": "18/99", "groups": "817/1.157",
                 "stands": "17/85", "boarding": "405/405", "crime_teams": "07/42"})
    city.prints("media", FIVE, {"panels": "65", "slogans": "186"})
    found = city.prints("activities", FIVE,
                        {"sessions_households": "gần 1.000/trên 25.000",
                         "pupils": "trên 24.000", "sessions_persons": "2.669/101.662"})
    expect("nothing is added to anything else",
           sorted(found[name]["beside"] for name in found if "beside" in found[name]),
           [24000, 25000, 101662])
    city.prints("statistics", FIVE, {"rehabilitated": "956/571"})
    city.prints("recognition", FIVE,
                {"households_yearly": "95\u00a0%–97\u00a0%", "hamlets_yearly": "94\u00a0%",
                 "offices_yearly": "98\u00a0%–100\u00a0%",
                 # "trên 90 xã, phường", of ten: what was left out says itself here.
                 "communes_yearly": "90\u00a0%–100\u00a0%"})
    changed(city)
    each_record_moves(city, FIVE, 9)


if __name__ == "__main__":
    script(run)
