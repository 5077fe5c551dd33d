# SPDX-License-Identifier: Apache-2.0
"""One record less: every figure that it stands behind moves by what it said, in the one year
that it was of, and no other figure of any report moves at all.

Which records a figure is made of the product says itself (`report … --figure`); by how much
each of them moves it is read here from the report's file alone.
"""
import glob
import json
import os
import random

from sites import ROOT, check, expect, say

NUMBERS = ("value", "among", "beside", "before")


def quantities():
    """By report and figure: its part and its whole, each with what stands for it otherwise."""
    found = {}
    for path in glob.glob(os.path.join(ROOT, "proto", "reports", "*.json")):
        with open(path, encoding="utf-8") as file:
            made = json.load(file)
        for section in made.get("sections", ()):
            for figure in section["figures"]:
                found[made["report"], figure["name"]] = figure
    return found


def lasts(kind):
    """Whether it is there for some time, and not of one year."""
    with open(os.path.join(ROOT, "proto", "kinds", f"{kind}.json"), encoding="utf-8") as file:
        return "of_year" not in json.load(file)


def figures(district, args):
    """All that all reports say."""
    return {(name, figure): said for name in sorted({name for name, _ in quantities()})
            for figure, said in district.report(name, *args).items()}


def behind(district, figure, args):
    """What one figure is made of: kinds of records by their ids."""
    report, name = figure
    rows = district.site.server.ask("report", report, *args, "--figure", name)
    return {row["id"]: row["kind"] for row in rows}


def of_kind(quantity, kind):
    while quantity and quantity.get("kind") != kind:
        quantity = quantity.get("else")
    return quantity


def said_by(quantity, fields):
    """What a record adds to the quantity."""
    if quantity["do"] in ("units", "records"):
        return 1
    items = [fields]
    if "list" in quantity:
        of = quantity["list"]
        items = [item for item in fields.get(of["field"], ())
                 if all(item.get(where["field"]) in where["is"] for where in of["where"])]
        quantity = {**quantity, **of} if "take" in of else quantity
        items = items if "take" in of else [fields] * bool(items)
    for names in quantity.get("take", ()):
        numbers = [len(item[name]) if isinstance(item[name], list) else item[name]
                   for item in items for name in names if item.get(name) is not None]
        if numbers:
            return sum(numbers)
    return quantity.get("default", 0) if items else 0


def moved(before, after):
    """By how much the numbers of a figure are less, over all its years where it has them."""
    less = {name: before.get(name, 0) - after.get(name, 0) for name in NUMBERS}
    years = {year["year"]: year for year in after.get("years", ())}
    by_year = {year["year"]: year.get("value", 0) - years.get(year["year"], {}).get("value", 0)
               for year in before.get("years", ())}
    return less, {year: by for year, by in by_year.items() if by != 0}


def one_less(district, id, kind, args, was, stands_in):
    """Take it away: how many figures moved, and what they all say now."""
    fields = district.site.server.ask("show", id)["fields"]
    district.withdraw(id)
    now = figures(district, args)
    specs = quantities()
    count = 0
    for figure, said in was.items():
        what = f"{' '.join(figure)} without {kind} {id}"
        by, by_year = moved(said, now[figure])
        if figure not in stands_in and not any(
                of_kind(specs[figure].get(name), kind) for name in ("among", "beside", "aim")):
            expect(what, (by, now[figure]["text"]), (dict.fromkeys(NUMBERS, 0), said["text"]))
            check(f"{what}: a year", not by_year or specs[figure].get("over") == "day")
        elif figure in stands_in:
            amount = said_by(of_kind(specs[figure]["count"], kind), fields)
            expect(what, by["value"], amount)
            years = len(by_year) if lasts(kind) else min(1, len(by_year))
            expect(what + ", year by year", sorted(by_year.values()), [amount] * years)
            count += 1
    return count, now


def each_record_moves(district, args, seed):
    """Of every kind that any figure is made of one record, drawn."""
    draw = random.Random(seed)
    stands_in, pools = {}, {}
    was = figures(district, args)
    for figure in (figure for figure, said in was.items() if "value" in said):
        for id, kind in behind(district, figure, args).items():
            stands_in.setdefault(id, set()).add(figure)
            pools.setdefault(kind, set()).add(id)
    count = 0
    for kind in sorted(set(pools) - {"household"}):
        id = draw.choice(sorted(pools[kind]))
        more, was = one_less(district, id, kind, args, was, stands_in[id])
        count += more
    say(f"one record less, seed {seed}", kinds=len(pools), moved=count)
