-- SPDX-License-Identifier: Apache-2.0
-- What people of this laptop have begun to type. Never sent. A draft that was written keeps
-- its row, without its form, so that what is sent again is not written again.
CREATE TABLE draft(
  id     INTEGER PRIMARY KEY, -- in the order in which they were begun
  draft  BLOB NOT NULL UNIQUE,
  user   BLOB NOT NULL,
  kind   TEXT NOT NULL,
  record BLOB,                -- of the record that is edited; of a new one once it is written
  saved  INTEGER NOT NULL,
  form   TEXT,                -- JSON; null: it was written
  change BLOB                 -- … by this change
) STRICT;
CREATE INDEX draft_record ON draft(record) WHERE form IS NOT NULL;
