/* SPDX-License-Identifier: Apache-2.0 */
/* retention: what is known of people longer than it may be goes, where its count stays.
 */
#include "hamlet/record/retain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "account.h"
#include "commands.h"
#include "erasing.h"
#include "hamlet/api/evaluate.h"
#include "hamlet/author/erase.h"
#include "hamlet/base/limits.h"
#include "hamlet/model/value.h"
#include "hamlet/record/kinds.h"
#include "hamlet/store/void.h"
#include "hamlet/store/withdraw.h"
#include "show.h"

/* One run is one transaction, which serve waits for. */
enum { ERASED_MOST = 2000, NUMBER_SIZE = 24, PLACE_SIZE = HM_NAME_MAX + NUMBER_SIZE };
/* Fields, and all reasons. */
enum { NAMES_MAX = HM_KIND_FIELDS_MAX + 1 };

/* A unit with its withdrawals, whose reasons may speak of any record of it. */
struct place {
    struct hm_bytes unit;
    struct hm_held *withdrawals;
    size_t count;
    struct place *next;
};

/* What is over of one kind, unit and year, standing or void (store/void.h). */
struct group {
    const struct hm_kind *kind;
    struct hm_bytes unit;
    const struct place *place;
    int64_t year;
    bool voided; /* counted nowhere */
    size_t records;
    bool ready; /* its count stands, or none is asked for */
    struct group *next;
};

struct target {
    struct hm_id record;
    struct group *group;
    struct target *next;
};

/* What of it was left could not be erased. */
struct kept {
    const struct target *target;
    struct hm_err why;
    struct kept *next;
};

struct retention {
    struct hm_call *call;
    struct hm_control_ctx *ctx;
    const struct hm_kind *kind; /* at hand */
    bool voided;                /* so are the records at hand */
    struct hm_bytes reason;
    int year;
    struct target *targets;
    struct group *groups;
    struct place *places;
    struct kept *kept;
    size_t erased; /* records of which something went */
    size_t left;   /* of which something is left */
    bool stays;    /* the server's file may hold it still */
    struct hm_arena arena;
};

static const struct hm_json_limits limits = {.size_max = HM_REQUEST_BYTES_MAX,
                                             .depth_max = HM_JSON_DEPTH_MAX,
                                             .values_max = 1U << 20};

/* ---- what is over ---- */

static struct group *group_of(struct retention *r, struct hm_bytes unit, int64_t year)
{
    struct group *at = r->groups;
    while (at != NULL && (at->kind != r->kind || at->year != year ||
                          at->voided != r->voided || !hm_bytes_equal(at->unit, unit))) {
        at = at->next;
    }
    if (at == NULL) {
        at = hm_arena_get(&r->arena, sizeof(*at));
    } else {
        return at;
    }
    if (at != NULL) {
        *at = (struct group){.kind = r->kind,
                             .unit = hm_arena_copy(&r->arena, unit),
                             .year = year,
                             .voided = r->voided,
                             .next = r->groups};
        r->groups = at;
    }
    return at;
}

static bool says_year(const struct hm_kind *kind,
                      const struct hm_json *fields,
                      int64_t *year)
{
    uint8_t room[NUMBER_SIZE];
    struct hm_buf value;
    const struct hm_json *at = hm_json_get(fields, kind->retain->of->name);
    hm_buf_init_fixed(&value, room, sizeof(room));
    return at != NULL && hm_value_from_json(&value, at, NULL) == HM_OK &&
           hm_buf_status(&value, NULL) == HM_OK &&
           hm_retain_year(year, hm_buf_bytes(&value));
}

static enum hm_status take(void *ctx, const struct hm_listed *listed, struct hm_err *err)
{
    struct retention *r = ctx;
    struct hm_json *fields = NULL;
    int64_t year = 0;
    enum hm_status status = hm_json_parse(&fields, listed->fields, &limits, err);
    if (status == HM_OK && says_year(r->kind, fields, &year) &&
        hm_retain_over(r->kind->retain, year, r->year)) {
        struct target *target = hm_arena_get(&r->arena, sizeof(*target));
        if (target != NULL) {
            *target =
                (struct target){listed->id, group_of(r, listed->unit, year), r->targets};
            r->targets = target;
        }
        status = hm_arena_status(&r->arena, err);
    }
    hm_json_free(fields);
    return status;
}

static enum hm_status find_place(struct retention *r,
                                 struct group *group,
                                 struct hm_err *err)
{
    struct place *at = r->places;
    while (at != NULL && !hm_bytes_equal(at->unit, group->unit)) {
        at = at->next;
    }
    group->place = at;
    if (at != NULL) {
        return HM_OK;
    }
    at = hm_arena_get(&r->arena, sizeof(*at));
    if (at == NULL) {
        return hm_arena_status(&r->arena, err);
    }
    *at = (struct place){.unit = group->unit, .next = r->places};
    r->places = at;
    group->place = at;
    return hm_store_withdrawals(r->ctx->store, at->unit, &at->withdrawals, &at->count,
                                &r->arena, err);
}

/*
 * The registers of which something is here, be it overwritten long ago, and the reasons,
 * which may quote them. An edit may claim the id of a record of another unit: what it
 * says of a year says nothing of that record.
 */
static enum hm_status find_names(struct retention *r,
                                 const struct target *target,
                                 struct hm_bytes names[NAMES_MAX],
                                 size_t *count,
                                 struct hm_err *err)
{
    const struct place *place = target->group->place;
    const struct hm_kind_retain *retain = target->group->kind->retain;
    struct hm_loaded loaded;
    struct hm_arena arena;
    *count = 0;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    enum hm_status status =
        hm_store_record_load(r->ctx->store, &target->record, &loaded, &arena, err);
    bool meant = status == HM_OK && hm_bytes_equal(loaded.home, target->group->unit);
    for (size_t i = 0; meant && i < retain->erase_count; i++) {
        struct hm_bytes name = hm_text(retain->erase[i]->name);
        if (hm_loaded_holds(&loaded, name)) {
            names[(*count)++] = name;
        }
    }
    if (meant && hm_erase_reasons_held(&loaded, place->withdrawals, place->count)) {
        names[(*count)++] = hm_text(HM_REGISTER_WHY);
    }
    hm_arena_fini(&arena);
    return status;
}

/* Records that hold nothing any more are left out. */
static enum hm_status count_targets(struct retention *r, struct hm_err *err)
{
    struct hm_bytes names[NAMES_MAX];
    struct target **at = &r->targets;
    enum hm_status status = HM_OK;
    for (struct group *group = r->groups; group != NULL && status == HM_OK;
         group = group->next) {
        status = find_place(r, group, err);
    }
    while (status == HM_OK && *at != NULL) {
        size_t count = 0;
        status = find_names(r, *at, names, &count, err);
        if (status == HM_OK && count == 0) {
            *at = (*at)->next;
        } else if (status == HM_OK) {
            (*at)->group->records++;
            at = &(*at)->next;
        }
    }
    return status;
}

/* ---- whether its count stands ---- */

struct looking {
    const struct group *group;
    const struct hm_query *query;
    bool found;
};

static enum hm_status look(void *ctx, const struct hm_listed *listed, struct hm_err *err)
{
    struct looking *looking = ctx;
    struct hm_json *fields = NULL;
    if (!hm_bytes_equal(listed->unit, looking->group->unit)) {
        return HM_OK;
    }
    enum hm_status status = hm_json_parse(&fields, listed->fields, &limits, err);
    if (status == HM_OK) {
        looking->found = looking->found ||
                         hm_query_fits(looking->query, fields, (int)looking->group->year);
    }
    hm_json_free(fields);
    return status;
}

static enum hm_status find_counts(struct retention *r, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (struct group *at = r->groups; at != NULL && status == HM_OK; at = at->next) {
        const struct hm_kind_retain *retain = at->kind->retain;
        struct looking looking = {.group = at};
        for (size_t i = 0; !at->voided && i < retain->after_count && status == HM_OK;
             i++) {
            const struct hm_list_query list = {
                .kind = hm_text(retain->after[i].kind), .unit = at->unit, .whole = true};
            looking.query = &retain->after[i];
            status = hm_store_list(r->ctx->store, &list, look, &looking, err);
        }
        at->ready = at->voided || retain->after_count == 0 || looking.found;
    }
    return status;
}

static enum hm_status find_all(struct retention *r, struct hm_err *err)
{
    const struct hm_kinds *kinds = hm_store_kinds(r->ctx->store);
    enum hm_status status = HM_OK;
    for (size_t i = 0; status == HM_OK && i < hm_kinds_count(kinds); i++) {
        r->kind = hm_kinds_at(kinds, i);
        const struct hm_list_query list = {.kind = hm_text(r->kind->name), .every = true};
        const struct hm_void_query voided = {.kind = list.kind};
        if (r->kind->retain == NULL) {
            continue;
        }
        r->voided = false;
        status = hm_store_list(r->ctx->store, &list, take, r, err);
        if (status == HM_OK) {
            r->voided = true;
            status = hm_store_list_void(r->ctx->store, &voided, take, r, err);
        }
    }
    if (status == HM_OK) {
        status = count_targets(r, err);
    }
    return status == HM_OK ? find_counts(r, err) : status;
}

/* ---- erasing ---- */

/* What says no to one record alone; it must not keep the others. */
static bool is_its_own(enum hm_status status)
{
    return status == HM_BAD_INPUT || status == HM_DENIED || status == HM_TOO_BIG;
}

static enum hm_status keep(struct retention *r,
                           const struct target *target,
                           const struct hm_err *why,
                           struct hm_err *err)
{
    struct kept *kept = hm_arena_get(&r->arena, sizeof(*kept));
    if (kept == NULL) {
        return hm_arena_status(&r->arena, err);
    }
    *kept = (struct kept){target, *why, r->kept};
    r->kept = kept;
    r->left++;
    return HM_OK;
}

/* As often as it takes: what was void is not found by its year once it is begun. */
static enum hm_status erase_one(struct retention *r,
                                struct hm_author *author,
                                const struct target *target,
                                struct hm_err *err)
{
    struct hm_err why = HM_ERR_NONE;
    enum hm_status status = HM_OK;
    size_t times = 0;
    bool more = true;
    while (status == HM_OK && more) {
        struct hm_bytes names[NAMES_MAX];
        struct hm_id change;
        size_t count = 0;
        /* What waits to be written is none of the next: its failure ends the run. */
        status = hm_author_flush(author, err);
        if (status == HM_OK) {
            status = find_names(r, target, names, &count, err);
        }
        if (status != HM_OK) {
            return status;
        }
        more = false;
        if (count > 0) {
            status = hm_author_erase(author, &target->record, names, count, r->reason,
                                     &change, &more, &why);
            times += status == HM_OK;
        }
    }
    r->erased += times > 0;
    if (status == HM_OK || status == HM_NOT_FOUND) {
        return HM_OK; /* or its reasons went with those of another */
    }
    return is_its_own(status)
               ? keep(r, target, &why, err)
               : hm_fail(err, status, why.key, why.arg[0], why.arg[1], why.arg[2]);
}

static enum hm_status erase(struct hm_author *author, void *ctx, struct hm_err *err)
{
    struct retention *r = ctx;
    enum hm_status status = HM_OK;
    for (const struct target *at = r->targets; status == HM_OK && at != NULL;
         at = at->next) {
        if (!at->group->ready || r->erased == ERASED_MOST) {
            r->left++;
        } else {
            status = erase_one(r, author, at, err);
        }
    }
    /* Whose role may not is told so: that is nothing odd about a record. */
    const struct hm_err *why = r->kept == NULL ? NULL : &r->kept->why;
    if (status == HM_OK && r->erased == 0 && why != NULL &&
        strcmp(why->key, "role-denied") == 0) {
        return hm_fail(err, why->status, why->key, why->arg[0], why->arg[1], why->arg[2]);
    }
    return status;
}

/* ---- telling ---- */

static void say_kept(struct retention *r, const struct hm_view *view)
{
    for (const struct kept *at = r->kept; at != NULL; at = at->next) {
        char record[HM_HEX16_SIZE];
        struct hm_buf why;
        hm_buf_init(&why, HM_CHANGE_BYTES_MAX);
        hm_hex_put(record, hm_id_bytes(&at->target->record));
        hm_words_error(&why, view->words, &at->why, false);
        hm_buf_put_byte(&why, '\0');
        if (why.failed == HM_OK) {
            hm_view_say(view, "retention.kept",
                        hm_label_text(&at->target->group->kind->label, view->lang),
                        record, (const char *)why.data);
        }
        hm_buf_fini(&why);
    }
}

static void say(struct retention *r, bool only_tries)
{
    struct hm_view view;
    char numbers[2][NUMBER_SIZE];
    hm_show_view(&view, r->call, NULL);
    for (const struct group *at = r->groups; at != NULL; at = at->next) {
        char place[PLACE_SIZE];
        (void)snprintf(place, sizeof(place), "%.*s %" PRId64, (int)at->unit.size,
                       (const char *)at->unit.data, at->year);
        (void)snprintf(numbers[0], sizeof(numbers[0]), "%zu", at->records);
        if (at->records > 0) {
            hm_view_say(&view,
                        at->voided  ? "retention.void"
                        : at->ready ? "retention.over"
                                    : "retention.uncounted",
                        hm_label_text(&at->kind->label, view.lang), place, numbers[0]);
        }
    }
    say_kept(r, &view);
    (void)snprintf(numbers[0], sizeof(numbers[0]), "%zu", r->erased);
    (void)snprintf(numbers[1], sizeof(numbers[1]), "%zu", r->left);
    hm_view_say(&view,
                r->targets == NULL ? "retention.none"
                : only_tries       ? "retention.tried"
                                   : "retention.erased",
                numbers[0], numbers[1], NULL);
    if (r->stays) {
        hm_view_say(&view, "erasures.stays", NULL, NULL, NULL);
    }
}

static void put_kept(struct hm_json_write *out, const struct kept *kept)
{
    hm_json_key(out, "kept");
    hm_json_open(out, '[');
    for (const struct kept *at = kept; at != NULL; at = at->next) {
        const struct group *group = at->target->group;
        hm_json_open(out, '{');
        hm_json_put_hex(out, "record", hm_id_bytes(&at->target->record));
        hm_json_put_text(out, "kind", hm_text(group->kind->name));
        hm_json_put_text(out, "unit", group->unit);
        hm_json_put_text(out, "reason", hm_text(at->why.key));
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
}

static enum hm_status put_json(struct retention *r, struct hm_err *err)
{
    struct hm_show show;
    hm_show_begin(&show);
    hm_json_open(&show.out, '{');
    hm_json_put_int(&show.out, "year", r->year);
    hm_json_put_int(&show.out, "erased", (int64_t)r->erased);
    hm_json_put_int(&show.out, "left", (int64_t)r->left);
    hm_json_put_bool(&show.out, "in_file", r->stays);
    hm_json_key(&show.out, "over");
    hm_json_open(&show.out, '[');
    for (const struct group *at = r->groups; at != NULL; at = at->next) {
        if (at->records == 0) {
            continue;
        }
        hm_json_open(&show.out, '{');
        hm_json_put_text(&show.out, "kind", hm_text(at->kind->name));
        hm_json_put_text(&show.out, "unit", at->unit);
        hm_json_put_int(&show.out, "year", at->year);
        hm_json_put_int(&show.out, "records", (int64_t)at->records);
        hm_json_put_bool(&show.out, "counted", at->ready);
        hm_json_put_bool(&show.out, "void", at->voided);
        hm_json_close(&show.out, '}');
    }
    hm_json_close(&show.out, ']');
    put_kept(&show.out, r->kept);
    hm_json_close(&show.out, '}');
    return hm_show_end(&show, r->call, HM_OK, err);
}

enum hm_status hm_retention_run(struct hm_call *call, struct hm_err *err)
{
    const struct hm_args *args = call->args;
    struct retention r = {.call = call, .ctx = call->ctx};
    bool only_tries = hm_args_has(args, "dry-run");
    hm_arena_init(&r.arena, HM_COMMAND_ARENA_MAX);
    enum hm_status status = hm_api_read_year(&r.year, hm_args_value(args, "now"), err);
    if (status == HM_OK) {
        status = hm_show_given(&r.reason, hm_args_value(args, "reason"), "--reason", true,
                               &r.arena, err);
    }
    if (status == HM_OK) {
        status = find_all(&r, err);
    }
    if (status == HM_OK && !only_tries && r.targets != NULL) {
        status =
            hm_account_act(r.ctx, hm_args_value(args, "as"), erase, &r, &r.arena, err);
        if (status == HM_OK) {
            status = hm_erasing_now(r.ctx, &r.stays, err);
        }
    }
    if (status == HM_OK && args->json) {
        status = put_json(&r, err);
    } else if (status == HM_OK) {
        say(&r, only_tries);
    }
    hm_arena_fini(&r.arena);
    return status;
}
