#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_vectors - writes proto/vectors/*.json: questions (answer.h) and what is right.

    make_vectors.py FILTER FOLDER

The bytes in a question are written by one side, as its "by" says; the answer is the one
that both give. Where they differ nothing is written. Whoever changes what replicas must
agree on runs this and reads the difference: each changed line is a change of the protocol.
"""
import argparse
import sys
from pathlib import Path

import vectors_basic
import vectors_body
import vectors_bundle
import vectors_change
import vectors_keys
import vectors_merge
import vectors_offer
import vectors_page
import vectors_refused
import vectors_talk
from answer import answer
from check import first_difference
from cross import Filter
from pack import write_json

# What the C answers from a store, in a test of its own, and not in the filter
OF_STORE = ("bucket", "scope", "mailbox", "read")


class Maker:
    """One file of vectors after the other."""

    def __init__(self, c):
        self.c, self.files, self.vectors = c, {}, None

    def file(self, name, section, what):
        """Begin a file: `section` is the part of PROTOCOL.md that names it."""
        self.vectors = []
        self.files[name] = {"what": what, "section": section, "vectors": self.vectors}

    def add(self, name, do, by="python", **question):
        """One vector; gives its answer."""
        ask = {"do": do, **question}
        mine = answer(ask)
        theirs = mine if do in OF_STORE else self.c.ask(do, **question)
        if mine != theirs:
            sys.exit(f"{name}: {ask}\n{first_difference(mine, theirs)}")
        if any(vector["name"] == name for vector in self.vectors):
            sys.exit(f"{name}: twice")
        self.vectors.append({"name": name, "by": by, "ask": ask, "answer": mine})
        return mine

    def add_refused(self, name, reason, do, by="python", **question):
        given = self.add(name, do, by, **question)
        if given != {"refused": reason}:
            sys.exit(f"{name}: {given} and not refused for {reason}")


def written(file):
    """A vector a line, so that a difference is read line by line."""
    head = {name: file[name] for name in ("what", "section")}
    head["count"] = len(file["vectors"])
    lines = b",\n".join(write_json(vector) for vector in file["vectors"])
    return write_json(head)[:-1] + b',"vectors":[\n' + lines + b"\n]}\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("filter")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    maker = Maker(Filter(options.filter))
    for part in (vectors_basic, vectors_change, vectors_keys, vectors_merge, vectors_page,
                 vectors_refused, vectors_talk, vectors_body, vectors_bundle, vectors_offer):
        part.make(maker)
    for name, file in maker.files.items():
        (options.folder / name).write_bytes(written(file))
        print(f"{name}: {len(file['vectors'])}")
    print(f"{sum(len(file['vectors']) for file in maker.files.values())} vectors")


if __name__ == "__main__":
    main()
