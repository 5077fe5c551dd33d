/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter.h - the commands of the filter; filter.c says what each is asked and answers.
 */
#ifndef TESTS_WIRE2_FILTER_H
#define TESTS_WIRE2_FILTER_H

#include "told.h"

/* Each reads `ask` and appends members to the object that is open in `out`. */
enum hm_status do_expand(const struct hm_json *ask,
                         struct hm_json_write *out,
                         struct hm_arena *arena,
                         struct hm_err *err);
enum hm_status do_write(const struct hm_json *ask,
                        struct hm_json_write *out,
                        struct hm_arena *arena,
                        struct hm_err *err);

/*
 * {"do":"request","line":hex,"declared":n,"server":hex,"key":hex}
 *    -> {"device":…,"checked":b,…}      {"do":"reply","line":hex,"device":hex,"epoch":n}
 * {"do":"entries","line":hex}             {"do":"invitation","json":hex}
 * {"do":"receipt","message":hex,"key":hex,"signature":hex}
 * Each gives what it read, names as in talk.py.
 */
enum hm_status do_request(const struct hm_json *ask,
                          struct hm_json_write *out,
                          struct hm_arena *arena,
                          struct hm_err *err);
enum hm_status do_reply(const struct hm_json *ask,
                        struct hm_json_write *out,
                        struct hm_arena *arena,
                        struct hm_err *err);
enum hm_status do_entries(const struct hm_json *ask,
                          struct hm_json_write *out,
                          struct hm_arena *arena,
                          struct hm_err *err);
enum hm_status do_invite(const struct hm_json *ask,
                         struct hm_json_write *out,
                         struct hm_arena *arena,
                         struct hm_err *err);
enum hm_status do_receipt(const struct hm_json *ask,
                          struct hm_json_write *out,
                          struct hm_arena *arena,
                          struct hm_err *err);

#endif
