-- SPDX-License-Identifier: Apache-2.0
-- A list, or a search through one, reads this index alone until it knows which records it
-- shows: ten years of a commune's records are in it within a few milliseconds.
DROP INDEX record_list;
CREATE INDEX record_list ON record(kind, sort, flags, home, fold);
