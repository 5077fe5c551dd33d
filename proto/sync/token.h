/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token.h - lease tokens as their server makes them. Private to proto/sync.
 *
 * A token is 16 bytes that mean something to the server alone: which token of its device
 * and epoch it is, counted from 1, four random bytes, and eight that nobody can make who
 * has not the server's secret. So a server knows a token that it gave, and has forgotten.
 *
 * Rules:  PROTOCOL.md 7.3
 * Errors: hm_env_random's
 */
#ifndef HAMLET_SYNC_TOKEN_H
#define HAMLET_SYNC_TOKEN_H

#include "serving.h"

/* The next token of the requester's epoch, after `last`. */
HM_CHECKED enum hm_status hm_token_draw(const struct hm_serving *serving,
                                        const struct hm_id *last,
                                        struct hm_id *token,
                                        struct hm_err *err);

/* Which of the tokens of the requester's epoch it is; 0: none of this incarnation. */
uint64_t hm_token_count(const struct hm_serving *serving, const struct hm_id *token);

#endif
