/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in the dossier of a unit's year, and whether it is still what was read. */
#include <stdio.h>
#include <string.h>

#include "facts.h"
#include "hamlet/api/evaluate.h"
#include "hamlet/base/hash.h"
#include "hamlet/base/pack.h"

enum { TOKEN_PARTS = 3, YEAR_SIZE = 12 };

struct dossier {
    struct hm_case_unit unit;
    const struct hm_case_table *table;
    struct hm_json_write *out; /* null: only what it stands for is wanted */
    struct hm_hash hash;
    char seen[HM_HEX16_SIZE];
};

static bool take(void *ctx, const struct hm_listed *record, const struct hm_json *fields)
{
    struct dossier *d = ctx;
    struct hm_case_unit *unit = &d->unit;
    const struct hm_kinds *kinds = hm_store_kinds(unit->view->store);
    (void)fields;
    hm_hash_put(&d->hash, hm_id_bytes(&record->id));
    hm_hash_put_packed(&d->hash, record->fields);
    hm_hash_put_uint(&d->hash, record->conflict_count);
    if (d->out != NULL) {
        unit->status = hm_api_put_record(
            d->out, unit->view, hm_kinds_find(kinds, record->kind), record, unit->err);
    }
    return unit->status == HM_OK;
}

/* In the order of their kind's list: the same as long as the records are. */
static enum hm_status put_records(struct dossier *d, struct hm_err *err)
{
    uint8_t id[HM_ID_SIZE];
    enum hm_status status = HM_OK;
    hm_hash_init(&d->hash, sizeof(id));
    for (size_t i = 0; status == HM_OK && i < d->table->dossier_count; i++) {
        const char *name = d->table->dossier[i];
        const struct hm_kind *kind =
            hm_kinds_find(hm_store_kinds(d->unit.view->store), hm_text(name));
        const struct hm_query all = {
            .kind = name,
            .year = kind == NULL || kind->year == NULL ? NULL : kind->year->name};
        status = hm_case_records(&d->unit, d->unit.unit, &all, false, take, d, err);
        if (status == HM_OK) {
            status = d->unit.status;
        }
    }
    hm_hash_end(&d->hash, id, sizeof(id));
    hm_hex_put(d->seen, (struct hm_bytes){id, sizeof(id)});
    return status;
}

/* Every figure that some record freezes, as it is today. */
static enum hm_status put_counted(struct dossier *d)
{
    hm_json_key(d->out, "counted");
    hm_json_open(d->out, '{');
    for (size_t i = 0; i < d->table->flag_count; i++) {
        const struct hm_case_flag *flag = &d->table->flags[i];
        for (size_t j = 0; j < flag->figure_count; j++) {
            struct hm_fact fact;
            bool told = false;
            for (size_t k = 0; k < i; k++) {
                const struct hm_case_flag *before = &d->table->flags[k];
                for (size_t n = 0; n < before->figure_count; n++) {
                    told = told ||
                           strcmp(before->figures[n].field, flag->figures[j].field) == 0;
                }
            }
            if (!told && hm_case_fact(&d->unit, flag->figures[j].fact, &fact) &&
                fact.now.there) {
                hm_json_put_int(d->out, flag->figures[j].field, fact.now.value);
            }
        }
    }
    hm_json_close(d->out, '}');
    return d->unit.status;
}

/* What the sender gives back: of which unit and year, and what it stands for. */
static void put_seen(struct dossier *d)
{
    char year[YEAR_SIZE];
    struct hm_buf token;
    (void)snprintf(year, sizeof(year), ":%04d:", d->unit.year);
    hm_buf_init(&token, HM_NAME_MAX);
    hm_buf_put_bytes(&token, d->unit.unit);
    hm_buf_put_text(&token, year);
    hm_buf_put_text(&token, d->seen);
    hm_json_put_text(d->out, "seen", hm_buf_bytes(&token));
    hm_buf_fini(&token);
}

static enum hm_status put_all(struct dossier *d, struct hm_err *err)
{
    struct hm_bytes name = HM_NO_BYTES;
    enum hm_status status =
        hm_view_unit_name(d->unit.view, d->unit.unit, &name, d->unit.arena, err);
    hm_json_open(d->out, '{');
    hm_json_put_text(d->out, "unit", d->unit.unit);
    hm_json_put_text(d->out, "unit_name", name);
    hm_json_put_text(d->out, "kind_of_unit", hm_text(d->unit.unit_kind));
    hm_json_put_int(d->out, "year", d->unit.year);
    if (status == HM_OK) {
        status = put_counted(d);
    }
    hm_json_key(d->out, "records");
    hm_json_open(d->out, '[');
    if (status == HM_OK) {
        status = put_records(d, err);
    }
    hm_json_close(d->out, ']');
    put_seen(d);
    hm_json_close(d->out, '}');
    return status;
}

static enum hm_status find(struct dossier *d,
                           const struct hm_view *view,
                           const struct hm_catalogues *catalogues,
                           const struct hm_api_year *year,
                           struct hm_arena *arena,
                           struct hm_err *err)
{
    *d = (struct dossier){.unit = {.view = view,
                                   .catalogues = catalogues,
                                   .arena = arena,
                                   .year = year->year,
                                   .err = err},
                          .table = hm_catalogues_case(catalogues)};
    return hm_case_unit_find(&d->unit, year->unit, "standard", err);
}

enum hm_status hm_api_dossier(const struct hm_view *view,
                              const struct hm_catalogues *catalogues,
                              const struct hm_api_year *year,
                              struct hm_err *err)
{
    struct hm_arena arena;
    struct dossier d;
    struct hm_rows rows;
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    hm_rows_init(&rows, view);
    enum hm_status status = find(&d, view, catalogues, year, &arena, err);
    if (status == HM_OK) {
        d.out = &rows.out;
        status = put_all(&d, err);
    }
    if (status == HM_OK) {
        status = hm_rows_end(&rows, err);
    }
    hm_rows_fini(&rows);
    hm_arena_fini(&arena);
    return status;
}

/* "unit:year:what it stands for"; codes have no colon. */
static bool split(char *text, char *part[TOKEN_PARTS])
{
    for (int i = 0; i < TOKEN_PARTS; i++) {
        part[i] = text;
        char *colon = strchr(text, ':');
        if (*text == '\0' || (colon == NULL) != (i + 1 == TOKEN_PARTS)) {
            return false;
        }
        if (colon != NULL) {
            *colon = '\0';
            text = colon + 1;
        }
    }
    return true;
}

enum hm_status hm_api_dossier_still(const struct hm_view *view,
                                    const struct hm_catalogues *catalogues,
                                    const char *seen,
                                    struct hm_bytes unit,
                                    struct hm_err *err)
{
    struct hm_arena arena;
    struct dossier d;
    struct hm_api_year year = {.unit = NULL};
    char *part[TOKEN_PARTS];
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    char *text = hm_arena_copy_text(&arena, hm_text(seen));
    enum hm_status status =
        text != NULL && split(text, part) && hm_bytes_are(unit, part[0])
            ? hm_api_read_year(&year.year, part[1], err)
            : hm_fail(err, HM_USAGE, "dossier-seen", NULL, NULL, NULL);
    if (status == HM_OK) {
        year.unit = part[0];
        status = find(&d, view, catalogues, &year, &arena, err);
    }
    if (status == HM_OK) {
        status = put_records(&d, err);
    }
    if (status == HM_OK && strcmp(d.seen, part[2]) != 0) {
        status = hm_fail(err, HM_EXISTS, "dossier-moved", part[0], NULL, NULL);
    }
    hm_arena_fini(&arena);
    return status;
}
