# SPDX-License-Identifier: Apache-2.0
"""By which TLS keys a server is known (PROTOCOL.md 9.1)."""
import re

from pack import b64, need, unb64


def write(turn, pins):
    return " ".join([str(turn), *(b64(pin) for pin in pins)])


def read(text):
    """(turn, [pin…])."""
    turn, *pins = text.split(" ")
    need(re.fullmatch("[1-9][0-9]{0,14}", turn, re.ASCII) is not None, "pins: turn")
    need(len(pins) in (1, 2), "pins: how many")
    return int(turn), [unb64(pin, 32) for pin in pins]
