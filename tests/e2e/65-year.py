#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A year of a small district, generated: sheets in every form and encoding, recorders who do
not know of each other, clocks that are wrong, a merger. What the sheets meant is what is
stored, and all replicas agree.
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "year"))
from sites import check, say, script
from year import Year

SEED = 20260305


def run(site):
    print("seed", SEED)
    site.set_up()
    clock = os.path.join(site.programs.folder, "libyear_clock.so")
    check("the wrong clock was built", os.path.exists(clock))
    year = Year(site, SEED, hamlets=3, households=24, clock=clock)
    year.begin()
    year.january()
    year.meet()
    year.june()
    year.meet()
    year.november()
    year.meet()
    counts = year.check()
    check(f"every sort was drawn: {counts}", all(counts[name] > 0 for name in (
        "legacy", "xlsx", "late", "commitments", "wrong_clocks", "conflicts")))
    say("a year", **counts)


script(run)
