#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every screen of the page with the data of a hamlet of 300 households, in a real browser, at
three sizes; pictures of all of them stay in the folder.

    98-page-screens.py --bin DIR --work DIR
"""
import json
from datetime import datetime, timedelta, timezone
from importlib import import_module

from sites import expect, say, script, write_csv

page = import_module("96-page")
HOUSEHOLDS, SIGNED = 300, 287
YEAR = datetime.now(timezone(timedelta(hours=7))).year
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Đặng", "Võ", "Huỳnh", "Trương")
GIVEN = ("An", "Bình", "Út", "Ước", "Đào", "Hường", "Ý", "Thạnh", "Khánh", "Mười", "Nghiệp")
STROKES = [[[40 + 9 * at, 100 + (40 if at % 2 else -30)] for at in range(12)]]


def fill(site, laptop):
    rows = [[f"{FAMILY[n % 8]} {('Văn', 'Thị')[n // 8 % 2]} {GIVEN[n % 11]}", f"Số {n}, tổ {n % 9 + 1}, đường liên ấp",
             f"{n:04d}", 1940 + n % 60] for n in range(HOUSEHOLDS)]
    laptop.ask("import", "household", write_csv(site.path("households.csv"),
                                                ["head_name", "address_text", "household_code", "birth_year"], rows))
    records = laptop.ask("list", "household")
    signed = [[row["id"], YEAR, row["fields"]["head_name"], "chu_ho", f"{n % 28 + 1}/2/{YEAR}", n // 20 + 1, n % 20 + 1, "da_ky"]
              for n, row in enumerate(records[:SIGNED])]
    laptop.ask("import", "commitment", write_csv(
        site.path("commitments.csv"),
        ["household", "year", "signer_name", "signer_relation", "signed_date", "sheet_no", "row_no", "signed"], signed))
    laptop.add("commitment", f"household={records[SIGNED]['id']}", f"year={YEAR}", "signer_name=Người Ký Bút",
               "signed=da_ky", f"signed_date={YEAR}-02-03", f"signature={json.dumps(STROKES)}")
    laptop.add("registration", f"year={YEAR}", "reg_type=tieu_chuan", "registrant_name=Trần Văn Ấp")
    laptop.add("minutes", f"year={YEAR}", "session=1", "meeting_level=ap", f"held_on={YEAR}-11-02", "place=Nhà văn hóa ấp",
               "chair_name=Trần Văn Ấp", "conclusion=de_nghi_cong_nhan")
    laptop.add("activity", "type=ngay_hoi", f"date={YEAR}-08-10", "place=Sân đình")
    return records[0]["id"]


def disagree(site, laptop, record):
    """Two laptops say different things about one household."""
    other = site.enrol("B", role="recorder")
    laptop.once()
    other.once()
    other.run("edit", record, "address_text=Tổ 7, sau đình")
    laptop.run("edit", record, "address_text=Tổ 5, cạnh chợ")
    other.once()
    laptop.once()


def run(site):
    page.packages()
    site.set_up()
    laptop = site.enrol("A", role="hamlet_head")
    disagree(site, laptop, fill(site, laptop))
    laptop.start("--listen", "127.0.0.1:0")
    found = page.browse(site, laptop, "", "screens.mjs")
    laptop.stop()
    expect("sizes", found["sizes"], 3)
    say("screens of a hamlet", households=HOUSEHOLDS, screens=found["screens"])


if __name__ == "__main__":
    script(run)
