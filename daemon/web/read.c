/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds, records, and what needs a look: shown as the command line shows them. */
#include <string.h>

#include "hamlet/api/conflicts.h"
#include "hamlet/api/duplicates.h"
#include "hamlet/api/forms.h"
#include "hamlet/api/inbox.h"
#include "hamlet/api/records.h"
#include "hamlet/base/json.h"
#include "query.h"
#include "run.h"
#include "session.h"

enum { LIMIT_MAX = 2000, LIMIT = 50, SKIP_MAX = 1000000, HTTP_UNCHANGED = 304 };

static enum hm_status need(const struct hm_web_call *call,
                           const char *name,
                           const char **value,
                           struct hm_err *err)
{
    *value = hm_web_query_of(call, name);
    return *value != NULL ? HM_OK
                          : hm_fail(err, HM_USAGE, "web-member", name, NULL, NULL);
}

/* What the forms are made of: the kinds, this program, and what the reader may do. */
static void make_tag(const struct hm_web_call *call,
                     struct hm_bytes role,
                     char tag[HM_HEX16_SIZE + 2])
{
    struct hm_digest kinds = hm_kinds_digest(call->replica.kinds);
    struct hm_id hash;
    struct hm_hash state;
    hm_hash_init(&state, sizeof(hash.at));
    hm_hash_put(&state, hm_digest_bytes(&kinds));
    hm_hash_put_packed(&state, hm_text(HM_VERSION));
    hm_hash_put_packed(&state, role);
    hm_hash_put_packed(&state, hm_text(hm_web_query_of(call, "kind")));
    hm_hash_end(&state, hash.at, sizeof(hash.at));
    tag[0] = '"';
    hm_hex_put(tag + 1, hm_id_bytes(&hash));
    tag[HM_HEX16_SIZE] = '"';
    tag[HM_HEX16_SIZE + 1] = '\0';
}

enum hm_status hm_web_run_kinds(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_member self;
    char tag[HM_HEX16_SIZE + 2];
    enum hm_status status = hm_web_member_self(call, &self, err);
    if (status != HM_OK) {
        return status;
    }
    make_tag(call, self.role, tag);
    (void)!hm_httpd_reply_header(call->reply, "ETag", tag);
    if (strcmp(call->guest.etag, tag) == 0) {
        call->http = HTTP_UNCHANGED;
        return HM_OK;
    }
    return hm_api_forms(&call->view, hm_web_query_of(call, "kind"), self.role, err);
}

static enum hm_status read_state(const struct hm_web_call *call,
                                 const char **state,
                                 struct hm_err *err)
{
    const char *given = hm_web_query_of(call, "state");
    *state = given;
    for (int i = 0; given != NULL && i < HM_STATE_COUNT; i++) {
        if (strcmp(given, hm_state_name((enum hm_state)i)) == 0) {
            return HM_OK;
        }
    }
    return given == NULL ? HM_OK
                         : hm_fail(err, HM_BAD_INPUT, "web-member", "state", NULL, NULL);
}

enum hm_status hm_web_run_records(struct hm_web_call *call, struct hm_err *err)
{
    const char *where[HM_WEB_PAIRS + 1];
    const char *kind = NULL;
    const char *unit = hm_web_query_of(call, "unit");
    const char *deleted = hm_web_query_of(call, "deleted");
    const char *names = hm_web_query_of(call, "names");
    const char *texts = hm_web_query_of(call, "long");
    struct hm_api_list list = {.where = where};
    enum hm_status status = need(call, "kind", &kind, err);
    for (size_t i = 0; i < call->query_count; i++) {
        if (strcmp(call->query[i].name, "where") == 0) {
            where[list.where_count++] = call->query[i].value;
        }
    }
    if (unit != NULL) {
        struct hm_buf text;
        hm_buf_init(&text, HM_WEB_BODY_MAX);
        hm_buf_put_text(&text, "unit=");
        hm_buf_put_text(&text, unit);
        where[list.where_count++] = hm_arena_copy_text(&call->arena, hm_buf_bytes(&text));
        hm_buf_fini(&text);
    }
    list.kind = hm_text(kind);
    list.search = hm_text(hm_web_query_of(call, "search"));
    list.deleted = deleted != NULL && strcmp(deleted, "1") == 0;
    list.bare = names != NULL && strcmp(names, "0") == 0;
    list.brief = texts != NULL && strcmp(texts, "0") == 0;
    if (status == HM_OK) {
        status = hm_arena_status(&call->arena, err);
    }
    if (status == HM_OK) {
        status = read_state(call, &list.state, err);
    }
    if (status == HM_OK) {
        status =
            hm_web_query_number(call, "limit", 1, LIMIT_MAX, LIMIT, &list.limit, err);
    }
    if (status == HM_OK) {
        status = hm_web_query_number(call, "after", 0, SKIP_MAX, 0, &list.skip, err);
    }
    return status != HM_OK ? status : hm_api_browse(&call->view, &list, err);
}

enum hm_status hm_web_run_counts(struct hm_web_call *call, struct hm_err *err)
{
    const char *kind = NULL;
    enum hm_status status = need(call, "kind", &kind, err);
    return status != HM_OK ? status : hm_api_tally(&call->view, hm_text(kind), err);
}

enum hm_status hm_web_run_record(struct hm_web_call *call, struct hm_err *err)
{
    const char *id = NULL;
    enum hm_status status = need(call, "id", &id, err);
    return status != HM_OK ? status : hm_api_look(&call->view, id, err);
}

enum hm_status hm_web_run_history(struct hm_web_call *call, struct hm_err *err)
{
    const char *id = NULL;
    enum hm_status status = need(call, "id", &id, err);
    return status != HM_OK ? status : hm_api_history(&call->view, id, err);
}

enum hm_status hm_web_run_conflicts(struct hm_web_call *call, struct hm_err *err)
{
    const char *state = hm_web_query_of(call, "state");
    bool resolved = state != NULL && strcmp(state, "resolved") == 0;
    if (state != NULL && !resolved && strcmp(state, "open") != 0) {
        return hm_fail(err, HM_BAD_INPUT, "web-member", "state", NULL, NULL);
    }
    return hm_api_conflicts(&call->view, !resolved, hm_web_query_of(call, "unit"), err);
}

enum hm_status hm_web_run_overruled(struct hm_web_call *call, struct hm_err *err)
{
    struct hm_member self;
    enum hm_status status = hm_web_member_self(call, &self, err);
    return status != HM_OK ? status : hm_api_overruled(&call->view, &self.user, err);
}

enum hm_status hm_web_run_duplicates(struct hm_web_call *call, struct hm_err *err)
{
    return hm_api_duplicates(&call->view, hm_web_query_of(call, "kind"),
                             hm_web_query_of(call, "unit"), err);
}

enum hm_status hm_web_run_quarantine(struct hm_web_call *call, struct hm_err *err)
{
    const struct hm_api_refused all = {.change = NULL};
    return hm_api_quarantine(&call->view, &all, err);
}
