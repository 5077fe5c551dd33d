#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One to four of what is told of no hamlet cannot be had back: out of all that the reports tell
of random tables, of each hamlet by itself, of its commune and of the parts that the commune's
report names, over each year and each range of years, no difference and no sum is such a number.
A report of the district's own that tells of the last year alone and shows the others is held to it.

    8-few.py --bin DIR --work DIR       # another table: HM_SEED=7
"""
import json
import os
import random
from fractions import Fraction

from district import District, check, expect, say, script

TOP, YEARS = "D", (2021, 2022, 2023)
COMMUNES = {"D-0": 5, "D-1": 2, "D-2": 4, "D-3": 3}
INDICATOR = "crime_pphs"
# Report, figure, and whether it is of the last year alone.
FIGURES = (("statistics", "crime_pphs", False), ("own", "last", True))
OWN = {"report": "own", "label": {"vi": "Của huyện", "en": "Own"}, "sections": [
    {"label": {"vi": "Vụ", "en": "Cases"}, "figures": [
        {"name": "last", "label": {"vi": "Vụ", "en": "Cases"}, "over": "day", "few": ["khu_dan_cu"],
         "count": {"do": "sum", "kind": "statistic", "take": [["amount"]],
                   "window": ["window_from", "window_to"], "whole": True,
                   "where": [{"field": "indicator", "is": [INDICATOR]}]}}]}]}


def found(site):
    units = [{"code": TOP, "level": "district", "type": "huyen", "name": "Huyện"}]
    for commune, count in COMMUNES.items():
        units.append({"code": commune, "level": "commune", "type": "xa", "name": f"Xã {commune}",
                      "parent_code": TOP})
        units += [{"code": f"{commune}-{n}", "level": "hamlet", "type": "ap", "name": f"Ấp {n}",
                   "parent_code": commune} for n in range(count)]
    district = District(site, TOP, units)
    site.server.stop()
    os.makedirs(f"{site.server.folder}/reports")
    with open(f"{site.server.folder}/reports/own.json", "w", encoding="utf-8") as file:
        json.dump(OWN, file)
    site.server.serve()
    return district


def draw(district, dice):
    """Small numbers, that much may be hidden; zeroes and equal ones; some hamlets say nothing."""
    table = {}
    for hamlet in district.codes("hamlet"):
        for year in YEARS:
            if dice.random() < 0.9:
                table[hamlet, year] = dice.choice([0, 0, 1, 1, 2, 3, 4, 5, 5, 6, 8, 12])
    # A commune in which every few is the least or the most that it can be: their sum tells all.
    for n in range(COMMUNES["D-2"]):
        table[f"D-2-{n}", 2021] = 1 if n < 2 else 9
        table[f"D-2-{n}", 2022] = 4 if n < 3 else 7
    district.enter(district.officer, "statistic",
                   ["unit", "indicator", "window_from", "window_to", "amount"],
                   [[hamlet, INDICATOR, f"{year}-01-01", f"{year}-12-31", amount]
                    for (hamlet, year), amount in table.items()])
    district.sync()
    return table


def told(district, table):
    """Each number that is told, as which cells it is the sum of."""
    server = district.site.server
    equations, hidden = [], 0

    def take(figure, hamlets, first, last, only_last):
        if "value" in figure:
            years = range(last if only_last else first, last + 1)
            cells = {(hamlet, year) for hamlet in hamlets for year in years}
            expect(f"{hamlets} {first}-{last}", figure["value"], sum(table.get(cell, 0) for cell in cells))
            equations.append(cells & set(table))
        for year in figure.get("years", ()):
            if first < last and "value" in year:
                equations.append({(hamlet, year["year"]) for hamlet in hamlets} & set(table))

    for first, last in [(a, b) for a in YEARS for b in YEARS if a <= b]:
        years = ("--from", str(first), "--to", str(last))
        for commune in COMMUNES:
            hamlets = [code for code in district.codes("hamlet") if code.startswith(commune + "-")]
            path = district.site.path("above.json")
            server.run("counts", *years, "--unit", commune, "--out", path)
            with open(path, encoding="utf-8") as file:
                body = json.load(file)["content"]
            os.remove(path)
            for report, name, only_last in FIGURES:
                take(district.report(report, *years, "--unit", commune)[name], hamlets, first, last, only_last)
                for hamlet in hamlets:
                    figure = district.report(report, *years, "--unit", hamlet)[name]
                    hidden += "value" not in figure and "lack" not in figure
                    take(figure, [hamlet], first, last, only_last)
                    if "value" not in figure and "lack" not in figure:
                        expect("years of what is not told",
                               [year for year in figure["years"] if "value" in year], [])
                (figure,) = [one for made in body["reports"] if made["report"] == report
                             for one in made["figures"] if one["name"] == name]
                for part in figure.get("parts", ()):
                    take(part, [part["unit"]], first, last, only_last)
    return equations, hidden


def reduced(equations, names):
    """The rows that sums and differences of these come down to."""
    rows = [[Fraction(name in cells) for name in names] for cells in equations if cells]
    at = 0
    for column in range(len(names)):
        pivot = next((n for n in range(at, len(rows)) if rows[n][column]), None)
        if pivot is None:
            continue
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [value / rows[at][column] for value in rows[at]]
        for n, row in enumerate(rows):
            if n != at and row[column]:
                factor = row[column]
                rows[n] = [a - factor * b for a, b in zip(row, rows[at])]
        at += 1
    return rows[:at]


def had_back(table, equations):
    """Numbers of one to four that stand alone in what all of it comes down to."""
    names = sorted(table)
    alone = [names[row.index(1)] for row in reduced(equations, names) if sum(1 for value in row if value) == 1]
    return [(cell, table[cell]) for cell in alone if 0 < table[cell] < 5]


def run(site):
    seed = int(os.environ.get("HM_SEED", "20261122"))
    say(f"seed {seed}")
    district = found(site)
    table = draw(district, random.Random(seed))
    equations, hidden = told(district, table)
    few = [cell for cell, amount in table.items() if 0 < amount < 5]
    check("some are few, and much is told all the same", len(few) > 5 and len(equations) > len(few))
    expect("had back", had_back(table, equations), [])
    check("the judge finds what can be had back",
          (few[0], table[few[0]]) in had_back(table, equations + [{few[0]}]))
    say("few", cells=len(table), few=len(few), told=len(equations), hidden=hidden)
    part = district.report("statistics", "--to", "2023-06-30", "--unit", "D-0-0")["crime_pphs"]
    check("a part of a year is not told", "value" not in part or part["value"] == 0)
    today = district.report("statistics", "--year", "2023", "--as", "today", "--unit", "D-0-0")["crime_pphs"]
    check("nor what is mapped to today", "value" not in today or today["value"] == 0)


if __name__ == "__main__":
    script(run)
