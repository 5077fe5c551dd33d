# SPDX-License-Identifier: Apache-2.0
"""What a command is to write, predicted from the kinds' files and from what the author's
store holds. Ids come from the programs; everything else is known before they are asked."""
import json
import os

from model_merge import LIVE, Change, Write, record_id

KEPT_OUT = ("shared.json", "unit.json")


class Refused(Exception):
    """The command must be refused, with this exit code."""

    def __init__(self, code):
        super().__init__(str(code))
        self.code = code


class Author:
    """Who writes: a user in a role on a device."""

    def __init__(self, user, role, device):
        self.user = user
        self.role = role
        self.device = device


class Kind:
    def __init__(self, told):
        self.name = told["kind"]
        self.key = told.get("key", [])
        self.home = told.get("home")
        self.fields = {field["name"]: field for field in told["fields"]}
        self.groups = told.get("groups", {})
        self.roles = told["roles"]
        self.when = told.get("when", [])

    def group_of(self, field):
        for name, members in self.groups.items():
            if field in members:
                return name
        return None

    def register(self, field):
        return self.group_of(field) or field

    def may(self, role, act, key):
        """Whether a role may do this; a row of `when` stands instead where it applies."""
        for row in self.when:
            if key.get(row["field"]) == row["value"]:
                return act in row["roles"].get(role, [])
        return act in self.roles.get(role, [])


def read_kinds(root):
    folder = os.path.join(root, "proto", "kinds")
    kinds = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".json") and name not in KEPT_OUT:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                kind = Kind(json.load(file))
            kinds[kind.name] = kind
    return kinds


def over(record, register, value):
    """A write that replaces every head the author sees."""
    heads = record.heads.get(register, []) if record else []
    depths = [record.changes[id].writes[register].depth for id in heads]
    return Write(value, heads, 1 + max(depths, default=0))


def register_values(kind, record, fields):
    """{register: value} of what is given; a group keeps its other members as shown."""
    given = {}
    for name, value in fields.items():
        group = kind.group_of(name)
        if group is None:
            given[name] = value
            continue
        members = given.setdefault(group, dict((record and record.shown(group)) or {}))
        if value is None:
            members.pop(name, None)
        else:
            members[name] = value
    return {register: None if value == {} else value for register, value in given.items()}


def check_required(kind, record, written, live_again):
    """A required field may not be cleared, and a new record has them all."""
    for name, field in kind.fields.items():
        register = kind.register(name)
        if field.get("required") and (live_again or register in written):
            value = written.get(register)
            if value is None or (register != name and value.get(name) is None):
                raise Refused(65)


def add(kind, record, author, home, fields, bulk=None):
    """A creation; `record` is what its natural key means at the author's, or None."""
    key = {name: fields[name] for name in kind.key}
    if record and record.there and not record.deleted and record.key():
        raise Refused(73)
    if not kind.may(author.role, "create", key):
        raise Refused(77)
    given = {name: value for name, value in fields.items() if name not in kind.key}
    values = register_values(kind, None, given)
    check_required(kind, None, values, True)
    stands = {register for register in (record.heads if record else ()) if register != LIVE}
    writes = {}
    for register in set(values) | stands:
        if register in stands or values[register] is not None:
            writes[register] = over(record, register, values.get(register))
    writes[LIVE] = over(record, LIVE, True)
    id = record_id(home, kind.name, key) if kind.key else None
    return Change(None, author, "create", home, kind.name, id, writes, key=key, bulk=bulk)


def edit(kind, id, record, author, fields, only_new=False, bulk=None):
    """An edit; None where an import finds nothing new."""
    if record is None or not record.there:
        raise Refused(66)
    key = record.key()
    if any(name in kind.key for name in fields):
        raise Refused(65)
    if not kind.may(author.role, "edit", key):
        raise Refused(77)
    values = register_values(kind, record, fields)
    check_required(kind, record, values, False)
    writes = {register: over(record, register, value) for register, value in values.items()
              if not (only_new and value == record.shown(register))}
    if not writes:
        return None
    if record.deleted:
        writes[LIVE] = over(record, LIVE, True)
    home = next(iter(record.changes.values())).home
    return Change(None, author, "edit", home, kind.name, id, writes, bulk=bulk)


def others(record):
    return {head for register, heads in record.heads.items() if register != LIVE
            for head in heads}


def delete(kind, id, record, author):
    if record is None or not record.there or record.deleted:
        raise Refused(66)
    if not kind.may(author.role, "delete", record.key()):
        raise Refused(77)
    home = next(iter(record.changes.values())).home
    return Change(None, author, "delete", home, kind.name, id,
                  {LIVE: over(record, LIVE, False)}, seen=others(record))


def resolve(kind, id, record, author, register, value):
    if register not in record.conflicts():
        raise Refused(66)
    home = next(iter(record.changes.values())).home
    seen = others(record) if register == LIVE and value is False else ()
    return Change(None, author, "resolve", home, kind.name, id,
                  {register: over(record, register, value)}, seen=seen)


def withdraw(author, home, bulk, id):
    return Change(id, author, "withdraw", home, names=bulk)
