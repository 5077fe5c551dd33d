/* SPDX-License-Identifier: Apache-2.0 */
/* The first line of a reply: what is read can be written, and is then read as the same.
 */
#include "hamlet/wire/reply.h"

#include "fuzz.h"
#include "hamlet/base/limits.h"
#include "hamlet/wire/problem.h"

static const struct hm_id device = {{8}};

/* A refusal has another body; only the names of our table are told. */
static void read_problem(struct hm_bytes body)
{
    enum hm_problem problem = hm_problem_read(body);
    struct hm_buf again;
    if (problem == HM_PROBLEM_NONE) {
        return;
    }
    hm_buf_init(&again, HM_HEADER_MAX);
    hm_problem_write(&again, problem, hm_text("t"), hm_text("d"));
    HM_ASSERT(hm_buf_status(&again, NULL) == HM_OK);
    HM_ASSERT(hm_problem_read(hm_buf_bytes(&again)) == problem);
    hm_buf_fini(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_bytes line = {data, size};
    struct hm_reply reply = {.wait_s = 0};
    struct hm_err err = HM_ERR_NONE;
    struct hm_arena arena;
    struct hm_buf first;
    struct hm_buf second;
    hm_arena_init(&arena, FUZZ_ARENA_MAX);
    hm_buf_init(&first, 2 * HM_REQUEST_BYTES_MAX);
    hm_buf_init(&second, 2 * HM_REQUEST_BYTES_MAX);
    read_problem(line);
    enum hm_status status = hm_reply_read(&reply, line, &device, 1, &arena, &err);
    if (status != HM_OK) {
        HM_ASSERT(status == HM_PROTOCOL && err.key != NULL);
    } else {
        hm_reply_write(&first, &reply);
        line = (struct hm_bytes){first.data, first.size - 1};
        HM_ASSERT(hm_reply_read(&reply, line, &device, 1, &arena, &err) == HM_OK);
        hm_reply_write(&second, &reply);
        HM_ASSERT(hm_bytes_equal(hm_buf_bytes(&first), hm_buf_bytes(&second)));
    }
    hm_buf_fini(&second);
    hm_buf_fini(&first);
    hm_arena_fini(&arena);
    return 0;
}
