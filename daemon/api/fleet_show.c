/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet.h"

#include <inttypes.h>
#include <stdio.h>

#include "hamlet/record/role.h"

enum { NUMBER_SIZE = 24 };

static const char *const looks[] = {
    [HM_FLEET_COPIED] = "copied",   [HM_FLEET_SILENT] = "silent",
    [HM_FLEET_QUIET] = "quiet",     [HM_FLEET_LATE] = "late",
    [HM_FLEET_FAILING] = "failing", [HM_FLEET_CLOCK] = "clock",
    [HM_FLEET_VERSION] = "version", [HM_FLEET_NONE] = "none",
    [HM_FLEET_EXPIRED] = "expired", [HM_FLEET_INVITED] = "invited",
    [HM_FLEET_REVOKED] = "revoked",
};

const char *hm_fleet_look_name(enum hm_fleet_look look)
{
    return looks[look];
}

/* ---- as JSON ---- */

static void put_null(struct hm_json_write *out, const char *name)
{
    hm_json_key(out, name);
    hm_json_null(out);
}

static void put_text(struct hm_json_write *out, const char *name, struct hm_bytes text)
{
    if (text.size == 0) {
        put_null(out, name);
    } else {
        hm_json_put_text(out, name, text);
    }
}

static void put_notices(struct hm_json_write *out, const struct hm_fleet_line *line)
{
    hm_json_key(out, "notices");
    hm_json_open(out, '[');
    for (size_t i = 0; i < line->notice_count; i++) {
        const struct hm_notice *notice = &line->notices[i];
        bool copied = notice->type == HM_NOTICE_COPIED;
        hm_json_open(out, '{');
        hm_json_put_text(out, "type", hm_text(copied ? "copied" : "restored"));
        hm_json_put_wall(out, "time", notice->time);
        hm_json_put_int(out, "epoch", notice->epoch);
        hm_json_put_int(out, "carries_on", notice->parent);
        hm_json_put_int(out, "moved", notice->moved);
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
}

/*
 * The sentence of a failure of which only the key is known, and that from a laptop: a
 * newer one may have sentences that are not here.
 */
static const char *sentence(const struct hm_view *view,
                            struct hm_bytes name,
                            bool hint,
                            struct hm_arena *arena)
{
    const struct hm_err why = {.status = HM_NO_SERVER,
                               .key = hm_arena_copy_text(arena, name)};
    const char *made = NULL;
    struct hm_buf text;
    if (why.key == NULL) {
        return "";
    }
    hm_buf_init(&text, HM_PROBLEM_BYTES_MAX);
    hm_words_error(&text, view->words, &why, hint);
    made = hm_buf_status(&text, NULL) == HM_OK
               ? hm_arena_copy_text(arena, hm_buf_bytes(&text))
               : NULL;
    hm_buf_fini(&text);
    return made == NULL ? "" : made;
}

static void put_errors(struct hm_json_write *out,
                       const struct hm_view *view,
                       const struct hm_visit *visit,
                       struct hm_arena *arena)
{
    struct hm_visit_error errors[HM_VISIT_ERRORS_MAX];
    size_t count = visit == NULL ? 0 : hm_visit_errors(visit, errors);
    hm_json_key(out, "errors");
    hm_json_open(out, '[');
    for (size_t i = 0; i < count; i++) {
        hm_json_open(out, '{');
        hm_json_put_text(out, "key", errors[i].name);
        hm_json_put_int(out, "times", errors[i].count);
        hm_json_put_text(out, "title",
                         hm_text(sentence(view, errors[i].name, false, arena)));
        hm_json_put_text(out, "detail",
                         hm_text(sentence(view, errors[i].name, true, arena)));
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
}

static void put_visit(struct hm_json_write *out, const struct hm_visit *visit)
{
    if (visit == NULL) {
        put_null(out, "epoch");
        put_null(out, "last_contact");
        put_null(out, "pending");
        put_null(out, "pending_since");
        put_null(out, "clock_offset_ms");
        put_null(out, "version");
        return;
    }
    hm_json_put_int(out, "epoch", visit->epoch);
    hm_json_put_wall(out, "last_contact", visit->contact);
    hm_json_put_int(out, "pending", visit->waiting);
    if (visit->late.ms > 0) {
        hm_json_put_wall(out, "pending_since", visit->late);
    } else {
        put_null(out, "pending_since");
    }
    hm_json_put_int(out, "clock_offset_ms", visit->offset_ms);
    put_text(out, "version", visit->version);
}

static void put_who(struct hm_json_write *out, const struct hm_fleet_line *line)
{
    const struct hm_fleet_row *row = line->row;
    const struct hm_invited *invited = line->invited;
    if (row != NULL) {
        hm_json_put_hex(out, "device", hm_id_bytes(&row->device));
        put_text(out, "name", row->name);
        put_text(out, "unit", row->home);
        put_text(out, "role", row->role);
        hm_json_put_text(out, "state", hm_text(row->revoked ? "revoked" : "active"));
        return;
    }
    /* Until it is redeemed nobody knows which device it will be. */
    put_null(out, "device");
    hm_json_put_text(out, "name", invited->name);
    hm_json_put_text(out, "unit", invited->home);
    hm_json_put_text(out, "role", invited->role);
    hm_json_put_text(out, "state", hm_text("invited"));
    hm_json_put_hex(out, "invitation", hm_id_bytes(&invited->id));
    hm_json_put_wall(out, "expires", invited->expires);
}

void hm_fleet_put(struct hm_json_write *out,
                  const struct hm_view *view,
                  const struct hm_fleet_line *line,
                  struct hm_arena *arena)
{
    const struct hm_visit *visit =
        line->row != NULL && line->row->visited ? &line->row->visit : NULL;
    hm_json_open(out, '{');
    hm_json_put_text(out, "look", hm_text(hm_fleet_look_name(line->look)));
    put_who(out, line);
    put_text(out, "unit_name", line->unit_name);
    put_visit(out, visit);
    put_errors(out, view, visit, arena);
    put_notices(out, line);
    hm_json_close(out, '}');
}

/* ---- in words ---- */

const char *hm_fleet_who(const struct hm_view *view,
                         struct hm_bytes name,
                         struct hm_bytes role,
                         struct hm_bytes home,
                         struct hm_arena *arena)
{
    enum hm_role known = HM_ROLE_VIEWER;
    const char *made = NULL;
    struct hm_buf text;
    hm_buf_init(&text, (size_t)8 * HM_NAME_MAX);
    hm_buf_put_bytes(&text, name);
    hm_buf_put_text(&text, ", ");
    if (hm_role_find(&known, role)) {
        hm_buf_put_text(&text, hm_words_ui(view->words, hm_role_word(known)));
        hm_buf_put_text(&text, ", ");
    }
    hm_buf_put_bytes(&text, home);
    if (hm_buf_status(&text, NULL) == HM_OK) {
        made = hm_arena_copy_text(arena, hm_buf_bytes(&text));
    }
    hm_buf_fini(&text);
    return made == NULL ? "" : made;
}

static void say_visit(const struct hm_view *view,
                      const struct hm_visit *visit,
                      const char *name,
                      struct hm_arena *arena)
{
    struct hm_visit_error errors[HM_VISIT_ERRORS_MAX];
    char when[HM_VIEW_TIME_SIZE];
    char number[NUMBER_SIZE];
    size_t count = hm_visit_errors(visit, errors);
    hm_view_time(when, visit->contact);
    (void)snprintf(number, sizeof(number), "%" PRId64, visit->waiting);
    hm_view_say(view, "devices.active", name, when, number);
    if (visit->late.ms > 0) {
        hm_view_time(when, visit->late);
        hm_view_say(view, "devices.late", when, NULL, NULL);
    }
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(number, sizeof(number), "%" PRId64, errors[i].count);
        const char *why = sentence(view, errors[i].name, false, arena);
        hm_view_say(view, "devices.failed", number, hm_view_shown(hm_text(why), arena),
                    NULL);
    }
}

static void say_notices(const struct hm_view *view, const struct hm_fleet_line *line)
{
    for (size_t i = 0; i < line->notice_count; i++) {
        bool copied = line->notices[i].type == HM_NOTICE_COPIED;
        char when[HM_VIEW_TIME_SIZE];
        char moved[NUMBER_SIZE];
        hm_view_time(when, line->notices[i].time);
        (void)snprintf(moved, sizeof(moved), "%" PRId64, line->notices[i].moved);
        hm_view_say(view, copied ? "devices.copied" : "devices.restored", when, moved,
                    NULL);
    }
}

void hm_fleet_say(const struct hm_view *view,
                  const struct hm_fleet_line *line,
                  struct hm_arena *arena)
{
    const struct hm_fleet_row *row = line->row;
    const struct hm_invited *invited = line->invited;
    const char *name =
        row != NULL
            ? hm_fleet_who(view, row->name, row->role, row->home, arena)
            : hm_fleet_who(view, invited->name, invited->role, invited->home, arena);
    char when[HM_VIEW_TIME_SIZE];
    if (row == NULL) {
        hm_view_time(when, invited->expires);
        hm_view_say(view, "devices.invited", name, when, NULL);
    } else if (row->revoked) {
        hm_view_say(view, "devices.revoked", name, NULL, NULL);
    } else if (!row->visited) {
        hm_view_say(view, "devices.unseen", name, NULL, NULL);
    } else {
        say_visit(view, &row->visit, name, arena);
    }
    say_notices(view, line);
}
