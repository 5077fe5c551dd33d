#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How soon a laptop is usable again after a process was killed in the middle of a save.

    80-unclean.py --bin DIR --work DIR

The store is as large as a hamlet's becomes in many years. The kill leaves the journal of
the save behind, which the next command has to roll back before it says anything.
"""
import os
import random
import subprocess
import time

from sites import but_one, check, expect, promise, script, wait_until, write_csv

CHANGES = 50_000
MORE = 2_000
KILLS = 20
SAVE_S = 0.15 # about as long as a save lasts
USABLE_S = 5


def rows(first, count):
    return [[f"Nguyễn Văn {number}", f"Số {number}, ấp {number % 40}", f"Tổ {number % 12}",
             f"H{number:06d}"] for number in range(first, first + count)]


def table(site, name, first, count):
    return write_csv(site.path(name), ["head_name", "address_text", "cluster", "household_code"],
                     rows(first, count))


def kill_in_a_save(laptop, file, later_s):
    """Kill an import so long after its journal is on disk; whether it left one."""
    journal = os.path.join(laptop.folder, "store.db-journal")
    command = laptop.programs.command("hamlet", ["import", "household", file, "--store",
                                                 laptop.folder])
    process = subprocess.Popen(command, env=laptop.programs.env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until("the journal of a save", lambda: process.poll() is not None or
               (os.path.exists(journal) and os.path.getsize(journal) > 0))
    time.sleep(later_s)  # any moment
    process.kill()
    process.wait()
    return os.path.exists(journal) and os.path.getsize(journal) > 0


def run(site):
    site.set_up(serve=False)
    laptop = site.enrol("A", role="hamlet_head")
    laptop.run("import", "household", table(site, "all.csv", 0, CHANGES))
    file = table(site, "more.csv", CHANGES, MORE)
    chance = random.Random(35)
    took = []
    left = 0
    half_done = 0
    held = laptop.ask("status")["changes"]
    check(f"{held} changes", held >= CHANGES)
    for _ in range(KILLS):
        left += kill_in_a_save(laptop, file, chance.uniform(0, SAVE_S))
        began = time.monotonic()
        shown = laptop.ask("list", "household", "--limit", "20")
        took.append(time.monotonic() - began)
        expect("records shown", len(shown), 20)
        before, held = held, laptop.ask("status")["changes"]
        half_done += held - before not in (0, MORE)
    promise("P35 the first command after a kill", f"{held} changes", f"{len(took)} kills",
            f"{left} journals left", f"half done {half_done}", f"{max(took):.3f} s at most")
    check("kills left journals", left > 0)
    expect("saves that were half done", half_done, 0)
    check(f"usable after {but_one(took):.2f} s", but_one(took) <= USABLE_S)
    laptop.run("verify")


if __name__ == "__main__":
    script(run)
