-- SPDX-License-Identifier: Apache-2.0
-- Server: what a device said of itself when it was heard of last. `errors`: what it failed
-- at since it last succeeded, as a packed list of (text name, int times); `late`: since when
-- it had something waiting each time it came, 0 where it had nothing.
ALTER TABLE visit ADD COLUMN errors BLOB;
ALTER TABLE visit ADD COLUMN late INTEGER NOT NULL DEFAULT 0;
