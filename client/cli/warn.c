/* SPDX-License-Identifier: Apache-2.0 */
/* What was saved all the same, and should be looked at. */
#include <unistd.h>

#include "cli.h"
#include "hamlet/api/warning.h"

static void put(void *ctx, struct hm_bytes bytes)
{
    hm_output_put(ctx, bytes);
}

void hm_desk_warn(const struct hm_call *call,
                  const struct hm_desk *desk,
                  const struct hm_author *author)
{
    struct hm_cli *cli = call->ctx;
    struct hm_view view = desk->view;
    struct hm_output notes;
    struct hm_json_write out;
    size_t count = 0;
    const struct hm_finding *found = hm_author_warnings(author, &count);
    if (count == 0) {
        return;
    }
    hm_output_init(&notes, STDERR_FILENO);
    view.put = put;
    view.ctx = &notes;
    hm_json_write_init(&out, &cli->warned);
    hm_api_put_warnings(&out, found, count, call->lang);
    for (size_t i = 0; i < count; i++) {
        hm_api_say_warning(&view, &found[i]);
    }
    (void)!hm_output_flush(&notes, NULL); /* what was saved stays saved */
    hm_output_fini(&notes);
    if (cli->warned.failed != HM_OK) {
        hm_buf_clear(&cli->warned);
    }
}
