#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the documents print stands in their tests alone: in no source, no data, no page and no
fixture, so that a report can have it from nowhere but the records."""
import ast
import glob
import os
import re
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(FOLDER))
PLACES = ["proto", "daemon", "client", "include"]
TEXT = (".c", ".h", ".json", ".js", ".css", ".html", ".sql", ".md", ".cmake", ".txt")
SHORT = 4  # "16" and "04" stand in anything


def wanted(path):
    """The texts that a test expects to be printed: the values of what it gives to `prints`."""
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "prints":
            for value in call.args[2].values:
                if re.search(r"\d", value.value):
                    yield value.value


def sources():
    yield from (path for path in glob.glob(os.path.join(FOLDER, "*.py"))
                if not re.match(r"\d-", os.path.basename(path)))
    for place in PLACES:
        for folder, _, names in os.walk(os.path.join(ROOT, place)):
            yield from (os.path.join(folder, name) for name in names if name.endswith(TEXT))


def main():
    tests = sorted(glob.glob(os.path.join(FOLDER, "[1-5]-*.py")))
    texts = {text for path in tests for text in wanted(path) if len(text) >= SHORT}
    texts |= {text.replace("\u00a0", " ") for text in texts}
    # 99 % and the like are shares of anything; a number that is a part of another is not.
    texts = {text for text in texts if re.search(r"[./–]|trên|gần", text)}
    faults, files = [], 0
    for path in sources():
        with open(path, encoding="utf-8", errors="replace") as file:
            said = file.read()
        faults += [f"{os.path.relpath(path, ROOT)}: {text}" for text in texts if text in said
                   and re.search(rf"(?<![\d.,/]){re.escape(text)}(?![\d.,/])", said)]
        files += 1
    print("\n".join(faults) or f"{len(texts)} printed figures stand in none of {files} files")
    if len(texts) < 40 or files < 500:
        faults.append(f"only {len(texts)} figures, {files} files")
        print(faults[-1])
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
