/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/command/help.h"

#include <stdio.h>
#include <string.h>

#include "hamlet/text/normal.h"
#include "operands.h"

enum {
    KEY_SIZE = 128,
    LEFT_SIZE = 256,
    LINE_BYTES_MAX = 8 * 1024,
    INDENT = 2,
    LEFT_MOST = 28, /* columns; what is longer has a line of its own */
    LINE_MOST = 80  /* columns: a terminal as it comes */
};

struct page {
    struct hm_buf *out;
    const struct hm_words *words;
    const struct hm_program *program;
};

static void put_spaces(struct hm_buf *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        hm_buf_put_byte(out, ' ');
    }
}

static size_t columns(const char *text, size_t size)
{
    return hm_text_columns((struct hm_bytes){(const uint8_t *)text, size});
}

/* `text` in lines of LINE_MOST columns, of which the first `margin` are empty; the first
 * line stands behind what is there. */
static void put_wrapped(struct hm_buf *out, const char *text, size_t margin)
{
    size_t used = margin;
    while (*text != '\0') {
        size_t size = strcspn(text, " ");
        size_t width = columns(text, size);
        if (used > margin && used + 1 + width > LINE_MOST) {
            hm_buf_put_text(out, "\n");
            put_spaces(out, margin);
            used = margin;
        } else if (used > margin) {
            hm_buf_put_text(out, " ");
            used++;
        }
        hm_buf_put(out, text, size);
        used += width;
        text += size + strspn(text + size, " ");
    }
    hm_buf_put_text(out, "\n");
}

static void put_row(const struct page *page, const char *left, const char *key)
{
    const size_t margin = INDENT + LEFT_MOST + INDENT;
    size_t width = columns(left, strlen(left));
    put_spaces(page->out, INDENT);
    hm_buf_put_text(page->out, left);
    if (width > LEFT_MOST) {
        hm_buf_put_text(page->out, "\n");
        put_spaces(page->out, margin);
    } else {
        put_spaces(page->out, margin - INDENT - width);
    }
    put_wrapped(page->out, hm_words_ui(page->words, key), margin);
}

static void put_heading(const struct page *page, const char *key)
{
    hm_buf_put_text(page->out, "\n");
    hm_buf_put_text(page->out, hm_words_ui(page->words, key));
    hm_buf_put_text(page->out, "\n");
}

/* `help.PROGRAM.COMMAND`, or `help.PROGRAM` where the program has no commands. */
static void command_key(char *key,
                        const struct hm_program *program,
                        const struct hm_command *command)
{
    (void)snprintf(key, KEY_SIZE, "help.%s%s%s", program->name,
                   *command->name == '\0' ? "" : ".", command->name);
    for (char *space = strchr(key, ' '); space != NULL; space = strchr(space, ' ')) {
        *space = '-';
    }
}

/* A name, then what goes with it (null: nothing). */
static void put_left(char *left,
                     const struct page *page,
                     const char *start,
                     const char *name,
                     const char *with)
{
    struct hm_buf text;
    left[0] = '\0';
    hm_buf_init_fixed(&text, (uint8_t *)left, LEFT_SIZE);
    hm_buf_put_text(&text, start);
    hm_buf_put_text(&text, name);
    if (with != NULL && *with != '\0') {
        hm_buf_put_text(&text, text.size == 0 ? "" : " ");
        hm_operands_put(&text, page->words, with);
    }
    hm_buf_fini(&text);
}

static void command_left(char *left,
                         const struct page *page,
                         const struct hm_command *command)
{
    put_left(left, page, "", command->name, command->operands);
}

static void option_left(char *left,
                        const struct page *page,
                        const struct hm_option *option)
{
    put_left(left, page, "--", option->name, option->value);
}

static void put_options(const struct page *page, const struct hm_option *options)
{
    char left[LEFT_SIZE];
    char key[KEY_SIZE];
    for (; options != NULL && options->name != NULL; options++) {
        option_left(left, page, options);
        (void)snprintf(key, sizeof(key), "help.option.%s", options->name);
        put_row(page, left, key);
    }
}

/* The usage line names what cannot be left out; the rest is listed below it. */
static void put_required(const struct page *page, const struct hm_option *options)
{
    char left[LEFT_SIZE];
    for (; options != NULL && options->name != NULL; options++) {
        if (options->required) {
            option_left(left, page, options);
            hm_buf_put_text(page->out, " ");
            hm_buf_put_text(page->out, left);
        }
    }
}

static void put_line(const struct page *page, const struct hm_command *command)
{
    char left[LEFT_SIZE] = "";
    if (command != NULL) {
        command_left(left, page, command);
    }
    hm_buf_put_text(page->out, page->program->name);
    if (command == NULL || left[0] != '\0') {
        hm_buf_put_text(page->out, " ");
    }
    hm_buf_put_text(page->out,
                    command == NULL ? hm_words_ui(page->words, "help.command") : left);
    put_required(page, command == NULL ? NULL : command->options);
    put_required(page, page->program->options);
    hm_buf_put_text(page->out, " [");
    hm_buf_put_text(page->out, hm_words_ui(page->words, "help.option"));
    hm_buf_put_text(page->out, "]");
}

static void put_usage(const struct page *page, const struct hm_command *command)
{
    struct hm_buf line;
    struct page usage = *page;
    usage.out = &line;
    hm_buf_init(&line, LINE_BYTES_MAX);
    put_line(&usage, command);
    put_spaces(page->out, INDENT);
    if (line.size > 0) {
        put_wrapped(page->out, (const char *)line.data, INDENT);
    }
    hm_buf_fini(&line);
}

static void put_commands(const struct page *page)
{
    char left[LEFT_SIZE];
    char key[KEY_SIZE];
    put_heading(page, "help.commands");
    for (const struct hm_command *at = page->program->commands; at->name != NULL; at++) {
        command_left(left, page, at);
        command_key(key, page->program, at);
        put_row(page, left, key);
    }
}

void hm_help_put(struct hm_buf *out,
                 const struct hm_words *words,
                 const struct hm_program *program,
                 const struct hm_command *command)
{
    const struct page page = {out, words, program};
    char key[KEY_SIZE];
    if (command == NULL) {
        (void)snprintf(key, sizeof(key), "help.%s", program->name);
    } else {
        command_key(key, program, command);
    }
    put_wrapped(out, hm_words_ui(words, key), 0);
    put_heading(&page, "help.usage");
    put_usage(&page, command);
    if (command == NULL) {
        put_commands(&page);
    }
    put_heading(&page, "help.options");
    put_options(&page, command == NULL ? NULL : command->options);
    put_options(&page, program->options);
    put_options(&page, hm_options_common);
}
