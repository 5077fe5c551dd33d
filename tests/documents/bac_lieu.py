# SPDX-License-Identifier: Apache-2.0
"""A city of seven wards and three communes, five years of a directive: the third document."""
import json

from district import District, public_units, subjects

CITY = "954"
YEARS = range(2012, 2017)
HAMLETS = 50
OFFICES = [30, 20, 0]
AS_OF = "2017-05-01"
# type, how many bodies, their members; one that is not exact says so
BODIES = [("ban_bv_antt", [5] * 9 + [6] * 9), ("to_tu_quan_ben_xe", [5] * 17),
          ("to_pctp", [6] * 7)]
POOLED = [("to_tu_quan", 500, 700), ("to_annd", 317, 457), ("to_tu_quan_nha_tro", 405, 405)]
MET = {2012: 950, 2013: 955, 2014: 970, 2015: 965, 2016: 960}


def found(site):
    chosen, communes = public_units(CITY)
    hamlets = [{"code": f"{communes[at % 10]['code']}-{at // 10 + 1:02d}", "level": "hamlet",
                "type": "khom" if at % 10 < 7 else "ap", "name": f"Khóm {at // 10 + 1}",
                "parent_code": communes[at % 10]["code"]} for at in range(HAMLETS)]
    return District(site, CITY, chosen + communes + hamlets + subjects(CITY, OFFICES))


def forces(city):
    communes = city.codes("commune")
    hamlets = city.codes("hamlet")
    rows = [[CITY, "bcd_138", "Ban chỉ đạo thành phố", ""]]
    rows += [[code, "bcd_138", f"Ban chỉ đạo {code}", ""] for code in communes]
    for body, members in BODIES:
        rows += [[(hamlets if body == "ban_bv_antt" else communes[:7] * 3)[at], body,
                  f"{body} {at}", ""] for at in range(len(members))]
    rows += [[CITY, body, body, qty] for body, qty, _ in POOLED]
    city.enter(city.officer, "body", ["unit", "type", "name", "qty"], rows)
    ids = {row["fields"]["name"]: row["id"] for row in city.officer.ask("list", "body")}
    steering = [ids["Ban chỉ đạo thành phố"], *(ids[f"Ban chỉ đạo {c}"] for c in communes)]
    rows = [[body, AS_OF, 20 if at else 0, "gt" if at == 4 else "exact"]
            for at, body in enumerate(steering)]
    for body, members in BODIES:
        rows += [[ids[f"{body} {at}"], AS_OF, count, "exact"]
                 for at, count in enumerate(members)]
    # What they were two years before is not what they are.
    rows += [[ids[f"ban_bv_antt {at}"], "2015-05-01", 3, "exact"] for at in range(18)]
    rows += [[ids[body], AS_OF, members, "exact"] for body, _, members in POOLED]
    city.enter(city.officer, "strength", ["body", "as_of", "members_count", "qualifier"], rows)


def audience(kind, number, qualifier="exact"):
    return json.dumps([{"class": kind, "qty": number, "qualifier": qualifier}])


def propaganda(city):
    def sessions(at, number, exact, who):
        return [CITY, "tuyen_truyen", f"{YEARS[at]}-06-01", number, exact, who]

    rows = [sessions(0, 400, "exact", audience("luot_ho", 10000)),
            sessions(3, 600, "lt", audience("luot_ho", 15000, "gt")),
            sessions(1, 240, "exact", audience("luot_hs", 11500)),
            sessions(4, 260, "exact", audience("luot_hs", 12500, "gt"))]
    rows += [sessions(at, number, "exact", audience("luot_nguoi", people))
             for at, (number, people) in enumerate([(500, 19000), (520, 20100), (540, 20500),
                                                    (549, 20862), (560, 21200)])]
    city.enter(city.officer, "activity",
               ["unit", "type", "date", "sessions", "sessions_qualifier", "audience"], rows)
    city.enter(city.officer, "media", ["unit", "type", "date", "qty"],
               [[code, kind, "2014-08-19", count] for kind, counts in
                (("pano", [6, 7, 6, 7, 6, 7, 6, 7, 6, 7]),
                 ("khau_hieu", [18, 19, 18, 19, 18, 19, 18, 19, 19, 19]))
                for code, count in zip(city.codes("commune"), counts)])


def statistics(city):
    communes = city.codes("commune")
    columns = ["unit", "indicator", "window_from", "window_to", "amount", "total"]
    rows = []
    for indicator, amounts in (("rehab_received", [90, 95, 96, 100, 95, 96, 94, 96, 97, 97]),
                               ("rehab_reformed", [57, 57, 57, 57, 57, 57, 57, 57, 57, 58])):
        rows += [[code, indicator, "2012-01-01", "2016-12-31", amount, ""]
                 for code, amount in zip(communes, amounts)]
    rows += [[code, "hh_recognised", f"{year - 1}-11-16", f"{year}-11-15", MET[year], 1000]
             for year in YEARS for code in communes]
    city.enter(city.officer, "statistic", columns, rows)


def recognitions(city):
    rows = []
    for year in YEARS:
        missed = {"hamlet": 3, "commune": year % 3 == 0, "office": year % 2}
        for code in city.codes("hamlet", "commune", "agency", "enterprise"):
            kind = next((level for level in ("hamlet", "commune") if code in city.codes(level)),
                        "office")
            missed[kind] -= 1
            rows.append([code, year, "dat" if missed[kind] < 0 else "chua_dat", "9",
                         f"{year}-11-14"])
    city.enter(city.officer, "recognition",
               ["unit", "year", "result", "decision_no", "issued_date"], rows)


def directive_09(site):
    city = found(site)
    forces(city)
    propaganda(city)
    statistics(city)
    recognitions(city)
    city.sync()
    return city
