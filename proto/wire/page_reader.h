/* SPDX-License-Identifier: Apache-2.0 */
/* page_reader.h - the state of expanding one page, shared by page_read.c, page_value.c.
 */
#ifndef HAMLET_WIRE_PAGE_READER_H
#define HAMLET_WIRE_PAGE_READER_H

#include "page_draft.h"
#include "page_form.h"

struct hm_page_kind {
    struct hm_bytes name;
    uint32_t version;
    const struct hm_json *keys;
    const struct hm_json *regs;
};

struct hm_page_reader {
    struct hm_page_draft *draft;
    struct hm_page *page;
    const struct hm_id *district;
    struct hm_arena *arena;
    struct hm_err *err;
    struct hm_buf scratch;
    struct hm_page_kind kinds[HM_PAGE_KINDS_MAX];
    size_t kind_count;
    const struct hm_json *tail; /* the next text */

    struct hm_id user;
    struct hm_bytes role;
    struct hm_id bulk;
    int64_t time_ms;
    bool in_run;
    uint8_t seed[HM_SALT_SIZE];
    uint64_t run_index;
    const uint8_t *keys;
    size_t keys_left;
};

enum hm_status hm_page_refuse(struct hm_page_reader *r, const char *what);

/*
 * The value, or the commitment in its place, of one write. `reg` is the register's entry
 * in the table; null for one of the protocol's own and for key fields.
 */
HM_CHECKED enum hm_status hm_page_read_write(struct hm_page_reader *r,
                                             struct hm_write *write,
                                             const struct hm_json *reg,
                                             const struct hm_json *json);

#endif
