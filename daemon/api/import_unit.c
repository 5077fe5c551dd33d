/* SPDX-License-Identifier: Apache-2.0 */
/* Codes of units that a spreadsheet took for numbers. */
#include "hamlet/record/tree.h"
#include "hamlet/store/registry.h"
#include "import_run.h"

/* Which of those that it may have been are below `root`; `*text` is the last of them. */
static enum hm_status find_meant(struct hm_importing *im,
                                 const struct hm_kind_tree *tree,
                                 struct hm_bytes root,
                                 struct hm_bytes *text,
                                 size_t *count,
                                 struct hm_err *err)
{
    uint8_t was[HM_TREE_CODE_MAX];
    struct hm_bytes code = *text;
    size_t width = 0;
    enum hm_status status = HM_OK;
    while (status == HM_OK && hm_tree_code_was(tree, code, &width, was)) {
        const struct hm_bytes meant = {was, width};
        bool within = false;
        status = hm_store_unit_within(im->view->store, meant, root, &within, err);
        if (status == HM_OK && within) {
            *text = hm_arena_copy(&im->row, meant);
            ++*count;
        }
    }
    return status == HM_OK ? hm_arena_status(&im->row, err) : status;
}

enum hm_status hm_import_unit(struct hm_importing *im,
                              struct hm_bytes *text,
                              struct hm_err *err)
{
    const struct hm_kind *units = hm_kinds_tree(hm_store_kinds(im->view->store));
    struct hm_bytes code = *text;
    struct hm_bytes root = HM_NO_BYTES;
    char shown[HM_ERR_ARG_MAX];
    size_t count = 0;
    bool ours = false;
    if (units == NULL || units->tree == NULL || !hm_tree_is_number(code)) {
        return HM_OK;
    }
    enum hm_status status = hm_view_unit(im->view, NULL, &root, &im->row, err);
    if (status == HM_OK) {
        status = hm_store_unit_within(im->view->store, code, root, &ours, err);
    }
    if (status == HM_OK && !ours) {
        status = find_meant(im, units->tree, root, text, &count, err);
    }
    im->padded_count += count == 1;
    if (status == HM_OK && count > 1) {
        hm_api_argument(shown, code);
        return hm_fail(err, HM_BAD_INPUT, "units-zeros", shown, NULL, NULL);
    }
    return status;
}
