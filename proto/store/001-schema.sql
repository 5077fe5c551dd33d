-- SPDX-License-Identifier: Apache-2.0
-- Schema 1. Facts are appended and never altered, except where a column says so; what is
-- derived from them can be dropped and remade (hamlet rebuild), and says so.
-- Long ids stand in one unique index each; everything else refers to small row numbers.

CREATE TABLE meta(
  key   TEXT PRIMARY KEY NOT NULL,
  value ANY
) STRICT, WITHOUT ROWID;

-- A home: a unit's code, '~' for the registry. All but `id` and `code` are derived from the
-- records of the tree of units; a code may be met before its record. A unit with a
-- successor was merged into it and is closed; `closing` is the change that says so.
CREATE TABLE unit(
  id        INTEGER PRIMARY KEY,
  code      TEXT NOT NULL UNIQUE,
  parent    TEXT,
  successor TEXT,
  closing   INTEGER NOT NULL DEFAULT 0,
  known     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX unit_parent ON unit(parent);
CREATE INDEX unit_successor ON unit(successor);

-- Units that stood above a unit before, and the change that moved it away. Derived.
CREATE TABLE moved(
  unit   INTEGER NOT NULL,
  parent TEXT NOT NULL,
  change INTEGER NOT NULL,
  PRIMARY KEY(unit, parent, change)
) STRICT, WITHOUT ROWID;

CREATE TABLE kind(
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- A device that wrote something here. `keys` (all of them, the newest last) and `key` (the
-- newest), `name`, `home`, `revoked` and `heads` are derived from the registry's records.
CREATE TABLE device(
  id      INTEGER PRIMARY KEY,
  device  BLOB NOT NULL UNIQUE,
  key     BLOB,
  keys    TEXT,
  name    TEXT,
  home    TEXT,
  revoked TEXT,
  heads   BLOB -- of its chains when it was revoked: the register's value
) STRICT;

-- `branch` 0 is the chain. Pages that give its numbers to other changes stand in others.
CREATE TABLE origin(
  id     INTEGER PRIMARY KEY,
  device INTEGER NOT NULL REFERENCES device,
  epoch  INTEGER NOT NULL,
  branch INTEGER NOT NULL DEFAULT 0,
  parent BLOB,
  seq    INTEGER NOT NULL DEFAULT 0, -- of the contiguous prefix that is here
  head   BLOB NOT NULL,              -- of that prefix
  sent   INTEGER NOT NULL DEFAULT 0, -- own origin: left this machine up to here
  acked  INTEGER NOT NULL DEFAULT 0, -- own origin: acknowledged by the server
  UNIQUE(device, epoch, branch)
) STRICT;

CREATE TABLE author(
  id     INTEGER PRIMARY KEY,
  device INTEGER NOT NULL REFERENCES device,
  user   BLOB NOT NULL,
  role   TEXT NOT NULL,
  UNIQUE(device, user, role)
) STRICT;

CREATE TABLE bulk(
  id   INTEGER PRIMARY KEY,
  bulk BLOB NOT NULL UNIQUE
) STRICT;

-- `body` is rewritten when a skeleton gets its values or a value is erased. `verdict` is the
-- set of entries: 1 quarantined, 2 accepted, 4 released. `withdrawn` is derived.
CREATE TABLE change(
  id        INTEGER PRIMARY KEY,
  home      INTEGER NOT NULL REFERENCES unit,
  change    BLOB NOT NULL,
  record    INTEGER NOT NULL,
  author    INTEGER NOT NULL REFERENCES author,
  act       INTEGER NOT NULL,
  time      INTEGER NOT NULL,
  received  INTEGER NOT NULL,
  bulk      INTEGER,
  verdict   INTEGER NOT NULL DEFAULT 0,
  withdrawn INTEGER NOT NULL DEFAULT 0,
  later     INTEGER NOT NULL, -- 1: not the first known of its record; 2: not merged, its
                              -- record being full
  withheld  INTEGER NOT NULL, -- 1: some value is not here
  body      BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX change_id ON change(home, change);
CREATE INDEX change_later ON change(record) WHERE later = 1;
CREATE INDEX change_withdraw ON change(home) WHERE act = 6;
CREATE INDEX change_withdrawn ON change(home) WHERE withdrawn = 1;
CREATE INDEX change_bulk ON change(bulk) WHERE bulk IS NOT NULL;
CREATE INDEX change_not_accepted ON change(record) WHERE verdict <> 2;

CREATE INDEX change_erase ON change(act, id) WHERE act = 7;
CREATE INDEX change_withheld ON change(withheld, verdict) WHERE withheld = 1;

-- What is erased: of this record the writes of this register by the changes of this prefix.
-- A fact that only grows; the change, and the record, may come later. `done` 0: what it
-- reaches is still to be looked at.
CREATE TABLE erasure(
  home     INTEGER NOT NULL REFERENCES unit,
  record   BLOB NOT NULL,
  register TEXT NOT NULL,
  prefix   BLOB NOT NULL,
  done     INTEGER NOT NULL,
  PRIMARY KEY(home, record, register, prefix)
) STRICT, WITHOUT ROWID;
CREATE INDEX erasure_open ON erasure(home, record) WHERE done = 0;

-- Changes or bulks that an effective withdrawal of their home names. Derived.
CREATE TABLE withdrawal(
  home INTEGER NOT NULL,
  name BLOB NOT NULL,
  PRIMARY KEY(home, name)
) STRICT, WITHOUT ROWID;

-- Which change has which sequence number of an origin: runs of neighbours.
CREATE TABLE envelope(
  origin INTEGER NOT NULL,
  seq    INTEGER NOT NULL,
  count  INTEGER NOT NULL,
  change INTEGER NOT NULL,
  PRIMARY KEY(origin, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX envelope_change ON envelope(change);

-- Seeds of the own runs of salts, forgotten when a run is full and acknowledged.
CREATE TABLE run(
  origin INTEGER NOT NULL,
  seq    INTEGER NOT NULL,
  seed   BLOB NOT NULL,
  PRIMARY KEY(origin, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE page(
  origin      INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  count       INTEGER NOT NULL,
  home        INTEGER NOT NULL,
  head_before BLOB NOT NULL,
  head_after  BLOB NOT NULL,
  registry    INTEGER NOT NULL,
  signature   BLOB NOT NULL,
  PRIMARY KEY(origin, seq, count)
) STRICT, WITHOUT ROWID;

CREATE TABLE bucket(
  id       INTEGER PRIMARY KEY,
  name     TEXT NOT NULL UNIQUE,
  n        INTEGER NOT NULL DEFAULT 0,
  leaves   BLOB,             -- derived: 256 leaves of 16 bytes
  digest   BLOB,             -- derived
  stale    BLOB,             -- derived: which leaves must be made anew, one bit each
  receipt  INTEGER,          -- laptop: the receipt that last signed it
  old      INTEGER NOT NULL DEFAULT 0 -- laptop: its numbers are of another incarnation;
                             -- 1: what it holds is to be offered, 2: was offered
) STRICT;

-- Runs of neighbours, like envelopes; what is not plainly accepted has a row of its own.
CREATE TABLE entry(
  bucket INTEGER NOT NULL,
  n      INTEGER NOT NULL,
  count  INTEGER NOT NULL,
  change INTEGER NOT NULL,
  kind   TEXT NOT NULL,
  reason TEXT,
  PRIMARY KEY(bucket, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_change ON entry(change);

-- `home`, `kind`, `record` and `first` are fixed when the record is first met; the rest is
-- derived. `heads` is null where every register stands as the first change wrote it.
-- `weight` is that of the changes that stand, `refused` of the others that are merged.
CREATE TABLE record(
  id     INTEGER PRIMARY KEY,
  home   INTEGER NOT NULL,
  kind   INTEGER NOT NULL,
  record BLOB NOT NULL,
  first  INTEGER NOT NULL,
  flags  INTEGER NOT NULL,
  sort   BLOB,
  fold   TEXT,
  fields TEXT,
  heads  BLOB,
  weight  INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX record_id ON record(home, record, kind);
CREATE INDEX record_list ON record(kind, sort);
CREATE INDEX record_alias ON record(home, kind) WHERE flags & 32 = 32;

-- Registers in conflict now, or settled by a decision. Derived. The id is that of a record
-- and a register; a record's id may be claimed in a home that is not its own.
CREATE TABLE conflict(
  id         INTEGER PRIMARY KEY,
  conflict   BLOB NOT NULL,
  record     INTEGER NOT NULL,
  register   TEXT NOT NULL,
  type       TEXT NOT NULL,
  open       INTEGER NOT NULL,
  opened     INTEGER NOT NULL,
  resolution INTEGER
) STRICT;
CREATE INDEX conflict_id ON conflict(conflict);
CREATE INDEX conflict_record ON conflict(record);
CREATE INDEX conflict_open ON conflict(open, opened);

-- The changes that are heads of open conflicts. Derived.
CREATE TABLE disputed(
  record INTEGER NOT NULL,
  change INTEGER NOT NULL,
  PRIMARY KEY(record, change)
) STRICT, WITHOUT ROWID;

-- Changes that replace or saw what is not here. Derived.
CREATE TABLE incomplete(
  record INTEGER NOT NULL,
  change INTEGER NOT NULL,
  PRIMARY KEY(record, change)
) STRICT, WITHOUT ROWID;

-- Members and what they may do where. Derived from the registry's records.
CREATE TABLE user(
  user BLOB PRIMARY KEY NOT NULL,
  name TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE permit(
  record INTEGER PRIMARY KEY,
  user   BLOB NOT NULL,
  device BLOB NOT NULL,
  role   TEXT NOT NULL,
  home   TEXT NOT NULL,
  ended  TEXT,
  ending INTEGER NOT NULL -- the change that says so; 0: it has not
) STRICT;
CREATE INDEX permit_device ON permit(device);

-- Server: from when on a device knows that a permit of its ended. Up to `seq` the changes of
-- `epoch` were written before it presented the lease of a reply with the first `registry`
-- entries of the registry; those of other epochs were not. Where the server came back, which
-- a row of no device says, rows of `registry` 0 are of the first visits since then.
CREATE TABLE sight(
  device   BLOB NOT NULL,
  registry INTEGER NOT NULL,
  epoch    INTEGER NOT NULL,
  seq      INTEGER NOT NULL,
  PRIMARY KEY(device, registry)
) STRICT, WITHOUT ROWID;

-- Laptop: the own changes up to `seq` that are not acknowledged were written when no more
-- than `registry` entries of the registry were here.
CREATE TABLE learned(
  origin   INTEGER NOT NULL,
  seq      INTEGER NOT NULL,
  registry INTEGER NOT NULL,
  PRIMARY KEY(origin, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipt(
  id        INTEGER PRIMARY KEY,
  time      INTEGER NOT NULL,
  message   BLOB NOT NULL,
  signature BLOB NOT NULL
) STRICT;

-- Server: invitations, and what it keeps of each device's visits.
CREATE TABLE invitation(
  invitation BLOB PRIMARY KEY NOT NULL,
  secret     BLOB NOT NULL,
  user       BLOB NOT NULL,
  name       TEXT NOT NULL,
  role       TEXT NOT NULL,
  home       TEXT NOT NULL,
  expires    INTEGER NOT NULL,
  device     BLOB
) STRICT, WITHOUT ROWID;
CREATE TABLE visit(
  device   BLOB NOT NULL,
  epoch    INTEGER NOT NULL,
  current  BLOB,
  pending  BLOB,
  request  BLOB,
  contact  INTEGER,
  waiting  INTEGER,
  offset_ms INTEGER,
  version  TEXT,
  incarnation INTEGER, -- that the device knows
  stated   BLOB,       -- which entries it has, as it said last
  carried  INTEGER NOT NULL DEFAULT 0, -- entries of the registry, of the reply with `pending`
  turn     INTEGER NOT NULL, -- of the device's, each later than those before
  PRIMARY KEY(device, epoch)
) STRICT, WITHOUT ROWID;

-- Server, while laptops refill it: entries that it signed before it was lost, of changes
-- that are not here, and how many changes of a home came back: with entries, and judged
-- anew.
CREATE TABLE offer(
  bucket INTEGER NOT NULL,
  change BLOB NOT NULL,
  kind   TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY(bucket, change, kind, reason)
) STRICT, WITHOUT ROWID;
CREATE TABLE regained(
  home     INTEGER PRIMARY KEY,
  verified INTEGER NOT NULL,
  judged   INTEGER NOT NULL
) STRICT;

-- Devices that began a new epoch, because their disk was restored or copied.
CREATE TABLE notice(
  device BLOB NOT NULL,
  epoch  INTEGER NOT NULL,
  parent INTEGER NOT NULL,
  copied INTEGER NOT NULL,
  time   INTEGER NOT NULL,
  moved  INTEGER NOT NULL,
  PRIMARY KEY(device, epoch)
) STRICT, WITHOUT ROWID;
