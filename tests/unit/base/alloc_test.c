/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/base/arena.h"
#include "hamlet/base/json.h"
#include "hamlet/base/json_write.h"
#include "hamlet/base/pack.h"
#include "hamlet/base/seal.h"
#include "hamlet/base/sign.h"
#include "run.h"
#include "sweep.h"
#include "testenv.h"

enum { BUF_MAX = 1 << 20, PIECES = 300 };

static struct hm_testenv env;

static void setup(void)
{
    hm_testenv_init(&env, 1);
    ck_assert_int_eq(hm_sign_start(NULL), HM_OK);
}

static enum hm_status act_buf(void *ctx, struct hm_err *err)
{
    struct hm_buf buf;
    char *text = NULL;
    (void)ctx;
    hm_buf_init(&buf, BUF_MAX);
    for (int i = 0; i < PIECES; i++) {
        hm_buf_put_text(&buf, "sixteen bytes...");
        hm_buf_put_int(&buf, i);
        hm_pack_uint(&buf, (uint64_t)i);
        hm_buf_put_hex(&buf, hm_text("ab"));
        hm_buf_put_b64(&buf, hm_text("ab"));
    }
    enum hm_status status = hm_buf_status(&buf, err);
    if (status == HM_OK) {
        text = hm_buf_take_text(&buf);
        status = text == NULL ? hm_fail_memory(err) : HM_OK;
    }
    free(text);
    hm_buf_fini(&buf);
    return status;
}

static enum hm_status act_arena(void *ctx, struct hm_err *err)
{
    struct hm_arena arena;
    struct hm_arena other;
    (void)ctx;
    hm_arena_init(&arena, BUF_MAX);
    hm_arena_init(&other, BUF_MAX);
    for (size_t i = 1; i < 40; i++) {
        (void)hm_arena_get_array(&arena, i, 100);
        (void)hm_arena_copy_text(&other, hm_text("text"));
    }
    hm_arena_join(&arena, &other);
    enum hm_status status = hm_arena_status(&arena, err);
    hm_arena_fini(&other);
    hm_arena_fini(&arena);
    return status;
}

static enum hm_status act_json(void *ctx, struct hm_err *err)
{
    static const char text[] = "{\"a\":[1,2,{\"b\":\"\\u1ea5p\"}],\"c\":null,\"d\":true,"
                               "\"e\":[[[\"x\",\"y\"]]],\"f\":{\"g\":{\"h\":-5}}}";
    static const struct hm_json_limits limits = {4096, 8, 64};
    struct hm_json *json = NULL;
    (void)ctx;
    enum hm_status status = hm_json_parse(&json, hm_text(text), &limits, err);
    hm_json_free(json);
    return status;
}

static enum hm_status act_json_write(void *ctx, struct hm_err *err)
{
    struct hm_json_write out;
    struct hm_buf buf;
    (void)ctx;
    hm_buf_init(&buf, BUF_MAX);
    hm_json_write_init(&out, &buf);
    hm_json_open(&out, '[');
    for (int i = 0; i < PIECES; i++) {
        hm_json_open(&out, '{');
        hm_json_put_text(&out, "name", hm_text("Út \"quoted\""));
        hm_json_put_int(&out, "n", i);
        hm_json_close(&out, '}');
    }
    hm_json_close(&out, ']');
    enum hm_status status = hm_buf_status(&buf, err);
    hm_buf_fini(&buf);
    return status;
}

static enum hm_status act_seal(void *ctx, struct hm_err *err)
{
    static const uint8_t seed[32] = {7};
    struct hm_seal_key key;
    struct hm_seal_secret secret;
    struct hm_buf sealed;
    struct hm_buf opened;
    (void)ctx;
    hm_seal_pair(&key, &secret, seed);
    hm_buf_init(&sealed, BUF_MAX);
    hm_buf_init(&opened, BUF_MAX);
    enum hm_status status =
        hm_seal_to(&sealed, "d", hm_text("message"), &key, &env.env, err);
    if (status == HM_OK) {
        status = hm_seal_open(&opened, "d", hm_buf_bytes(&sealed), &key, &secret, err);
    }
    hm_buf_clear(&sealed);
    if (status == HM_OK) {
        status = hm_seal_with(&sealed, "d", hm_text("message"), &secret, &env.env, err);
    }
    if (status == HM_OK) {
        status = hm_seal_open_with(&opened, "d", hm_buf_bytes(&sealed), &secret, err);
    }
    hm_buf_fini(&opened);
    hm_buf_fini(&sealed);
    return status;
}

static const struct {
    struct hm_sweep sweep;
    uint64_t least;
} acts[] = {
    {{.name = "buf", .act = act_buf}, 6},
    {{.name = "arena", .act = act_arena}, 10},
    {{.name = "json", .act = act_json}, 30},
    {{.name = "json_write", .act = act_json_write}, 6},
    {{.name = "seal", .act = act_seal}, 4},
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
    tcase_add_checked_fixture(group, setup, NULL);
    tcase_add_loop_test(group, a_call_without_memory_says_so_and_leaks_nothing, 0,
                        sizeof(acts) / sizeof(acts[0]));
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
