/* SPDX-License-Identifier: Apache-2.0 */
/*
 * told.h - changes as JSON, for the vectors and for the filter; change.py reads the same.
 *
 * Values are the hex of their canonical form. A key, salts, lists and flags that are not
 * there are left out.
 */
#ifndef TESTS_WIRE2_TOLD_H
#define TESTS_WIRE2_TOLD_H

#include "hamlet/base/json.h"
#include "hamlet/base/json_write.h"
#include "hamlet/model/merge.h"
#include "hamlet/model/page.h"

void told_change(struct hm_json_write *out, const struct hm_change *change);
void told_changes(struct hm_json_write *out, const struct hm_change *changes, size_t n);

/* All of a page but its changes. */
void told_page(struct hm_json_write *out, const struct hm_page *page);

void told_id(struct hm_json_write *out, const char *name, const struct hm_id *id);
void told_digest(struct hm_json_write *out, const char *name, const struct hm_digest *d);

/*
 * A merged record: there, deleted, incomplete, the registers, the conflict on ~live (its
 * heads with whether they keep the record alive), the digest of a unit that holds this
 * record alone.
 */
void told_merged(struct hm_json_write *out,
                 const struct hm_id *record,
                 const struct hm_merged *merged,
                 const struct hm_known *known);

/*
 * The other way. What is missing or of another type is as if it were zero: the one who
 * tells is our own. `ids`: take the ids as told, else they are left for hm_change_seal.
 */
void heard_change(struct hm_change *change,
                  const struct hm_json *json,
                  struct hm_arena *arena,
                  bool ids);
struct hm_change *heard_changes(const struct hm_json *list,
                                size_t *count,
                                struct hm_arena *arena,
                                bool ids);
/* Changes of one record, each with "rank" and "effective" besides; ids as told. */
struct hm_known *heard_known(const struct hm_json *list,
                             size_t *count,
                             struct hm_arena *arena);
void heard_page(struct hm_page *page, const struct hm_json *json);

struct hm_bytes heard_text(const struct hm_json *object, const char *name);
int64_t heard_int(const struct hm_json *object, const char *name);
bool heard_flag(const struct hm_json *object, const char *name);
/* The bytes of a text in hex; no bytes where it is none. */
struct hm_bytes heard_hex(const struct hm_json *text, struct hm_arena *arena);
/* Exactly `size` bytes of a text in hex, or zeroes and false. */
bool heard_raw(uint8_t *data, size_t size, const struct hm_json *text);

#endif
