/* SPDX-License-Identifier: Apache-2.0 */
#include "inside.h"

enum hm_status hm_author_act(struct hm_author *author,
                             enum hm_status (*act)(struct hm_author *author,
                                                   void *ctx,
                                                   struct hm_err *err),
                             void *ctx,
                             struct hm_err *err)
{
    enum hm_status status = hm_author_begin(author, err);
    if (status != HM_OK) {
        return status;
    }
    status = act(author, ctx, err);
    if (status != HM_OK) {
        hm_author_rollback(author);
        return status;
    }
    return hm_author_commit(author, err);
}

enum hm_status hm_author_serve(struct hm_store *store,
                               const struct hm_secret *secret,
                               enum hm_status (*act)(struct hm_author *author,
                                                     void *ctx,
                                                     struct hm_err *err),
                               void *ctx,
                               struct hm_err *err)
{
    struct hm_author *author = NULL;
    enum hm_status status = hm_author_open(&author, store, err);
    if (status == HM_OK) {
        hm_author_as_server(author);
        hm_author_sign_with(author, secret);
        status = hm_author_act(author, act, ctx, err);
    }
    hm_author_close(author);
    return status;
}
