#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Vietnamese as input methods type it, in a real browser: Telex and VNI, letters that are
erased and typed again, and compositions, into fields that answer while they are typed in.
What is typed is what is saved. Before that, a sheet of 25 rows without a mouse.

    97-page-typing.py --bin DIR --work DIR [--oldest]

`--oldest`: in Chromium 109, the oldest that the page is for.
"""
import os
from collections import Counter
from importlib import import_module

from sites import check, expect, say, script, write_csv

page = import_module("96-page")
HOUSEHOLDS = 60
FIELDS = 8  # a style, each of another kind


def signed(laptop):
    """(head of the household, what is said of its signature)"""
    heads = {row["id"]: row["fields"]["head_name"] for row in laptop.ask("list", "household")}
    return {heads[row["fields"]["household"]]: row["fields"] for row in laptop.ask("list", "commitment")}


def sheet(site, laptop):
    """Enter signs a row and makes the next one ready, also over the end of a page."""
    done = page.browse(site, laptop, "sheet", "typing.mjs")
    found = signed(laptop)
    expect("rows", len(found), done["rows"])
    by_others = {head: fields["signer_name"] for head, fields in found.items() if fields["signer_name"] != head}
    expect("who signed for others", by_others, done["others"])
    expect("what they are to the head is not known", {found[head].get("signer_relation") for head in by_others}, {None})
    rows = Counter((fields["sheet_no"], fields["row_no"]) for fields in found.values())
    expect("each row of paper once", set(rows.values()), {1})
    check(f"{done['pressed']} key presses beyond the text in {done['rows']} rows", done["pressed"] <= done["rows"])
    say("a sheet without a mouse", rows=done["rows"], presses=done["pressed"])


def styles(site, laptop):
    done = page.browse(site, laptop, "styles", "typing.mjs")["typed"]
    households = {row["id"]: row["fields"] for row in laptop.ask("list", "household")}
    found = signed(laptop)
    result, = laptop.ask("list", "evaluation")
    said = {one["criterion_id"]: one.get("evidence") for one in result["fields"]["answers"]}
    held = {row["fields"]["chair_name"]: row["fields"] for row in laptop.ask("list", "minutes")}
    for one in done:
        mine, = (fields for fields in households.values() if fields["head_name"] == one["head"])
        expect(one["style"],
               (mine["address_text"], households[mine["split_from"]]["head_name"], found[one["head"]]["signer_name"],
                said[one["id"]], held[one["chair"]]["opinions"]),
               (one["home"], "Đỗ Thị Bưởi", one["signer"], one["said"], "\n".join(one["opinions"])))
    say("Vietnamese as it is typed", ways=len(done), fields=FIELDS * len(done))


def run(site, oldest=False):
    page.packages()
    if oldest:
        page.packages(os.path.join(page.FOLDER, "engine"))
        os.environ["HAMLET_TEST_ENGINE"] = "109"
    site.set_up()
    laptop = site.enrol("A", role="hamlet_head")
    rows = [[f"Nguyễn Văn {chr(65 + number % 26)} {number:03d}", "Tổ 1"] for number in range(HOUSEHOLDS)]
    laptop.ask("import", "household", write_csv(site.path("households.csv"), ["head_name", "address_text"],
                                                [*rows, ["Đỗ Thị Bưởi", "Tổ 2"]]))
    laptop.once()
    laptop.start("--listen", "127.0.0.1:0")
    sheet(site, laptop)
    styles(site, laptop)
    laptop.stop()


if __name__ == "__main__":
    script(run, options=("oldest",))
