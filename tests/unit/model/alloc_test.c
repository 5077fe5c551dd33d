/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <string.h>

#include "builders.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/merge.h"
#include "hamlet/model/value.h"
#include "run.h"
#include "sweep.h"

static struct hm_arena arena;
static struct hm_maker maker;
static struct hm_known known[5];
static struct hm_bytes body;
static struct hm_buf memory;

static struct hm_change *edit(const struct hm_change *over, const char *text)
{
    struct hm_change *change = hm_make(&maker, HM_ACT_EDIT, &over->record);
    hm_make_text(change, &maker, "name", text, 1, over);
    hm_make_seal(change, &maker);
    return change;
}

/* A conflict on a field, and one on being alive. */
static void setup(void)
{
    hm_arena_init(&arena, (size_t)16 * 1024 * 1024);
    hm_maker_init(&maker, &arena, 1);
    struct hm_change *created = hm_make(&maker, HM_ACT_CREATE, NULL);
    hm_make_text(created, &maker, "name", "Út", 0);
    hm_make_seal(created, &maker);
    struct hm_change *deleted = hm_make(&maker, HM_ACT_DELETE, &created->record);
    hm_make_live(deleted, &maker, false, 1, created);
    hm_make_seen(deleted, &maker, 1, created);
    hm_make_seal(deleted, &maker);
    const struct hm_change *all[] = {created, edit(created, "Sáu"), edit(created, "Bảy"),
                                     deleted, edit(created, "Tám")};
    for (int i = 0; i < 5; i++) {
        known[i] = (struct hm_known){.change = all[i], .effective = i != 4, .rank = 1};
    }
    hm_buf_init(&memory, HM_CHANGE_BYTES_MAX);
    hm_change_body_put(&memory, deleted);
    body = hm_buf_bytes(&memory);
}

static void teardown(void)
{
    hm_buf_fini(&memory);
    hm_arena_fini(&arena);
}

static enum hm_status act_merge(void *ctx, struct hm_err *err)
{
    struct hm_merged merged;
    struct hm_arena mine;
    (void)ctx;
    hm_arena_init(&mine, (size_t)1024 * 1024);
    enum hm_status status = hm_merge(&merged, known, 5, &mine, err);
    hm_arena_fini(&mine);
    return status;
}

static enum hm_status act_seal(void *ctx, struct hm_err *err)
{
    struct hm_change change = *known[3].change;
    struct hm_buf scratch;
    (void)ctx;
    hm_buf_init(&scratch, HM_CHANGE_BYTES_MAX);
    enum hm_status status = hm_change_seal(&change, &scratch, err);
    hm_buf_fini(&scratch);
    return status;
}

static enum hm_status act_body(void *ctx, struct hm_err *err)
{
    struct hm_change change = {.act = HM_ACT_DELETE};
    struct hm_arena mine;
    (void)ctx;
    hm_arena_init(&mine, (size_t)1024 * 1024);
    enum hm_status status = hm_change_body_get(&change, body, &mine, err);
    hm_arena_fini(&mine);
    return status;
}

static enum hm_status act_value(void *ctx, struct hm_err *err)
{
    static const struct hm_json_limits limits = {4096, 8, 64};
    struct hm_json *json = NULL;
    struct hm_buf buf;
    (void)ctx;
    hm_buf_init(&buf, HM_VALUE_BYTES_MAX);
    enum hm_status status = hm_json_parse(
        &json, hm_text("{\"b\":[1,\"x\",{\"y\":true,\"a\":2}],\"a\":\"zz\"}"), &limits,
        err);
    if (status == HM_OK) {
        status = hm_value_from_json(&buf, json, err);
    }
    hm_buf_fini(&buf);
    hm_json_free(json);
    return status;
}

static const struct {
    struct hm_sweep sweep;
    uint64_t least;
} acts[] = {
    {{.name = "merge", .act = act_merge}, 8},
    {{.name = "seal", .act = act_seal}, 2},
    {{.name = "body", .act = act_body}, 4},
    {{.name = "value", .act = act_value}, 20},
};

START_TEST(a_call_without_memory_says_so_and_leaks_nothing)
{
    ck_assert_uint_ge(hm_sweep_memory(&acts[_i].sweep), acts[_i].least);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("alloc");
    TCase *group = tcase_create("alloc");
    tcase_add_checked_fixture(group, setup, teardown);
    tcase_add_loop_test(group, a_call_without_memory_says_so_and_leaks_nothing, 0,
                        sizeof(acts) / sizeof(acts[0]));
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
