/* SPDX-License-Identifier: Apache-2.0 */
/* hamlet-server: the district's server and everything that is done to it. */
#include "commands.h"
#include "hamlet/base/sign.h"
#include "hamlet/command/report.h"
#include "hamlet/host/env.h"
#include "hamlet/host/process.h"

int main(int argc, char *argv[])
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_main self = {.argc = argc, .argv = argv};
    enum hm_status status = hm_process_harden(&err);
    if (status == HM_OK) {
        status = hm_sign_start(&err);
    }
    if (status != HM_OK) {
        return hm_report(hm_server_program.name, NULL, status, &err);
    }
    hm_host_env_init(&self.env);
    return hm_program_run(&hm_server_program, argc, argv, &self);
}
