-- SPDX-License-Identifier: Apache-2.0
-- Server: what refused withdrawals wait for: changes or bulks that they name, of which nothing
-- is here in their home. A row goes when something of it comes.
CREATE TABLE awaited(
  home       INTEGER NOT NULL,
  name       BLOB NOT NULL,
  withdrawal INTEGER NOT NULL,
  PRIMARY KEY(home, name, withdrawal)
) STRICT, WITHOUT ROWID;
CREATE INDEX awaited_withdrawal ON awaited(withdrawal);

-- Where the server came back, the first visit since then of each epoch of a device has a row
-- of `sight` whose `registry` is the epoch's number, negative: there was one a device before.
UPDATE sight SET registry = -epoch WHERE registry = 0 AND epoch <> 0;
