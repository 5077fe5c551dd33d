/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h - a failure, told to a person.
 *
 * Owner:   daemon/command/report.c; layer 4
 * Threads: one call is one write(2) to standard error
 */
#ifndef HAMLET_COMMAND_REPORT_H
#define HAMLET_COMMAND_REPORT_H

#include "hamlet/text/words.h"

/*
 * Print `PROGRAM: what happened` and, where there is something to do, `HINT: …`; give the
 * exit code of `status`. HM_OK prints nothing. `words` may be null, if it was they that
 * failed; `err` may hold nothing: then the text is that of the status.
 */
int hm_report(const char *program,
              const struct hm_words *words,
              enum hm_status status,
              const struct hm_err *err);

#endif
