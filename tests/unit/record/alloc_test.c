/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/register.h"
#include "run.h"
#include "sweep.h"
#include "world.h"

static const struct hm_kind *boat;

static void setup(void)
{
    world_start();
    boat = kind_of("boat");
}

static enum hm_status act_open(void *ctx, struct hm_err *why)
{
    struct hm_kinds *opened = NULL;
    (void)ctx;
    enum hm_status status = hm_kinds_open(&opened, hm_embedded_kinds, why);
    hm_kinds_close(opened);
    return status;
}

static enum hm_status act_add(void *ctx, struct hm_err *why)
{
    struct hm_kinds *opened = NULL;
    (void)ctx;
    enum hm_status status = hm_kinds_open(&opened, NULL, why);
    if (status == HM_OK) {
        status = hm_kinds_add(opened, hm_text(boat_json), "boat.json", why);
        if (status != HM_OK && hm_kinds_count(opened) != 0) {
            status = HM_CORRUPT; /* a failed call leaves the kinds as they were */
        }
    }
    hm_kinds_close(opened);
    return status;
}

static enum hm_status act_fields(void *ctx, struct hm_err *why)
{
    static const char *const texts[][2] = {{"name", "Ghe  \xe1\xba\xa5p"},
                                           {"length", "12"},
                                           {"built", "03/2020"},
                                           {"seen", "05/03/2026"},
                                           {"sound", "còn tốt"},
                                           {"gear", "net, lamp"},

                                           {"phase", "final"}};
    struct hm_buf buf;
    struct hm_buf shown;
    enum hm_status status = HM_OK;
    (void)ctx;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]) && status == HM_OK; i++) {
        const struct hm_field *field = hm_kind_field(boat, hm_text(texts[i][0]));
        hm_buf_init(&buf, HM_VALUE_BYTES_MAX);
        hm_buf_init(&shown, HM_VALUE_BYTES_MAX);
        status = hm_field_read(field, hm_text(texts[i][1]), &buf, why);
        if (status == HM_OK) {
            status = hm_buf_status(&buf, why);
        }
        if (status == HM_OK) {
            hm_field_show(&shown, field, hm_buf_bytes(&buf), HM_LANG_VI);
            hm_field_write(&shown, field, hm_buf_bytes(&buf));
            status = hm_buf_status(&shown, why);
        }
        hm_buf_fini(&shown);
        hm_buf_fini(&buf);
    }
    return status;
}

static enum hm_status act_json(void *ctx, struct hm_err *why)
{
    static const struct hm_json_limits limits = {4096, 8, 64};
    struct hm_json *json = NULL;
    struct hm_buf buf;
    (void)ctx;
    hm_buf_init(&buf, HM_VALUE_BYTES_MAX);
    enum hm_status status =
        hm_json_parse(&json, hm_text("[{\"task\":\"lái\",\"count\":2}]"), &limits, why);
    if (status == HM_OK) {
        status =
            hm_field_read_json(hm_kind_field(boat, hm_text("crew")), json, &buf, why);
    }
    if (status == HM_OK) {
        status = hm_buf_status(&buf, why);
    }
    hm_buf_fini(&buf);
    hm_json_free(json);
    return status;
}

static struct hm_bytes a_value(void *ctx, const struct hm_field *field)
{
    (void)ctx;
    return field->type == HM_FIELD_TYPE_TEXT ? hm_text("s\x03Ghe") : HM_NO_BYTES;
}

static enum hm_status act_keys(void *ctx, struct hm_err *why)
{
    const struct hm_kind_values values = {a_value, NULL};
    struct hm_buf bufs[2];
    enum hm_status status = HM_OK;
    (void)ctx;
    hm_buf_init(&bufs[0], HM_VALUE_BYTES_MAX);
    hm_buf_init(&bufs[1], HM_VALUE_BYTES_MAX);
    hm_kind_sort_key(&bufs[0], boat, &values);
    hm_kind_fold(&bufs[1], boat, &values);
    for (int i = 0; i < 2; i++) {
        status = status != HM_OK ? status : hm_buf_status(&bufs[i], why);
        hm_buf_fini(&bufs[i]);
    }
    return status;
}

static const struct {
    struct hm_sweep sweep;
    uint64_t least;
} acts[] = {
    {{.name = "open", .act = act_open}, 100},    {{.name = "add", .act = act_add}, 100},
    {{.name = "fields", .act = act_fields}, 20}, {{.name = "json", .act = act_json}, 8},
    {{.name = "keys", .act = act_keys}, 2},
};

START_TEST(a_call_without_memory_says_so_and_leaks_nothing)
{
    uint64_t stride = _i == 0 ? 13 : 1; /* seven files, all read alike */

    ck_assert_uint_ge(hm_sweep_memory_some(&acts[_i].sweep, stride), acts[_i].least);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("alloc");
    TCase *group = tcase_create("alloc");
    tcase_add_checked_fixture(group, setup, world_finish);
    tcase_set_timeout(group, 60);
    tcase_add_loop_test(group, a_call_without_memory_says_so_and_leaks_nothing, 0,
                        sizeof(acts) / sizeof(acts[0]));
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
