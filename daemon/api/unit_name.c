/* SPDX-License-Identifier: Apache-2.0 */
/* Units are known by their codes; a person is told the name as well. */
#include "hamlet/store/registry.h"
#include "inside.h"

enum hm_status hm_view_unit_name(const struct hm_view *view,
                                 struct hm_bytes code,
                                 struct hm_bytes *shown,
                                 struct hm_arena *arena,
                                 struct hm_err *err)
{
    struct hm_bytes name = HM_NO_BYTES;
    struct hm_buf both;
    enum hm_status status = hm_store_unit_name(view->store, code, &name, arena, err);
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

/* Where the code stands, or stands from now on: a few places from where its letters point
 * to (FNV-1a). */
static struct hm_unit_known *known_of(struct hm_unit_names *names, struct hm_bytes code)
{
    struct hm_unit_known *at = NULL;
    uint32_t sum = 2166136261U;
    for (size_t i = 0; i < code.size; i++) {
        sum = (sum ^ code.data[i]) * 16777619U;
    }
    for (uint32_t i = 0; i < TRIED; i++) {
        at = &names->at[(sum + i) % HM_UNIT_NAMES];
        if (at->code.size == 0 || hm_bytes_equal(at->code, code)) {
            break;
        }
    }
    if (!hm_bytes_equal(at->code, code)) {
        *at = (struct hm_unit_known){.code = code};
    }
    return at;
}

enum hm_status hm_unit_names_within(struct hm_unit_names *names,
                                    struct hm_bytes code,
                                    bool *within,
                                    struct hm_err *err)
{
    *within = true;
    if (names->scope.size == 0) {
        return HM_OK;
    }
    struct hm_unit_known *known = known_of(names, code);
    enum hm_status status = HM_OK;
    if (!known->judged) {
        status = hm_store_unit_within(names->view->store, code, names->scope,
                                      &known->within, err);
        known->judged = status == HM_OK;
    }
    *within = status == HM_OK && known->within;
    return status;
}

enum hm_status hm_unit_names_find(struct hm_unit_names *names,
                                  struct hm_bytes code,
                                  struct hm_bytes *shown,
                                  struct hm_err *err)
{
    struct hm_unit_known *known = known_of(names, code);
    enum hm_status status = HM_OK;
    if (known->shown.size == 0) {
        status = hm_view_unit_name(names->view, code, &known->shown, names->arena, err);
    }
    *shown = status == HM_OK ? known->shown : *shown;
    return status;
}
