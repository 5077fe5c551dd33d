/* SPDX-License-Identifier: Apache-2.0 */
/* hamlet - the command line of a laptop. */
#include "cli.h"
#include "hamlet/base/sign.h"
#include "hamlet/command/report.h"
#include "hamlet/host/env.h"
#include "hamlet/host/process.h"

static const struct hm_option reason_options[] = {{.name = "reason", .value = "TEXT"},
                                                  {NULL}};
static const struct hm_option decide_options[] = {
    {.name = "reason", .value = "TEXT", .required = true},
    {NULL},
};
static const struct hm_option withdraw_options[] = {
    {.name = "reason", .value = "TEXT", .required = true},
    {.name = "dry-run"},
    {NULL},
};
static const struct hm_option list_options[] = {
    {.name = "where", .value = "field=value", .repeated = true},
    {.name = "search", .value = "TEXT"},
    {.name = "deleted"},
    {.name = "void"},
    {.name = "limit", .value = "N"},
    {NULL},
};
static const struct hm_option import_options[] = {
    {.name = "map", .value = "column=field", .repeated = true},
    {.name = "encoding", .value = "ENCODING"},
    {.name = "sheet", .value = "NAME"},
    {.name = "strict"},
    {.name = "dry-run"},
    {.name = "proper-case"},
    {NULL},
};
static const struct hm_option export_options[] = {
    {.name = "format", .value = "csv|json|xlsx"},
    {.name = "columns", .value = "FIELD,FIELD"},
    {.name = "all"},
    {.name = "where", .value = "field=value", .repeated = true},
    {.name = "search", .value = "TEXT"},
    {.name = "deleted"},
    {.name = "limit", .value = "N"},
    {.name = "out", .value = "FILE"},
    {NULL}};
static const struct hm_option evaluate_options[] = {
    {.name = "year", .value = "YEAR", .required = true},
    {.name = "unit", .value = "CODE"},
    {.name = "stage", .value = "STAGE"},
    {NULL},
};
static const struct hm_option case_options[] = {
    {.name = "year", .value = "YEAR", .required = true},
    {.name = "unit", .value = "CODE"},
    {.name = "on", .value = "DATE"},
    {NULL},
};
static const struct hm_option report_options[] = {
    {.name = "year", .value = "YEAR"},
    {.name = "from", .value = "YEAR"},
    {.name = "to", .value = "YEAR"},
    {.name = "unit", .value = "CODE"},
    {.name = "as", .value = "organised|today"},
    {.name = "figure", .value = "NAME"},
    {.name = "format", .value = "csv|json|xlsx"},
    {.name = "out", .value = "FILE"},
    {NULL},
};
static const struct hm_option sync_options[] = {{.name = "wait", .value = "SECONDS"},
                                                {NULL}};
static const struct hm_option open_options[] = {{.name = "print"}, {NULL}};
static const struct hm_option unit_options[] = {{.name = "unit", .value = "CODE"},
                                                {NULL}};
static const struct hm_option conflict_options[] = {
    {.name = "state", .value = "open|resolved"},
    {.name = "unit", .value = "CODE"},
    {NULL},
};
static const struct hm_option receipt_options[] = {{.name = "html", .value = "FILE"},
                                                   {NULL}};

static const struct hm_option passphrase_options[] = {{.name = "remove"}, {NULL}};
static const struct hm_option reset_options[] = {
    {.name = "by", .value = "NAME"},
    {.name = "invitation", .value = "FILE"},
    {NULL},
};

static const struct hm_option bundle_options[] = {{.name = "all"},
                                                  {.name = "for", .value = "WHOM"},
                                                  {.name = "split", .value = "MB"},
                                                  {NULL}};

static const struct hm_command commands[] = {
    {"enrol", "FILE|LINK", NULL, hm_run_enrol},
    {"add", "KIND field=value\u2026", NULL, hm_run_add},
    {"edit", "ID field=value\u2026", NULL, hm_run_edit},
    {"delete", "ID", reason_options, hm_run_delete},
    {"show", "ID", NULL, hm_run_show},
    {"history", "ID", NULL, hm_run_history},
    {"list", "KIND", list_options, hm_run_list},
    {"import", "KIND FILE", import_options, hm_run_import},
    {"undo", "BATCH", reason_options, hm_run_undo},
    {"merge", "ID INTO", decide_options, hm_run_merge},
    {"unmerge", "ID", decide_options, hm_run_unmerge},
    {"withdraw", "CHANGE|BATCH", withdraw_options, hm_run_withdraw},
    {"erase", "ID FIELD\u2026", decide_options, hm_run_erase},
    {"export", "KIND", export_options, hm_run_export},
    {"kinds", "[KIND]", NULL, hm_run_kinds},
    {"evaluate", NULL, evaluate_options, hm_run_evaluate},
    {"case", NULL, case_options, hm_run_case},
    {"catalogues", "[CATALOGUE]", NULL, hm_run_catalogues},
    {"report", "[REPORT]", report_options, hm_run_report},
    {"status", NULL, NULL, hm_run_status},
    {"sync", NULL, sync_options, hm_run_sync},
    {"open", NULL, open_options, hm_run_open},
    {"conflicts", NULL, conflict_options, hm_run_conflicts},
    {"duplicates", "[KIND]", unit_options, hm_run_duplicates},
    {"quarantine", NULL, NULL, hm_run_quarantine},
    {"digest", NULL, unit_options, hm_run_digest},
    {"verify", "[FILE]", NULL, hm_run_verify},
    {"rebuild", NULL, NULL, hm_run_rebuild},
    {"receipt", NULL, receipt_options, hm_run_receipt},
    {"bundle export", "FILE", bundle_options, hm_run_bundle_export},
    {"member list", NULL, NULL, hm_run_member_list},
    {"member passphrase", "NAME", passphrase_options, hm_run_member_passphrase},
    {"member reset", "NAME", reset_options, hm_run_member_reset},
    {"rotate-key", NULL, NULL, hm_run_rotate_key},
    {"trust", "FILE|LINK", NULL, hm_run_trust},
    {"bundle import", "FILE", NULL, hm_run_bundle_import},
    {NULL},
};
static const struct hm_option store_options[] = {{.name = "store", .value = "DIR"},
                                                 {NULL}};
static const struct hm_program program = {"hamlet", store_options, commands};

int main(int argc, char *argv[])
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_cli cli = {.exit_code = 0};
    enum hm_status status = hm_process_harden(&err);
    if (status == HM_OK) {
        status = hm_sign_start(&err);
    }
    if (status != HM_OK) {
        return hm_report(program.name, NULL, status, &err);
    }
    hm_host_env_init(&cli.env);
    hm_buf_init(&cli.warned, HM_CLI_WARNED_MAX);
    int code = hm_program_run(&program, argc, argv, &cli);
    hm_buf_fini(&cli.warned);
    return code != 0 ? code : cli.exit_code;
}
