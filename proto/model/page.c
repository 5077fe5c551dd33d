/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/model/page.h"

#include "hamlet/base/assert.h"

enum { MESSAGE_MAX = 512 };

void hm_page_head(struct hm_page *page)
{
    page->head_after = page->head_before;
    for (size_t i = 0; i < page->count; i++) {
        hm_chain_next(&page->head_after, &page->changes[i].id);
    }
}

/* PROTOCOL.md 3.5. The home is bounded, so the message always fits. */
static void put_message(struct hm_buf *buf, const struct hm_page *page)
{
    hm_buf_put_bytes(buf, hm_id_bytes(&page->device));
    hm_pack_uint(buf, page->epoch);
    hm_pack_bytes(buf, page->home);
    hm_pack_uint(buf, page->seq);
    hm_pack_uint(buf, page->count);
    hm_buf_put_bytes(buf, hm_digest_bytes(&page->head_before));
    hm_buf_put_bytes(buf, hm_digest_bytes(&page->head_after));
    hm_pack_uint(buf, page->registry_n);
}

void hm_page_sign(struct hm_page *page, const struct hm_secret *secret)
{
    uint8_t memory[MESSAGE_MAX];
    struct hm_buf message;
    hm_buf_init_fixed(&message, memory, sizeof(memory));
    put_message(&message, page);
    HM_ASSERT(message.failed == HM_OK);
    hm_sign_make(&page->signature, "hamlet-page-1", hm_buf_bytes(&message), secret);
}

bool hm_page_check(const struct hm_page *page, const struct hm_key *key)
{
    uint8_t memory[MESSAGE_MAX];
    struct hm_buf message;
    hm_buf_init_fixed(&message, memory, sizeof(memory));
    put_message(&message, page);
    return message.failed == HM_OK &&
           hm_sign_check(&page->signature, "hamlet-page-1", hm_buf_bytes(&message), key);
}
