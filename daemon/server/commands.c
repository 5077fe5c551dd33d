/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

#include <string.h>

#include "bundle.h"
#include "control.h"
#include "records.h"
#include "serve.h"

/* ---- options ---- */

static const struct hm_option program_options[] = {{"data", "DIR", true, false},
                                                   {NULL, NULL, false, false}};
static const struct hm_option init_options[] = {
    {"unit", "CODE", true, false},
    {"url", "URL", false, true},
    {"listen", "ADDR:PORT", false, false},
    {"recovery-key-file", "FILE", false, false},
    {"spare-key-file", "FILE", false, false},
    {NULL, NULL, false, false}};
static const struct hm_option pin_options[] = {{"out", "FILE", true, false},
                                               {NULL, NULL, false, false}};
static const struct hm_option rotate_options[] = {{"spare", "FILE", true, false},
                                                  {"out", "FILE", true, false},
                                                  {NULL, NULL, false, false}};
static const struct hm_option serve_options[] = {{"listen", "ADDR:PORT", false, false},
                                                 {NULL, NULL, false, false}};
static const struct hm_option restore_options[] = {
    {"recovery-key-file", "FILE", true, false},
    {"empty", NULL, false, false},
    {"dry-run", NULL, false, false},
    {NULL, NULL, false, false}};
static const struct hm_option refill_options[] = {{"close", NULL, false, false},
                                                  {"anyway", NULL, false, false},
                                                  {"open", NULL, false, false},
                                                  {NULL, NULL, false, false}};
static const struct hm_option invite_options[] = {
    {"unit", "CODE", true, false}, {"role", "ROLE", true, false},
    {"name", "NAME", true, false}, {"valid", "DURATION", false, false},
    {"out", "FILE", false, false}, {NULL, NULL, false, false}};
static const struct hm_option units_import_options[] = {
    {"on", "DATE", false, false},
    {"sheet", "NAME", false, false},
    {"encoding", "NAME", false, false},
    {NULL, NULL, false, false}};
static const struct hm_option merge_options[] = {{"into", "CODE", true, false},
                                                 {"on", "DATE", false, false},
                                                 {NULL, NULL, false, false}};
static const struct hm_option rename_options[] = {
    {"name", "NAME", false, false},     {"type", "TYPE", false, false},
    {"system", "SYSTEM", false, false}, {"parent", "CODE", false, false},
    {"on", "DATE", false, false},       {NULL, NULL, false, false}};
static const struct hm_option units_list_options[] = {
    {"system", "SYSTEM", false, false}, {"on", "DATE", false, false},
    {"under", "CODE", false, false},    {"search", "TEXT", false, false},
    {"limit", "N", false, false},       {NULL, NULL, false, false}};
static const struct hm_option grant_options[] = {{"unit", "CODE", true, false},
                                                 {"role", "ROLE", true, false},
                                                 {"name", "NAME", false, false},
                                                 {NULL, NULL, false, false}};
static const struct hm_option move_options[] = {{"unit", "CODE", true, false},
                                                {"at-once", NULL, false, false},
                                                {NULL, NULL, false, false}};
static const struct hm_option end_options[] = {{"at-once", NULL, false, false},
                                               {NULL, NULL, false, false}};
static const struct hm_option reason_options[] = {{"reason", "TEXT", true, false},
                                                  {NULL, NULL, false, false}};
static const struct hm_option resolve_options[] = {{"take", "CHANGE", false, false},
                                                   {"value", "JSON", false, false},
                                                   {"policy", "POLICY", false, false},
                                                   {"kind", "KIND", false, false},
                                                   {"register", "REGISTER", false, false},
                                                   {"unit", "CODE", false, false},
                                                   {"preview", NULL, false, false},
                                                   {"bare", NULL, false, false},
                                                   {"reason", "TEXT", true, false},
                                                   {"as", "NAME", true, false},
                                                   {NULL, NULL, false, false}};
static const struct hm_option rule_add_options[] = {{"policy", "POLICY", true, false},
                                                    {"kind", "KIND", true, false},
                                                    {"register", "REGISTER", true, false},
                                                    {"unit", "CODE", true, false},
                                                    {"reason", "TEXT", true, false},
                                                    {"as", "NAME", true, false},
                                                    {NULL, NULL, false, false}};
static const struct hm_option rule_end_options[] = {{"as", "NAME", true, false},
                                                    {NULL, NULL, false, false}};

static const struct hm_option case_decide_options[] = {{"settle", "JSON", true, false},
                                                       {"reason", "TEXT", true, false},
                                                       {"as", "NAME", true, false},
                                                       {"preview", NULL, false, false},
                                                       {NULL, NULL, false, false}};
static const struct hm_option fields_options[] = {{"fields", "JSON", true, false},
                                                  {"seen", "TEXT", false, false},
                                                  {"corrects", "CHANGE", false, false},
                                                  {"as", "NAME", true, false},
                                                  {NULL, NULL, false, false}};
static const struct hm_option decide_options[] = {{"reason", "TEXT", true, false},
                                                  {"as", "NAME", false, false},
                                                  {NULL, NULL, false, false}};
static const struct hm_option withdraw_options[] = {{"reason", "TEXT", true, false},
                                                    {"as", "NAME", false, false},
                                                    {"dry-run", NULL, false, false},
                                                    {NULL, NULL, false, false}};
static const struct hm_option retention_options[] = {{"now", "YEAR", true, false},
                                                     {"reason", "TEXT", true, false},
                                                     {"as", "NAME", false, false},
                                                     {"dry-run", NULL, false, false},
                                                     {NULL, NULL, false, false}};
static const struct hm_option list_options[] = {
    {"where", "field=value", false, true}, {"search", "TEXT", false, false},
    {"deleted", NULL, false, false},       {"void", NULL, false, false},
    {"limit", "N", false, false},          {NULL, NULL, false, false}};
static const struct hm_option export_options[] = {
    {"format", "csv|json|signed-json|xlsx", false, false},
    {"columns", "FIELD,FIELD", false, false},
    {"all", NULL, false, false},
    {"where", "field=value", false, true},
    {"search", "TEXT", false, false},
    {"deleted", NULL, false, false},
    {"limit", "N", false, false},
    {"background", NULL, false, false},
    {"out", "FILE", false, false},
    {NULL, NULL, false, false}};
static const struct hm_option conflicts_options[] = {
    {"state", "open|resolved", false, false},
    {"unit", "CODE", false, false},
    {NULL, NULL, false, false}};
static const struct hm_option bundle_options[] = {{"for", "WHOM", false, false},
                                                  {"split", "MB", false, false},
                                                  {NULL, NULL, false, false}};
static const struct hm_option evaluate_options[] = {{"year", "YEAR", true, false},
                                                    {"unit", "CODE", false, false},
                                                    {"stage", "STAGE", false, false},
                                                    {NULL, NULL, false, false}};
static const struct hm_option case_options[] = {{"year", "YEAR", true, false},
                                                {"unit", "CODE", false, false},
                                                {"on", "DATE", false, false},
                                                {NULL, NULL, false, false}};
static const struct hm_option report_options[] = {
    {"year", "YEAR", false, false},
    {"from", "YEAR", false, false},
    {"to", "YEAR", false, false},
    {"unit", "CODE", false, false},
    {"as", "organised|today", false, false},
    {"figure", "NAME", false, false},
    {"format", "csv|json|xlsx", false, false},
    {"background", NULL, false, false},
    {"out", "FILE", false, false},
    {NULL, NULL, false, false}};
static const struct hm_option counts_options[] = {
    {"year", "YEAR", false, false},     {"from", "YEAR", false, false},
    {"to", "YEAR", false, false},       {"unit", "CODE", false, false},
    {"background", NULL, false, false}, {"out", "FILE", true, false},
    {NULL, NULL, false, false}};
static const struct hm_option views_options[] = {{"above", NULL, false, false},
                                                 {"out", "FILE", true, false},
                                                 {NULL, NULL, false, false}};
static const struct hm_option tasks_options[] = {{"out", "FILE", false, false},
                                                 {NULL, NULL, false, false}};
static const struct hm_option unit_options[] = {{"unit", "CODE", false, false},
                                                {NULL, NULL, false, false}};

static const struct hm_option admin_options[] = {{"role", "ROLE", true, false},
                                                 {"unit", "CODE", true, false},
                                                 {NULL, NULL, false, false}};
static const struct hm_option audit_options[] = {{"since", "DATE", false, false},
                                                 {"verify", NULL, false, false},
                                                 {"format", "csv|json", false, false},
                                                 {NULL, NULL, false, false}};

/* ---- commands ---- */

static const struct hm_command commands[] = {
    {"init", NULL, init_options, hm_init_run},
    {"units import", "FILE", units_import_options, hm_control_forward},
    {"units list", "[CODE]", units_list_options, hm_control_forward},
    {"units merge", "CODE", merge_options, hm_control_forward},
    {"units rename", "CODE", rename_options, hm_control_forward},
    {"invite", NULL, invite_options, hm_control_forward},
    {"serve", NULL, serve_options, hm_serve_run},
    {"admin add", "NAME", admin_options, hm_control_forward},
    {"admin code", "NAME", NULL, hm_control_forward},
    {"admin end", "NAME", NULL, hm_control_forward},
    {"admin list", NULL, NULL, hm_control_forward},
    {"audit", NULL, audit_options, hm_control_forward},
    {"devices", NULL, NULL, hm_control_forward},
    {"permits", "[DEVICE]", NULL, hm_control_forward},
    {"grant", "DEVICE", grant_options, hm_control_forward},
    {"move", "DEVICE", move_options, hm_control_forward},
    {"end", "PERMIT", end_options, hm_control_forward},
    {"revoke", "DEVICE", reason_options, hm_control_forward},
    {"conflicts", NULL, conflicts_options, hm_control_forward},
    {"resolve", "[CONFLICT]", resolve_options, hm_control_forward},
    {"rule add", NULL, rule_add_options, hm_control_forward},
    {"rule end", "RULE", rule_end_options, hm_control_forward},
    {"rules", NULL, NULL, hm_control_forward},
    {"decide", "ID", case_decide_options, hm_control_forward},
    {"add", "KIND", fields_options, hm_control_forward},
    {"edit", "ID", fields_options, hm_control_forward},
    {"apart", "ID OTHER", decide_options, hm_control_forward},
    {"merge", "ID INTO", decide_options, hm_control_forward},
    {"unmerge", "ID", decide_options, hm_control_forward},
    {"withdraw", "CHANGE|BATCH", withdraw_options, hm_control_forward},
    {"erase", "ID FIELD\u2026", decide_options, hm_control_forward},
    {"erasures", NULL, NULL, hm_control_forward},
    {"retention", NULL, retention_options, hm_control_forward},
    {"list", "KIND", list_options, hm_control_forward},
    {"show", "ID", NULL, hm_control_forward},
    {"history", "ID", NULL, hm_control_forward},
    {"export", "KIND", export_options, hm_control_forward},
    {"duplicates", "[KIND]", unit_options, hm_control_forward},
    {"quarantine", NULL, NULL, hm_control_forward},
    {"kinds", "[KIND]", NULL, hm_control_forward},
    {"evaluate", NULL, evaluate_options, hm_control_forward},
    {"case", NULL, case_options, hm_control_forward},
    {"cases", NULL, case_options, hm_control_forward},
    {"catalogues", "[CATALOGUE]", NULL, hm_control_forward},
    {"report", "[REPORT]", report_options, hm_control_forward},
    {"counts", NULL, counts_options, hm_control_forward},
    {"tasks", "[TASK]", tasks_options, hm_control_forward},
    {"views", NULL, views_options, hm_control_forward},
    {"release", "CHANGE", reason_options, hm_control_forward},
    {"pin", NULL, pin_options, hm_control_forward},
    {"rotate-certificate", NULL, rotate_options, hm_control_forward},
    {"status", NULL, NULL, hm_control_forward},
    {"digest", NULL, unit_options, hm_control_forward},
    {"verify", NULL, NULL, hm_control_forward},
    {"rebuild", NULL, NULL, hm_control_forward},
    {"backup", "FILE", NULL, hm_control_forward},
    {"restore", "FILE", restore_options, hm_restore_run},
    {"refill", NULL, refill_options, hm_control_forward},
    {"bundle export", "FILE", bundle_options, hm_bundle_export_run},
    {"bundle import", "FILE", NULL, hm_bundle_import_run},
    {NULL, NULL, NULL, NULL}};

const struct hm_program hm_server_program = {"hamlet-server", program_options, commands};

static const struct hm_handler handlers[] = {
    {"units import", true, false, true, false, hm_units_import_run},
    {"units list", false, false, false, false, hm_units_list_run},
    {"units merge", false, false, true, false, hm_units_merge_run},
    {"units rename", false, false, true, false, hm_units_rename_run},
    {"invite", false, true, true, false, hm_invite_run},
    {"devices", false, false, false, false, hm_devices_run},
    {"permits", false, false, false, false, hm_permits_run},
    {"grant", false, false, true, false, hm_grant_run},
    {"move", false, false, true, false, hm_move_run},
    {"end", false, false, true, false, hm_end_run},
    {"revoke", false, false, true, false, hm_revoke_run},
    {"resolve", false, false, true, false, hm_resolve_run},
    {"rule add", false, false, true, false, hm_rule_add_run},
    {"rule end", false, false, true, false, hm_rule_end_run},
    {"rules", false, false, false, false, hm_rules_run},
    {"decide", false, false, true, false, hm_decide_run},
    {"apart", false, false, true, false, hm_apart_run},
    {"merge", false, false, true, false, hm_merge_run},
    {"unmerge", false, false, true, false, hm_unmerge_run},
    {"withdraw", false, false, true, false, hm_withdraw_run},
    {"erase", false, false, true, false, hm_erase_run},
    {"erasures", false, false, false, false, hm_erasures_run},
    {"retention", false, false, true, false, hm_retention_run},
    {"release", false, false, true, false, hm_release_run},
    {"pin", false, true, false, false, hm_pin_run},
    {"rotate-certificate", true, true, true, false, hm_rotate_certificate_run},
    {"status", false, false, false, false, hm_status_run},
    {"backup", false, false, true, false, hm_backup_run},
    {"refill", false, false, true, false, hm_refill_run},
    {"add", false, false, true, false, hm_add_run},
    {"edit", false, false, true, false, hm_edit_run},
    {"list", false, false, false, false, hm_list_run},
    {"show", false, false, false, false, hm_show_run},
    {"history", false, false, false, false, hm_history_run},
    {"export", false, true, false, true, hm_export_run},
    {"conflicts", false, false, false, false, hm_conflicts_run},
    {"duplicates", false, false, false, false, hm_duplicates_run},
    {"quarantine", false, false, false, false, hm_quarantine_run},
    {"kinds", false, false, false, false, hm_kinds_run},
    {"evaluate", false, false, false, false, hm_evaluate_run},
    {"case", false, false, false, false, hm_case_run},
    {"cases", false, false, false, false, hm_cases_run},
    {"catalogues", false, false, false, false, hm_catalogues_run},
    {"report", false, true, false, true, hm_report_run},
    {"counts", false, true, false, true, hm_counts_run},
    {"tasks", false, true, false, false, hm_tasks_run},
    {"views", false, true, false, false, hm_views_run},
    {"digest", false, false, false, false, hm_digest_run},
    {"verify", false, false, false, false, hm_verify_run},
    {"rebuild", false, false, false, false, hm_rebuild_run},
    {"bundle export", false, false, false, false, hm_bundle_give_run},
    {"bundle import", false, false, true, false, hm_bundle_take_run},
    {"admin add", false, false, true, false, hm_admin_add_run},
    {"admin code", false, false, true, false, hm_admin_code_run},
    {"admin end", false, false, true, false, hm_admin_end_run},
    {"admin list", false, false, false, false, hm_admin_list_run},
    {"audit", false, false, false, false, hm_audit_run},
};

const struct hm_handler *hm_handler_find(const char *name)
{
    for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++) {
        if (strcmp(handlers[i].name, name) == 0) {
            return &handlers[i];
        }
    }
    return NULL;
}
