# SPDX-License-Identifier: Apache-2.0
"""The keys of a device, one after the other (PROTOCOL.md 3.6)."""
from pack import Refused, Unpack, b64, check, device_id, need, sign, uint, unb64

MOST = 16
DOMAIN = "hamlet-key-1"


def message(device, index, key, epoch, seq):
    return device + uint(index) + key + uint(epoch) + uint(seq)


def add(text, device, key, epoch, seq, seed):
    """The text with one more key, certified with the seed of its newest."""
    index = text.count(" ") + 1
    signature = sign(seed, DOMAIN, message(device, index, key, epoch, seq))
    return text + " " + b64(key + uint(epoch) + uint(seq) + signature)


def read(text, device):
    """([(key, epoch, seq)…], whole): each with where it ended, (0, 0) for the newest."""
    found = []
    try:
        first, *later = text.split(" ")
        key = unb64(first, 32)
        need(device_id(key) == device, "keys: of another device")
        found.append((key, 0, 0))
        for piece in later:
            need(len(found) < MOST, "keys: too many")
            reader = Unpack(unb64(piece))
            key, epoch, seq, signature = (reader.raw(32), reader.uint(), reader.uint(),
                                          reader.raw(64))
            reader.end()
            need(0 < epoch < 2**32, "keys: epoch")
            signed = message(device, len(found), key, epoch, seq)
            need(check(found[-1][0], DOMAIN, signed, signature), "keys: certificate")
            found[-1] = (found[-1][0], epoch, seq)
            found.append((key, 0, 0))
    except Refused:
        return found, False
    return found, True


def signer(keys, page):
    """Which of the keys signed the page: the newest first; None: none did."""
    for index in reversed(range(len(keys))):
        if page.is_signed(keys[index][0]):
            return index
    return None
