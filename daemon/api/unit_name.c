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
