-- SPDX-License-Identifier: Apache-2.0
-- Of a server alone, never sent; backups carry it: how people of the district prove who they
-- are, what they are working at, and what they did.

-- `verifier` is a digest of the key that Argon2id makes of the passphrase; `code` the digest
-- of a first sign-in code that was not used, good until `due` (wall clock). Either may be null.
CREATE TABLE account(
  user       BLOB NOT NULL UNIQUE,
  code       BLOB,
  due        INTEGER NOT NULL,
  verifier   BLOB,
  salt       BLOB,
  passes     INTEGER NOT NULL,
  memory_kib INTEGER NOT NULL
) STRICT;

-- Who has a case open, so that two do not decide the same. It ends by itself at `due`.
CREATE TABLE claim(
  subject BLOB NOT NULL UNIQUE,
  user    BLOB NOT NULL,
  due     INTEGER NOT NULL
) STRICT;

-- Each hash is over the one before and its own row (include/hamlet/store/audit.h).
CREATE TABLE audit(
  n       INTEGER PRIMARY KEY,
  time    INTEGER NOT NULL,
  account TEXT NOT NULL,
  act     TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail  TEXT NOT NULL,
  hash    BLOB NOT NULL
) STRICT;
