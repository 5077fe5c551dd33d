/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process.h - this process made safe at its start, and another one run by it.
 *
 * Owner:   daemon/host/process.c; layer 4
 * Threads: hm_process_lean and hm_process_harden before any thread starts;
 *          hm_process_run from one thread at a time
 */
#ifndef HAMLET_HOST_PROCESS_H
#define HAMLET_HOST_PROCESS_H

#include "hamlet/base/buf.h"

/*
 * First thing in main: what we write is ours alone (umask 077), memory with names and
 * keys goes into no core file and to no debugger of the same user, programs that we start
 * gain no privileges, a closed pipe and a file at its limit are errors and not signals,
 * and 0, 1, 2 are open, so that no file of ours becomes somebody's standard output.
 */
HM_CHECKED enum hm_status hm_process_harden(struct hm_err *err);

/*
 * Before all else in the main of a program that rests for days: it is started over, once
 * and as the same process, with one heap for all threads and nothing kept back for each,
 * so that what it gives back it no longer holds. Only the environment of its start can
 * ask the C library for that; whoever set GLIBC_TUNABLES himself keeps what he set.
 * Returns if it is so already or cannot be: the program works the same, and holds a
 * megabyte more.
 */
void hm_process_lean(char **argv);

/*
 * The path of the program `name` in the folder of the running program: an update or a
 * test must not start another installation's. `*path` is the caller's (free).
 */
HM_CHECKED enum hm_status hm_process_beside(char **path,
                                            const char *name,
                                            struct hm_err *err);

/*
 * Run `path` with `argv` (ended by null), wait for its end and append its standard output
 * to `output`, and its standard error too if `complaints`; else it shares ours. It reads
 * nothing. `*exit_code`: what it returned, or 128 and the number of the signal that ended
 * it.
 * HM_UNCONFIGURED  there is no such program
 * HM_TOO_BIG       it wrote more than `output` may hold, and was ended
 */
HM_CHECKED enum hm_status hm_process_run(const char *path,
                                         char *const argv[],
                                         bool complaints,
                                         struct hm_buf *output,
                                         int *exit_code,
                                         struct hm_err *err);

#endif
