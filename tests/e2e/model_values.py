# SPDX-License-Identifier: Apache-2.0
"""What people type, at random: each value as the word of a command line, as a cell of a table
and as the value it must become. Few different ones, so that people meet."""
import json
import unicodedata

NAMES = ["Nguyễn Văn Út", "Trần Thị Hòa", "Lê Hữu Đức", "Phạm Ngọc Ánh", "Huỳnh Kim Sương"]
PLACES = ["Số 12, ấp 1", "Số 7, khóm Đông", "đường Nguyễn Huệ, nhà cuối"]
CLUSTERS = ["Tổ 1", "Tổ 2", "Tổ 3"]
NOTES = ["phiếu cũ", "dòng 1\ndòng 2", "=1+1", "'trích'; -- \"dấu\""]
DATES = ["2026-03-01", "2026-03-12", "2025-12-31"]
PARTIAL = ["2024", "2024-05", "2024-05-06"]
TOPICS = [["an ninh"], ["an ninh", "phòng cháy"], ["ma túy"]]

POOLS = {
    "household": {"head_name": NAMES, "address_text": PLACES, "cluster": CLUSTERS,
                  "household_code": ["H1", "H2"], "status": ["dang_cu_tru", "tam_vang"],
                  "valid_from": PARTIAL},
    "commitment": {"signer_name": NAMES, "signer_relation": ["chu_ho", "con", "khac"],
                   "signed_date": PARTIAL, "sheet_no": [1, 2, 3], "row_no": [1, 99],
                   "note": NOTES, "consent_notice": [True, False]},
    "evaluation": {"result": ["dat", "chua_dat"], "score": [0, 805, 900],
                   "evaluated_on": DATES, "window_from": DATES},
    "registration": {"registrant_name": NAMES, "households_resident": [0, 120, 121],
                     "targets": TOPICS, "signed_date": DATES},
    "activity": {"type": ["ngay_hoi", "so_ket"], "date": DATES,
                 "host_kind": ["khu_dan_cu", "xa"], "topics": TOPICS},
}
KEYS = {"commitment": {"year": [2025, 2026]},
        "evaluation": {"year": [2026], "stage": ["tu_danh_gia", "tham_dinh"]},
        "registration": {"year": [2025, 2026], "reg_type": ["tieu_chuan", "mo_hinh"]}}


def typed(random, value):
    """The text that somebody types for it: decomposed or with blanks around now and then."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    how = random.randrange(4)
    if how == 0:
        return unicodedata.normalize("NFD", value)
    return f"  {value} " if how == 1 else value


def word(random, name, value):
    if value is None:
        return f"{name}="
    if isinstance(value, list):
        return f"{name}:={json.dumps(value, ensure_ascii=False)}"
    return f"{name}={typed(random, value)}"


def words(random, fields):
    return [word(random, name, value) for name, value in fields.items()]


def pick(random, kind, count=None, plain=False):
    """Some fields of a kind with values; `plain`: none that a table's cell does not hold."""
    pool = {name: values for name, values in POOLS[kind].items()
            if not (plain and isinstance(values[0], list))}
    names = random.sample(sorted(pool), min(len(pool), count or random.randint(1, 3)))
    return {name: random.choice(pool[name]) for name in names}


def key(random, kind):
    return {name: random.choice(values) for name, values in KEYS.get(kind, {}).items()}
