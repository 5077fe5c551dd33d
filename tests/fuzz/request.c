/* SPDX-License-Identifier: Apache-2.0 */
/* The first line of a request: what is read can be written, and is then read as the same.
 */
#include "hamlet/wire/request.h"

#include "fuzz.h"
#include "hamlet/base/limits.h"

static const struct hm_id server = {{7}};

static const struct hm_secret *secret(void)
{
    static struct hm_secret made;
    static struct hm_key key;
    static bool started;
    if (!started) {
        const uint8_t seed[32] = {9};
        HM_ASSERT(hm_sign_start(NULL) == HM_OK);
        hm_sign_pair(&key, &made, seed);
        started = true;
    }
    return &made;
}

/* False: what was read from the wire needs more room when it is written in our way. */
static bool write_again(struct hm_buf *line, const struct hm_request *request)
{
    enum hm_status status = hm_request_write(line, request, 100, &server, secret(), NULL);
    HM_ASSERT(status == HM_OK || status == HM_TOO_BIG);
    if (status == HM_OK) {
        HM_ASSERT(line->size > 0 && line->data[line->size - 1] == '\n');
    }
    return status == HM_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_request request;
    struct hm_request_line parts;
    struct hm_err err = HM_ERR_NONE;
    struct hm_arena arena;
    struct hm_buf first;
    struct hm_buf second;
    hm_arena_init(&arena, FUZZ_ARENA_MAX);
    hm_buf_init(&first, 2 * HM_HEADER_MAX);
    hm_buf_init(&second, 2 * HM_HEADER_MAX);
    enum hm_status status =
        hm_request_read(&request, &parts, (struct hm_bytes){data, size}, &arena, &err);
    if (status != HM_OK) {
        HM_ASSERT(status == HM_PROTOCOL && err.key != NULL);
    } else if (write_again(&first, &request)) {
        struct hm_bytes line = {first.data, first.size - 1};
        HM_ASSERT(hm_request_read(&request, &parts, line, &arena, &err) == HM_OK);
        HM_ASSERT(write_again(&second, &request));
        HM_ASSERT(hm_bytes_equal(hm_buf_bytes(&first), hm_buf_bytes(&second)));
    }
    hm_buf_fini(&second);
    hm_buf_fini(&first);
    hm_arena_fini(&arena);
    return 0;
}
