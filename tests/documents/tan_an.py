# SPDX-License-Identifier: Apache-2.0
"""A ward and its crime figures, this period and the one before: the fourth document."""
from district import District, public_units

WARD = "23235"
NOW = ("2016-11-16", "2017-08-10")
BEFORE = ("2015-11-16", "2016-08-10")
COUNTED = [("crime_pphs", 13, 37), ("crime_trong_an", 0, 1), ("crime_cuop_giat", 0, 4),
           ("crime_trom_xe_may", 3, 19), ("crime_ma_tuy", 2, 0)]

# Areas that were hard, and those that are no longer, in the five years of the directive.
AREAS = [("hotspots", 6), ("hotspots_transformed", 5)]
MODELS = ["Tự quản", "Tự phòng", "Tự hòa giải"]


def transformed(site):
    chosen, _ = public_units(WARD)
    hamlets = [{"code": f"{WARD}-{at:02d}", "level": "hamlet", "type": "khu_pho",
                "name": f"Khu phố {at}", "parent_code": WARD} for at in range(1, 9)]
    ward = District(site, WARD, chosen + hamlets, officer="commune_officer")
    ward.enter(ward.officer, "statistic",
               ["unit", "indicator", "window_from", "window_to", "amount", "previous",
                "previous_from", "previous_to"],
               [[WARD, indicator, *NOW, now, before, *BEFORE]
                for indicator, now, before in COUNTED])
    ward.enter(ward.officer, "statistic",
               ["unit", "indicator", "window_from", "window_to", "amount"],
               [[WARD, indicator, "2012-08-22", NOW[1], number] for indicator, number in AREAS])
    ward.enter(ward.officer, "model", ["unit", "name", "started_on", "status"],
               [[f"{WARD}-{at:02d}", name, "2015", "dang_hoat_dong"]
                for at, name in enumerate(MODELS, 1)])
    ward.sync()
    return ward
