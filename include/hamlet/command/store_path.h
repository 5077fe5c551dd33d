/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_path.h - which store a program of the laptop works on.
 *
 * Owner: daemon/command/store_path.c; layer 4
 */
#ifndef HAMLET_COMMAND_STORE_PATH_H
#define HAMLET_COMMAND_STORE_PATH_H

#include "hamlet/base/err.h"

/* Where it may be, the first that applies; null or empty does not. */
struct hm_store_places {
    const char *option;    /* of --store; empty is refused, not passed over */
    const char *variable;  /* HAMLET_STORE */
    const char *system;    /* if it exists */
    const char *data_home; /* XDG_DATA_HOME, /hamlet is added; absolute, or it is none */
    const char *home;      /* HOME, /.local/share/hamlet is added */
};

/*
 * `*path` is the caller's (free). Whether there is a store is not looked at.
 * HM_BAD_INPUT     the option is empty: a script's unset variable must not lead elsewhere
 * HM_UNCONFIGURED  nothing applies
 */
HM_CHECKED enum hm_status hm_store_path_of(char **path,
                                           const struct hm_store_places *places,
                                           struct hm_err *err);

/* As hm_store_path_of, with /var/lib/hamlet and this process's environment. */
HM_CHECKED enum hm_status hm_store_path(char **path,
                                        const char *option,
                                        struct hm_err *err);

#endif
