# SPDX-License-Identifier: Apache-2.0
"""First lines of requests and replies, receipts, entries, invitations (PROTOCOL.md 7, 9)."""
import pins
from pack import (INTEGER_MOST, Refused, Unpack, array, b64, check, device_id, h32, items, need,
                  read_json, sign, sint, string, text, uint, unb64, whole, write_json)

HEADER_MOST = 16 * 1024
BUCKETS_MOST = 1024
PROBLEM_MOST = 4096
NESTING_MOST = 4
KEYS_TEXT_MOST = 3 * 1024
UINT32_MOST = 2**32 - 1
METHOD, PATH = "POST", "/v1/sync"
ZERO_ID, ZERO_HEAD = bytes(16), bytes(32)


def _optional(value, name, read, other=None):
    return read(value[name]) if name in value else other


def _id(value):
    return unb64(value, 16)


def _head(value):
    return unb64(value, 32)


def _integer(value):
    return whole(value, -INTEGER_MOST)


def _acknowledged(value):
    seq, head = array(value, 2, 2)
    return whole(seq, 1), unb64(head, 32)


def _name(value):
    need(0 < len(string(value).encode()) <= 256, "header: name")
    return value


def _object(value):
    need(isinstance(value, dict), "header: object expected")
    return value


def _version(value, newer="version"):
    _object(value)
    need("v" in value, "header: no version")
    need(whole(value["v"], 1) == 1, "a newer version", newer)


# Requests (7.1)


def enrolment_proof(secret, invitation, key):
    return h32(text("hamlet-enrol-1"), secret, invitation, key)


def request_message(server, declared, json):
    return text(METHOD) + text(PATH) + server + uint(declared) + uint(len(json)) + json


def request_write(fields, following, server, seed):
    """The line with its LF; `fields` is the JSON object, `following` what comes after."""
    json = write_json(fields)
    declared = 86 + 1 + len(json) + 1 + following
    signature = sign(seed, "hamlet-request-1", request_message(server, declared, json))
    return b64(signature).encode() + b" " + json + b"\n"


def _request_error(item):
    name, times = array(item, 2, 2)
    return string(name), whole(times, 1)


def _buckets(value):
    need(len(_object(value)) <= BUCKETS_MOST, "header: buckets")
    return {name: whole(n) for name, n in value.items()}


def _enrolment(value):
    _object(value)
    return unb64(value["i"], 16), unb64(value["k"], 32), unb64(value["p"], 32)


def _parent(value):
    epoch, cut, cut_head, newest, newest_head = array(value, 5, 5)
    need(whole(newest) >= whole(cut), "header: the newest lies before the cut")
    return (whole(epoch, 1, UINT32_MOST), cut, unb64(cut_head, 32), newest,
            unb64(newest_head, 32))


def _keys(value):
    need(len(string(value).encode()) <= KEYS_TEXT_MOST, "header: keys")
    return value


def request_read(line):
    """(signature, JSON as sent, what it says) of a line without its LF."""
    need(len(line) < HEADER_MOST, "header: size")
    need(len(line) > 87 and line[86:87] == b" ", "header: no signature")
    signature, json = unb64(line[:86].decode("latin-1"), 64), line[87:]
    value = read_json(json, NESTING_MOST, 2048)
    _version(value)
    try:
        said = {
            "device": _id(value["d"]),
            "epoch": whole(value["e"], 1, UINT32_MOST),
            "id": _id(value["r"]),
            "lease": _optional(value, "l", _id, ZERO_ID),
            "incarnation": _optional(value, "i", lambda v: whole(v, 1), 0),
            "newest": _optional(value, "o", _acknowledged, (0, ZERO_HEAD)),
            "buckets": _buckets(value["b"]),
            "scope": _id(value["a"]),
            "time": _integer(value["t"]),
            "waiting": whole(value["p"]),
            "errors": [_request_error(item) for item in array(value.get("x", []))],
            "reply_max": _optional(value, "m", whole, 0),
            "version": string(value["w"]),
            "keys": _optional(value, "z", _keys, ""),
            "enrolment": _optional(value, "n", _enrolment),
            "parent": _optional(value, "f", _parent),
            "offers": _optional(value, "h", lambda v: whole(v, 1, 1), 0) == 1,
        }
        need(said["parent"] is None or said["parent"][0] != said["epoch"], "header: its own")
    except KeyError as error:
        raise Refused(f"header: {error} is missing") from error
    return signature, json, said


def request_check(signature, json, declared, server, key):
    message = request_message(server, declared, json)
    return check(key, "hamlet-request-1", message, signature)


# Receipts and replies (7.2)


def receipt_message(receipt):
    """`receipt`: server, incarnation, time, device, epoch, seq, head, buckets."""
    buckets = sorted(receipt["buckets"].items(), key=lambda item: item[0].encode())
    return b"".join(
        [receipt["server"], uint(receipt["incarnation"]), sint(receipt["time"])]
        + [receipt["device"], uint(receipt["epoch"]), uint(receipt["seq"])]
        + [receipt["head"]]
        + [items(text(name) + uint(n) + digest for name, (n, digest) in buckets)]
    )


def receipt_sign(receipt, seed):
    return sign(seed, "hamlet-receipt-1", receipt_message(receipt))


def receipt_check(receipt, key, signature):
    return check(key, "hamlet-receipt-1", receipt_message(receipt), signature)


def receipt_read(message):
    """A receipt as whoever was given it keeps it: its message."""
    reader = Unpack(message)
    receipt = {"server": reader.raw(16), "incarnation": reader.uint(), "time": reader.sint()}
    receipt.update(device=reader.raw(16), epoch=reader.uint(), seq=reader.uint())
    need(receipt["epoch"] <= UINT32_MOST, "receipt: epoch")
    receipt.update(head=reader.raw(32), buckets={})
    for _ in range(reader.uint()):
        name = reader.text()
        receipt["buckets"][name] = reader.uint(), reader.raw(32)
    reader.end()
    return receipt


def reply_fields(receipt, lease):
    """The JSON object of a reply but for what is optional; the mailbox is `@`."""
    out = {"v": 1, "s": b64(receipt["server"]), "i": receipt["incarnation"]}
    out.update(t=receipt["time"], l=b64(lease))
    if receipt["seq"] > 0:
        out["k"] = [receipt["seq"], b64(receipt["head"])]
    if receipt["buckets"]:
        names = sorted(receipt["buckets"], key=str.encode)
        out["b"] = {
            "@" if name.startswith("@") else name: [n, b64(digest)]
            for name, (n, digest) in ((m, receipt["buckets"][m]) for m in names)
        }
    return out


def reply_write(fields):
    return write_json(fields) + b"\n"


def _bucket_state(value):
    n, digest = array(value, 2, 2)
    return whole(n), unb64(digest, 32)


def _want(value):
    for name in _object(value):
        need(len(name.encode()) <= 256, "header: name")
    return {name: unb64(mask, 32) for name, mask in value.items()}


def reply_read(line, device, epoch):
    """What a line without its LF says to the one that asked."""
    value = read_json(line, NESTING_MOST)
    _version(value)
    try:
        seq, head = _optional(value, "k", _acknowledged, (0, ZERO_HEAD))
        buckets = _object(value.get("b", {}))
        encoded = [name.encode() for name in buckets]
        need(encoded == sorted(encoded), "header: order of buckets")
        receipt = {
            "server": _id(value["s"]),
            "incarnation": whole(value["i"], 1),
            "time": _integer(value["t"]),
            "device": device,
            "epoch": epoch,
            "seq": seq,
            "head": head,
            "buckets": {
                "@" + device.hex() if name == "@" else name: _bucket_state(state)
                for name, state in buckets.items()
            },
        }
        return {
            "receipt": receipt,
            "signature": _optional(value, "g", lambda v: unb64(v, 64)),
            "lease": _id(value["l"]),
            "scope": _optional(value, "u", lambda v: [_name(n) for n in array(v)]),
            "more": _optional(value, "more", lambda v: whole(v, 1, 1), 0) == 1,
            "wait": _optional(value, "wait", whole, 0),
            "want": _optional(value, "want", _want, {}),
            "need": _optional(value, "need", unb64, b""),
        }
    except KeyError as error:
        raise Refused(f"header: {error} is missing") from error


# Lines of entries (7.2)


def entries_write(line):
    """`line`: bucket, n, of (device, epoch) or none, items as entries_read gives them."""
    out = {"e": [line["bucket"], line["n"]]}
    if line["of"] is not None:
        out["of"] = [b64(line["of"][0]), line["of"][1]]
    out["is"] = [_item_write(item) for item in line["items"]]
    return write_json(out) + b"\n"


def _item_write(item):
    if len(item) == 2:
        return list(item)
    kind, change, reason = item
    return [kind, b64(change), reason] if kind == "q" else [kind, b64(change)]


def _item(item):
    array(item, 2, 3)
    if len(item) == 2 and isinstance(item[0], int):
        return whole(item[0], 1), whole(item[1], 1)
    kind = string(item[0])
    need(kind in ("a", "q", "r") and (len(item) == 3) == (kind == "q"), "entries: item")
    reason = string(item[2]) if kind == "q" else ""
    need(len(reason.encode()) <= 256, "entries: reason")
    return kind, unb64(item[1], 16), reason


def entries_read(data):
    value = _object(read_json(data, NESTING_MOST, 40000))
    need({"e", "is"} <= set(value), "entries: names")
    bucket, n = array(value["e"], 2, 2)
    origin = None
    if "of" in value:
        device, epoch = array(value["of"], 2, 2)
        origin = unb64(device, 16), whole(epoch, 1, UINT32_MOST)
    return {
        "bucket": _name(bucket),
        "n": whole(n, 1),
        "of": origin,
        "items": [_item(item) for item in array(value["is"])],
    }


# Invitations (9)

INVITATION_MOST = 8 * 1024
INVITATION = ("v", "invitation", "secret", "server", "key", "pin", "urls", "unit", "user",
              "role", "name", "expires")


def invitation_write(fields, seed):
    names = [*INVITATION[:6], *(["pins"] if "pins" in fields else []), *INVITATION[6:]]
    json = write_json({name: fields[name] for name in names})
    signature = sign(seed, "hamlet-invitation-1", h32(json))
    return json[:-1] + b',"sign":"' + b64(signature).encode() + b'"}'


def _part(value, most):
    need(0 < len(string(value).encode()) <= most, "invitation: part")


def _judge_invitation(value):
    need(set(value) >= {*INVITATION, "sign"}, "invitation: names")
    for name in ("invitation", "secret", "user", "server"):
        unb64(value[name], 16)
    pin = unb64(value["pin"], 32)
    if "pins" in value:
        need(pins.read(string(value["pins"]))[1][0] == pin, "invitation: pins")
    unb64(value["key"], 32)
    _integer(value["expires"])
    need(0 < len(array(value["urls"])) <= 8, "invitation: urls")
    for url in value["urls"]:
        _part(url, 512)
    for name in ("unit", "role", "name"):
        _part(value[name], 256)


def invitation_read(data):
    """Members that are not known are let pass: the signature covers the text."""
    data = data.strip(b" \t\r\n")
    need(len(data) <= INVITATION_MOST, "invitation: size")
    value = read_json(data, NESTING_MOST, 128)
    _version(value, "invitation-newer")
    _judge_invitation(value)
    begin, found, rest = data.rpartition(b',"sign":"')
    need(found and rest == value["sign"].encode() + b'"}', "invitation: sign is not last")
    signature, key = unb64(value["sign"], 64), unb64(value["key"], 32)
    foreign = "invitation-foreign"
    need(device_id(key) == unb64(value["server"], 16), "invitation: server", foreign)
    message = h32(begin + b"}")
    need(check(key, "hamlet-invitation-1", message, signature), "signature", foreign)
    return value


LINK = b"hamlet:"


def link_of(text):
    return LINK + b64(text).encode()


def invitation_take(data):
    """A file's text, or a link."""
    link = data.strip(b" \t\r\n")
    if link.startswith(LINK):
        data = unb64(link[len(LINK) :].decode("latin-1"))
    return invitation_read(data)


# Problems (8)

URN = "urn:hamlet:problem:"
PROBLEMS = {  # name -> status, whether to try again
    "version": (400, False),
    "header": (400, False),
    "page": (400, False),
    "signature": (401, False),
    "unknown_device": (401, False),
    "old_key": (401, False),
    "enrolment": (403, False),
    "revoked": (403, False),
    "path": (404, False),
    "method": (405, False),
    "timeout": (408, True),
    "stale": (409, True),
    "length": (411, False),
    "too_large": (413, True),
    "type": (415, False),
    "dictionary": (415, False),
    "host": (421, False),
    "headers_large": (431, False),
    "internal": (500, True),
    "busy": (503, True),
    "http_version": (505, False),
    "disk": (507, True),
}


def problem_write(name):
    status, retry = PROBLEMS[name]
    return write_json({"type": URN + name, "title": name, "status": status, "retry": retry})


def problem_read(body):
    """The name of a problem of ours: others come from portals and other servers."""
    need(len(body) <= PROBLEM_MOST, "problem: size")
    kind = _object(read_json(body, NESTING_MOST, 64)).get("type")
    name = string(kind)[len(URN) :]
    need(kind.startswith(URN) and name in PROBLEMS, "problem: of others")
    return name


# What was read, as the filter tells it


def _told_buckets(buckets):
    names = sorted(buckets, key=str.encode)
    return [[name, buckets[name][0], buckets[name][1].hex()] for name in names]


def told_receipt(receipt):
    out = {"buckets": _told_buckets(receipt["buckets"])}
    for name in ("server", "device", "head"):
        out[name] = receipt[name].hex()
    for name in ("incarnation", "time", "epoch", "seq"):
        out[name] = receipt[name]
    return out


def told_reply(reply):
    out = told_receipt(reply["receipt"])
    out.update(lease=reply["lease"].hex(), more=reply["more"], wait=reply["wait"])
    if reply["signature"] is not None:
        out["signature"] = reply["signature"].hex()
    if reply["scope"] is not None:
        out["scope"] = reply["scope"]
    if reply["want"]:
        out["want"] = [[name, mask.hex()] for name, mask in reply["want"].items()]
    if reply["need"]:
        out["need"] = reply["need"].hex()
    return out


def told_request(said):
    out = {name: said[name].hex() for name in ("device", "id", "lease", "scope")}
    for name in ("epoch", "incarnation", "time", "waiting", "reply_max", "version", "keys"):
        out[name] = said[name]
    out["seq"], head = said["newest"]
    out["head"] = head.hex()
    out["buckets"] = [list(pair) for pair in said["buckets"].items()]
    out["errors"] = [list(pair) for pair in said["errors"]]
    if said["parent"] is not None:
        epoch, cut, cut_head, newest, newest_head = said["parent"]
        out["parent"] = {"epoch": epoch, "cut": cut, "cut_head": cut_head.hex(),
                         "newest": newest, "newest_head": newest_head.hex()}
    if said["enrolment"] is not None:
        names = ("invitation", "key", "proof")
        out["enrolment"] = {n: v.hex() for n, v in zip(names, said["enrolment"])}
    if said["offers"]:
        out["offers"] = True
    return out


def told_entries(line):
    out = {"bucket": line["bucket"], "n": line["n"], "items": []}
    if line["of"] is not None:
        out["device"], out["epoch"] = line["of"][0].hex(), line["of"][1]
    for item in line["items"]:
        if len(item) == 3:
            item = (item[0], item[1].hex(), item[2])
        out["items"].append(list(item))
    return out


def told_invitation(value):
    out = {name: value[name] for name in ("urls", "unit", "role", "name", "expires")}
    for name in ("invitation", "secret", "server", "key", "pin", "user"):
        out[name] = unb64(value[name]).hex()
    if "pins" in value:
        out["pins"] = value["pins"]
    return out
