#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The fourth document: this period and the one before, which look like a part and its whole
and are not; a change against nothing has no percentage."""
from district import expect, script
from moves import each_record_moves
from tan_an import WARD, transformed

YEAR = ("--to", "2017-08-11")
FIVE = ("--from", "2012", *YEAR)


def run(site):
    ward = transformed(site)
    found = ward.prints("statistics", YEAR,
                        {"crime_pphs": "13/37", "crime_trong_an": "00/01",
                         "crime_cuop_giat": "00/04", "crime_trom_xe_may": "03/19",
                         "crime_ma_tuy": "02/00"})
    expect("changes", [found[name]["share"] for name in
                       ("crime_pphs", "crime_cuop_giat", "crime_trom_xe_may", "crime_ma_tuy")],
           ["giảm 64,9\u00a0%", "giảm 100\u00a0%", "giảm 84,2\u00a0%", "—"])
    expect("what nobody counted", found["traffic_deaths"]["text"], "chưa có số liệu")
    found = ward.report("statistics", *YEAR, "--unit", f"{WARD}-01")
    expect("a hamlet has none of it", found["crime_pphs"]["text"], "chưa có số liệu")

    # "Cơ bản hoàn thành việc chuyển hóa", and groups of the people: how many.
    ward.prints("statistics", FIVE, {"hotspots": "05/06"})
    ward.prints("models", YEAR, {"active": "03"})

    ward.officer.run("edit", ward.record(ward.officer, "statistic", indicator="crime_pphs"),
                     "amount=14")
    ward.officer.run("add", "statistic", f"unit={WARD}-01", "indicator=crime_pphs",
                     "window_from=2016-11-16", "window_to=2017-08-10", "amount=3", "previous=9")
    ward.sync()
    ward.prints("statistics", YEAR, {"crime_pphs": "14/37"})
    for unit in (WARD, f"{WARD}-01"): # what the ward states hides what its hamlet stated
        rows = ward.site.server.ask("report", "statistics", *YEAR, "--figure", "crime_pphs", "--unit", unit)
        expect(f"records behind the number of {unit}", [row["unit"] for row in rows], [unit])
    ward.withdraw(ward.record(ward.officer, "statistic", indicator="crime_cuop_giat"))
    ward.prints("statistics", YEAR, {"crime_cuop_giat": "chưa có số liệu", "crime_pphs": "14/37"})
    found = ward.report("statistics", *YEAR, "--unit", f"{WARD}-01")["crime_pphs"]
    expect("few cases of a hamlet are not told", (found["text"], "value" in found, found["before"]),
           ("dưới 5/09", False, 9))
    ward.officer.run("add", "statistic", f"unit={WARD}-01", "indicator=crime_pphs",
                     "window_from=2015-11-16", "window_to=2016-08-10", "amount=9")
    ward.sync()
    found = ward.report("statistics", "--from", "2016", *YEAR, "--unit", f"{WARD}-01")["crime_pphs"]
    expect("nor from the other year and their sum", (found["text"], found["years"], "value" in found),
           ("không nêu", [], False))
    ward.one_more("hamlet", "khu_pho", WARD, "2017-01-01")
    ward.prints("statistics", FIVE, {"hotspots": "05/06"})
    ward.withdraw(ward.record(ward.officer, "statistic", indicator="hotspots"))
    ward.prints("statistics", FIVE, {"hotspots": "05/chưa có số liệu"})
    for _ in range(2):  # what the ward states hides what its hamlet stated
        ward.withdraw(ward.record(ward.officer, "statistic", unit=f"{WARD}-01"))
        ward.sync()
    each_record_moves(ward, YEAR, 30)


if __name__ == "__main__":
    script(run)
