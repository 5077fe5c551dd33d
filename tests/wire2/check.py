#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check - Python answers every question of the vectors as it stands there.

    check.py [--vectors FOLDER] [FILE…]

Fails where an answer differs, a file has no vectors or another number of them than it
says, or PROTOCOL.md does not name a file in the section that the file says. Without names
the folder must hold the files below, all of them and no others.
"""
import argparse
import json
import re
import sys
from pathlib import Path

from answer import answer

PROTO = Path(__file__).resolve().parents[2] / "proto"
FILES = (
    "bodies.json", "buckets.json", "bundles.json", "chains.json", "changes.json", "digests.json",
    "entries.json", "erasures.json", "hashes.json", "invitations.json", "json.json", "keys.json",
    "merges.json", "offers.json", "packing.json", "pages-refused.json", "pages.json", "pins.json",
    "problems.json", "replies.json", "requests.json",
    "roles.json", "seals.json", "signatures.json", "streams.json", "strokes.json",
    "values.json",
)


def first_difference(a, b, path=""):
    """Where two JSON values part, and what stands there."""
    if isinstance(a, dict) and isinstance(b, dict):
        for name in sorted(a.keys() | b.keys()):
            if a.get(name) != b.get(name):
                return first_difference(a.get(name), b.get(name), f"{path}.{name}")
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for i, (x, y) in enumerate(zip(a, b)):
            if x != y:
                return first_difference(x, y, f"{path}[{i}]")
    return f"at {path or 'the top'}\n  one   {str(a)[:900]}\n  other {str(b)[:900]}"


def same(a, b):
    """As JSON: true is not 1."""
    return json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)


def tried(ask):
    """The answer; what a broken question does to Python is a difference as well."""
    try:
        return answer(ask)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return {"broken": f"{type(error).__name__}: {error}"}


def check_file(folder, name, answered=tried):
    """What is wrong with the vectors of a file, and how many there are."""
    file = json.loads((folder / name).read_bytes())
    wrong = []
    for vector in file["vectors"]:
        given = answered(vector["ask"])
        if not same(given, vector["answer"]):
            where = first_difference(given, vector["answer"])
            wrong.append(f"{name}: {vector['name']}: {where}")
    count = len(file["vectors"])
    if count == 0 or count != file["count"]:
        wrong.append(f"{name}: {count} vectors, and it says {file['count']}")
    names = {vector["name"] for vector in file["vectors"]}
    if len(names) != count or not {v["by"] for v in file["vectors"]} <= {"python", "c"}:
        wrong.append(f"{name}: a name twice, or by nobody")
    return wrong, count


def sections():
    """The parts of PROTOCOL.md by their number; a part holds its own parts too."""
    text = (PROTO / "PROTOCOL.md").read_text()
    parts, open_at = {}, {}
    for line in text.splitlines():
        heading = re.match(r"(#+) ([0-9]+(?:\.[0-9]+)?)\.? ", line)
        if heading:
            level = len(heading.group(1))
            open_at = {n: s for n, s in open_at.items() if n < level}
            open_at[level] = heading.group(2)
        for number in open_at.values():
            parts[number] = parts.get(number, "") + line + "\n"
    return parts


def check_folder(folder):
    """Every file is there, is known, and is named where the rules are that it shows."""
    wrong, parts = [], sections()
    found = {path.name for path in folder.iterdir()}
    for name in sorted(found ^ set(FILES)):
        wrong.append(f"{name}: " + ("nobody reads it" if name in found else "is missing"))
    for name in sorted(found & set(FILES)):
        section = json.loads((folder / name).read_bytes())["section"]
        if f"`{name}`" not in parts.get(section, ""):
            wrong.append(f"{name}: PROTOCOL.md does not name it in section {section}")
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--vectors", type=Path, default=PROTO / "vectors")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    wrong, total = [], 0
    if not options.files:
        wrong += check_folder(options.vectors)
    for name in options.files or FILES:
        try:
            found, count = check_file(options.vectors, name)
        except (OSError, ValueError, KeyError, TypeError) as error:
            found, count = [f"{name}: cannot be read: {error!r}"], 0
        wrong += found
        total += count
        if not found:
            print(f"{name}: {count} vectors answered")
    for text in wrong:
        print(f"FAILED {text}")
    print(f"{total} vectors, {len(wrong)} wrong")
    sys.exit(1 if wrong or total == 0 else 0)


if __name__ == "__main__":
    main()
