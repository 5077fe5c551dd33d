/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/command/store_path.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hamlet/base/buf.h"

enum { PATH_BYTES_MAX = 4096 }; /* as the kernel's */

static bool is_set(const char *text)
{
    return text != NULL && *text != '\0';
}

static enum hm_status give(char **path,
                           const char *folder,
                           const char *below,
                           struct hm_err *err)
{
    struct hm_buf made;
    hm_buf_init(&made, PATH_BYTES_MAX);
    hm_buf_put_text(&made, folder);
    hm_buf_put_text(&made, below);
    enum hm_status status = hm_buf_status(&made, err);
    if (status == HM_OK) {
        *path = hm_buf_take_text(&made);
    }
    hm_buf_fini(&made);
    return status;
}

enum hm_status hm_store_path_of(char **path,
                                const struct hm_store_places *places,
                                struct hm_err *err)
{
    if (places->option != NULL && *places->option == '\0') {
        return hm_fail(err, HM_BAD_INPUT, "option-empty", "--store", NULL, NULL);
    }
    if (places->option != NULL) {
        return give(path, places->option, "", err);
    }
    if (is_set(places->variable)) {
        return give(path, places->variable, "", err);
    }
    if (is_set(places->system) && access(places->system, F_OK) == 0) {
        return give(path, places->system, "", err);
    }
    /* A relative one is to be ignored: XDG Base Directory Specification. */
    if (is_set(places->data_home) && places->data_home[0] == '/') {
        return give(path, places->data_home, "/hamlet", err);
    }
    if (is_set(places->home)) {
        return give(path, places->home, "/.local/share/hamlet", err);
    }
    return hm_fail(err, HM_UNCONFIGURED, "store-nowhere", NULL, NULL, NULL);
}

enum hm_status hm_store_path(char **path, const char *option, struct hm_err *err)
{
    const struct hm_store_places places = {
        .option = option,
        .variable = getenv("HAMLET_STORE"),
        .system = "/var/lib/hamlet",
        .data_home = getenv("XDG_DATA_HOME"),
        .home = getenv("HOME"),
    };
    return hm_store_path_of(path, &places, err);
}
