#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a member is told in a real browser: texts of records stay texts on every screen and
paper; without a network and a mouse an entry is made and taken back, and the page says what
is safe; what the district returns comes with its reason. In Vietnamese, and in English.

    98-page-told.py --bin DIR --work DIR
"""
from datetime import datetime, timedelta, timezone
from importlib import import_module

from sites import check, expect, promise, say, script, wait_until

page = import_module("96-page")
web = import_module("95-web")
YEAR = datetime.now(timezone(timedelta(hours=7))).year


def fill(laptop):
    """Each text as whoever wants harm would write it, wherever a text may stand."""
    for text in web.HOSTILE:
        laptop.add("household", f"head_name={text}", f"address_text={text}", f"cluster={text}")
    laptop.add("minutes", f"year={YEAR}", "session=1", "meeting_level=ap", f"held_on={YEAR}-11-02",
               f"place={web.HOSTILE[1]}", f"opinions={' '.join(web.HOSTILE)}")


def gone(site, laptop):
    """A right that ended meanwhile, and its unit is not here any more: its author reads why, and
    what to do."""
    other = site.hamlets[1]["code"]
    given = site.server.ask("grant", "Laptop A", "--unit", other, "--role", "hamlet_head", "--name", "Laptop A")
    laptop.once()
    laptop.add("household", "head_name=Hộ Bị Trả", "address_text=Tổ 3", "unit=" + other)
    site.server.ask("end", given["permit"], "--at-once")
    expect("refused", laptop.once()["quarantined"], 1)
    laptop.start("--listen", "127.0.0.1:0")
    why = page.browse(site, laptop, "gone", "told.mjs")["why"]
    laptop.stop()
    for part in ("Laptop A ghi lúc", "trả lại vì", "không thuộc phạm vi", other, "Báo cán bộ"):
        check(f"{part!r} in {why!r}", part in why)


def returned(site, laptop):
    """What came back is kept here as it was typed: written anew, mended or dropped it asks for
    nothing more, and the district has what was mended."""
    known = laptop.add("household", "head_name=Hộ Cũ", "address_text=Tổ 1")
    laptop.once()
    permit = next(row["permit"] for row in site.server.ask("permits", "Laptop A")
                  if row["unit"] == site.hamlet and row["state"] == "active")
    laptop.add("household", "head_name=Hộ Bị Trả", "address_text=Tổ 3")
    laptop.add("household", "head_name=Hộ Thôi", "address_text=Tổ 3")
    laptop.run("edit", known, "address_text=Tổ 2")
    site.server.ask("end", permit, "--at-once")
    expect("refused", laptop.once()["quarantined"], 3)
    site.server.ask("grant", "Laptop A", "--unit", site.hamlet, "--role", "hamlet_head", "--name", "Laptop A")
    laptop.once()
    laptop.start("--listen", "127.0.0.1:0")
    found = page.browse(site, laptop, "returned", "told.mjs")
    check(f"why: {found['why']}", "không thuộc phạm vi" in found["why"] and "Bấm Sửa" in found["why"])
    expect("what was typed", found["stood"], ["Tổ 3", "Tổ 2"])

    def there():
        return {row["fields"]["head_name"]: row["fields"]["address_text"] for row in site.server.ask("list", "household")}

    wait_until("the district has it", lambda: there().get("Hộ Bị Trả") == "Tổ 4, nhà cuối" and there().get("Hộ Cũ") == "Tổ 7")
    expect("dropped", "Hộ Thôi" in there(), False)
    laptop.stop()
    check("nothing is to be looked at", "cần xem" not in laptop.run("status"))


def run(site):
    page.packages()
    site.set_up()
    laptop = site.enrol("A", role="hamlet_head")
    fill(laptop)
    laptop.once()
    laptop.start("--listen", "127.0.0.1:0")
    found = page.browse(site, laptop, "hostile", "told.mjs")
    expect("texts as they were typed", sorted(found["texts"]), sorted(web.HOSTILE))
    promise("P27-28 hostile texts on screens and papers, in Chromium", f"{found['looks']} looks", "became markup or ran 0")

    site.server.stop()
    page.browse(site, laptop, "alone", "told.mjs")
    names = [row["fields"]["head_name"] for row in laptop.ask("list", "household")]
    expect("what was taken back", "Hộ Ghi Nhầm" in names, False)
    laptop.stop()

    site.server.serve()
    laptop.once()
    returned(site, laptop)
    gone(site, laptop)
    say("what a member is told", looks=found["looks"])


if __name__ == "__main__":
    script(run)
