/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits.h - the limits that more than one module knows, each with its reason.
 *
 * Owner: this header; layer 0
 *
 * Decoders look here before they allocate. What bounds one format only stands with it; a
 * limit that both sides must agree on stands in PROTOCOL.md section 10 as well.
 */
#ifndef HAMLET_BASE_LIMITS_H
#define HAMLET_BASE_LIMITS_H

#include <stddef.h>

/* A value: the largest pen trace seen is 3 kB; ten times that is a drawing, not a name.
 */
#define HM_VALUE_BYTES_MAX ((size_t)32 * 1024)
/* One change with all its values; a request must hold at least one. */
#define HM_CHANGE_BYTES_MAX ((size_t)128 * 1024)
/* Registers that one change writes; the widest form has about 40 fields. */
#define HM_CHANGE_WRITES_MAX ((size_t)256)
/* Predecessors of one write, and what one `seen` names: heads of a storm of edits. */
#define HM_REPLACES_MAX ((size_t)4096)
/* Changes and bulks that one withdrawal names; many changes are named by their bulk. */
#define HM_NAMES_MAX ((size_t)1024)
/* Names in one object of a value: that many at each level stay under HM_JSON_KEYS_MAX. */
#define HM_VALUE_MEMBERS_MAX ((size_t)40)
/* Nesting of a value: a list of groups of lists is the deepest that forms need. */
#define HM_VALUE_DEPTH_MAX ((size_t)6)

/* A page as sent: what a cut costs on the worst link (PROTOCOL.md 6.2). */
#define HM_PAGE_SENT_BYTES ((size_t)2048)
/* A page as text, inflated: at least one change always fits. */
#define HM_PAGE_TEXT_MAX    ((size_t)256 * 1024)
#define HM_PAGE_CHANGES_MAX ((size_t)512)

/* The first line of a request, not compressed (PROTOCOL.md 7.1): 1,000 units of a scope.
 */
#define HM_HEADER_MAX          ((size_t)16 * 1024)
#define HM_PROBLEM_BYTES_MAX   ((size_t)4096)
#define HM_REQUEST_BYTES_MAX   ((size_t)1024 * 1024)
#define HM_REQUEST_BYTES_FIRST ((size_t)64 * 1024)
/* The bomb guard: text may be at most this many times what arrived, plus one page. */
#define HM_INFLATE_RATIO_MAX ((size_t)64)
#define HM_INFLATE_BYTES_MAX ((size_t)24 * 1024 * 1024)
#define HM_REPLY_BYTES_MAX   ((size_t)2 * 1024 * 1024)
/* A body in a file, about: four and more fit the smallest file that one can be split to.
 */
#define HM_FILE_BODY_BYTES ((size_t)192 * 1024)

/*
 * What the changes of one record that stand weigh at most (hm_change_weight), and as much
 * again those that were refused: 10,000 edits, or 5,000 signatures. Who touches a record
 * reads all of it, so half a dozen times this must fit HM_REQUEST_ARENA_MAX.
 */
#define HM_RECORD_WEIGHT_MAX ((size_t)16 * 1024 * 1024)

/*
 * Refused changes that a device may leave in the buckets of units, then nothing of it
 * stands. Ten times what a hamlet enters in a year: no mistake of a person.
 */
#define HM_REFUSED_DEVICE_MAX 10000

/*
 * Changes that a device may claim to have written before it heard that a permit of its
 * ended, beyond those that are here: more than a laptop that was years without a network.
 */
#define HM_LATE_CHANGES_MAX 100000

/* What one command or one import takes in. */
#define HM_FILE_BYTES_MAX  ((size_t)64 * 1024 * 1024)
#define HM_FIELD_BYTES_MAX HM_VALUE_BYTES_MAX
#define HM_IMPORT_ROWS_MAX ((size_t)200000)

/* Memory of one request while it is read, judged and answered. */
#define HM_REQUEST_ARENA_MAX ((size_t)256 * 1024 * 1024)
/*
 * Memory that all exchanges under way at a server hold together: whatever is sent to it,
 * a machine of 1 GiB goes on. Beyond it nobody's body is read on, except by those who
 * hold little: small requests are always served.
 */
#define HM_EXCHANGES_BYTES_MAX  ((size_t)256 * 1024 * 1024)
#define HM_EXCHANGE_BYTES_SMALL ((size_t)1024 * 1024)
/* Memory of one command. */
#define HM_COMMAND_ARENA_MAX ((size_t)1024 * 1024 * 1024)

/* A run of salts: one seed is kept no longer than this many changes. */
#define HM_RUN_CHANGES_MAX 256

/* Names of units, kinds, fields and users, in bytes. */
#define HM_NAME_MAX ((size_t)256)

#endif
