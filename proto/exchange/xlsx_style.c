/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "xlsx.h"

enum {
    CODES_MAX = 4096, /* Excel has at most 250 of its own making */
    FONTS_MAX = 4096,
    STYLES_MAX = 65536, /* one more than Excel takes */
    ZEROS_MAX = 20
};

struct code {
    size_t id;
    struct hm_style style;
};

struct font {
    bool old;
    enum hm_encoding encoding;
};

struct reading {
    struct hm_styles *styles;
    struct hm_xml *xml;
    struct code *codes;
    size_t code_count;
    struct font *fonts;
    size_t font_count;
    bool in_fonts;
    bool in_styles; /* cellXfs: cellStyleXfs are templates that no cell names */
};

/* ---- format codes ---- */

/*
 * The letters and signs of a format's first section that mean something: what is quoted,
 * escaped, a colour, a language or a filler is for the eye. "[h]" is a stretch of time.
 */
static void essence(char *out, size_t size, const char *code)
{
    size_t used = 0;
    for (; *code != '\0' && *code != ';' && used + 1 < size; code++) {
        size_t stretch = *code == '[' ? strspn(code + 1, "hmsHMS") : 0;
        if (*code == '"' ||
            (*code == '[' && (stretch == 0 || code[1 + stretch] != ']'))) {
            const char *close = strchr(code + 1, *code == '"' ? '"' : ']');
            if (close == NULL) {
                break;
            }
            code = close;
        } else if (*code == '\\' || *code == '_' || *code == '*') {
            code += code[1] != '\0';
        } else {
            static const char capitals[] = "DGHMSYENRALP";
            const char *at = strchr(capitals, *code);
            out[used] = *code;
            if (at != NULL) {
                out[used] = "dghmsyenralp"[at - capitals];
            }
            used++;
        }
    }
    out[used] = '\0';
}

static bool has(const char *text, const char *any)
{
    return strpbrk(text, any) != NULL;
}

struct hm_style hm_style_of_code(const char *code)
{
    char form[64];
    essence(form, sizeof(form), code);
    size_t zeros = strspn(form, "0");
    if (strcmp(form, "general") == 0 || strcmp(form, "@") == 0) {
        return (struct hm_style){HM_FORM_PLAIN, 0};
    }
    if (zeros > 1 && zeros <= ZEROS_MAX && form[zeros] == '\0') {
        return (struct hm_style){HM_FORM_ZEROS, (uint8_t)zeros};
    }
    bool clock = has(form, "hs");
    enum hm_number_form is = HM_FORM_PLAIN;
    if (has(form, "#?") || (has(form, "0") && !clock)) {
        is = has(form, "%") ? HM_FORM_PERCENT : HM_FORM_PLAIN;
    } else if (has(form, "d")) {
        is = clock ? HM_FORM_DATE_TIME : HM_FORM_DATE;
    } else if (has(form, "y")) {
        is = clock ? HM_FORM_DATE_TIME : HM_FORM_MONTH;
    } else if (clock) {
        is = HM_FORM_TIME;
    } else if (has(form, "m")) {
        is = HM_FORM_MONTH;
    }
    return (struct hm_style){(uint8_t)is, 0};
}

/* The formats that have a number and no code (18.8.30), those of East Asia too. */
static struct hm_style style_of_id(const struct reading *reading, size_t id)
{
    static const struct {
        uint8_t from;
        uint8_t to;
        uint8_t form;
    } known[] = {
        {9, 10, HM_FORM_PERCENT}, {14, 16, HM_FORM_DATE},      {17, 17, HM_FORM_MONTH},
        {18, 21, HM_FORM_TIME},   {22, 22, HM_FORM_DATE_TIME}, {27, 31, HM_FORM_DATE},
        {32, 35, HM_FORM_TIME},   {36, 36, HM_FORM_DATE},      {45, 47, HM_FORM_TIME},
        {50, 54, HM_FORM_DATE},   {55, 56, HM_FORM_TIME},      {57, 58, HM_FORM_DATE}};
    for (size_t i = 0; i < reading->code_count; i++) {
        if (reading->codes[i].id == id) {
            return reading->codes[i].style;
        }
    }
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (id >= known[i].from && id <= known[i].to) {
            return (struct hm_style){known[i].form, 0};
        }
    }
    return (struct hm_style){HM_FORM_PLAIN, 0};
}

/* ---- the part ---- */

static size_t number_in(const char *const *attributes, const char *name)
{
    size_t number = 0;
    return hm_xml_number(hm_xml_attribute(attributes, name), STYLES_MAX, &number) ? number
                                                                                  : 0;
}

static void add_code(struct reading *reading, const char *const *attributes)
{
    const char *code = hm_xml_attribute(attributes, "formatCode");
    if (code == NULL || reading->code_count == CODES_MAX) {
        return; /* it shows as a plain number */
    }
    reading->codes[reading->code_count++] =
        (struct code){number_in(attributes, "numFmtId"), hm_style_of_code(code)};
}

static void add_style(struct reading *reading, const char *const *attributes)
{
    struct hm_styles *styles = reading->styles;
    size_t font = number_in(attributes, "fontId");
    if (styles->count == STYLES_MAX) {
        hm_xml_refuse(reading->xml, HM_TOO_BIG, "xlsx-big", 0);
        return;
    }
    struct hm_style style = style_of_id(reading, number_in(attributes, "numFmtId"));
    if (font < reading->font_count && reading->fonts[font].old) {
        style.old_font = true;
        style.encoding = (uint8_t)reading->fonts[font].encoding;
    }
    styles->at[styles->count++] = style;
}

static void on_start(void *ctx, const char *name, const char *const *attributes)
{
    struct reading *reading = ctx;
    if (strcmp(name, "numFmt") == 0) {
        add_code(reading, attributes);
    } else if (strcmp(name, "fonts") == 0) {
        reading->in_fonts = true;
    } else if (reading->in_fonts && strcmp(name, "font") == 0) {
        reading->font_count += reading->font_count < FONTS_MAX;
    } else if (reading->in_fonts && reading->font_count > 0 &&
               (strcmp(name, "name") == 0 || strcmp(name, "rFont") == 0)) {
        struct font *font = &reading->fonts[reading->font_count - 1];
        font->old = hm_encoding_of_font(hm_text(hm_xml_attribute(attributes, "val")),
                                        &font->encoding);
    } else if (strcmp(name, "cellXfs") == 0) {
        reading->in_styles = true;
    } else if (reading->in_styles && strcmp(name, "xf") == 0) {
        add_style(reading, attributes);
    }
}

static void on_end(void *ctx, const char *name)
{
    struct reading *reading = ctx;
    if (strcmp(name, "fonts") == 0) {
        reading->in_fonts = false;
    } else if (strcmp(name, "cellXfs") == 0) {
        reading->in_styles = false;
    }
}

void hm_styles_fini(struct hm_styles *styles)
{
    free(styles->at);
}

enum hm_status hm_styles_read(struct hm_styles *styles,
                              struct hm_zip *zip,
                              const char *part,
                              struct hm_err *err)
{
    struct reading reading = {.styles = styles};
    struct hm_xml_reader reader = {on_start, on_end, NULL, &reading};
    enum hm_status status = HM_OK;
    styles->at = calloc(STYLES_MAX, sizeof(*styles->at));
    reading.codes = calloc(CODES_MAX, sizeof(*reading.codes));
    reading.fonts = calloc(FONTS_MAX, sizeof(*reading.fonts));
    if (styles->at == NULL || reading.codes == NULL || reading.fonts == NULL) {
        status = hm_fail_memory(err);
    } else {
        status = hm_xml_read(zip, part, &reader, &reading.xml, err);
    }
    free(reading.fonts);
    free(reading.codes);
    return status;
}
