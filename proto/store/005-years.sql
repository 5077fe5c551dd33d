-- SPDX-License-Identifier: Apache-2.0
-- Records by the year of which they are, for what is counted: 0 where their kind has none.
-- Derived; what an older store holds is derived anew when it is opened, since its kinds say
-- now where the year stands.
ALTER TABLE record ADD COLUMN year INTEGER NOT NULL DEFAULT 0;
CREATE INDEX record_year ON record(kind, year, home);
