/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An invitation as a file or a link. What is accepted is signed, so it has all its parts;
 * any link that opens gives JSON whose link it is.
 */
#include "hamlet/wire/invitation.h"

#include "fuzz.h"

static void read_link(struct hm_bytes input)
{
    struct hm_buf json;
    struct hm_buf link;
    struct hm_buf again;
    hm_buf_init(&json, HM_INVITATION_TEXT_MAX);
    hm_buf_init(&link, 2 * (size_t)HM_INVITATION_TEXT_MAX);
    hm_buf_init(&again, HM_INVITATION_TEXT_MAX);
    if (hm_invitation_unlink(&json, input, NULL) == HM_OK) {
        HM_ASSERT(hm_invitation_is_link(input));
        hm_invitation_link(&link, hm_buf_bytes(&json));
        HM_ASSERT(hm_invitation_unlink(&again, hm_buf_bytes(&link), NULL) == HM_OK);
        HM_ASSERT(hm_bytes_equal(hm_buf_bytes(&again), hm_buf_bytes(&json)));
    } else {
        HM_ASSERT(json.size == 0);
    }
    hm_buf_fini(&again);
    hm_buf_fini(&link);
    hm_buf_fini(&json);
}

static void check_parts(const struct hm_invitation *inv)
{
    struct hm_id server = hm_sign_device(&inv->key);
    HM_ASSERT(hm_id_equal(&inv->server, &server));
    HM_ASSERT(inv->url_count > 0 && inv->url_count <= HM_INVITATION_URLS_MAX);
    for (size_t i = 0; i < inv->url_count; i++) {
        HM_ASSERT(inv->urls[i].size > 0 && inv->urls[i].size <= HM_INVITATION_URL_MAX);
    }
    HM_ASSERT(inv->unit.size > 0 && inv->role.size > 0 && inv->name.size > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool started;
    struct hm_bytes input = {data, size};
    struct hm_invitation inv;
    struct hm_err err = HM_ERR_NONE;
    struct hm_arena arena;
    if (!started) {
        HM_ASSERT(hm_sign_start(NULL) == HM_OK);
        started = true;
    }
    read_link(input);
    hm_arena_init(&arena, FUZZ_ARENA_MAX);
    enum hm_status status = hm_invitation_read(&inv, input, &arena, &err);
    if (status == HM_OK) {
        check_parts(&inv);
    } else {
        HM_ASSERT(status == HM_BAD_INPUT && err.key != NULL);
    }
    hm_arena_fini(&arena);
    return 0;
}
