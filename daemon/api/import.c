/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/import.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "import_run.h"

enum { NUMBER_SIZE = 24 };

/* Keep the good rows, or nothing. */
static enum hm_status finish(struct hm_importing *im, struct hm_err *err)
{
    struct hm_imported *done = &im->done;
    bool good = done->added + done->changed + done->unchanged > 0;
    im->failed = !good || (im->import->strict && done->refused > 0);
    if (!im->failed && !im->import->dry_run && done->added + done->changed > 0) {
        return hm_author_commit(im->author, err);
    }
    hm_author_rollback(im->author);
    done->batch = (struct hm_id){{0}};
    if (im->failed) {
        done->added = 0; /* whoever reads only the numbers must not believe it */
        done->changed = 0;
    }
    return HM_OK;
}

/* Where the file does not tell its encoding, what it may be is shown. */
static enum hm_status read_heading(struct hm_importing *im, struct hm_err *err)
{
    enum hm_status status = hm_import_source_open(&im->source, err);
    if (status == HM_OK) {
        status = hm_import_text_check(&im->source.text, err);
        if (status != HM_OK && im->view->json &&
            hm_import_say_end(im, NULL) == HM_NO_MEMORY) {
            return HM_NO_MEMORY;
        }
    }
    return status != HM_OK ? status
                           : hm_import_source_head(&im->source, im->view->words, err);
}

static enum hm_status take_all(struct hm_importing *im, struct hm_err *err)
{
    enum hm_status status = hm_author_open(&im->author, im->view->store, err);
    if (status == HM_OK) {
        status = hm_author_begin(im->author, err);
    }
    if (status != HM_OK) {
        return status;
    }
    status = hm_author_bulk(im->author, &im->done.batch, err);
    if (status == HM_OK) {
        status = hm_import_rows(im, err);
    }
    if (status == HM_OK) {
        status = hm_import_alike(im, err);
    }
    if (status == HM_OK) {
        return finish(im, err);
    }
    hm_author_rollback(im->author);
    return status;
}

static enum hm_status run(struct hm_importing *im, struct hm_err *err)
{
    char refused[NUMBER_SIZE];
    enum hm_status status = read_heading(im, err);
    if (status == HM_OK) {
        status = take_all(im, err);
    }
    if (status == HM_OK) {
        status = hm_import_say_end(im, err);
    }
    if (status == HM_OK && im->failed && im->done.refused == 0) {
        return hm_fail(err, HM_BAD_INPUT, "csv-empty", NULL, NULL, NULL);
    }
    if (status == HM_OK && im->failed) {
        (void)snprintf(refused, sizeof(refused), "%" PRId64, im->done.refused);
        status = hm_fail(err, HM_BAD_INPUT,
                         im->import->strict ? "import-strict" : "import-none", refused,
                         NULL, NULL);
    }
    return status;
}

enum hm_status hm_api_import(const struct hm_view *view,
                             const struct hm_import *import,
                             struct hm_imported *imported,
                             struct hm_err *err)
{
    struct hm_importing im = {.view = view, .import = import};
    enum hm_status status = hm_api_kind(view, import->kind, &im.kind, err);
    if (status != HM_OK) {
        return status;
    }
    hm_import_source_init(&im.source, import, im.kind);
    hm_buf_init_fixed(&im.padded, im.padded_room, sizeof(im.padded_room));
    hm_import_warn_init(&im);
    hm_store_grow(view->store);
    hm_hash_once(im.done.file.at, sizeof(im.done.file.at), import->file);
    hm_import_say_begin(&im);
    status = run(&im, err);
    if (status == HM_OK) {
        *imported = im.done;
    }
    hm_author_close(im.author);
    hm_import_warn_fini(&im);
    hm_grid_fini(&im.grid);
    hm_buf_fini(&im.verdicts);
    hm_buf_fini(&im.alike);
    free(im.fresh);
    hm_rows_fini(&im.rows);
    hm_import_source_fini(&im.source);
    return status;
}
