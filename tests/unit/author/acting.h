/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acting.h - a server and two laptops whose people write, and what is expected of that.
 *
 * An act is tried in a transaction of its own. One that is refused must leave the store
 * as it was: `tried` compares everything that a commit would have changed.
 */
#ifndef TESTS_UNIT_AUTHOR_ACTING_H
#define TESTS_UNIT_AUTHOR_ACTING_H

#include <string.h>

#include "builders.h"
#include "hamlet/base/limits.h"
#include "run.h"
#include "site.h"

static struct hm_site server;
static struct hm_site lan; /* recorder of 30341-01 */
static struct hm_site mai; /* commune_officer of 30341 */
static struct hm_added added;
static struct hm_id changed;

static inline void acting_start(void)
{
    hm_site_open_server(&server, 1);
    hm_site_open_laptop(&lan, &server, HM_LAN);
    hm_site_open_laptop(&mai, &server, HM_MAI);
}

static inline void acting_finish(void)
{
    hm_site_check(&lan);
    hm_site_check(&mai);
    hm_site_close(&mai);
    hm_site_close(&lan);
    hm_site_close(&server);
}

static inline struct hm_origin origin_of(struct hm_site *site)
{
    struct hm_origin origin;
    ck_assert_int_eq(hm_store_origin_get(site->store, &site->device, site->epoch, false,
                                         &origin, &site->err),
                     HM_OK);
    return origin;
}

static inline int64_t changes_of(struct hm_site *site)
{
    struct hm_counts counts;
    ck_assert_int_eq(hm_store_counts(site->store, false, &counts, &site->err), HM_OK);
    return counts.changes;
}

static inline void act_begin(struct hm_site *site)
{
    site->err = HM_ERR_NONE;
    ck_assert_int_eq(hm_author_begin(site->author, &site->err), HM_OK);
}

static inline void act_commit(struct hm_site *site)
{
    ck_assert_int_eq(hm_author_commit(site->author, &site->err), HM_OK);
}

/* Ends the act's transaction; a refusal must not have moved anything. */
static inline enum hm_status tried(struct hm_site *site,
                                   enum hm_status status,
                                   int64_t count,
                                   const struct hm_origin *before)
{
    if (status == HM_OK) {
        act_commit(site);
        return status;
    }
    hm_author_rollback(site->author);
    struct hm_origin after = origin_of(site);
    ck_assert_int_eq(changes_of(site), count);
    ck_assert_uint_eq(after.seq, before->seq);
    ck_assert(after.row == 0 || hm_digest_equal(&after.head, &before->head));
    return status;
}

/* Fields as name, text, name, text … up to a null. */
enum { GIVEN_MAX = 16 };
struct given {
    struct hm_field_input fields[GIVEN_MAX];
    size_t count;
};

static inline struct given given(const char *const *words)
{
    struct given all = {.count = 0};
    for (; *words != NULL; words += 2) {
        ck_assert_uint_lt(all.count, GIVEN_MAX);
        all.fields[all.count++] =
            (struct hm_field_input){.name = hm_text(words[0]), .text = hm_text(words[1])};
    }
    return all;
}
#define GIVEN(...) given((const char *const[]){__VA_ARGS__, NULL})

static inline enum hm_status add(struct hm_site *site,
                                 const char *kind,
                                 struct given fields)
{
    struct hm_origin before = origin_of(site);
    int64_t count = changes_of(site);
    act_begin(site);
    enum hm_status status = hm_author_add(site->author, hm_text(kind), fields.fields,
                                          fields.count, &added, &site->err);
    return tried(site, status, count, &before);
}

static inline enum hm_status edit(struct hm_site *site,
                                  const struct hm_id *record,
                                  bool only_new,
                                  struct given fields)
{
    struct hm_origin before = origin_of(site);
    int64_t count = changes_of(site);
    act_begin(site);
    enum hm_status status = hm_author_edit(site->author, record, fields.fields,
                                           fields.count, only_new, &changed, &site->err);
    return tried(site, status, count, &before);
}

static inline enum hm_status remove_it(struct hm_site *site,
                                       const struct hm_id *record,
                                       const char *reason)
{
    struct hm_origin before = origin_of(site);
    int64_t count = changes_of(site);
    act_begin(site);
    enum hm_status status =
        hm_author_delete(site->author, record, hm_text(reason), &changed, &site->err);
    return tried(site, status, count, &before);
}

/* The error's key and first argument, as the person is told. */
static inline void refused(const struct hm_site *site, const char *key, const char *arg)
{
    ck_assert_ptr_nonnull(site->err.key);
    ck_assert_str_eq(site->err.key, key);
    if (arg != NULL) {
        ck_assert_str_eq(site->err.arg[0], arg);
    }
}

static inline struct hm_change change_of(struct hm_site *site, const struct hm_id *id)
{
    struct hm_held held;
    ck_assert_int_eq(
        hm_store_change_find(site->store, id, &held, &site->arena, &site->err), HM_OK);
    return held.change;
}

static inline const struct hm_write *write_of(const struct hm_change *change,
                                              const char *reg)
{
    return hm_change_write(change, hm_text(reg));
}

static inline bool over(const struct hm_write *write, const struct hm_id *change)
{
    return write != NULL &&
           hm_prefixes_have(write->replaces, write->replaces_count, hm_prefix_of(change));
}

static inline void add_group(Suite *suite, TCase *group)
{
    tcase_add_checked_fixture(group, acting_start, acting_finish);
    tcase_set_timeout(group, 60);
    suite_add_tcase(suite, group);
}

#endif
