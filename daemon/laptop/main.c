/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "daemon.h"
#include "hamlet/base/sign.h"
#include "hamlet/command/report.h"
#include "hamlet/host/env.h"
#include "hamlet/host/process.h"

static const struct hm_option options[] = {{.name = "store", .value = "DIR"},
                                           {.name = "once"},
                                           {.name = "listen", .value = "ADDR:PORT"},
                                           {.name = "lock-after", .value = "SECONDS"},
                                           {.name = NULL}};

static const struct hm_command commands[] = {
    {.name = "", .options = options, .run = hm_daemon_run},
    {.name = NULL}};

static struct hm_program program = {.name = "hamletd", .commands = commands};

/* `hamlet sync` calls this program by its own name: a person hears of one program. */
static const char caller[] = "hamlet";

int main(int argc, char **argv)
{
    struct hm_env env;
    struct hm_err err = HM_ERR_NONE;
    if (argc > 0 && strcmp(argv[0], caller) == 0) {
        program.name = caller;
    } else {
        hm_process_lean(argv);
    }
    hm_host_env_init(&env);
    enum hm_status status = hm_process_harden(&err);
    if (status == HM_OK) {
        status = hm_sign_start(&err);
    }
    if (status != HM_OK) {
        return hm_report(program.name, NULL, status, &err);
    }
    return hm_program_run(&program, argc, argv, &env);
}
