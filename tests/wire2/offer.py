# SPDX-License-Identifier: Apache-2.0
"""What laptops bring back to a server that lost it (PROTOCOL.md 7.5)."""
from bucket import leaf_hash, leaves_digest
from pack import Refused, array, b64, need, read_json, string, unb64, whole, write_json
from talk import NESTING_MOST

LEAVES, LEAF_SIZE = 256, 16
LINE_MOST = 256 * 1024


def _name(value):
    need(0 < len(string(value).encode()) <= 256, "offer: name")
    return value


def _ids(value):
    data = unb64(string(value))
    need(len(data) % 16 == 0, "offer: ids")
    return [data[i : i + 16] for i in range(0, len(data), 16)]


def _item(value):
    kind = string(array(value, 2, 3)[0])
    need(kind in ("q", "r") and (len(value) == 3) == (kind == "q"), "offer: item")
    reason = string(value[2]) if kind == "q" else ""
    need(len(reason.encode()) <= 256, "offer: reason")
    return unb64(value[1], 16), kind, reason


def _read_leaves(value):
    bucket, leaves = array(value["leaves"], 2, 2)
    message, signature = array(value["by"], 2, 2)
    leaves = unb64(leaves, LEAVES * LEAF_SIZE)
    return {"offer": "leaves", "bucket": _name(bucket), "leaves": leaves,
            "message": unb64(string(message)), "signature": unb64(signature, 64)}


def _read_leaf(value):
    bucket, index = array(value["leaf"], 2, 2)
    whole(index, 0, LEAVES - 1)
    items = [(change, "a", "") for change in _ids(value["a"])]
    items += [_item(item) for item in array(value["is"])]
    need(all(change[0] == index for change, _, _ in items), "offer: of another leaf")
    need(len(set(items)) == len(items), "offer: twice")
    items.sort(key=lambda item: (item[0], item[1], item[2].encode()))
    return {"offer": "leaf", "bucket": _name(bucket), "leaf": index, "items": items}


def _read_have(value):
    bucket, ids = array(value["have"], 2, 2)
    return {"offer": "have", "bucket": _name(bucket), "ids": _ids(ids)}


def offer_read(data):
    need(len(data) <= LINE_MOST, "offer: size")
    value = read_json(data, NESTING_MOST, 40000)
    need(isinstance(value, dict), "offer: no object")
    try:
        if "leaves" in value:
            return _read_leaves(value)
        return _read_leaf(value) if "leaf" in value else _read_have(value)
    except KeyError as error:
        raise Refused(f"offer: {error} is missing") from error


def offer_write(line):
    """`line` as offer_read gives it; ends with LF."""
    bucket = line["bucket"]
    if line["offer"] == "leaves":
        out = {"leaves": [bucket, b64(line["leaves"])],
               "by": [b64(line["message"]), b64(line["signature"])]}
    elif line["offer"] == "leaf":
        out = {"leaf": [bucket, line["leaf"]],
               "a": b64(b"".join(change for change, kind, _ in line["items"] if kind == "a")),
               "is": [[kind, b64(change), reason] if kind == "q" else [kind, b64(change)]
                      for change, kind, reason in line["items"] if kind != "a"]}
    else:
        out = {"have": [bucket, b64(b"".join(line["ids"]))]}
    return write_json(out) + b"\n"


def told_offer(line):
    out = {"offer": line["offer"], "bucket": line["bucket"]}
    if line["offer"] == "leaves":
        out.update({name: line[name].hex() for name in ("leaves", "message", "signature")})
        out["digest"] = leaves_digest(line["leaves"]).hex()
    elif line["offer"] == "leaf":
        out["leaf"] = line["leaf"]
        out["items"] = [[kind, change.hex(), reason] for change, kind, reason in line["items"]]
        out["hash"] = leaf_hash(line["items"]).hex()
    else:
        out["ids"] = [change.hex() for change in line["ids"]]
    return out
