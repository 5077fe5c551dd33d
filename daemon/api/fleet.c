/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet.h"

#include <stdlib.h>

#include "hamlet/api/fleet.h"
#include "hamlet/api/overview.h"
#include "hamlet/store/registry.h"

enum { DAY_MS = 86400 * 1000, CLOCK_MS = 10 * 60 * 1000, LATE_DAYS = 1 };

struct fleet {
    const struct hm_view *view;
    const struct hm_api_fleet *query;
    struct hm_fleet_row *rows;
    size_t row_count;
    struct hm_notice *notices; /* those of a device lie together */
    size_t notice_count;
    struct hm_invited *invited;
    size_t invited_count;
    struct hm_fleet_line *lines;
    size_t count;
    struct hm_arena arena;
    struct hm_unit_names names;
};

static bool is_past(const struct fleet *fleet, struct hm_wall then, int64_t days)
{
    return fleet->query->now.ms - then.ms >= days * DAY_MS;
}

/* What a copy wrote is looked into by people, who say nothing of it here: it fades. */
static bool is_copied(const struct fleet *fleet, const struct hm_fleet_line *line)
{
    for (size_t i = 0; i < line->notice_count; i++) {
        if (line->notices[i].type == HM_NOTICE_COPIED &&
            !is_past(fleet, line->notices[i].time, HM_OVERVIEW_COPIED_DAYS)) {
            return true;
        }
    }
    return false;
}

static enum hm_fleet_look judge(const struct fleet *fleet,
                                const struct hm_fleet_line *line)
{
    const struct hm_visit *visit = &line->row->visit;
    if (line->row->revoked) {
        return HM_FLEET_REVOKED;
    }
    if (is_copied(fleet, line)) {
        return HM_FLEET_COPIED;
    }
    if (!line->row->visited || is_past(fleet, visit->contact, HM_OVERVIEW_SILENT_DAYS)) {
        return HM_FLEET_SILENT;
    }
    if (is_past(fleet, visit->contact, HM_OVERVIEW_QUIET_DAYS)) {
        return HM_FLEET_QUIET;
    }
    if (visit->late.ms > 0 && is_past(fleet, visit->late, LATE_DAYS)) {
        return HM_FLEET_LATE;
    }
    if (visit->errors.size > 0) {
        return HM_FLEET_FAILING;
    }
    if (visit->offset_ms > CLOCK_MS || visit->offset_ms < -CLOCK_MS) {
        return HM_FLEET_CLOCK;
    }
    return hm_bytes_are(visit->version, HM_VERSION) ? HM_FLEET_NONE : HM_FLEET_VERSION;
}

static void add_device(struct fleet *fleet, const struct hm_fleet_row *row)
{
    const struct hm_notice *end = fleet->notices + fleet->notice_count;
    struct hm_fleet_line *line = &fleet->lines[fleet->count++];
    *line =
        (struct hm_fleet_line){.row = row, .notices = fleet->notices, .silent_ms = -1};
    while (line->notices < end && !hm_id_equal(&line->notices->device, &row->device)) {
        line->notices++;
    }
    while (line->notices + line->notice_count < end &&
           hm_id_equal(&line->notices[line->notice_count].device, &row->device)) {
        line->notice_count++;
    }
    if (row->visited) {
        int64_t silent_ms = fleet->query->now.ms - row->visit.contact.ms;
        line->silent_ms = silent_ms < 0 ? 0 : silent_ms;
    }
    line->look = judge(fleet, line);
}

static void add_invited(struct fleet *fleet, const struct hm_invited *invited)
{
    bool over = fleet->query->now.ms >= invited->expires.ms;
    fleet->lines[fleet->count++] =
        (struct hm_fleet_line){.invited = invited,
                               .look = over ? HM_FLEET_EXPIRED : HM_FLEET_INVITED,
                               .silent_ms = -1};
}

static enum hm_status add_all(struct fleet *fleet, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    for (size_t i = 0; status == HM_OK && i < fleet->row_count; i++) {
        const struct hm_fleet_row *row = &fleet->rows[i];
        bool within = !hm_id_equal(&row->device, &fleet->query->server);
        if (within) {
            status = hm_unit_names_within(&fleet->names, row->home, &within, err);
        }
        if (status == HM_OK && within) {
            add_device(fleet, row);
        }
    }
    for (size_t i = 0; status == HM_OK && i < fleet->invited_count; i++) {
        const struct hm_invited *invited = &fleet->invited[i];
        bool within = false;
        status = hm_unit_names_within(&fleet->names, invited->home, &within, err);
        if (status == HM_OK && within) {
            add_invited(fleet, invited);
        }
    }
    return status;
}

static enum hm_status gather(struct fleet *fleet, struct hm_err *err)
{
    struct hm_store *store = fleet->view->store;
    enum hm_status status =
        hm_store_fleet(store, &fleet->rows, &fleet->row_count, &fleet->arena, err);
    if (status == HM_OK) {
        status = hm_store_notices(store, &fleet->notices, &fleet->notice_count,
                                  &fleet->arena, err);
    }
    if (status == HM_OK) {
        status = hm_store_invitations(store, &fleet->invited, &fleet->invited_count,
                                      &fleet->arena, err);
    }
    if (status == HM_OK) {
        fleet->lines =
            hm_arena_get_array(&fleet->arena, fleet->row_count + fleet->invited_count + 1,
                               sizeof(*fleet->lines));
        status = hm_arena_status(&fleet->arena, err);
    }
    return status;
}

/* Who was never heard of is silent the longest; of the others the order of names stays.
 */
static int by_look(const void *a, const void *b)
{
    const struct hm_fleet_line *one = a;
    const struct hm_fleet_line *other = b;
    if (one->look != other->look) {
        return one->look < other->look ? -1 : 1;
    }
    bool timed = one->look < HM_FLEET_NONE;
    uint64_t first = (uint64_t)one->silent_ms;
    uint64_t second = (uint64_t)other->silent_ms;
    if (timed && first != second) {
        return first > second ? -1 : 1;
    }
    if (one->row != NULL && other->row != NULL) {
        return one->row < other->row ? -1 : one->row > other->row;
    }
    return one->invited < other->invited ? -1 : one->invited > other->invited;
}

static enum hm_status name_unit(struct hm_unit_names *names,
                                struct hm_fleet_line *line,
                                struct hm_err *err)
{
    struct hm_bytes unit = line->row != NULL ? line->row->home : line->invited->home;
    return unit.size == 0 ? HM_OK
                          : hm_unit_names_find(names, unit, &line->unit_name, err);
}

/* What the tiles above the list say: of all, whichever are shown. */
static void put_sums(struct hm_json_write *out, const struct fleet *fleet)
{
    int64_t looks[HM_FLEET_LOOK_COUNT] = {0};
    int64_t active = 0;
    for (size_t i = 0; i < fleet->count; i++) {
        const struct hm_fleet_row *row = fleet->lines[i].row;
        looks[fleet->lines[i].look]++;
        active += row != NULL && !row->revoked ? 1 : 0;
    }
    hm_json_put_int(out, "active", active);
    hm_json_key(out, "looks");
    hm_json_open(out, '{');
    for (int i = 0; i < HM_FLEET_LOOK_COUNT; i++) {
        if (looks[i] > 0) {
            hm_json_put_int(out, hm_fleet_look_name((enum hm_fleet_look)i), looks[i]);
        }
    }
    hm_json_close(out, '}');
}

static enum hm_status put_json(struct fleet *fleet, struct hm_err *err)
{
    const struct hm_api_fleet *query = fleet->query;
    const bool pieces = query->limit > 0;
    const size_t from = pieces ? (size_t)query->skip : 0;
    const size_t end = pieces ? from + (size_t)query->limit : fleet->count;
    struct hm_rows rows;
    enum hm_status status = HM_OK;
    hm_rows_init(&rows, fleet->view);
    if (pieces) {
        hm_json_open(&rows.out, '{');
        hm_json_key(&rows.out, "devices");
    }
    hm_json_open(&rows.out, '[');
    for (size_t i = from; i < fleet->count && i < end && status == HM_OK; i++) {
        status = name_unit(&fleet->names, &fleet->lines[i], err);
        hm_fleet_put(&rows.out, fleet->view, &fleet->lines[i], &fleet->arena);
        status = status == HM_OK ? hm_rows_flush(&rows, err) : status;
    }
    hm_json_close(&rows.out, ']');
    if (pieces) {
        hm_json_key(&rows.out, "next");
        if (end < fleet->count) {
            hm_json_int(&rows.out, (int64_t)end);
        } else {
            hm_json_null(&rows.out);
        }
        put_sums(&rows.out, fleet);
        hm_json_close(&rows.out, '}');
    }
    if (status == HM_OK) {
        status = hm_rows_end(&rows, err);
    }
    hm_rows_fini(&rows);
    return status;
}

static enum hm_status show(struct fleet *fleet, struct hm_err *err)
{
    enum hm_status status = HM_OK;
    if (fleet->view->json) {
        status = put_json(fleet, err);
    }
    for (size_t i = 0; !fleet->view->json && i < fleet->count; i++) {
        hm_fleet_say(fleet->view, &fleet->lines[i], &fleet->arena);
    }
    return status == HM_OK ? hm_arena_status(&fleet->arena, err) : status;
}

enum hm_status hm_api_fleet(const struct hm_view *view,
                            const struct hm_api_fleet *query,
                            struct hm_err *err)
{
    struct fleet fleet = {.view = view, .query = query};
    hm_arena_init(&fleet.arena, HM_COMMAND_ARENA_MAX);
    fleet.names = (struct hm_unit_names){
        .view = view, .arena = &fleet.arena, .scope = query->scope};
    enum hm_status status = gather(&fleet, err);
    if (status == HM_OK) {
        status = add_all(&fleet, err);
    }
    if (status == HM_OK && fleet.count > 1) {
        qsort(fleet.lines, fleet.count, sizeof(*fleet.lines), by_look);
    }
    if (status == HM_OK) {
        status = show(&fleet, err);
    }
    hm_arena_fini(&fleet.arena);
    return status;
}
