/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that were taken, and that somebody should look at; names in capitals. */
#include <inttypes.h>
#include <stdio.h>

#include "hamlet/api/warning.h"
#include "import_run.h"

enum { ROWS_SHOWN = 200, ROWS_SAID = 5, NUMBER_SIZE = 24 };
#define WARNED_BYTES_MAX ((size_t)1024 * 1024)
#define ROW_BYTES_MAX    ((size_t)1024 * 1024)

void hm_import_warn_init(struct hm_importing *im)
{
    hm_arena_init(&im->row, ROW_BYTES_MAX);
    hm_buf_init(&im->warned, WARNED_BYTES_MAX);
    hm_buf_init(&im->told, WARNED_BYTES_MAX);
    hm_json_write_init(&im->warned_out, &im->warned);
    hm_json_open(&im->warned_out, '[');
}

void hm_import_warn_fini(struct hm_importing *im)
{
    hm_buf_fini(&im->told);
    hm_buf_fini(&im->warned);
    hm_arena_fini(&im->row);
}

static void put(void *ctx, struct hm_bytes bytes)
{
    hm_buf_put_bytes(ctx, bytes);
}

static void put_one(struct hm_importing *im,
                    size_t line,
                    const struct hm_finding *finding)
{
    hm_json_open(&im->warned_out, '{');
    hm_json_put_int(&im->warned_out, "line", (int64_t)line);
    hm_api_put_warning(&im->warned_out, finding, im->view->lang);
    hm_json_close(&im->warned_out, '}');
}

void hm_import_warn(struct hm_importing *im, size_t line)
{
    size_t count = 0;
    const struct hm_finding *found = hm_author_warnings(im->author, &count);
    char number[NUMBER_SIZE];
    struct hm_view told = *im->view;
    if (count == 0) {
        return;
    }
    told.put = put;
    told.ctx = &im->told;
    (void)snprintf(number, sizeof(number), "%zu", line);
    if (im->warned_count < ROWS_SAID) {
        hm_view_say(&told, "import.warning", number, NULL, NULL);
    }
    for (size_t i = 0; i < count; i++) {
        im->offered_count += found[i].offer.size > 0;
        if (im->warned_count < ROWS_SAID) {
            hm_api_say_warning(&told, &found[i]);
        }
        if (im->warned_count < ROWS_SHOWN) {
            put_one(im, line, &found[i]);
        }
    }
    im->warned_count++;
    hm_author_forget_warnings(im->author);
}

void hm_import_warn_json(struct hm_importing *im)
{
    struct hm_json_write *out = &im->rows.out;
    hm_json_close(&im->warned_out, ']');
    hm_json_put_int(out, "rewritten", im->rewritten_count);
    hm_json_put_int(out, "warned", im->warned_count);
    hm_json_key(out, "warnings");
    hm_json_raw(out,
                im->warned.failed == HM_OK ? hm_buf_bytes(&im->warned) : hm_text("[]"));
}

void hm_import_warn_text(struct hm_importing *im)
{
    char number[NUMBER_SIZE];
    if (im->told.size > 0) {
        im->view->put(im->view->ctx, hm_buf_bytes(&im->told));
    }
    (void)snprintf(number, sizeof(number), "%" PRId64, im->warned_count);
    if (im->warned_count > 0) {
        hm_view_say(im->view, "import.warned", number, NULL, NULL);
    }
    (void)snprintf(number, sizeof(number), "%" PRId64, im->offered_count);
    if (im->offered_count > 0) {
        hm_view_say(im->view, "import.offered", number, NULL, NULL);
    }
    (void)snprintf(number, sizeof(number), "%" PRId64, im->rewritten_count);
    if (im->rewritten_count > 0) {
        hm_view_say(im->view, "import.rewritten", number, NULL, NULL);
    }
}

enum hm_status hm_import_proper(struct hm_importing *im,
                                const struct hm_field *field,
                                struct hm_bytes *text,
                                struct hm_err *err)
{
    struct hm_buf offer;
    if (!im->import->proper_case || text->size == 0) {
        return HM_OK;
    }
    hm_buf_init(&offer, ROW_BYTES_MAX);
    hm_kind_offer(im->kind, field, *text, &offer);
    enum hm_status status = hm_buf_status(&offer, err);
    if (status == HM_OK && offer.size > 0) {
        im->rewritten_count++;
        *text = hm_arena_copy(&im->row, hm_buf_bytes(&offer));
        status = hm_arena_status(&im->row, err);
    }
    hm_buf_fini(&offer);
    return status;
}
