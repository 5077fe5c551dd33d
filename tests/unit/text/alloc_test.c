/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>

#include "hamlet/base/buf.h"
#include "hamlet/text/encoding.h"
#include "hamlet/text/fold.h"
#include "hamlet/text/key.h"
#include "hamlet/text/normal.h"
#include "hamlet/text/sort.h"
#include "run.h"
#include "sweep.h"

enum { BUF_MAX = 1 << 20 };

static const char name[] = "Nguye\xcc\x82\xcc\x83n Thi\xcc\xa3 Hoa\xcc\x80 "
                           "Nguyễn Thị Hoà Nguyễn Thị Hoà Nguyễn Thị Hoà Bình Đẳng";

static enum hm_status act_normal(void *ctx, struct hm_err *err)
{
    struct hm_buf buf;
    (void)ctx;
    hm_buf_init(&buf, BUF_MAX);
    enum hm_status status = hm_text_normal(&buf, hm_text(name), true, err);
    hm_buf_fini(&buf);
    return status;
}

static enum hm_status act_keys(void *ctx, struct hm_err *err)
{
    struct hm_buf bufs[4];
    enum hm_status status = HM_OK;
    (void)ctx;
    for (int i = 0; i < 4; i++) {
        hm_buf_init(&bufs[i], BUF_MAX);
    }
    hm_text_fold(&bufs[0], hm_text(name));
    hm_text_tone_key(&bufs[1], hm_text(name));
    hm_text_sort_key(&bufs[2], hm_text(name), HM_TEXT_ORDER_PLAIN);
    hm_text_sort_key(&bufs[3], hm_text(name), HM_TEXT_ORDER_PERSON);
    for (int i = 0; i < 4; i++) {
        status = status != HM_OK ? status : hm_buf_status(&bufs[i], err);
        hm_buf_fini(&bufs[i]);
    }
    return status;
}

static enum hm_status act_decode(void *ctx, struct hm_err *err)
{
    static const char vni[] = "Nguye\xE3n Th\xF2 H\xF6\xF4\xF8ng, Nguye\xE3n Th\xF2 B";
    struct hm_buf buf;
    (void)ctx;
    hm_buf_init(&buf, BUF_MAX);
    enum hm_status status = hm_encoding_decode(&buf, hm_text(vni), HM_ENCODING_VNI, err);
    hm_buf_fini(&buf);
    return status;
}

static const struct {
    struct hm_sweep sweep;
    uint64_t least;
} acts[] = {
    {{.name = "normal", .act = act_normal}, 2},
    {{.name = "decode", .act = act_decode}, 1},
    {{.name = "keys", .act = act_keys}, 8},
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
    tcase_set_timeout(group, 60);
    tcase_add_loop_test(group, a_call_without_memory_says_so_and_leaks_nothing, 0,
                        sizeof(acts) / sizeof(acts[0]));
    suite_add_tcase(suite, group);
    return hm_run(suite);
}
