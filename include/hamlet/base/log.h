/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log.h - lines for operators: `time level event key=value …` on standard error.
 *
 * Owner:   proto/base/log.c; layer 0
 * Threads: one call writes one line in one write(2)
 *
 * Events come from one table, so that they can be searched for and are documented. A
 * record's contents, a name, a key or a secret is never a value. Values are escaped: no
 * value can make a second line.
 */
#ifndef HAMLET_BASE_LOG_H
#define HAMLET_BASE_LOG_H

#include "hamlet/base/time.h"

#define HM_LOG_MAP(X)                                                                    \
    X(STARTED, INFO, "started")                                                          \
    X(LISTENING, INFO, "listening")                                                      \
    X(STOPPING, INFO, "stopping")                                                        \
    X(STOPPED, INFO, "stopped")                                                          \
    X(NETWORK_CHANGED, INFO, "network-changed")                                          \
    X(SYNC_DONE, INFO, "sync-done")                                                      \
    X(SYNC_FAILED, WARNING, "sync-failed")                                               \
    X(REQUEST_DONE, INFO, "request-done")                                                \
    X(REQUEST_REFUSED, WARNING, "request-refused")                                       \
    X(PAGES_KEPT, INFO, "pages-kept-of-broken-request")                                  \
    X(DEVICE_ENROLLED, INFO, "device-enrolled")                                          \
    X(KEY_CHANGED, INFO, "device-key-changed")                                           \
    X(CAME_BACK, WARNING, "server-came-back")                                            \
    X(DEVICE_STALE, WARNING, "device-copied-or-restored")                                \
    X(ERASED_STAYS, WARNING, "erased-still-in-file")                                     \
    X(ERASED_GONE, INFO, "erased-gone-from-file")                                        \
    X(STORE_FAILED, ERROR, "store-failed")                                               \
    X(BUG, ERROR, "bug")

enum hm_log_event {
#define HM_LOG_ENUM(name, level, text) HM_LOG_##name,
    HM_LOG_MAP(HM_LOG_ENUM)
#undef HM_LOG_ENUM
};

enum hm_log_level { HM_LOG_LEVEL_INFO, HM_LOG_LEVEL_WARNING, HM_LOG_LEVEL_ERROR };

/* Pairs of name and value, ended by a null name: hm_log(now, EVENT, "n", "5", NULL). */
void hm_log(struct hm_wall now, enum hm_log_event event, ...) __attribute__((sentinel));

#endif
