#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""plants - a vector that is not right is found, by the Python and by the C.

    plants.py [--seed N] FILE=PROGRAM…

PROGRAM is the C test that answers the questions of FILE. Each kind of member of each kind
of question and answer is planted once: a digit of hex, a number, a truth, a letter of a
text is another; what is refused is refused for another reason, or is what another question
has that is not refused; a vector is left out, and a file is missing or empty. Both sides
must fail each time. A change that changes nothing (a member that the answer does not hang
on) is no plant: the Python side says which these are, by giving the same answer.
"""
import argparse
import copy
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import check
from answer import answer
from pack import Refused, write_json


def leaves(node, path=()):
    """Where the scalars stand: (path, value)."""
    if isinstance(node, dict):
        for name, part in node.items():
            yield from leaves(part, path + (name,))
    elif isinstance(node, list):
        for i, part in enumerate(node):
            yield from leaves(part, path + (i,))
    else:
        yield path, node


def kind_of(vector, path):
    """Plants of one kind are alike: the same command and the same names on the way."""
    names = tuple(part for part in path if isinstance(part, str))
    return (vector["ask"]["do"], "refused" in vector["answer"], *names)


def changed(value, choice):
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if value is None:
        return 0
    if value and all(c in "0123456789abcdef" for c in value):
        at = choice.randrange(len(value))
        other = choice.choice([c for c in "0123456789abcdef" if c != value[at]])
        return value[:at] + other + value[at + 1 :]
    return value + "00"


def put(vector, path, value):
    out = copy.deepcopy(vector)
    node = out
    for part in path[:-1]:
        node = node[part]
    node[path[-1]] = value
    return out


def still_right(vector):
    """Whether the answer is right all the same: then nothing was planted."""
    try:
        return check.same(answer(vector["ask"]), vector["answer"])
    except (KeyError, TypeError, ValueError, AttributeError, Refused):
        return False


def plants_of(file, choice):
    """(what, the file as it is planted)"""
    vectors = file["vectors"]
    kinds = {}
    for at, vector in enumerate(vectors):
        for part in ("ask", "answer"):
            for path, value in leaves(vector[part], (part,)):
                if path != ("ask", "do"):
                    kinds.setdefault(kind_of(vector, path), []).append((at, path, value))
    for kind in sorted(kinds, key=str):
        for at, path, value in choice.sample(kinds[kind], min(4, len(kinds[kind]))):
            planted = put(vectors[at], path, changed(value, choice))
            if not still_right(planted):
                where = ".".join(map(str, path))
                yield f"{vectors[at]['name']}: {where}", with_vector(file, at, planted)
                break
    for at, vector in enumerate(vectors):
        taken = [v for v in vectors if v["ask"]["do"] == vector["ask"]["do"]
                 and "refused" not in v["answer"]]
        if "refused" in vector["answer"] and taken:
            planted = {**vector, "ask": choice.choice(taken)["ask"]}
            yield f"{vector['name']}: what is not refused", with_vector(file, at, planted)
            break
    yield "a vector left out", {**file, "vectors": vectors[1:]}
    yield "no vectors", {**file, "vectors": [], "count": 0}


def with_vector(file, at, vector):
    return {**file, "vectors": [*file["vectors"][:at], vector, *file["vectors"][at + 1 :]]}


class Planting:
    """One file in its folder, and who answers it; Python remembers its answers."""

    def __init__(self, folder, name, program):
        self.folder, self.name, self.program = folder, name, program
        self.answers = {}
        self.environment = {**os.environ, "HM_VECTORS": str(folder), "CK_FORK": "no"}

    def c_fails(self):
        done = subprocess.run([self.program, self.name], env=self.environment,
                              capture_output=True, timeout=60, check=False)
        if done.returncode not in (0, 1):
            sys.exit(f"{self.program} ended with {done.returncode}: {done.stderr[-2000:]}")
        return done.returncode == 1

    def python_fails(self):
        try:
            return bool(check.check_file(self.folder, self.name, self.remembered)[0])
        except (OSError, ValueError, KeyError, TypeError):
            return True

    def remembered(self, ask):
        key = write_json(ask)
        if key not in self.answers:
            self.answers[key] = check.tried(ask)
        return self.answers[key]

    def judge(self, what):
        """What did not notice."""
        missed = [] if self.python_fails() else ["the Python"]
        missed += [] if self.c_fails() else ["the C"]
        return [f"{self.name}: {what}: not found by {side}" for side in missed]


def plant_file(folder, name, program, choice):
    """How many plants there were, and which were not found."""
    planting = Planting(folder, name, program)
    whole = (folder / name).read_bytes()
    if planting.python_fails() or planting.c_fails():
        return 0, [f"{name}: wrong as it is"]
    count, missed = 0, []
    for what, planted in plants_of(json.loads(whole), choice):
        (folder / name).write_bytes(write_json(planted))
        missed += planting.judge(what)
        count += 1
    (folder / name).unlink()
    missed += planting.judge("the file is missing")
    (folder / name).write_bytes(whole)
    return count + 1, missed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("programs", nargs="+", metavar="FILE=PROGRAM")
    options = parser.parse_args()
    programs = dict(given.split("=", 1) for given in options.programs)
    if set(programs) != set(check.FILES):
        sys.exit(f"no program answers {sorted(set(check.FILES) ^ set(programs))}")
    total, missed = 0, []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for name in check.FILES:
            (folder / name).write_bytes((check.PROTO / "vectors" / name).read_bytes())
        for name in check.FILES:
            choice = random.Random(f"{options.seed} {name}")
            count, more = plant_file(folder, name, programs[name], choice)
            print(f"{name}: {count} planted, {count - len(more)} found", flush=True)
            total, missed = total + count, missed + more
    for text in missed:
        print(f"FAILED {text}")
    sys.exit(1 if missed or total == 0 else 0)


if __name__ == "__main__":
    main()
