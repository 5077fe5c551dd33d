/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/command/program.h"

#include <stdlib.h>
#include <unistd.h>

#include "hamlet/command/help.h"
#include "hamlet/command/report.h"
#include "operands.h"

enum { HELP_MAX = 64 * 1024 };

/* The first that is set decides, as POSIX has it for messages. */
static const char *locale_of_messages(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *locale = getenv(names[i]);
        if (locale != NULL && *locale != '\0') {
            return locale;
        }
    }
    return NULL;
}

static enum hm_status show_help(const struct hm_call *call, struct hm_err *err)
{
    struct hm_buf page;
    hm_buf_init(&page, HELP_MAX);
    hm_help_put(&page, call->words, call->args->program, call->args->command);
    enum hm_status status = hm_buf_status(&page, err);
    if (status == HM_OK) {
        hm_output_put(call->out, hm_buf_bytes(&page));
    }
    hm_buf_fini(&page);
    return status;
}

static enum hm_status run(const struct hm_args *args,
                          const struct hm_words *words,
                          enum hm_lang lang,
                          void *ctx,
                          struct hm_err *err)
{
    struct hm_output out;
    struct hm_call call = {args, words, lang, &out, ctx};
    hm_output_init(&out, STDOUT_FILENO);
    enum hm_status status =
        args->help ? show_help(&call, err) : args->command->run(&call, err);
    enum hm_status flushed = hm_output_flush(&out, err);
    hm_output_fini(&out);
    return status == HM_OK ? flushed : status;
}

int hm_program_run(const struct hm_program *program,
                   int argc,
                   char *const argv[],
                   void *ctx)
{
    struct hm_err err = HM_ERR_NONE;
    struct hm_args args = {.help = false};
    enum hm_lang lang = hm_lang_of(hm_args_lang(argc, argv), locale_of_messages());
    const struct hm_words *words = hm_words_of(lang);
    enum hm_status status = hm_args_init(&args, program, argc, argv, &err);
    if (status != HM_OK) {
        hm_operands_explain(words, &err);
        goto out;
    }
    status = run(&args, words, lang, ctx, &err);
out:
    hm_args_fini(&args);
    int code = hm_report(program->name, words, status, &err);
    return code;
}
