/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking back: a change, or all changes of one bulk, stand aside, and what they replaced
 * stands again. Withdrawals and erasures themselves are final.
 */
#include "hamlet/store/withdraw.h"

#include "inside.h"

static enum hm_status fail_named(enum hm_status status,
                                 const char *key,
                                 const struct hm_id *name,
                                 struct hm_err *err)
{
    char text[HM_HEX16_SIZE];
    hm_hex_put(text, hm_id_bytes(name));
    return hm_fail(err, status, key, text, NULL, NULL);
}

/* Whether this one change, which is here, can be withdrawn at all. */
static enum hm_status check_change(const struct hm_held *held, struct hm_err *err)
{
    const struct hm_id *id = &held->change.id;
    if (held->change.act == HM_ACT_WITHDRAW) {
        return fail_named(HM_BAD_INPUT, "withdraw-withdrawal", id, err);
    }
    if (held->change.act == HM_ACT_ERASE) {
        return fail_named(HM_BAD_INPUT, "withdraw-erasure", id, err);
    }
    return held->withdrawn ? fail_named(HM_NOT_FOUND, "change-withdrawn", id, err)
                           : HM_OK;
}

/* The homes that a withdrawal of this name has to be written in: a change's or a bulk's.
 */
static enum hm_status find_homes(struct hm_author *author,
                                 const struct hm_id *name,
                                 struct hm_bytes **homes,
                                 size_t *count,
                                 struct hm_err *err)
{
    struct hm_arena *arena = &author->arena;
    struct hm_err missing = HM_ERR_NONE;
    struct hm_held held;
    bool withdrawn = false;
    enum hm_status status =
        hm_store_change_find(author->store, name, &held, arena, &missing);
    if (status == HM_OK) {
        *count = 1;
        *homes = hm_arena_get(arena, sizeof(**homes));
        if (*homes == NULL) {
            return hm_arena_status(arena, err);
        }
        **homes = held.change.home;
        return check_change(&held, err);
    }
    if (status != HM_NOT_FOUND) {
        return hm_fail(err, status, missing.key, missing.arg[0], missing.arg[1],
                       missing.arg[2]);
    }
    status =
        hm_store_bulk_homes(author->store, name, homes, count, &withdrawn, arena, err);
    if (status == HM_OK && *count == 0) {
        return fail_named(HM_NOT_FOUND, withdrawn ? "batch-withdrawn" : "batch-missing",
                          name, err);
    }
    return status;
}

/*
 * The registry says who may what: what it grew by is ended or revoked in so many words,
 * and a revocation that was taken back would let a thief in.
 */
static enum hm_status check_right(struct hm_author *author,
                                  const struct hm_change *withdrawal,
                                  struct hm_err *err)
{
    enum hm_reason reason = HM_REASON_NONE;
    if (hm_bytes_are(withdrawal->home, HM_HOME_REGISTRY)) {
        return hm_fail(err, HM_DENIED, "withdraw-registry", NULL, NULL, NULL);
    }
    enum hm_status status = hm_author_scope(author, withdrawal->home, err);
    if (status == HM_OK) {
        status = hm_store_may_withdraw(author->store, withdrawal, NULL, &reason, err);
    }
    if (status == HM_OK && reason != HM_REASON_NONE) {
        return hm_fail(err, HM_DENIED, "withdraw-denied", NULL, NULL, NULL);
    }
    return status;
}

static enum hm_status withdraw_in(struct hm_author *author,
                                  struct hm_bytes home,
                                  const struct hm_id *names,
                                  struct hm_bytes reason,
                                  struct hm_id *id,
                                  struct hm_err *err)
{
    struct hm_change *change = NULL;
    enum hm_status status =
        hm_author_draft(author, &change, HM_ACT_WITHDRAW, hm_text(""), 0, home, err);
    if (status == HM_OK) {
        change->names = names;
        change->name_count = 1;
        status = check_right(author, change, err);
    }
    if (status == HM_OK) {
        status = hm_author_room(author, change, 1, err);
    }
    if (status == HM_OK) {
        status = hm_author_why(author, change, reason, err);
    }
    if (status == HM_OK) {
        status = hm_author_take(author, change, err);
        *id = change->id;
    }
    return status;
}

enum hm_status hm_author_withdraw(struct hm_author *author,
                                  const struct hm_id *name,
                                  struct hm_bytes reason,
                                  struct hm_id *id,
                                  struct hm_err *err)
{
    struct hm_bytes *homes = NULL;
    size_t count = 0;
    enum hm_status status = hm_author_flush(author, err);
    if (status != HM_OK) {
        return status;
    }
    struct hm_id *names = hm_arena_get(&author->arena, sizeof(*names));
    if (names == NULL) {
        return hm_arena_status(&author->arena, err);
    }
    *names = *name;
    status = find_homes(author, name, &homes, &count, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        status = withdraw_in(author, homes[i], names, reason, id, err);
    }
    return status;
}

enum hm_status hm_author_withdraw_try(struct hm_author *author,
                                      const struct hm_id *name,
                                      struct hm_bytes reason,
                                      struct hm_withdrawable *what,
                                      struct hm_err *err)
{
    struct hm_id change;
    enum hm_status status = hm_author_begin(author, err);
    if (status != HM_OK) {
        return status;
    }
    status = hm_store_withdrawable(author->store, name, what, err);
    if (status == HM_OK) {
        status = hm_author_withdraw(author, name, reason, &change, err);
    }
    hm_author_rollback(author);
    return status;
}
