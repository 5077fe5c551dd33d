# SPDX-License-Identifier: Apache-2.0
"""A province since 2012, whose communes became fewer in 2020: the fifth document."""
from district import District, subjects

TOP = "17"
YEARS = range(2012, 2021)
LEFT = 151       # communes that are there to the end, of which
RURAL = 131      # are of the type that the other scheme speaks of
GONE = 59        # became part of others on the last day of 2019
HAMLETS = 500
SUBJECTS = [80, 49, 60]
# Recognised a year: hamlets, communes, agencies, enterprises, schools.
EVERY_YEAR = [345, 60, 49, 32, 58]
MORE = [0, 0, 5, 2, 0]  # … and one more in so many of the years
ROADS = [("traffic_accidents", 420), ("traffic_deaths", 150), ("traffic_injured", 380)]
CONFERENCES = [("huyen", [11]), ("khu_dan_cu", [700, 800, 563]), ("xa", [151, 59]),
               ("co_quan", [300, 218]), ("doanh_nghiep", [353]), ("co_so_giao_duc", [190, 210])]


def found(site):
    units = [{"code": TOP, "level": "province", "type": "tinh", "name": "Hòa Bình"}]
    units += [{"code": f"{TOP}-h{at:02d}", "level": "district", "type": "huyen",
               "name": f"Huyện {at}", "parent_code": TOP} for at in range(11)]
    for at in range(LEFT + GONE):
        unit = {"code": f"{TOP}-x{at:03d}", "level": "commune", "name": f"Xã {at}",
                "type": "xa" if at < RURAL or at >= LEFT else "phuong",
                "parent_code": f"{TOP}-h{at % 11:02d}"}
        if at >= LEFT:
            unit.update(valid_to="2019-12-31", merged_into=f"{TOP}-x{at - LEFT:03d}")
        units.append(unit)
    units += [{"code": f"{TOP}-k{at:03d}", "level": "hamlet", "type": "xom",
               "name": f"Xóm {at}", "parent_code": f"{TOP}-x{at % LEFT:03d}"}
              for at in range(HAMLETS)]
    return District(site, TOP, units + subjects(TOP, SUBJECTS))


def chosen(pool, first, count):
    """So many of them, not the same every year."""
    return [pool[(first * 7 + at) % len(pool)] for at in range(count)]


def recognitions(province):
    pools = [province.codes("hamlet"), province.codes("commune")[:LEFT],
             province.codes("agency"), province.codes("enterprise"), province.codes("school")]
    registered, recognised = [], []
    for at, year in enumerate(YEARS):
        counts = [count + (at < more) for count, more in zip(EVERY_YEAR, MORE)]
        rest = round(sum(counts) / 0.7) - sum(counts)
        for pool, count in zip(pools, counts):
            also = min(rest, len(pool) - count)
            rest -= also
            codes = chosen(pool, at, count + also)
            registered += [[code, year, "tieu_chuan"] for code in codes]
            recognised += [[code, year, "dat", "885", f"{year}-11-18"] for code in codes[:count]]
    province.enter(province.heads, "registration", ["unit", "year", "reg_type"], registered)
    province.enter(province.officer, "recognition",
                   ["unit", "year", "result", "decision_no", "issued_date"], recognised)


def statistics(province):
    """What the police of the province count each year: cases found out, accidents."""
    windows = [(f"{year}-01-01", f"{year}-12-31") for year in YEARS]
    province.enter(province.officer, "statistic",
                   ["unit", "indicator", "window_from", "window_to", "amount", "total",
                    "qualifier"],
                   [[TOP, "clearance_rate", *window, 316 + at % 3 * 4, 400,
                     "gt" if at == 2 else "exact"] for at, window in enumerate(windows)])
    province.enter(province.officer, "statistic",
                   ["unit", "indicator", "window_from", "window_to", "amount", "previous"],
                   [[TOP, indicator, *window, first - 10 * at, first - 10 * at + 10]
                    for indicator, first in ROADS for at, window in enumerate(windows)])


def conventions(province):
    """Hamlets and communes that have agreed on rules of their own."""
    codes = province.codes("hamlet")[13:] + province.codes("commune")[2:LEFT]
    province.enter(province.officer, "external_status",
                   ["unit", "year", "scheme", "item_no", "result"],
                   [[code, 2020, "quy_uoc", "ANTT", "dat"] for code in codes])


def since_2012(site):
    province = found(site)
    recognitions(province)
    statistics(province)
    conventions(province)
    province.enter(province.officer, "activity",
                   ["unit", "type", "date", "host_kind", "sessions"],
                   [[TOP, "hoi_nghi_trien_khai", f"{2012 + at}-06-01", host, number]
                    for host, numbers in CONFERENCES for at, number in enumerate(numbers)])
    rural = [unit["code"] for unit in province.units
             if unit.get("type") == "xa" and "merged_into" not in unit]
    province.enter(province.officer, "external_status",
                   ["unit", "year", "scheme", "item_no", "result", "as_of"],
                   [[code, 2020, "ntm", "19.2", "dat" if at >= 8 else "chua_dat", "2020-12-01"]
                    for at, code in enumerate(rural)])
    province.enter(province.officer, "target",
                   ["unit", "year", "indicator", "comparator", "amount", "measure"],
                   [[TOP, 2012, "units_recognised", "khong_duoi", 700, "phan_nghin"]])
    province.sync()
    return province
