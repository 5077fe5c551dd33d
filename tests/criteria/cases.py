#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws catalogues with answers and facts, judges each by the rules of record/catalogue.h as
read here, and compares with what the product says: every verdict, and where it came from.
"""
import argparse
import json
import random
import subprocess
import sys
from fractions import Fraction

PASS, FAIL, NA, UNKNOWN = "pass", "fail", "na", "unknown"
RANK = {"none": 0, "computed": 1, "entered": 2, "overridden": 3}
LEAVES = ["manual_bool", "ratio_min", "count_min", "none_occurred", "none_or_mitigated",
          "not_increased", "decreased", "grade_min", "scored"]
SCALE = ["low", "middle", "high"]


# ---- drawing ----

def label():
    return {"vi": "a", "en": "a"}


def draw_leaf(rng, id):
    kind = rng.choice(LEAVES)
    one = {"id": id, "type": kind, "label": label()}
    variable = lambda: f"v{rng.randrange(4)}"
    if kind == "ratio_min":
        one.update(counted=variable(), among=variable(),
                   permille=rng.choice([1, 333, 500, 700, 900, 1000]))
        if rng.random() < .3:
            one["na_if_none"] = True
    elif kind == "count_min":
        one.update(variable=variable(), least=rng.randrange(1, 4))
    elif kind == "none_or_mitigated":
        one["mitigation"] = ["ground"]
    elif kind in ("not_increased", "decreased"):
        one["series"] = [variable() for _ in range(rng.randrange(1, 3))]
    elif kind == "grade_min":
        one.update(scale=SCALE, least_grade=rng.choice(SCALE))
    elif kind == "scored":
        one["most"] = rng.choice([10, 30])
    if kind in ("manual_bool", "none_occurred", "none_or_mitigated", "grade_min") \
            and rng.random() < .4:
        one["source"] = f"s{rng.randrange(3)}"
    if rng.random() < .3:
        one["na_allowed"] = True
    return one


def draw_catalogue(rng):
    criteria = []
    for i in range(rng.randrange(1, 6)):
        if rng.random() < .3:
            items = [draw_leaf(rng, f"{i}.{j}") for j in range(rng.randrange(1, 4))]
            criteria.append({"id": str(i), "type": rng.choice(["all_of", "any_of"]),
                             "label": label(), "items": items})
        else:
            criteria.append(draw_leaf(rng, str(i)))
    if rng.random() < .3:
        criteria.append({"id": "r", "type": "ref", "label": label(),
                         "refs": [rng.choice(criteria)["id"] for _ in range(2)]})
    grades = [{"name": name, "least": least, "label": label()}
              for name, least in (("a", 40), ("b", 20), ("c", 0))]
    return {"catalogue": "drawn", "version": "1", "label": label(),
            "legal": {"number": "1", "date": "2020-01-01"}, "from": "2020-01-01",
            "rule": rng.choice(["all", "sum"]), "grades": grades,
            "variables": {f"v{i}": {"label": label(), **({"source": f"f{i}"} if i < 3 else {})}
                          for i in range(4)},
            "units": [{"kinds": ["k"], "criteria": criteria}]}


def leaves(criteria):
    for one in criteria:
        if "items" in one:
            yield from leaves(one["items"])
        elif one["type"] != "ref":
            yield one


def few(rng):
    return rng.choice([0, 0, 1, 2, 3, 7, 10])


def draw_answer(rng, one):
    made = {"id": one["id"]}
    if rng.random() < .6:
        made["says"] = rng.choice([PASS, PASS, PASS, FAIL, NA, UNKNOWN])
    for name in ("counted", "among", "now", "before"):
        if rng.random() < .4:
            made[name] = few(rng)
    if rng.random() < .7:
        made["points"] = rng.choice([0, 5, 10, 25, 30, 40])
    if rng.random() < .5:
        made["mark"] = rng.choice(SCALE + ["odd"])
    if rng.random() < .3:
        made["mitigated"] = True
    if rng.random() < .4:
        made["reason"] = "vì sao"
    return made


def draw_case(rng):
    catalogue = draw_catalogue(rng)
    facts = {}
    for name in ("f0", "f1", "f2"):
        if rng.random() < .6:
            facts[name] = {"now": few(rng)}
            if rng.random() < .7:
                facts[name]["before"] = few(rng)
    for name in ("s0", "s1", "s2"):
        if rng.random() < .5:
            facts[name] = {"now": rng.choice([0, 1])}
            if rng.random() < .6:
                facts[name]["word"] = rng.choice(SCALE + ["odd"])
    answers = [draw_answer(rng, one) for one in leaves(catalogue["units"][0]["criteria"])
               if rng.random() < .7]
    return {"catalogue": catalogue, "kind": "k", "answers": answers, "facts": facts}


# ---- a second opinion ----

class Judge:
    def __init__(self, case):
        self.case = case
        self.answers = {answer["id"]: answer for answer in case["answers"]}
        self.rows = []
        self.points = 0

    def fact(self, source, part="now"):
        return self.case["facts"].get(source, {}).get(part) if source else None

    def variable(self, name, part="now"):
        return self.fact(self.case["catalogue"]["variables"][name].get("source"), part)

    def settle(self, known, given, answer, basis):
        """The figure that counts; `basis` gathers where figures came from."""
        if given is None or given == known:
            basis.append("none" if known is None else "computed")
            return known
        if known is None:
            basis.append("entered")
            return given
        if answer.get("reason"):
            basis.append("overridden")
            return given
        basis.append("computed")
        return known

    def leaf(self, one):
        answer, basis = self.answers.get(one["id"], {}), []
        verdict = getattr(self, one["type"])(one, answer, basis)
        says = answer.get("says", PASS)
        if says != PASS:
            basis = ["entered"]
            verdict = {UNKNOWN: UNKNOWN, FAIL: FAIL,
                       NA: NA if one.get("na_allowed") else UNKNOWN}[says]
        return verdict, max(basis, key=RANK.get)

    def manual_bool(self, one, answer, basis):
        given = None if "says" not in answer else int(answer["says"] == PASS)
        value = self.settle(self.fact(one.get("source")), given, answer, basis)
        return UNKNOWN if value is None else PASS if value else FAIL

    def ratio_min(self, one, answer, basis):
        number = self.settle(self.variable(one["counted"]), answer.get("counted"), answer, basis)
        among = self.settle(self.variable(one["among"]), answer.get("among"), answer, basis)
        if number is None or among is None or number > among:
            return UNKNOWN
        if among == 0:
            return NA if one.get("na_if_none") else FAIL
        return PASS if Fraction(number, among) >= Fraction(one["permille"], 1000) else FAIL

    def count_min(self, one, answer, basis):
        value = self.settle(self.variable(one["variable"]), answer.get("now"), answer, basis)
        return UNKNOWN if value is None else PASS if value >= one["least"] else FAIL

    def none_occurred(self, one, answer, basis, may_mitigate=False):
        given = answer.get("now")
        if given is None and answer.get("says") == PASS and not answer.get("mitigated"):
            given = 0
        value = self.settle(self.fact(one.get("source")), given, answer, basis)
        if may_mitigate and answer.get("mitigated") and value != 0:
            basis.append("entered")
            return PASS
        return UNKNOWN if value is None else PASS if value == 0 else FAIL

    def none_or_mitigated(self, one, answer, basis):
        return self.none_occurred(one, answer, basis, True)

    def trend(self, one, answer, basis, holds):
        pairs = [(self.variable(name), self.variable(name, "before")) for name in one["series"]]
        known = all(here is not None and before is not None for here, before in pairs)
        sums = [sum(side) for side in zip(*pairs)] if known else [None, None]
        now = self.settle(sums[0], answer.get("now"), answer, basis)
        before = self.settle(sums[1], answer.get("before"), answer, basis)
        if now is None or before is None:
            return UNKNOWN
        counted = known and [now, before] == sums
        good = all(holds(*pair) for pair in pairs) if counted else holds(now, before)
        return PASS if good else FAIL

    def not_increased(self, one, answer, basis):
        return self.trend(one, answer, basis, lambda here, before: here <= before)

    def decreased(self, one, answer, basis):
        return self.trend(one, answer, basis,
                          lambda here, before: here < before or here == before == 0)

    def grade_min(self, one, answer, basis):
        place = lambda word: SCALE.index(word) if word in SCALE else len(SCALE)
        words = [self.fact(one.get("source"), "word"), answer.get("mark")]
        known, given = [None if word is None else place(word) for word in words]
        value = self.settle(known, given, answer, basis)
        if value is None or value == len(SCALE):
            return UNKNOWN
        return PASS if value >= SCALE.index(one["least_grade"]) else FAIL

    def scored(self, one, answer, basis):
        value = self.settle(None, answer.get("points"), answer, basis)
        if value is None or value > one["most"]:
            return UNKNOWN
        self.points += value
        return PASS

    def judge(self, one, by_id):
        place = len(self.rows)
        self.rows.append(None)
        if "items" in one or "refs" in one:
            parts = one["items"] if "items" in one else [by_id[id] for id in one["refs"]]
            found = [self.judge(part, by_id) for part in parts]
            verdict = any_of(found) if one["type"] == "any_of" else all_of(found)
            basis = "none"
        else:
            verdict, basis = self.leaf(one)
        self.rows[place] = [one["id"], verdict, basis]
        return verdict


def all_of(found):
    for verdict in (FAIL, UNKNOWN):
        if verdict in found:
            return verdict
    return NA if set(found) == {NA} else PASS


def any_of(found):
    for verdict in (PASS, UNKNOWN):
        if verdict in found:
            return verdict
    return NA if set(found) == {NA} else FAIL


def expected(case):
    judge = Judge(case)
    criteria = case["catalogue"]["units"][0]["criteria"]
    by_id = {one["id"]: one for one in criteria}
    outcome = all_of([judge.judge(one, by_id) for one in criteria])
    scored = case["catalogue"]["rule"] == "sum" and outcome == PASS
    mark = next((grade["name"] for grade in case["catalogue"]["grades"]
                 if judge.points >= grade["least"]), "") if scored else ""
    return {"evaluated": outcome, "points": judge.points, "mark": mark, "criteria": judge.rows}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--answer", required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--cases", type=int, required=True)
    given = parser.parse_args()
    print(f"seed {given.seed}")
    rng = random.Random(given.seed)
    cases = [draw_case(rng) for _ in range(given.cases)]
    lines = "".join(json.dumps({**case, "catalogue": json.dumps(case["catalogue"])}) + "\n"
                    for case in cases)
    done = subprocess.run([given.answer], input=lines, capture_output=True, encoding="utf-8",
                          check=True)
    wrong, seen = 0, {}
    for case, line in zip(cases, done.stdout.splitlines(), strict=True):
        found, wanted = json.loads(line), expected(case)
        for _, verdict, basis in wanted["criteria"]:
            seen[verdict, basis] = seen.get((verdict, basis), 0) + 1
        if found != wanted:
            wrong += 1
            if wrong < 4:
                print(json.dumps(case), f"\n  found  {found}\n  wanted {wanted}")
    kinds = len(seen)
    print(f"{len(cases)} cases, {sum(seen.values())} verdicts of {kinds} kinds, {wrong} wrong")
    return 1 if wrong or kinds < 10 else 0


sys.exit(main())
