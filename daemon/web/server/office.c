/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The officer's queue: whose year waits for whom, the dossier of one unit, what is
 * received, returned, appraised and decided on it. Counts are lists; a dossier names
 * people, so that its opening stands in the log.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hamlet/api/evaluate.h"
#include "hamlet/api/records.h"
#include "hamlet/base/json.h"
#include "hamlet/store/records.h"
#include "inside.h"

enum { YEAR_SIZE = 24, LIMIT = 50, LIMIT_MAX = 200, SKIP_MAX = 1000000 };

/* ---- a year ---- */

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
        hm_replica_catalogues(&catalogues, call->web->server.dir, err);
    if (status == HM_OK) {
        status = shown(&call->view, catalogues, year, err);
    }
    hm_catalogues_close(catalogues);
    return status;
}

static enum hm_status put_text(struct hm_web_call *call,
                               const char **text,
                               struct hm_bytes bytes,
                               struct hm_err *err)
{
    *text = hm_arena_copy_text(&call->arena, bytes);
    return hm_arena_status(&call->arena, err);
}

enum hm_status hm_server_run_cases(struct hm_web_call *call, struct hm_err *err)
{
    const char *given = hm_web_query_of(call, "year");
    struct hm_api_year year = {.unit = NULL};
    struct hm_bytes unit = HM_NO_BYTES;
    enum hm_status status = hm_web_scope(call, &unit, err);
    if (status == HM_OK) {
        status = hm_api_read_year(&year.year, given == NULL ? "" : given, err);
    }
    if (status == HM_OK) {
        status = put_text(call, &year.unit, unit, err);
    }
    return status != HM_OK ? status : show(call, hm_api_cases, &year, err);
}

/* Unit and year of the body: a unit below the account's own. */
static enum hm_status read_year(struct hm_web_call *call,
                                struct hm_api_year *year,
                                struct hm_err *err)
{
    struct hm_bytes given = HM_NO_BYTES;
    struct hm_bytes unit = HM_NO_BYTES;
    char text[YEAR_SIZE];
    (void)snprintf(text, sizeof(text), "%" PRId64,
                   hm_json_int_or(hm_json_get(call->body, "year"), 0));
    enum hm_status status = hm_web_body_text(call, "unit", &given, err);
    if (status == HM_OK) {
        status = put_text(call, &year->unit, given, err);
    }
    if (status == HM_OK) {
        status = hm_view_unit(&call->view, year->unit, &unit, &call->arena, err);
    }
    if (status == HM_OK) {
        status = hm_web_within(call, unit, err);
    }
    if (status == HM_OK) {
        status = put_text(call, &year->unit, unit, err);
    }
    return status != HM_OK ? status : hm_api_read_year(&year->year, text, err);
}

enum hm_status hm_server_run_evaluate(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_bytes stage =
        hm_json_text_or(hm_json_get(call->body, "stage"), HM_NO_BYTES);
    struct hm_api_year year = {.answers = hm_json_get(call->body, "given")};
    enum hm_status status = read_year(call, &year, err);
    if (status == HM_OK && stage.size > 0) {
        status = put_text(call, &year.stage, stage, err);
    }
    if (status == HM_OK && year.answers != NULL &&
        !hm_json_is(year.answers, HM_JSON_LIST)) {
        status = hm_fail(err, HM_USAGE, "web-member", "given", NULL, NULL);
    }
    return status != HM_OK ? status : show(call, hm_api_evaluate, &year, err);
}

enum hm_status hm_server_check_year(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_api_year year = {.unit = NULL};
    return read_year(call, &year, err);
}

/* Who is named in it is seen from here on: the log is told first. */
enum hm_status hm_server_run_dossier_open(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_api_year year = {.unit = NULL};
    char text[YEAR_SIZE];
    enum hm_status status = read_year(call, &year, err);
    if (status == HM_OK) {
        (void)snprintf(text, sizeof(text), "%d", year.year);
        status =
            hm_web_audit(call, "open-dossier", hm_text(year.unit), hm_text(text), err);
    }
    if (status == HM_OK) {
        status = hm_web_reader_take(call, err);
    }
    return status != HM_OK ? status : show(call, hm_api_dossier, &year, err);
}

/* ---- what is decided on it ---- */

static enum hm_status find_kind(struct hm_web_call *call,
                                struct hm_bytes name,
                                const struct hm_kind **kind,
                                bool *of_dossier,
                                struct hm_err *err)
{
    struct hm_catalogues *catalogues = NULL;
    enum hm_status status =
        hm_replica_catalogues(&catalogues, call->web->server.dir, err);
    *kind = hm_kinds_find(hm_store_kinds(call->view.store), name);
    if (status == HM_OK) {
        const struct hm_case_table *table = hm_catalogues_case(catalogues);
        for (size_t i = 0; i < table->dossier_count; i++) {
            *of_dossier = *of_dossier || hm_bytes_are(name, table->dossier[i]);
        }
    }
    if (status == HM_OK && (*kind == NULL || (!*of_dossier && !(*kind)->aggregate))) {
        status = hm_fail(err, HM_USAGE, "web-member", "kind", NULL, NULL);
    }
    hm_catalogues_close(catalogues);
    return status;
}

/* What is decided on a dossier names what was read of it; a count stands by itself. */
static enum hm_status run_line(struct hm_web_line *line,
                               bool of_dossier,
                               struct hm_err *err)
{
    struct hm_web_call *call = line->call;
    enum hm_status status = HM_OK;
    if (of_dossier && hm_json_get(call->body, "seen") == NULL) {
        return hm_fail(err, HM_USAGE, "web-member", "seen", NULL, NULL);
    }
    hm_web_line_as(line);
    hm_web_line_option(line, "seen");
    status = hm_web_line_json(line, "fields", err);
    return status != HM_OK ? status : hm_web_line_run(line, HM_NO_BYTES, err);
}

enum hm_status hm_server_check_file(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_bytes unit = hm_json_text_or(
        hm_json_get(hm_json_get(call->body, "fields"), "unit"), call->account.home);
    return hm_web_within(call, unit, err);
}

enum hm_status hm_server_run_file(struct hm_web_call *call, struct hm_err *err)
{
    const struct hm_kind *kind = NULL;
    struct hm_bytes name = HM_NO_BYTES;
    struct hm_web_line line;
    bool of_dossier = false;
    enum hm_status status = hm_web_body_text(call, "kind", &name, err);
    if (status == HM_OK) {
        status = find_kind(call, name, &kind, &of_dossier, err);
    }
    if (status != HM_OK) {
        return status;
    }
    call->kind = kind;
    hm_web_line_begin(&line, call, "add");
    hm_web_line_operand(&line, "kind");
    return run_line(&line, of_dossier, err);
}

enum hm_status hm_server_check_amend(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_listed listed;
    struct hm_id id;
    enum hm_status status = hm_web_body_id(call, "id", &id, err);
    if (status == HM_OK) {
        status = hm_store_record_show(call->view.store, &id, &listed, &call->arena, err);
    }
    return status != HM_OK ? status : hm_web_within(call, listed.unit, err);
}

enum hm_status hm_server_run_amend(struct hm_web_call *call, struct hm_err *err)
{
    const struct hm_kind *kind = NULL;
    struct hm_listed listed;
    struct hm_web_line line;
    struct hm_id id;
    bool of_dossier = false;
    enum hm_status status = hm_web_body_id(call, "id", &id, err);
    if (status == HM_OK) {
        status = hm_store_record_show(call->view.store, &id, &listed, &call->arena, err);
    }
    if (status == HM_OK) {
        status = find_kind(call, listed.kind, &kind, &of_dossier, err);
    }
    if (status != HM_OK) {
        return status;
    }
    call->kind = kind;
    hm_web_line_begin(&line, call, "edit");
    hm_web_line_operand(&line, "id");
    return run_line(&line, of_dossier, err);
}

/* ---- counts ---- */

enum hm_status hm_server_run_aggregates(struct hm_web_call *call, struct hm_err *err)
{
    const char *name = hm_web_query_of(call, "kind");
    const struct hm_kind *kind = hm_kinds_find(hm_store_kinds(call->view.store),
                                               hm_text(name == NULL ? "" : name));
    struct hm_api_list list = {.kind = hm_text(name)};
    struct hm_bytes unit = HM_NO_BYTES;
    const char *filter = NULL;
    struct hm_buf text;
    if (kind == NULL || !kind->aggregate) {
        return hm_fail(err, HM_USAGE, "web-member", "kind", NULL, NULL);
    }
    enum hm_status status = hm_web_scope(call, &unit, err);
    if (status == HM_OK) {
        status =
            hm_web_query_number(call, "limit", 1, LIMIT_MAX, LIMIT, &list.limit, err);
    }
    if (status == HM_OK) {
        status = hm_web_query_number(call, "after", 0, SKIP_MAX, 0, &list.skip, err);
    }
    if (status != HM_OK) {
        return status;
    }
    hm_buf_init(&text, HM_WEB_BODY_MAX);
    hm_buf_put_text(&text, "unit=");
    hm_buf_put_bytes(&text, unit);
    status = put_text(call, &filter, hm_buf_bytes(&text), err);
    hm_buf_fini(&text);
    list.where = &filter;
    list.where_count = 1;
    return status != HM_OK ? status : hm_api_browse(&call->view, &list, err);
}
