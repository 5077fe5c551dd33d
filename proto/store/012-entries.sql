-- SPDX-License-Identifier: Apache-2.0
-- A row of `entry` holds no more than 512 changes, and no statement looks farther back from a
-- change. Laptops had longer ones. What was derived of their buckets is made anew.
UPDATE bucket SET leaves = NULL, stale = NULL, digest = NULL
  WHERE id IN (SELECT bucket FROM entry WHERE count > 512);
INSERT INTO entry(bucket, n, count, change, kind, reason)
  WITH RECURSIVE rest(bucket, n, count, change, kind, reason) AS (
    SELECT bucket, n + 512, count - 512, change + 512, kind, reason FROM entry
      WHERE count > 512
    UNION ALL
    SELECT bucket, n + 512, count - 512, change + 512, kind, reason FROM rest
      WHERE count > 512)
  SELECT bucket, n, min(count, 512), change, kind, reason FROM rest;
UPDATE entry SET count = 512 WHERE count > 512;
