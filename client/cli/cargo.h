/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cargo.h - bundles of others that this laptop carries: sealed, and not its to read.
 *
 * Owner:   client/cli/cargo.c
 * Threads: one command, one thread
 * Files:   DIR/cargo/TO-FROM-ID-PART.hmb, each one part of one bundle
 *
 * Nothing depends on cargo: who wrote it writes it again until it is acknowledged. So the
 * oldest goes when there is no room.
 */
#ifndef CLIENT_CLI_CARGO_H
#define CLIENT_CLI_CARGO_H

#include "hamlet/base/arena.h"
#include "hamlet/bundle/out.h"
#include "hamlet/host/draft.h"

enum { HM_CARGO_FILES_MAX = 256, HM_CARGO_NAME_SIZE = 160 };
#define HM_CARGO_BYTES_MAX ((uint64_t)1000 * 1000 * 1000)

struct hm_cargo {
    const struct hm_env *env;
    char *folder; /* DIR/cargo */
    struct hm_draft draft;
    char *path; /* of the draft; null: nothing is being taken */
    uint64_t size;
    size_t taken; /* that were not here */
};

/* Strings come from `arena`. Nothing is made yet. */
HM_CHECKED enum hm_status hm_cargo_init(struct hm_cargo *cargo,
                                        const struct hm_env *env,
                                        const char *store,
                                        struct hm_arena *arena,
                                        struct hm_err *err);
void hm_cargo_fini(struct hm_cargo *cargo);

/* Take one in: begin, its bytes, end. One that is here already is passed over. */
HM_CHECKED enum hm_status hm_cargo_begin(struct hm_cargo *cargo,
                                         const struct hm_bundle_head *head,
                                         struct hm_arena *arena,
                                         struct hm_err *err);
HM_CHECKED enum hm_status hm_cargo_put(struct hm_cargo *cargo,
                                       struct hm_bytes bytes,
                                       struct hm_err *err);
HM_CHECKED enum hm_status hm_cargo_end(struct hm_cargo *cargo, struct hm_err *err);

/* All that is meant for `to` into a file that is written. */
HM_CHECKED enum hm_status hm_cargo_write(const struct hm_cargo *cargo,
                                         const struct hm_id *to,
                                         struct hm_bundle_out *out,
                                         struct hm_err *err);

#endif
