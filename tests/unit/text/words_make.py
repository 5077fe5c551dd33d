#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is no file of sentences is refused when the programs are built, and leaves no table.

Usage: words_make.py MAKE FOLDER
"""
import os
import subprocess
import sys

WHOLE = '{"error":{"b":{"hint":"H","text":"T"}},"ui":{"z":"\\"q\\" \\u1ea5","a":""}}'
BROKEN = [
    "", "{}", "[]", '{"error":{}}', '{"ui":{}}', '{"error":{},"ui":{}', '{"error":{},"ui":{}}x',
    '{"error":{} "ui":{}}', '{"error":{},"ui":{},"ui":{}}', '{"error":{},"ui":{},"more":{}}',
    '{"error":{},"more":{}}', '{"error":[],"ui":{}}',
    '{"error":{},"ui":{"a":1}}', '{"error":{},"ui":{"a":"b","a":"c"}}',
    '{"error":{},"ui":{"b":"b","a":"c","b":""}}', '{"error":{},"ui":{"a":"b}}',
    '{"error":{},"ui":{"a":"\\x"}}', '{"error":{},"ui":{"a":"b"}}\0',
    '{"error":{"a":{"text":"t"}},"ui":{}}', '{"error":{"a":{"hint":"t"}},"ui":{}}',
    '{"error":{"a":{"text":"t","hint":"h","text":"t"}},"ui":{}}',
    '{"error":{"a":{"text":"t","hint":"h","more":"m"}},"ui":{}}',
    '{"error":{"a":{"text":"t","more":"m"}},"ui":{}}', '{"error":{"a":"t"},"ui":{}}',
]


def make(program, folder, text):
    source, table = os.path.join(folder, "xx.json"), os.path.join(folder, "xx.c")
    if os.path.exists(table):
        os.remove(table)
    with open(source, "w", encoding="utf-8") as file:
        file.write(text)
    ran = subprocess.run([program, source, table], capture_output=True, text=True, check=False)
    return ran.returncode, os.path.exists(table), ran.stderr


def main():
    program, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    code, made, said = make(program, folder, WHOLE)
    assert (code, made, said) == (0, True, ""), said
    for text in BROKEN:
        code, made, said = make(program, folder, text)
        assert code == 1 and not made and said.startswith("words: "), (text, code, said)
    print(f"{len(BROKEN)} broken files, all refused")


main()
