# SPDX-License-Identifier: Apache-2.0
"""A district of 18 communes and 104 hamlets with the agencies, enterprises and schools under
its authority: the first two documents."""
from district import District, public_units, subjects
from sites import unit_rows

DISTRICT = "837"
SUBJECTS = [18, 9, 19]
FOUNDED_LATER = [1, 1, 0]
LISTED = 2  # hamlets of which every household is entered
HOUSEHOLDS = 12
MODELS = ["Ba giảm, bốn giữ",
          "Gia đình hội viên phụ nữ không có con em phạm tội và sử dụng trái phép chất ma túy",
          "Tuyến đường xanh, sạch, đẹp, an toàn giao thông",
          "Vận động nhân dân tự đảm bảo an ninh trật tự trên địa bàn ấp"]


def found(site):
    chosen, communes = public_units(DISTRICT)
    _, _, hamlets = unit_rows()
    units = chosen + communes + hamlets + subjects(DISTRICT, SUBJECTS)
    units += subjects(DISTRICT, FOUNDED_LATER, first=50, valid_from="2018-09-01")
    # It stands in the district and is under the province's authority.
    units += [{"code": "837-t900", "level": "agency", "type": "co_quan",
               "name": "Chi nhánh của tỉnh", "parent_code": DISTRICT, "managed_by": "83"}]
    return District(site, DISTRICT, units)


def subject_codes(district, later=False):
    first = sum(SUBJECTS)
    codes = [unit["code"] for unit in district.units
             if unit["level"] in ("agency", "enterprise", "school") and "managed_by" not in unit]
    return codes if later else codes[:first]


def households(district, years):
    """Every household of two hamlets; of the others as many as their heads counted."""
    hamlets = district.codes("hamlet")
    rows = [[hamlet, f"Nguyễn Văn {chr(65 + number)}", f"Số {number}"]
            for hamlet in hamlets[:LISTED] for number in range(HOUSEHOLDS)]
    district.enter(district.heads, "household", ["unit", "head_name", "address_text"], rows)
    homes = [row["id"] for row in district.heads.ask("list", "household")]
    district.enter(district.heads, "commitment",
                   ["household", "year", "signer_name", "signed_date"],
                   [[home, year, "Lê An", f"{year}-02-10"] for year in years for home in homes])
    district.enter(district.heads, "tally", ["unit", "year", "subject", "signed", "total"],
                   [[hamlet, year, "ho", 90 + at, 90 + at] for year in years
                    for at, hamlet in enumerate(hamlets[LISTED:])])


def staff_and_pupils(district, years):
    rows = []
    for at, code in enumerate(subject_codes(district)):
        who = [("hoc_sinh", 300 + at)] if "-t" in code else []
        rows += [[code, year, subject, count, count] for year in years
                 for subject, count in [("cbccvc", 20 + at), *who]]
    district.enter(district.heads, "tally", ["unit", "year", "subject", "signed", "total"], rows)


def registrations(district, year, codes, of="tieu_chuan"):
    district.enter(district.heads, "registration", ["unit", "year", "reg_type", "signed_date"],
                   [[code, year, of, f"{year}-03-01"] for code in codes])


def circular_23(site):
    """Five years of a circular and of a joint resolution, reviewed in 2017."""
    district = found(site)
    years = range(2013, 2018)
    households(district, years)
    staff_and_pupils(district, years)
    registrations(district, 2017, district.codes("hamlet", "commune") + subject_codes(district))
    communes = district.codes("commune")
    district.enter(district.officer, "statistic",
                   ["unit", "indicator", "window_from", "window_to", "amount", "qualifier"],
                   [[code, "tips", "2013-01-01", "2017-08-11", 11 if at else 13,
                     "gt" if at == 3 else "exact"] for at, code in enumerate(communes)])
    district.enter(district.heads, "model", ["unit", "name", "started_on", "status"],
                   [[DISTRICT, name, "2014", "dang_hoat_dong"] for name in MODELS])
    district.enter(district.officer, "commendation",
                   ["unit", "year", "decision_no", "issuer_name", "form", "recipients"],
                   [[DISTRICT, 2017, "4211/QĐ-UBND", "UBND huyện", "giay_khen", 16]])
    district.sync()
    return district


def reviewed(district, years):
    """What was decided of all of them each year; a few, not the same ones, did not meet it."""
    pools = [(district.codes("hamlet"), lambda year: 2 + year % 4),
             (district.codes("commune"), lambda year: year % 2),
             (subject_codes(district), lambda year: 1 + year % 2)]
    district.enter(district.officer, "recognition",
                   ["unit", "year", "result", "decision_no", "issued_date"],
                   [[code, year, "dat" if (at + year) % len(pool) >= missed(year) else "chua_dat",
                     "12", f"{year}-11-14"]
                    for year in years for pool, missed in pools for at, code in enumerate(pool)])
    district.sync()


def directive_07(site):
    """Five years of a directive, reviewed in 2019: two units were founded since 2017."""
    district = found(site)
    codes = subject_codes(district, later=True)
    forms = ["chuyen_trach", "ban_chuyen_trach", "nong_cot"]
    district.enter(district.heads, "body", ["unit", "type", "form", "founded_on"],
                   [[code, "luc_luong_bao_ve", forms[at % 3],
                     "2015" if at < sum(SUBJECTS) else "2018-10"]
                    for at, code in enumerate(codes)])
    registrations(district, 2019, codes[:17], of="mo_hinh")
    rows, ratings = [], []
    for year in range(2014, 2020):
        there = codes if year > 2017 else codes[:sum(SUBJECTS)]
        rows += [[code, year, "chua_dat" if at == year % 7 else "dat", "12", f"{year}-11-18"]
                 for at, code in enumerate(there)]
        ratings += [[code, year, "kha" if at % 12 == year % 12 else "manh"]
                    for at, code in enumerate(there)]
    district.enter(district.officer, "recognition",
                   ["unit", "year", "result", "decision_no", "issued_date"], rows)
    district.enter(district.officer, "rating", ["unit", "year", "grade"], ratings)
    district.enter(district.officer, "commendation",
                   ["unit", "year", "decision_no", "issuer_name", "form", "collectives",
                    "individuals"],
                   [[DISTRICT, 2019, "2517/QĐ-UBND", "UBND huyện", "giay_khen", 7, 5]])
    district.enter(district.officer, "activity", ["unit", "type", "date"],
                   [[DISTRICT, "ngay_hoi", f"{year}-08-19"] for year in range(2014, 2020)])
    district.enter(district.officer, "directive",
                   ["unit", "year", "type", "directive_no", "summary"],
                   [[DISTRICT, year, "ke_hoach", number, "Phong trào trong cơ quan, nhà trường"]
                    for year, number in ((2014, "118/KH-CAH"), (2019, "37/KH-BCĐ"))])
    district.sync()
    return district
