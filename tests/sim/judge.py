#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""judge.py MODE --sim PROGRAM - what is said about the simulator as a whole.

  replay     a seed, and a script, run twice are the same to the last bit
  scenarios  each story of scenarios/ ends as it says
  plants     each fault that is planted into the world is found, and called by its name
  shrink     what fails is cut down to a short script that fails with the same complaint

Ends with 0 if all of it held, and prints what it ran.
"""
import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent

# What the complaint about each plant must say, and how many histories it may take.
PLANTS = {
    "unsaved": (r"acts were acknowledged, and \d+ are there", 10),
    "lazy_disk": (r"replica 1 lost act|acts of one transaction", 40),
    "lost_page": (r"judged twice|counts \d+ changes|lost act|is on the laptop only"
                  r"|nothing disturbed failed|heads instead of|digests differ"
                  r"|shows \d+ on 0", 10),
    "lost_head": (r"heads? instead of|has no heads|stand otherwise|counts \d+ changes"
                  r"|shows|rebuilding \d changed", 20),
    "lost_conflict": (r"conflicts .* instead of|stand otherwise|rebuilding \d changed", 20),
    "no_judge": (r"has verdict 1, it should be 2|says OK .* expected was DENIED", 20),
    "no_cursor": (r"yet 0 of \d+ are acknowledged", 10),
    "later_cursor": (r"counts entries that are not there", 10),
    "wrong_digest": (r"digests differ", 10),
    "swapped": (r"nothing disturbed failed: PROTOCOL|is another on the server"
                r"|holds another change|gives up: PROTOCOL", 20),
    "unrevoked": (r"is revoked and was answered with (200|409)|taken from a device that is revoked",
                  60),
    "unordered": (r"stand otherwise than derived|rebuilding \d changed|still there", 40),
    "unended": (r"has verdict 1, it should be 2|stand otherwise|rebuilding \d changed", 80),
    "altered": (r"stand otherwise than derived|rebuilding \d changed", 20),
    "same_self": (r"nothing disturbed failed|digests differ|on the laptop only"
                  r"|on the server only|counts entries|come to no rest"
                  r"|verdict \d on \d and \d on the server|gives up: PROTOCOL"
                  r"|signed, and the server says|acknowledged and never reached", 80),
    "lost_word": (r"signed, and the server says", 40),
}


def run(sim, *options):
    return subprocess.run([sim, *options], capture_output=True, text=True, check=False,
                          errors="replace")


def fail(text, done=None):
    print(f"FAILED {text}")
    if done is not None:
        print(done.stdout[-4000:], done.stderr[-4000:])
    sys.exit(1)


def print_of(done):
    found = re.search(r"fingerprint ([0-9a-f]{16})", done.stdout)
    if done.returncode != 0 or found is None:
        fail("a history did not run to its end", done)
    return found.group(1)


def replay(sim):
    prints = set()
    for seed in ("1", "7", "230", "4711"):
        first = run(sim, "--seed", seed, "--trace")
        again = run(sim, "--seed", seed, "--trace")
        if print_of(first) != print_of(again):
            fail(f"seed {seed} is not the same twice", again)
        events = lambda text: re.sub(r"^(seconds|seeds a|processor|on two).*", "", text, flags=re.M)
        if events(first.stdout) != events(again.stdout):
            fail(f"seed {seed} has one fingerprint and two traces", again)
        prints.add(print_of(first))
        print(f"seed {seed} twice: {print_of(first)}")
    if len(prints) != 4:
        fail("different seeds have the same fingerprint")
    story = str(HERE / "scenarios" / "cut-page.txt")
    if print_of(run(sim, "--script", story)) != print_of(run(sim, "--script", story)):
        fail(f"{story} is not the same twice")
    replay_failure(sim)


def replay_failure(sim):
    """The command that a failure prints leads to the same failure."""
    first = run(sim, "--plant", "wrong_digest", "--seeds", "10", "--from", "50",
                "--shrink", "0")
    command = re.search(r"^REPLAY hamlet-sim (.*)$", first.stderr, re.M)
    wrong = re.search(r"^FAILED at .*$", first.stderr, re.M)
    if command is None or wrong is None:
        fail("a failure without a command to replay it", first)
    again = run(sim, *command.group(1).split())
    if wrong.group(0) not in again.stderr:
        fail(f"{command.group(0)} leads elsewhere", again)
    print(f"{command.group(1)}: {wrong.group(0)}")


def scenarios(sim):
    stories = sorted((HERE / "scenarios").glob("*.txt"))
    if len(stories) < 9:
        fail(f"only {len(stories)} stories")
    for story in stories:
        if not story.read_text(encoding="utf-8").startswith("# "):
            fail(f"{story.name} tells no story")
        print_of(run(sim, "--script", str(story)))
        print(f"{story.name}: as it says")


def plants(sim):
    listed = set(re.findall(r"^      (\w+) ", run(sim, "--help").stderr, re.M))
    if listed != set(PLANTS):
        fail(f"plants without a judgement: {sorted(listed ^ set(PLANTS))}")
    for plant, (complaint, most) in PLANTS.items():
        done = run(sim, "--plant", plant, "--seeds", str(most), "--shrink", "0")
        wrong = re.search(r"^FAILED at .*$", done.stderr, re.M)
        seed = re.search(r"--seed (\d+)", done.stderr)
        if done.returncode == 0 or wrong is None or seed is None:
            fail(f"{plant} was not found in {most} histories", done)
        if not re.search(complaint, wrong.group(0)):
            fail(f"{plant}: that is not the right complaint", done)
        print(f"{plant}: found by history {seed.group(1)}: {wrong.group(0)}")


# How many events may be left of what each plant led to.
SHORT = {"wrong_digest": 12, "no_cursor": 12, "unsaved": 15}


def shrink(sim):
    """A complaint without its numbers is the same before and after."""
    for plant, most in SHORT.items():
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder) / "short.txt"
            first = run(sim, "--plant", plant, "--seeds", "20", "--keep", str(kept),
                        "--shrink", "60")
            wrong = re.search(r"^FAILED at event \d+: (.*)$", first.stderr, re.M)
            told = re.search(r"^SHORT (\d+) of (\d+) events", first.stderr, re.M)
            if wrong is None or told is None:
                fail(f"{plant} was not cut down", first)
            script = kept.read_text(encoding="utf-8")
            again = run(sim, "--plant", plant, "--script", str(kept))
            same = re.search(r"^FAILED at event \d+: (.*)$", again.stderr, re.M)
            good = run(sim, "--script", str(kept))
        if same is None or re.sub(r"\d+", "#", same.group(1)) != re.sub(
                r"\d+", "#", wrong.group(1)):
            fail(f"{plant}: the short script fails otherwise\n{script}", again)
        if good.returncode != 0:
            fail(f"{plant}: the short script fails without the plant\n{script}", good)
        if int(told.group(1)) > most:
            fail(f"{plant}: {told.group(0)}, that is not short\n{script}", first)
        print(f"{plant}: {told.group(0)}: {same.group(1)}")


MODES = {"replay": replay, "scenarios": scenarios, "plants": plants, "shrink": shrink}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mode", choices=MODES)
    parser.add_argument("--sim", required=True)
    asked = parser.parse_args()
    MODES[asked.mode](asked.sim)


main()
