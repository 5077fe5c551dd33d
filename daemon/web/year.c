/* SPDX-License-Identifier: Apache-2.0 */
/* A unit's year: held to its criteria, and how far it has come. */
#include <inttypes.h>
#include <stdio.h>

#include "hamlet/api/evaluate.h"
#include "query.h"
#include "run.h"

enum { YEAR_SIZE = 24 };

static enum hm_status show(struct hm_web_call *call,
                           enum hm_status (*shown)(const struct hm_view *view,
                                                   const struct hm_catalogues *catalogues,
                                                   const struct hm_api_year *year,
                                                   struct hm_err *err),
                           const struct hm_api_year *year,
                           struct hm_err *err)
{
    struct hm_catalogues *catalogues = NULL;
    enum hm_status status =
        hm_replica_catalogues(&catalogues, call->web->options.dir, err);
    if (status == HM_OK) {
        status = shown(&call->view, catalogues, year, err);
    }
    hm_catalogues_close(catalogues);
    return status;
}

enum hm_status hm_web_run_case(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_api_year year = {.unit = hm_web_query_of(call, "unit")};
    const char *given = hm_web_query_of(call, "year");
    enum hm_status status = hm_api_read_year(&year.year, given == NULL ? "" : given, err);
    return status != HM_OK ? status : show(call, hm_api_case, &year, err);
}

/* Text of the body that may be missing, from the arena with a NUL. */
static const char *text_of(struct hm_web_call *call, const char *name)
{
    struct hm_bytes text = hm_json_text_or(hm_json_get(call->body, name), HM_NO_BYTES);
    return text.size == 0 ? NULL : hm_arena_copy_text(&call->arena, text);
}

enum hm_status hm_web_run_evaluate(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_api_year year = {.unit = text_of(call, "unit"),
                               .stage = text_of(call, "stage"),
                               .answers = hm_json_get(call->body, "given")};
    char text[YEAR_SIZE];
    (void)snprintf(text, sizeof(text), "%" PRId64,
                   hm_json_int_or(hm_json_get(call->body, "year"), 0));
    enum hm_status status = hm_api_read_year(&year.year, text, err);
    if (status == HM_OK && year.answers != NULL &&
        !hm_json_is(year.answers, HM_JSON_LIST)) {
        status = hm_fail(err, HM_USAGE, "web-member", "given", NULL, NULL);
    }
    if (status == HM_OK) {
        status = hm_arena_status(&call->arena, err);
    }
    return status != HM_OK ? status : show(call, hm_api_evaluate, &year, err);
}
