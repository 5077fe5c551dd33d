/* SPDX-License-Identifier: Apache-2.0 */
/* Which values erasures reach, and what is left of a change (PROTOCOL.md 4.2). */
#include <stdlib.h>

#include "answer.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/erase.h"

enum { ORDERS_MAX = 4096 };

/* Every erasure that stands gives its orders: the question knows no verdicts. */
static enum hm_status all_orders(struct hm_order *orders,
                                 size_t *count,
                                 const struct hm_known *known,
                                 size_t known_count,
                                 struct answering *a)
{
    enum hm_status status = HM_OK;
    *count = 0;
    for (size_t i = 0; i < known_count && status == HM_OK; i++) {
        struct hm_order *some = NULL;
        size_t n = 0;
        if (known[i].change->act == HM_ACT_ERASE && known[i].effective) {
            status = hm_erase_orders(&some, &n, known[i].change, a->arena, a->err);
        }
        for (size_t k = 0; k < n && *count < ORDERS_MAX && status == HM_OK; k++) {
            orders[(*count)++] = some[k];
        }
    }
    return status;
}

static const struct hm_known *sorted_by; /* of the question at hand */

static int by_id_and_register(const void *a, const void *b)
{
    const struct hm_erased *x = a;
    const struct hm_erased *y = b;
    int order =
        hm_id_compare(&sorted_by[x->known].change->id, &sorted_by[y->known].change->id);
    return order != 0 ? order : (x->write > y->write) - (x->write < y->write);
}

static void tell_erased(struct answering *a,
                        struct hm_known *known,
                        struct hm_erased *erased,
                        size_t count)
{
    sorted_by = known;
    if (count > 1) {
        qsort(erased, count, sizeof(*erased), by_id_and_register);
    }
    hm_json_key(a->out, "erased");
    hm_json_open(a->out, '[');
    for (size_t i = 0; i < count; i++) {
        const struct hm_change *change = known[erased[i].known].change;
        struct hm_write *write = &change->writes[erased[i].write];
        hm_json_open(a->out, '[');
        hm_json_hex(a->out, hm_id_bytes(&change->id));
        hm_json_text(a->out, write->reg);
        hm_json_close(a->out, ']');
        write->value = HM_NO_BYTES; /* what is merged below */
    }
    hm_json_close(a->out, ']');
}

enum hm_status answer_erase(struct answering *a)
{
    size_t count = 0;
    size_t order_count = 0;
    size_t erased_count = 0;
    struct hm_id record;
    struct hm_merged merged;
    struct hm_erased *erased = NULL;
    struct hm_known *known =
        heard_known(hm_json_get(a->ask, "changes"), &count, a->arena);
    struct hm_order *orders = hm_arena_get_array(a->arena, ORDERS_MAX, sizeof(*orders));
    (void)answer_raw(a, "record", record.at, HM_ID_SIZE);
    enum hm_status status = hm_arena_status(a->arena, a->err);
    if (status == HM_OK) {
        status = all_orders(orders, &order_count, known, count, a);
    }
    if (status == HM_OK) {
        status = hm_erase_reach(&erased, &erased_count, known, count, orders, order_count,
                                a->arena, a->err);
    }
    if (status == HM_OK) {
        tell_erased(a, known, erased, erased_count);
        status = hm_merge(&merged, known, count, a->arena, a->err);
    }
    if (status == HM_OK) {
        hm_json_key(a->out, "merged");
        told_merged(a->out, &record, &merged, known);
    }
    return status;
}

enum hm_status answer_forget(struct answering *a)
{
    struct hm_change change;
    struct hm_buf scratch;
    hm_buf_init(&scratch, HM_CHANGE_BYTES_MAX);
    heard_change(&change, hm_json_get(a->ask, "change"), a->arena, false);
    for (const struct hm_json *at = hm_json_first(hm_json_get(a->ask, "registers"));
         at != NULL; at = hm_json_next(at)) {
        for (size_t i = 0; i < change.write_count; i++) {
            if (hm_bytes_equal(change.writes[i].reg, hm_json_text_or(at, HM_NO_BYTES))) {
                hm_change_forget(&change, i);
            }
        }
    }
    enum hm_status status = hm_change_seal(&change, &scratch, a->err);
    if (status == HM_OK) {
        told_id(a->out, "id", &change.id);
        hm_json_put_bool(a->out, "key", change.has_key);
        hm_json_key(a->out, "left");
        hm_json_open(a->out, '[');
        for (size_t i = 0; i < change.write_count; i++) {
            const struct hm_write *write = &change.writes[i];
            hm_json_open(a->out, '[');
            hm_json_text(a->out, write->reg);
            hm_json_hex(a->out, HM_BYTES(write->commitment));
            hm_json_hex(a->out, write->value);
            hm_json_hex(a->out, HM_BYTES(write->salt));
            hm_json_close(a->out, ']');
        }
        hm_json_close(a->out, ']');
    }
    hm_buf_fini(&scratch);
    return status;
}
