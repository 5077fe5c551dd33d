#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Somebody else writes to a record that stands open in a real browser, or rests as a draft: of
what both said nothing is written over, and people are asked.

    98-page-meanwhile.py --bin DIR --work DIR
"""
import json
from importlib import import_module

from sites import expect, promise, script

page = import_module("96-page")
told = import_module("98-page-told")


def run(site):
    page.packages()
    site.set_up()
    laptop = site.enrol("A", role="hamlet_head")
    household = laptop.add("household", "head_name=Nguyễn Văn An", "address_text=Tổ 1")
    evaluation = laptop.add("evaluation", f"year={told.YEAR}", "stage=tu_danh_gia", "result=dat",
                            f"evaluated_on={told.YEAR}-11-01", "override_reason=khac")
    laptop.once()
    laptop.start("--listen", "127.0.0.1:0")
    commands = {name: laptop.programs.command(laptop.program, laptop.args("edit", given)) for name, given in {
        "resting": (household, "address_text=Tổ 5"),
        "untouched": (evaluation, "result=chua_dat"),
        "touched": (evaluation, "score=500")}.items()}
    page.browse(site, laptop, json.dumps(commands), "meanwhile.mjs")

    open_ones = laptop.ask("conflicts")
    expect("what people are asked", [(one["record"], one["register"]) for one in open_ones], [(evaluation, "verdict")])
    expect("both are there", sorted((one["value"].get("score", 0), one["value"]["evaluated_on"][-2:])
                                    for one in open_ones[0]["values"]), [(0, "03"), (500, "01")])
    history = laptop.ask("history", evaluation)
    expect("nobody's answers are written", [row for row in history if row["register"] == "answers"], [])
    shown = laptop.ask("show", household)
    expect("who saw both settled it", (shown["fields"]["address_text"], shown["conflicts"]), ("Tổ 7", []))
    expect("faults", laptop.ask("verify")["faults"], 0)
    laptop.stop()
    promise("P1 what was written while a page was open", "2 records", "written over unseen 0")


if __name__ == "__main__":
    script(run)
