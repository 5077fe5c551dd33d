/* SPDX-License-Identifier: Apache-2.0 */
/* page_form.h - numbers of the page format that its writer and its reader share. */
#ifndef HAMLET_WIRE_PAGE_FORM_H
#define HAMLET_WIRE_PAGE_FORM_H

enum {
    HM_ACTS_A_KIND = 16,    /* a row begins with 16 * kind index + act */
    HM_PAGE_KINDS_MAX = 32, /* kinds in the table of one page */
    HM_INDEX_LIVE = -1,
    HM_INDEX_WHY = -2,
    HM_INDEX_ALIAS = -3
};

#endif
