/* SPDX-License-Identifier: Apache-2.0 */
/* Units are known by their codes; a person is told the name as well. */
#include "hamlet/model/value.h"
#include "inside.h"

/* The name that the registry has; no bytes where it has none, or not yet. */
static enum hm_status find_name(const struct hm_view *view,
                                struct hm_bytes code,
                                struct hm_bytes *name,
                                struct hm_arena *arena,
                                struct hm_err *err)
{
    const struct hm_kind *kind = hm_kinds_tree(hm_store_kinds(view->store));
    struct hm_err missing = HM_ERR_NONE;
    struct hm_loaded loaded;
    struct hm_buf value;
    struct hm_id record;
    hm_buf_init(&value, HM_NAME_MAX * 2);
    hm_value_put_text(&value, code);
    enum hm_status status = hm_buf_status(&value, err);
    if (status == HM_OK && kind != NULL) {
        const struct hm_key_field key = {hm_text(kind->tree->code->name),
                                         hm_buf_bytes(&value)};
        hm_record_id(&record, hm_text(HM_HOME_REGISTRY), hm_text(kind->name), &key, 1);
        status = hm_store_record_load(view->store, &record, &loaded, arena, &missing);
        if (status == HM_OK && loaded.merged.there && !loaded.merged.deleted) {
            *name =
                hm_value_text_or(hm_loaded_field(&loaded, kind->tree->name), HM_NO_BYTES);
        } else if (status == HM_NOT_FOUND) {
            status = HM_OK;
        } else if (status != HM_OK) {
            status = hm_fail(err, status, missing.key, missing.arg[0], missing.arg[1],
                             missing.arg[2]);
        }
    }
    hm_buf_fini(&value);
    return status;
}

enum hm_status hm_view_unit_name(const struct hm_view *view,
                                 struct hm_bytes code,
                                 struct hm_bytes *shown,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    struct hm_bytes name = HM_NO_BYTES;
    struct hm_buf both;
    enum hm_status status = find_name(view, code, &name, arena, err);
    if (status != HM_OK || name.size == 0) {
        *shown = status == HM_OK ? code : *shown;
        return status;
    }
    hm_buf_init(&both, HM_VALUE_BYTES_MAX);
    hm_buf_put_bytes(&both, name);
    hm_buf_put_text(&both, " (");
    hm_buf_put_bytes(&both, code);
    hm_buf_put_text(&both, ")");
    status = hm_buf_status(&both, err);
    if (status == HM_OK) {
        *shown = hm_arena_copy(arena, hm_buf_bytes(&both));
        status = hm_arena_status(arena, err);
    }
    hm_buf_fini(&both);
    return status;
}

enum { TRIED = 8 };

/* Where the code stands, or may stand: a few places from where its letters point to. */
static size_t place_of(const struct hm_unit_names *names, struct hm_bytes code)
{
    size_t sum = 0;
    for (size_t i = 0; i < code.size; i++) {
        sum = sum * 31 + code.data[i];
    }
    for (size_t i = 0; i < TRIED; i++) {
        size_t place = (sum + i) % HM_UNIT_NAMES;
        if (names->at[place].shown.size == 0 ||
            hm_bytes_equal(names->at[place].code, code)) {
            return place;
        }
    }
    return sum % HM_UNIT_NAMES;
}

enum hm_status hm_unit_names_find(struct hm_unit_names *names,
                                  struct hm_bytes code,
                                  struct hm_bytes *shown,
                                  struct hm_err *err)
{
    size_t place = place_of(names, code);
    enum hm_status status = HM_OK;
    if (names->at[place].shown.size == 0 ||
        !hm_bytes_equal(names->at[place].code, code)) {
        names->at[place].code = code;
        status = hm_view_unit_name(names->view, code, &names->at[place].shown,
                                   names->arena, err);
    }
    *shown = status == HM_OK ? names->at[place].shown : *shown;
    return status;
}
