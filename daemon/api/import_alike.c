/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import_run.h"
#include "pairs.h"

enum { ADDED_STEP = 1024, NUMBER_SIZE = 24, PAIRS_MAX = 1000, SHOWN_MAX = 20 };

/* Room for a thousand pairs, a few hundred bytes each. */
#define SAID_MAX ((size_t)1024 * 1024)

enum hm_status hm_import_alike_note(struct hm_importing *im,
                                    const struct hm_id *record,
                                    size_t line,
                                    struct hm_err *err)
{
    if (im->kind->duplicates == NULL) {
        return HM_OK;
    }
    if (im->fresh_count == im->fresh_room) {
        size_t room = im->fresh_room + ADDED_STEP;
        struct hm_import_fresh *grown = realloc(im->fresh, room * sizeof(*grown));
        if (grown == NULL) {
            return hm_fail_memory(err);
        }
        im->fresh = grown;
        im->fresh_room = room;
    }
    im->fresh[im->fresh_count++] = (struct hm_import_fresh){*record, line};
    return HM_OK;
}

/* ---- which of a pair are new ---- */

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct hm_id));
}

static const struct hm_import_fresh *fresh(const struct hm_importing *im,
                                           const struct hm_id *record)
{
    return bsearch(record, im->fresh, im->fresh_count, sizeof(*im->fresh), by_id);
}

static bool wants(void *ctx, const struct hm_id *record)
{
    return fresh(ctx, record) != NULL;
}

/* ---- telling ---- */

struct told {
    const struct hm_import_fresh *row;   /* the later one, that is told of */
    const struct hm_import_fresh *other; /* null: a record that was here before */
    const struct hm_paired *with;
};

static struct told arrange(const struct hm_importing *im, const struct hm_pair *pair)
{
    const struct hm_import_fresh *a = fresh(im, &pair->a->id);
    const struct hm_import_fresh *b = fresh(im, &pair->b->id);
    bool second = a == NULL || (b != NULL && b->line > a->line);
    return second ? (struct told){b, a, pair->a} : (struct told){a, b, pair->b};
}

static void put_json(struct hm_importing *im,
                     struct hm_json_write *out,
                     const struct hm_pair *pair)
{
    struct told told = arrange(im, pair);
    hm_json_open(out, '{');
    hm_json_put_int(out, "line", (int64_t)told.row->line);
    hm_json_put_text(out, "level", hm_text(hm_duplicate_level_name(pair->found.level)));
    hm_pairs_put_reason(out, &pair->found);
    hm_json_key(out, "with");
    hm_json_open(out, '{');
    if (told.other != NULL) {
        hm_json_put_int(out, "line", (int64_t)told.other->line);
    } else {
        hm_json_put_hex(out, "record", hm_id_bytes(&told.with->id));
    }
    hm_json_close(out, '}');
    hm_json_close(out, '}');
}

static enum hm_status put_text(struct hm_importing *im,
                               const struct hm_pairs *pairs,
                               const struct hm_pair *pair,
                               struct hm_err *err)
{
    struct told told = arrange(im, pair);
    const struct hm_field *field = pairs->kind->duplicates->name;
    char line[NUMBER_SIZE];
    char name[HM_ERR_ARG_MAX];
    char with[HM_HEX16_SIZE];
    struct hm_buf shown;
    hm_buf_init(&shown, 4 * HM_VALUE_BYTES_MAX);
    hm_field_show(&shown, field, hm_pairs_value(pairs, told.with, field), im->view->lang);
    enum hm_status status = hm_buf_status(&shown, err);
    hm_api_argument(name, hm_buf_bytes(&shown));
    (void)snprintf(line, sizeof(line), "%zu", told.row->line);
    if (told.other != NULL) {
        (void)snprintf(with, sizeof(with), "%zu", told.other->line);
    } else {
        hm_hex_put(with, hm_id_bytes(&told.with->id));
    }
    hm_view_say(im->view, told.other != NULL ? "import.like-line" : "import.like-record",
                line, with, name);
    hm_buf_fini(&shown);
    return status;
}

static enum hm_status say(struct hm_importing *im,
                          const struct hm_pairs *pairs,
                          struct hm_err *err)
{
    enum hm_status status = HM_OK;
    struct hm_json_write out;
    char more[NUMBER_SIZE];
    size_t count = pairs->pair_count;
    if (im->view->json) {
        hm_json_write_init(&out, &im->alike);
        hm_json_open(&out, '[');
        for (size_t i = 0; i < count; i++) {
            put_json(im, &out, &pairs->pairs[i]);
        }
        hm_json_close(&out, ']');
        return hm_buf_status(&im->alike, err);
    }
    for (size_t i = 0; status == HM_OK && i < count && i < SHOWN_MAX; i++) {
        status = put_text(im, pairs, &pairs->pairs[i], err);
    }
    if (count > SHOWN_MAX) {
        (void)snprintf(more, sizeof(more), "%zu", count - SHOWN_MAX);
        hm_view_say(im->view, "import.like-more", more, NULL, NULL);
    }
    return status;
}

/* The rows are good all the same; `duplicates` looks at a unit at a time. */
static enum hm_status say_too_many(struct hm_importing *im, struct hm_err *err)
{
    if (im->view->json) {
        hm_buf_put_text(&im->alike, "null");
    } else {
        hm_view_say(im->view, "import.like-many", NULL, NULL, NULL);
    }
    return hm_buf_status(&im->alike, err);
}

enum hm_status hm_import_alike(struct hm_importing *im, struct hm_err *err)
{
    struct hm_pairs pairs;
    struct hm_err why = HM_ERR_NONE;
    hm_buf_init(&im->alike, SAID_MAX);
    if (im->fresh_count == 0) {
        return HM_OK;
    }
    qsort(im->fresh, im->fresh_count, sizeof(*im->fresh), by_id);
    enum hm_status status =
        hm_pairs_init(&pairs, im->view->store, PAIRS_MAX, HM_DUPLICATE_PROBABLE, err);
    pairs.wants = wants;
    pairs.wants_ctx = im;
    if (status == HM_OK) {
        status = hm_author_flush(im->author, err);
    }
    if (status == HM_OK) {
        status = hm_pairs_search(&pairs, im->kind, HM_NO_BYTES, &why);
        if (status == HM_OK) {
            status = say(im, &pairs, err);
        } else if (status == HM_TOO_BIG) {
            status = say_too_many(im, err);
        } else {
            status = hm_fail(err, status, why.key, why.arg[0], why.arg[1], why.arg[2]);
        }
    }
    hm_pairs_fini(&pairs);
    return status;
}
