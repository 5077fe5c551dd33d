#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every kind of this project is entered with `hamlet add`, by whoever may, and held to its
file: what is typed is made from the files, the good and the bad. Nothing that the door
takes is refused by the server; what a file only warns of is saved.
"""
import glob
import json
import os
import re

from sites import ROOT, check, expect, say, script

KINDS = os.path.join(ROOT, "proto", "kinds")
ROLES = {"hamlet_head": "hamlet", "recorder": "hamlet", "unit_officer": "hamlet",
         "commune_officer": "commune", "district_officer": "district"}
LETTERS = "An Bình Cường Dũng Én Phúc Giang Hạnh Ích Khang Lan Minh Nga Oanh".split()


def read_kinds():
    kinds = {}
    for path in glob.glob(os.path.join(KINDS, "*.json")):
        with open(path, encoding="utf-8") as file:
            kind = json.load(file)
        if "kind" in kind and not kind.get("registry"):
            kinds[kind["kind"]] = kind
    return kinds


class Typed:
    """What a person types into the fields of a kind; `made` are the records to refer to."""

    def __init__(self, made):
        self.made = made
        self.names = 0

    def text(self, field):
        """Letters alone, and never the same twice, so that every rule about texts holds."""
        self.names += 1
        words = [LETTERS[self.names // 14 ** i % 14] for i in range(3)]
        return " ".join(words)[:field["max"]].strip()

    def value(self, field):
        """As JSON; None where nothing can be given."""
        kind = field["type"]
        if kind == "text":
            return self.text(field)
        if kind == "integer":
            return min(max(field["min"], 2026 if field["name"].startswith("year") else 0),
                       field["max"])
        if kind in ("date", "partial_date"):
            return "2026-03-05"
        if kind == "enum":
            return field["values"][0]["value"]
        if kind == "boolean":
            return True
        if kind == "strokes":
            return [[[0, 0], [10, 4]]]
        if kind == "ref":
            return self.made.get(field["kind"])
        item = self.items(field)
        return None if item is None else [item]

    def items(self, field):
        item = field["item"]
        if item["type"] != "object":
            return self.value({**item, "name": field["name"]})
        return {member["name"]: self.value(member) for member in item["fields"]}


def may(kind, role, key):
    """The acts of a role on a record with these key values."""
    for case in kind.get("when", []):
        if key.get(case["field"]) == case["value"]:
            return case["roles"].get(role, [])
    return kind["roles"].get(role, [])


def choose(kind):
    """A role that may create such a record, and the key values that let it."""
    cases = [{case["field"]: case["value"]} for case in kind.get("when", [])] or [{}]
    for case in cases:
        for role in ROLES:
            if "create" in may(kind, role, case):
                yield role, case
                break


def fill(kind, role, case, made):
    typed = Typed(made)
    given = {}
    for field in kind["fields"]:
        if "write" in field and role not in field["write"]:
            continue
        same_kind = field["type"] == "ref" and field["kind"] == kind["kind"]
        value = None if same_kind else typed.value(field)
        if value is not None:
            given[field["name"]] = value
    return {**given, **case}


def args(given):
    return [f"{name}:={json.dumps(value, ensure_ascii=False)}" for name, value in given.items()]


# ---- what must be refused ----

def wrong_values(kind, given):
    """One bad value for each type that the kind has."""
    seen = set()
    for field in kind["fields"]:
        if field["name"] not in given or field["type"] in seen:
            continue
        seen.add(field["type"])
        bad = {"text": "x" * (field.get("max", 0) + 1), "date": "31/02/2026",
               "integer": field.get("max", 0) + 1, "partial_date": "13/2026",
               "enum": "khong_co_gia_tri_nay", "boolean": "có thể", "strokes": [[1]],
               "ref": "0" * 32, "list": "x", "set": "x"}[field["type"]]
        yield field["name"], {**given, field["name"]: bad}


def broken(rule, given):
    """The same record with this rule broken; None where that takes more than its fields."""
    target = given
    if "in" in rule:
        given = {**given, rule["in"]: [dict(item) for item in given[rule["in"]]]}
        target = given[rule["in"]][0]
    else:
        target = given = dict(given)
    if "if" in rule and "is" in rule["if"]:
        target[rule["if"]["field"]] = rule["if"]["is"][0]
    if "if" in rule and "differ" in rule["if"]:
        first, second = rule["if"]["differ"]
        target[first], target[second] = "dat", "chua_dat"
    if "at_most" in rule:
        small, large = rule["at_most"]
        number = isinstance(target[small], int)
        if number and target[small] != 0:
            return None  # a year: the other is within its own limits already
        target[small], target[large] = (1, 0) if number else ("2026-03-06", "2026-03-05")
    elif "sum" in rule:
        target[rule["sum"][0]] = 1
    elif "differ" in rule:
        if rule["differ"][0] not in target:
            return None  # references to the same kind are not made here
        target[rule["differ"][1]] = target[rule["differ"][0]]
    elif "needs" in rule:
        target.pop(rule["needs"][0], None)
    elif "letters" in rule:
        target[rule["letters"][0]] = "An 2"
    elif "marks" in rule:
        target[rule["marks"][0]] = "Nguyen Van A"
    elif "case" in rule:
        target[rule["case"][0]] = "NGUYỄN VĂN Á"
    elif "between" in rule:
        target[rule["between"]["field"]] = "2026-05-05"
    return given


def hold_to_rules(laptop, kind, given):
    """Rules of weight refuse; those that warn save, and say so."""
    figures = {"refused": 0, "warned": 0}
    for rule in kind.get("rules", []):
        bad = broken(rule, given)
        if bad is None:
            continue
        if rule.get("warn"):
            bad = {name: value for name, value in bad.items() if name not in kind.get("key", [])
                   or name in (rule.get("if") or {}).values()}
            figures["warned"] += 1
            yield figures, rule, {**given, **bad}
        else:
            line = laptop.refuse("add", kind["kind"], *args(bad), exits=65).line
            said = [rule["say"]["en"] for rule in kind["rules"] if rule["say"]["en"] in line]
            check(f"{kind['kind']}, {rule['name']}: a rule is named in {line}", said)
            figures["refused"] += 1
    yield figures, None, None


def bad_input(laptop, kind, given):
    name = kind["kind"]
    count = 0
    for field, bad in wrong_values(kind, given):
        laptop.refuse("add", name, *args(bad), exits=65)
        count += 1
    for field in kind["fields"]:
        if field.get("required") or field["name"] in kind.get("key", []):
            left = {key: value for key, value in given.items() if key != field["name"]}
            laptop.refuse("add", name, *args(left), exits=65)
            count += 1
            break
    laptop.refuse("add", name, *args({**given, "khong_co": 1}), exits=65, says="khong_co")
    return count + 1


def edited(laptop, kind, id, rule, bad):
    """A warning comes with an edit too, and what was typed stands."""
    fields = {name: value for name, value in bad.items() if name not in kind.get("key", [])}
    drop = [f"{name}=" for name in rule.get("needs", []) if name not in kind.get("key", [])]
    done = laptop.ask("edit", id, *args(fields), *drop) if "between" in rule or \
        "letters" in rule or "marks" in rule or "case" in rule else None
    if done is None:
        return False
    found = {row["rule"]: row.get("offer") for row in done.get("warnings", [])}
    check(f"{kind['kind']} warns of {rule['name']}: {done}", rule["name"] in found)
    expect("what may be meant", found[rule["name"]], "Nguyễn Văn Á" if "case" in rule else None)
    return True


def enter(laptops, kind, role, case, made):
    laptop = laptops[role]
    given = fill(kind, role, case, made)
    refused = bad_input(laptop, kind, given) if kind["kind"] not in made else 0
    warned = []
    for figures, rule, bad in hold_to_rules(laptop, kind, given):
        if rule is not None:
            warned.append((rule, bad))
    id = laptop.add(kind["kind"], *args(given))
    shown = laptop.ask("show", id)["fields"]
    for name in given:
        check(f"{kind['kind']}.{name} is shown", name in shown)
    count = sum(edited(laptop, kind, id, rule, bad) for rule, bad in warned)
    made.setdefault(kind["kind"], id)
    return refused + figures["refused"], count


def in_order(kinds):
    """What is referred to first."""
    done = []
    def visit(name):
        if name in done:
            return
        for field in kinds[name]["fields"]:
            for ref in (field.get("kind"), (field.get("item") or {}).get("kind")):
                if ref in kinds and ref != name:
                    visit(ref)
        done.append(name)
    for name in sorted(kinds):
        visit(name)
    return [kinds[name] for name in done]


def private_digits(laptop, made):
    """Digits like a document's are noticed in a note, and kept: nobody is stopped."""
    done = laptop.ask("edit", made["commitment"], "note=theo CCCD 079 123 456 789")
    expect("warned of", [row["rule"] for row in done["warnings"]], ["private"])
    told = laptop.call("edit", made["commitment"], "note=gọi 0912345678")
    expect("exit code", told.code, 0)
    check(f"a note on standard error: {told.stderr!r}", re.match(r"^note: .*Note", told.stderr))
    quiet = laptop.ask("edit", made["commitment"], "note=đã gặp lúc 8 giờ")
    check("no warning", "warnings" not in quiet)


def aggregate_kind(site, laptop):
    """A kind that calls itself an aggregate and names a household is no kind."""
    folder = os.path.join(laptop.folder, "kinds")
    os.makedirs(folder, exist_ok=True)
    label = {"vi": "A", "en": "A"}
    with open(os.path.join(folder, "leak.json"), "w", encoding="utf-8") as file:
        json.dump({"kind": "leak", "version": 1, "label": label, "aggregate": True,
                   "fields": [{"name": "who", "type": "ref", "kind": "household",
                               "label": label}], "roles": {}}, file)
    laptop.refuse("status", exits=78, says="leak")
    os.remove(os.path.join(folder, "leak.json"))
    laptop.run("status")


def older_papers(laptop):
    """What the five documents carry out was issued before the standard was."""
    for fields in ({"year": 2002, "type": "nghi_quyet", "directive_no": "01/2002/NQLT",
                    "summary": "Nghị quyết liên tịch về quản lý, giáo dục con em trong gia đình"},
                   {"year": 2011, "type": "chi_thi", "directive_no": "09-CT/TW",
                    "summary": "Chỉ thị về phong trào toàn dân bảo vệ an ninh Tổ quốc"}):
        laptop.add("directive", *args(fields))


def run(site):
    site.set_up()
    units = {"hamlet": site.hamlet, "commune": site.commune, "district": None}
    laptops = {}
    for role, level in ROLES.items():
        laptops[role] = site.enrol(role, unit=units[level] or "837", role=role)
        laptops[role].once()
    kinds, made, refused, warned, records = read_kinds(), {}, 0, 0, 0
    for kind in in_order(kinds):
        chosen = list(choose(kind))
        check(f"somebody may create {kind['kind']}", chosen)
        for role, case in chosen:
            more = enter(laptops, kind, role, case, made)
            refused, warned, records = refused + more[0], warned + more[1], records + 1
            laptops[role].once()
        for laptop in laptops.values():
            laptop.once()
    check(f"refused {refused}, warned {warned}", refused >= 120 and warned >= 5)
    say("every kind entered", kinds=len(kinds), records=records, refused=refused, warned=warned)
    private_digits(laptops["hamlet_head"], made)
    older_papers(laptops["district_officer"])
    aggregate_kind(site, laptops["recorder"])
    for laptop in laptops.values():
        laptop.once()
    expect("quarantine", site.server.ask("quarantine"), [])
    for name in kinds:
        check(f"{name} is at the district", site.server.ask("list", name))
    say("all of it stands at the district")


if __name__ == "__main__":
    script(run)
