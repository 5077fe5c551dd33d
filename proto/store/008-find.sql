-- SPDX-License-Identifier: Apache-2.0
-- A record by its id alone: what refers to it names no home, and there may be a whole
-- country's of them.
CREATE INDEX record_find ON record(record);
