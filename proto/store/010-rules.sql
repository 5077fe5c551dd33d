-- SPDX-License-Identifier: Apache-2.0
-- Of a server alone: what was settled once and for all. Backups carry it.

-- A rule that decides conflicts of a register as they come, since `user` said so. `ended`
-- null: it stands; `ender` null: it ended by itself, since `user` may decide no more.
CREATE TABLE rule(
  rule     BLOB NOT NULL UNIQUE,
  user     BLOB NOT NULL,
  policy   TEXT NOT NULL,
  kind     TEXT NOT NULL,
  register TEXT NOT NULL,
  unit     TEXT NOT NULL,
  reason   TEXT NOT NULL,
  begun    INTEGER NOT NULL,
  ended    INTEGER,
  ender    BLOB
) STRICT;

-- What it did, each time it found something: how many it settled, under which name all of
-- them can be taken back.
CREATE TABLE rule_act(
  rule    BLOB NOT NULL,
  time    INTEGER NOT NULL,
  bulk    BLOB NOT NULL,
  settled INTEGER NOT NULL,
  PRIMARY KEY(rule, time, bulk)
) STRICT, WITHOUT ROWID;

-- Refused changes of which what was meant has been written again.
CREATE TABLE corrected(
  change INTEGER PRIMARY KEY
) STRICT;
