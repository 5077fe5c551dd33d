/* SPDX-License-Identifier: Apache-2.0 */
/* problem.h - an answer that is a refusal, and the headers of every answer. */
#ifndef DAEMON_WEB_PROBLEM_H
#define DAEMON_WEB_PROBLEM_H

#include "inside.h"

/* The headers of every answer; `page`: of the page itself, which runs under a policy. */
void hm_web_headers(struct hm_httpd_reply *reply, bool page);
/* Fill in a refusal. `call` null: before there was one. */
void hm_web_refuse(struct hm_httpd_reply *reply,
                   enum hm_lang lang,
                   const struct hm_web_call *call,
                   const struct hm_err *why);
/* The same appended to `body` alone: the status that it says. */
int hm_web_refusal(struct hm_buf *body,
                   enum hm_lang lang,
                   const struct hm_web_call *call,
                   const struct hm_err *why);
/* Of the httpd guard. */
void hm_web_problem(void *ctx,
                    int status,
                    const char *name,
                    struct hm_httpd_reply *reply);
/*
 * Write down each field of the kind that cannot be read, and if `whole` each that is
 * missing, for hm_web_refuse; where all can be, the one that `refused` names.
 */
void hm_web_fault_fields(struct hm_web_call *call,
                         const struct hm_field_input *fields,
                         size_t count,
                         bool whole,
                         const struct hm_err *refused);

#endif
