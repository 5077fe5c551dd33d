# SPDX-License-Identifier: Apache-2.0
"""Vectors of pages that break a rule of PROTOCOL.md 6, one each; and of broken signatures."""
import copy
import json

from pack import b64, unb64, write_json
from vectors_page import (HOUSEHOLD, RUN, Sheet, a_group, a_natural_key, a_run, a_skeleton,
                          household, question)


class Plain:
    """A choice that always takes the first: the plainest form of a page."""

    random = staticmethod(lambda: 0.5)
    choice = staticmethod(lambda items: items[0])
    shuffle = staticmethod(lambda items: None)


def lines_of(sheet):
    from page_write import Writer

    text = Writer(sheet.fields, sheet.changes, sheet.numbers, sheet.runs, Plain).text(True)
    return [json.loads(line) for line in text.splitlines()]


def a_page():
    """A create and an edit of it: opening, two rows, signature, tail."""
    sheet, first = household()
    sheet.put("edit", record=first, writes=(("name", "b", first),))
    return sheet.sign()


# The opening of a_page is line 0, its rows are 1 and 2, then "sign", then "tail".


def _set(line, *path):
    *path, name, value = path

    def act(lines):
        node = lines[line]
        for part in path:
            node = node[part]
        node[name] = value

    return act


def _drop(line, name):
    def act(lines):
        del lines[line][name]

    return act


def _insert(at, line):
    return lambda lines: lines.insert(at, line)


def _leave_out(at):
    def act(lines):
        del lines[at]

    return act


def _row(at, row):
    def act(lines):
        lines[at] = row

    return act


def _extras(at, **extras):
    """The row's dt becomes [dt, extras]."""

    def act(lines):
        lines[at][1] = [lines[at][1], extras]

    return act


def _cut_keys(lines):
    """To the key of the first row."""
    lines[0]["keys"] = b64(unb64(lines[0]["keys"])[:16])


ID, PREFIX = b64(bytes(16)), b64(bytes(8))
BROKEN = (
    ("no opening", _drop(0, "page")),
    ("the device is no id", _set(0, "page", 0, "AAAA")),
    ("epoch 0", _set(0, "page", 1, 0)),
    ("an epoch of 33 bits", _set(0, "page", 1, 2**32)),
    ("no home", _set(0, "page", 2, "")),
    ("the home is no text", _set(0, "page", 2, 7)),
    ("seq 0", _set(0, "page", 3, 0)),
    ("registry n below 0", _set(0, "page", 4, -1)),
    ("the head is cut", _set(0, "head", b64(bytes(31)))),
    ("no head where none is known", _drop(0, "head")),
    ("by nobody", _drop(0, "by")),
    ("the user is no id", _set(0, "by", 0, "Lan")),
    ("no role", _set(0, "by", 1, "")),
    ("no keys", _drop(0, "keys")),
    ("one key too few", _set(0, "keys", b64(bytes(16)))),
    ("keys that are cut", _set(0, "keys", b64(bytes(31)))),
    ("an index of 256", _insert(1, {"run": [b64(RUN), 256]})),
    ("a seed that is cut", _insert(1, {"run": [b64(RUN[1:]), 0]})),
    ("a bulk that is no id", _set(0, "bulk", "AAAA")),
    ("no kinds", _drop(0, "kinds")),
    ("a version of 33 bits", _set(0, "kinds", 0, 1, 2**32)),
    ("33 kinds", _set(0, "kinds", [["k", i, [], []] for i in range(33)])),
    ("two natural keys for one version",
     _set(0, "kinds", [["household", 1, [], ["address", "name"]], ["household", 1, ["a"], []]])),
    ("a kind that the table has not", _set(1, 0, 16)),
    ("an act that there is not", _set(1, 0, 8)),
    ("an index that the table has not", _set(2, 3, 2)),
    ("index -4", _set(2, 3, -4)),
    ("an index without a value", lambda lines: lines[2].append(1)),
    ("a register twice", lambda lines: lines[2].extend([lines[2][3], "c"])),
    ("more values than registers", lambda lines: lines[1].append("c")),
    ("~live twice", _extras(1, w=[-1, True, -1, True])),
    ("an edit of no record", _row(2, [1, 0])),
    ("an edit of record 0", _set(2, 2, 0)),
    ("a reference to itself", _set(2, 2, -2)),
    ("a reference to a row to come", _row(1, [1, 0, -2, 0, "b"])),
    ("a reference to an entry that is not known", _set(2, 2, 5)),
    ("a record of 15 bytes", _set(2, 2, b64(bytes(15)))),
    ("a prefix of 7 bytes", _extras(2, seen=[b64(bytes(7))])),
    ("a withdrawal of a record", _set(2, 0, 6)),
    ("depth 0", _extras(2, r=[[0, -1]])),
    ("a depth of 33 bits", _extras(2, r=[[2**32, -1]])),
    ("names that descend", _extras(2, names=[b64(b"\2" * 16), b64(b"\1" * 16)])),
    ("a name of 15 bytes", _extras(2, names=[b64(bytes(15))])),
    ("salts of another number", _extras(2, salts=b64(bytes(32)))),
    ("null inside a list", _set(2, 4, [None, 1])),
    ("null inside an object", _set(2, 4, {"a": None})),
    ("an object's names descend", _set(2, 4, {"b": 1, "a": 2})),
    ("an object's name with DEL", _set(2, 4, {"a\u0085": 2})),
    ("nested seven deep", _set(2, 4, [[[[[[[]]]]]]])),
    ("a text that the tail has not", _set(2, 4, [None])),
    ("a commitment that is cut", _set(2, 4, {"~": b64(bytes(15))})),
    ("a withheld value without salts for the others", _set(1, 2, {"~": ID})),
    ("a time of 2^52", _set(0, "at", 2**52)),
    ("the tail has a text that nobody takes", _set(4, "tail", ["x"])),
    ("the tail has something else", _set(4, "tail", [7])),
    ("no tail", _leave_out(4)),
    ("no signature", _leave_out(3)),
    ("the signature is cut", _set(3, "sign", b64(bytes(63)))),
    ("no rows", lambda lines: lines.__delitem__(slice(1, 3))),
    ("a line that is neither", _insert(1, 7)),
)

# What is read, and is not what was signed
UNSIGNED = (
    ("another value", _set(2, 4, "c")),
    ("another time", _set(2, 1, 60001)),
    ("another role", _set(0, "by", 1, "recorder")),
    ("another user", _set(0, "by", 0, ID)),
    ("another home", _set(0, "page", 2, "HY.01.003")),
    ("another seq", _set(0, "page", 3, 2)),
    ("another epoch", _set(0, "page", 1, 8)),
    ("another registry n", _set(0, "page", 4, 1)),
    ("another head", _set(0, "head", b64(bytes(32)))),
    ("another act", _set(2, 0, 3)),
    ("another version of the kind", _set(0, "kinds", 0, 1, 2)),
    ("another register", _set(2, 3, 0)),
    ("another key", _set(0, "keys", b64(bytes(32)))),
    ("another predecessor", _extras(2, r=[[2, PREFIX]])),
    ("another depth", _extras(2, r=[[3, -1]])),
    ("something seen", _extras(2, seen=[-1])),
    ("a bulk", _set(0, "bulk", ID[:-1] + "Q")),
    ("a row left out", lambda lines: (_cut_keys(lines), _leave_out(2)(lines))),
    ("another signature", _set(3, "sign", b64(bytes(64)))),
)

# What a reader takes although no writer writes it
TAKEN = (
    ("names that are not known",
     lambda lines: (_set(0, "new", [1])(lines), _extras(2, new=1)(lines))),
    ("references in any order, twice", _extras(2, r=[[2, -1, -1]])),
    ("contexts apart", lambda lines: lines.insert(1, {"by": lines[0].pop("by")})),
    ("a context again", lambda lines: lines.insert(2, {"by": lines[0]["by"]})),
)


def _text(lines):
    return b"".join(write_json(line) + b"\n" for line in lines)


def add_broken(maker, name, sheet, act, how):
    lines = copy.deepcopy(lines_of(sheet))
    act(lines)
    asked = question(sheet, _text(lines))
    if how == "refused":
        maker.add_refused(name, "page", "expand", **asked)
    elif maker.add(name, "expand", **asked).get("signed") is not (how == "taken"):
        raise ValueError(f"{name}: {how}")


def _first_row(lines):
    return next(i for i, line in enumerate(lines) if isinstance(line, list))


def others(maker):
    """Broken pages that begin with another one than a_page."""

    def row(act):
        return lambda lines: act(lines[_first_row(lines)])

    def opening(act):
        return lambda lines: act(lines[0])

    for name, sheet, act in (
        ("a group with a member too few", a_group(), row(lambda r: r[2].pop())),
        ("a group of nothing but nulls", a_group(),
         row(lambda r: r.__setitem__(2, [None] * 3))),
        ("a group whose members descend", a_group(),
         opening(lambda o: o["kinds"][0][3][0].__setitem__(1, "z"))),
        ("a key value that is withheld", a_natural_key(),
         row(lambda r: r.__setitem__(2, {"~": ID}))),
        ("a key value too few", a_natural_key(), row(lambda r: r.__delitem__(slice(2, None)))),
        ("a run past its end", a_run(), opening(lambda o: o["run"].__setitem__(1, 254))),
        ("salts that are missing", a_skeleton(),
         lambda lines: next(line for line in lines if isinstance(line, list)
                            and isinstance(line[1], list))[1][1].pop("salts")),
    ):
        add_broken(maker, f"refused: {name}", sheet.sign(), act, "refused")


def make(maker):
    maker.file("pages-refused.json", "6", "pages that a reader refuses, that it reads and whose "
               "signature does not hold, and that it takes although nobody writes them so")
    sheet = a_page()
    for name, act in BROKEN:
        add_broken(maker, f"refused: {name}", sheet, act, "refused")
    others(maker)
    for name, act in UNSIGNED:
        add_broken(maker, f"not signed: {name}", sheet, act, "unsigned")
    for name, act in TAKEN:
        add_broken(maker, f"taken: {name}", sheet, act, "taken")
    text = _text(lines_of(sheet))
    for name, broken in (
        ("no LF at the end", text[:-1]), ("an empty line", text.replace(b"\n", b"\n\n", 1)),
        ("a name twice", text.replace(b'"head":', b'"at":0,"head":', 1)),
        ("bytes that are no UTF-8", text.replace(b"xom", b"\xff").replace("xóm".encode(), b"\xff")),
        ("a fraction", text.replace(b",60000,", b",60000.0,")), ("nothing", b""),
    ):
        maker.add_refused(f"refused: {name}", "page", "expand", **question(sheet, broken))
    large = Sheet()
    large.put("create", HOUSEHOLD, writes=(("name", "x"),))
    lines = lines_of(large.sign())
    lines[2:2] = [lines[1]] * 512
    maker.add_refused("refused: 513 changes", "page", "expand", **question(large, _text(lines)))
