-- SPDX-License-Identifier: Apache-2.0
-- Server: changes that were refused while a refill was open, by a registry that may not have
-- been all here. They are judged again when it is closed, and each time it is closed again.
CREATE TABLE refused_early(
  change INTEGER PRIMARY KEY
) STRICT;
