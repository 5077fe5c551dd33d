/* SPDX-License-Identifier: Apache-2.0 */
/* query.h - what stands after the `?` of a request. */
#ifndef DAEMON_WEB_QUERY_H
#define DAEMON_WEB_QUERY_H

#include "inside.h"

/*
 * Take apart `text`, which is overwritten and must live as long as `pairs`; `names`:
 * those that may stand in it, a blank after each. HM_USAGE  it is none, or a name may not
 * stand there
 */
HM_CHECKED enum hm_status hm_web_query_read(struct hm_web_pair pairs[HM_WEB_PAIRS],
                                            size_t *count,
                                            char *text,
                                            const char *names,
                                            struct hm_err *err);
/* The value of the first of that name, or null. */
const char *hm_web_query_of(const struct hm_web_call *call, const char *name);
/* A number; `other` where it is not there. HM_BAD_INPUT: none from `min` to `max`. */
HM_CHECKED enum hm_status hm_web_query_number(const struct hm_web_call *call,
                                              const char *name,
                                              int64_t min,
                                              int64_t max,
                                              int64_t other,
                                              int64_t *number,
                                              struct hm_err *err);

#endif
