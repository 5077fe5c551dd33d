/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/api/warning.h"

#include "inside.h"

void hm_api_put_warning(struct hm_json_write *out,
                        const struct hm_finding *finding,
                        enum hm_lang lang)
{
    hm_json_put_text(out, "field", hm_text(finding->field->name));
    hm_json_put_text(out, "rule",
                     hm_text(finding->rule == NULL ? "private" : finding->rule->name));
    hm_json_put_text(out, "text", hm_text(hm_label_text(finding->say, lang)));
    if (finding->offer.size > 0) {
        hm_json_put_text(out, "offer", finding->offer);
    }
}

void hm_api_put_warnings(struct hm_json_write *out,
                         const struct hm_finding *found,
                         size_t count,
                         enum hm_lang lang)
{
    hm_json_open(out, '[');
    for (size_t i = 0; i < count; i++) {
        hm_json_open(out, '{');
        hm_api_put_warning(out, &found[i], lang);
        hm_json_close(out, '}');
    }
    hm_json_close(out, ']');
}

void hm_api_say_warning(const struct hm_view *view, const struct hm_finding *finding)
{
    char offer[HM_ERR_ARG_MAX];
    const char *label = hm_label_text(&finding->field->label, view->lang);
    const char *text = hm_label_text(finding->say, view->lang);
    hm_api_argument(offer, finding->offer);
    if (offer[0] == '\0') {
        hm_view_say(view, "warning", label, text, NULL);
    } else {
        hm_view_say(view, "warning.offer", label, text, offer);
    }
}
