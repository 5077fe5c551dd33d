-- SPDX-License-Identifier: Apache-2.0
-- Of this laptop alone, never sent: how often in a row somebody gave a wrong passphrase for
-- a member, and the invitations that have already made a passphrase be forgotten.
CREATE TABLE passphrase_try(
  user  BLOB NOT NULL UNIQUE,
  wrong INTEGER NOT NULL,
  tried INTEGER NOT NULL -- the last of them: milliseconds of the machine since its start
) STRICT;
CREATE TABLE invitation_spent(
  invitation BLOB NOT NULL UNIQUE
) STRICT;
