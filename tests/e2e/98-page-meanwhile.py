#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Somebody else writes to a record that stands open in a real browser, or rests as a draft: of
what both said nothing is written over, and people are asked. What the district erases stays in no draft.

    98-page-meanwhile.py --bin DIR --work DIR
"""
import json
from importlib import import_module

from sites import expect, promise, script

page = import_module("96-page")
told = import_module("98-page-told")
ANSWERS = [{"criterion_id": "4.1.a", "verdict": "dat"}]


def recorded(year):
    """How somebody else records a year of which nothing was recorded."""
    return ("evaluation", f"year={year}", "stage=tu_danh_gia", "result=dat", "score=500",
            f"evaluated_on={year}-11-01", "override_reason=khac", f"answers:={json.dumps(ANSWERS)}")


def both(conflict):
    """Result, score and day of an evaluation, as each of the two says them."""
    return sorted((value["result"], value.get("score", 0), value["evaluated_on"][-2:])
                  for value in (one["value"] for one in conflict["values"]))


def run(site):
    page.packages()
    site.set_up()
    laptop = site.enrol("A", role="hamlet_head")
    household = laptop.add("household", "head_name=Nguyễn Văn An", "address_text=Tổ 1")
    named = laptop.add("household", "head_name=Trần Thị Bình", "address_text=Tổ 1")
    evaluation = laptop.add("evaluation", f"year={told.YEAR}", "stage=tu_danh_gia", "result=dat",
                            f"evaluated_on={told.YEAR}-11-01", "override_reason=khac")
    laptop.once()
    laptop.start("--listen", "127.0.0.1:0")
    unseen = (told.YEAR - 1, told.YEAR - 2)
    commands = {name: laptop.programs.command(laptop.program, laptop.args(act, given)) for name, (act, given) in {
        "resting": ("edit", (household, "address_text=Tổ 5")),
        "untouched": ("edit", (evaluation, "result=chua_dat")),
        "touched": ("edit", (evaluation, "score=500")),
        **{f"recorded {year}": ("add", recorded(year)) for year in unseen}}.items()}
    commands["erased"] = site.programs.command(site.server.program, site.server.args(
        "erase", (named, "head_name", "--reason", "theo yêu cầu của gia đình")))
    page.browse(site, laptop, json.dumps(commands), "meanwhile.mjs")

    evaluations = {row["fields"]["year"]: row["id"] for row in laptop.ask("list", "evaluation")}
    expect("evaluations", sorted(evaluations), sorted((told.YEAR, *unseen)))
    asked = {one["record"]: one for one in laptop.ask("conflicts")}
    expect("what people are asked", sorted((one["record"], one["register"]) for one in asked.values()),
           sorted((one, "verdict") for one in evaluations.values()))
    expect("both are there", both(asked[evaluation]), [("chua_dat", 0, "03"), ("chua_dat", 500, "01")])
    for year in unseen:
        expect(f"both are there, of {year}", both(asked[evaluations[year]]), [("dat", 0, "03"), ("dat", 500, "01")])
        fields = laptop.ask("show", evaluations[year])["fields"]
        expect("of what one of them said", (fields["override_reason"], fields["answers"]), ("khac", ANSWERS))
    history = laptop.ask("history", evaluation)
    expect("nobody's answers are written", [row for row in history if row["register"] == "answers"], [])
    shown = laptop.ask("show", household)
    expect("who saw both settled it", (shown["fields"]["address_text"], shown["conflicts"]), ("Tổ 7", []))
    expect("faults", laptop.ask("verify")["faults"], 0)
    laptop.stop()
    promise("P1 what was written while a page was open", "4 records", "written over unseen 0")


if __name__ == "__main__":
    script(run)
