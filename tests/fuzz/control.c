/* SPDX-License-Identifier: Apache-2.0 */
/* What is said over the server's control socket: what is accepted is the same again. */
#include "daemon/server/message.h"

#include "fuzz.h"

static void read_request(struct hm_bytes message)
{
    struct hm_control_request request;
    struct hm_err err = HM_ERR_NONE;
    struct hm_arena arena;
    struct hm_buf again;
    hm_arena_init(&arena, FUZZ_ARENA_MAX);
    hm_buf_init(&again, 2 * message.size + 64);
    enum hm_status status = hm_control_request_get(&request, message, &arena, &err);
    if (status == HM_OK) {
        HM_ASSERT(request.argc > 0 && request.argv[request.argc] == NULL);
        hm_control_request_put(&again, &request);
        HM_ASSERT(hm_bytes_equal(hm_buf_bytes(&again), message));
    } else {
        HM_ASSERT(status == HM_PROTOCOL && err.key != NULL);
    }
    hm_buf_fini(&again);
    hm_arena_fini(&arena);
}

/* Long keys and arguments are cut, so only what was written once is the same again. */
static void read_reply(struct hm_bytes message)
{
    char key[HM_CONTROL_KEY_SIZE];
    struct hm_control_reply reply;
    struct hm_err err = HM_ERR_NONE;
    struct hm_buf first;
    struct hm_buf second;
    hm_buf_init(&first, 2 * message.size + 64);
    hm_buf_init(&second, 2 * message.size + 64);
    enum hm_status status = hm_control_reply_get(&reply, key, message, &err);
    if (status == HM_OK) {
        hm_control_reply_put(&first, &reply);
        status = hm_control_reply_get(&reply, key, hm_buf_bytes(&first), &err);
        HM_ASSERT(status == HM_OK);
        hm_control_reply_put(&second, &reply);
        HM_ASSERT(hm_bytes_equal(hm_buf_bytes(&first), hm_buf_bytes(&second)));
    } else {
        HM_ASSERT(status == HM_PROTOCOL && err.key != NULL);
    }
    hm_buf_fini(&second);
    hm_buf_fini(&first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hm_bytes message = {data, size};
    read_request(message);
    read_reply(message);
    return 0;
}
