/* SPDX-License-Identifier: Apache-2.0 */
/*
 * in.h - a file of bundles, taken apart in a child that can do nothing else.
 *
 * Owner:   daemon/bundle/in.c, child.c, scan.c; layer 4
 * Threads: one; the process has no other (host/sandbox.h)
 * Errors:  `path` is the first argument of each.
 *          HM_BAD_INPUT     bundle-none, bundle-broken, bundle-torn, or no plain file
 *          HM_TOO_BIG       file-too-big
 *          HM_UNCONFIGURED  bundle-newer, sandbox-machine
 *          and whatever the taker answers, which ends it
 *
 * Whatever the child says is judged by the taker as what comes by the network is: the
 * signature of the head, the pages, the entries. What it cannot even read kills the child
 * and not us.
 */
#ifndef HAMLET_BUNDLE_IN_H
#define HAMLET_BUNDLE_IN_H

#include "hamlet/wire/bundle.h"

struct hm_bundle_taker {
    void *ctx;
    /* A head; its signature has not been looked at. `ours`: it is sealed to us. */
    enum hm_status (*head)(void *ctx,
                           const struct hm_bundle_head *head,
                           const struct hm_bundle_line *line,
                           bool ours,
                           struct hm_err *err);
    /* After a head of ours that is sealed to another key. Nothing else comes of it. */
    enum hm_status (*locked)(void *ctx, struct hm_err *err);
    /*
     * A body of ours, `declared` bytes long. Shorter: the file ends or is damaged here,
     * which is told after it.
     */
    enum hm_status (*body)(void *ctx,
                           struct hm_bytes body,
                           size_t declared,
                           struct hm_err *err);
    /* Bytes of a bundle of somebody else's, from its version line to its end. */
    enum hm_status (*raw)(void *ctx, struct hm_bytes bytes, struct hm_err *err);
    /* The end of a bundle. `more`: of ours, it says that another file goes on with it. */
    enum hm_status (*end)(void *ctx, bool more, struct hm_err *err);
};

/*
 * Take the whole file. `self` is who we are, `key` and `secret` what opens bundles for
 * us. What the taker was given before an error was good.
 */
HM_CHECKED enum hm_status hm_bundle_in(const char *path,
                                       const struct hm_id *self,
                                       const struct hm_key *key,
                                       const struct hm_secret *secret,
                                       const struct hm_bundle_taker *taker,
                                       struct hm_err *err);

/*
 * Read a body as its reader will, and forget it: for the child, that meets first what is
 * made to break its reader. HM_PROTOCOL it cannot be read whole, for which its reader has
 * a better word.
 */
HM_CHECKED enum hm_status hm_bundle_scan(struct hm_bytes body,
                                         bool is_request,
                                         struct hm_err *err);

#endif
