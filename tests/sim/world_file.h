/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world_file.h - bundles that go by stick between the machines of a world, sealed.
 *
 * Owner:  the test; a part of world.h
 * Format: PROTOCOL.md section 12
 * Errors: HM_IO where a disk is off, full or sick; the caller mends
 *
 * A file is bytes: the caller may keep, repeat, cut or hand them on. Each function does
 * what the command of hamlet or hamlet-server does that writes or takes a file.
 */
#ifndef HAMLET_TESTS_WORLD_FILE_H
#define HAMLET_TESTS_WORLD_FILE_H

#include "world.h"

/* A bundle of the laptop for the server, appended to `file`; its epoch. */
HM_CHECKED enum hm_status world_file_up(struct world_laptop *laptop,
                                        struct hm_buf *file,
                                        uint32_t *epoch,
                                        struct hm_err *err);
/*
 * A bundle of the server for the laptop; the epoch that it is for, 0: for none.
 * HM_DENIED     the laptop is revoked; HM_NOT_FOUND: the registry does not know it
 */
HM_CHECKED enum hm_status world_file_down(struct world *world,
                                          const struct world_laptop *laptop,
                                          struct hm_buf *file,
                                          uint32_t *epoch,
                                          struct hm_err *err);

/* What came of a file, or of as much of it as is there. */
struct world_taken {
    size_t bodies;
    bool torn;               /* it ends too early */
    enum hm_problem problem; /* of the server: what a body ended with */
    uint64_t epochs;         /* of a laptop: those that it began */
};
/*
 * The server takes a laptop's. What it refuses is a problem and no failure.
 * HM_BAD_INPUT  the head is not of whom it says
 */
HM_CHECKED enum hm_status world_file_take_up(struct world *world,
                                             struct hm_bytes file,
                                             struct world_taken *taken,
                                             struct hm_err *err);
/* A laptop takes the server's; statuses as hm_session_file_end has them. */
HM_CHECKED enum hm_status world_file_take_down(struct world *world,
                                               struct world_laptop *laptop,
                                               struct hm_bytes file,
                                               struct world_taken *taken,
                                               struct hm_err *err);
/*
 * Somebody else carries it: what he hands on is appended to `copy`, as it stands.
 * HM_BAD_INPUT  his registry does not know who signed it, and he takes none of it
 */
HM_CHECKED enum hm_status world_file_carry(const struct world *world,
                                           const struct world_laptop *by,
                                           struct hm_bytes file,
                                           struct hm_buf *copy,
                                           struct hm_err *err);

#endif
