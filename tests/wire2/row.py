# SPDX-License-Identifier: Apache-2.0
"""One row of a page becomes a change (PROTOCOL.md 6.2)."""
import value as values
from change import ALIAS, LIVE, WHY, Change, Write, record_id, seal
from pack import array, members, need, unb64, whole

REGISTERS = {-1: LIVE, -2: WHY, -3: ALIAS}
WRITE_DEPTH_MOST = 2**32 - 1


def expand(page, kind, act, cells, extras):
    items, seen, names, further, salts = members(
        extras, "r", "seen", "names", "w", "salts"
    )
    change = Change(page.district, page.fields["device"], page.user, page.role, act)
    change.home, change.kind, change.version = page.fields["home"], kind.name, kind.version
    change.time, change.bulk = page.time, page.bulk
    referred = None
    if act == "create":
        _create(page, change, kind, cells, further)
    else:
        need(further is None, "row: w of another act than create")
        referred = _other(page, change, kind, cells)
    change.writes.sort(key=lambda write: write.reg.encode())
    _predecessors(page, change, referred, items)
    change.seen = _prefixes(page, seen or [])
    change.names = [unb64(name, 16) for name in array(names or [])]
    _salts(page, change, salts)
    return seal(change)


def _create(page, change, kind, cells, further):
    further = array(further or [])
    need(len(further) % 2 == 0, "row: pairs")
    for index, cell in zip(further[::2], further[1::2]):
        need(whole(index, -3, -1) < 0, "row: index")
        change.writes.append(_write(page, kind, index, cell))
    count = len(kind.key_fields)
    need(count <= len(cells) <= count + len(kind.registers), "row: values")
    change.key_fields = [
        (name, values.pack(_value(page, [], cell))) for name, cell in zip(kind.key_fields, cells)
    ]
    change.own = count == 0
    if not change.own:
        change.record = record_id(change.home, kind.name, change.key_fields)
    for index, cell in enumerate(cells[count:]):
        if cell != {}:
            change.writes.append(_write(page, kind, index, cell))
    _imply_live(change, values.TRUE)


def _other(page, change, kind, cells):
    """The rest of a row that is no create; the prefix it refers to by number."""
    need(len(cells) % 2 == 1, "row: pairs")
    reference, referred = cells[0], None
    if change.act == "withdraw":
        need(whole(reference, 0, 0) == 0, "row: a withdrawal of a record")
    elif isinstance(reference, str):
        change.record = unb64(reference, 16)
    else:
        referred, change.record = page.meaning(reference)
    for index, cell in zip(cells[1::2], cells[2::2]):
        change.writes.append(_write(page, kind, index, cell))
    if change.act == "delete":
        _imply_live(change, values.FALSE)
    return referred and referred[:8]


def _imply_live(change, value):
    if all(write.reg != LIVE for write in change.writes):
        change.writes.append(Write(LIVE, value))


def _write(page, kind, index, cell):
    whole(index, -3, len(kind.registers) - 1)
    reg, inner = kind.registers[index] if index >= 0 else (REGISTERS[index], [])
    if isinstance(cell, dict) and list(cell) == ["~"]:
        return Write(reg, commitment=unb64(cell["~"], 16))
    return Write(reg, values.pack(_value(page, inner, cell)))


def _value(page, inner, cell):
    if cell == [None]:
        return page.next_text()
    if isinstance(cell, dict):
        need(list(cell) == sorted(cell, key=str.encode), "row: order of names")
        return {name: _value(page, [], cell[name]) for name in cell}
    if not isinstance(cell, list):
        return cell
    if not inner:
        return [_value(page, [], part) for part in cell]
    array(cell, len(inner), len(inner))
    pairs = [(n, _value(page, [], c)) for n, c in zip(inner, cell) if c is not None]
    need(pairs, "row: a group without members")
    return dict(pairs)


def _prefix(page, reference):
    if isinstance(reference, str):
        return unb64(reference, 8)
    return page.meaning(reference)[0][:8]


def _prefixes(page, references):
    return sorted({_prefix(page, reference) for reference in array(references)})


def _predecessors(page, change, referred, items):
    if items is not None:
        array(items, len(change.writes), len(change.writes))
    for i, write in enumerate(change.writes):
        item = 0 if items is None else items[i]
        if isinstance(item, list):
            write.depth = whole(array(item, 1)[0], 1, WRITE_DEPTH_MOST)
            write.replaces = _prefixes(page, item[1:])
            continue
        whole(item, 0, 0)
        if referred is not None and write.reg != WHY:
            write.replaces, write.depth = [referred], 2


def _salts(page, change, salts):
    present = [write for write in change.writes if write.value is not None]
    keyless = salts is not None or len(present) < len(change.writes)
    change.key = page.next_key(not keyless)
    if not keyless:
        return
    data = unb64(salts) if salts is not None else b""
    need(len(data) == 16 * len(present), "row: salts")
    for i, write in enumerate(present):
        write.salt = data[16 * i :][:16]
