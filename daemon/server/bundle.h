/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bundle.h - files as transport, on the server's side: who opens them, who has the store.
 *
 * Owner:   daemon/server/bundle_import.c, bundle_export.c (where the command was given:
 *          files, their keys, the child that reads), bundle_take.c, bundle_give.c (where
 *          the store is open)
 * Threads: one command, one thread
 *
 * A file may be gigabytes, so its bodies go to the process that has the store a few at a
 * time, as requests come to it one by one (control.h, hm_control_ask). What they say to
 * each other is packed (base/pack.h); both are of one version (message.h).
 */
#ifndef DAEMON_SERVER_BUNDLE_H
#define DAEMON_SERVER_BUNDLE_H

#include "commands.h"
#include "hamlet/wire/bundle.h"

/* Where the command was given. */
enum hm_status hm_bundle_import_run(struct hm_call *call, struct hm_err *err);
enum hm_status hm_bundle_export_run(struct hm_call *call, struct hm_err *err);

/*
 * take: bytes line of the head   list of (uint declared, bytes body)   uint end
 *   →   uint fresh   uint refused   uint enrolled   uint copied   uint missing: the part
 *       without which what these say does not count, or 0   uint problem
 *       (wire/problem.h), which ended it
 */
enum { HM_BUNDLE_GOES_ON, HM_BUNDLE_LAST_PART, HM_BUNDLE_MORE_PARTS }; /* end */
enum hm_status hm_bundle_take_run(struct hm_call *call, struct hm_err *err);

/*
 * give, without input: whom the files are for
 *   →   list of (raw16 device, raw32 key, uint epoch, state)
 * give: raw16 device   uint epoch   state
 *   →   uint more   state   list of (bytes body)
 * state: as of hm_file_reader_put
 */
enum hm_status hm_bundle_give_run(struct hm_call *call, struct hm_err *err);

/* Bodies that go at once: a few seconds of the one who writes. */
enum { HM_BUNDLE_AT_ONCE = 8 * 1024 * 1024 };

#endif
