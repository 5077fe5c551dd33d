/* SPDX-License-Identifier: Apache-2.0 */
/*
 * units.h - the tree of units: which one was meant by a code on a day, what is below it.
 *
 * Owner:   daemon/api/units.c, day.c; layer 4
 * Threads: as of view.h; it only reads
 *
 * Neither a code nor a name says which unit is meant: codes were given anew, names belong
 * to several, and both changed in time. A system of codes, a code and a day together do.
 */
#ifndef HAMLET_API_UNITS_H
#define HAMLET_API_UNITS_H

#include "hamlet/api/view.h"

struct hm_api_units {
    const char *code;   /* that it has, or had on the day; null: any */
    const char *system; /* whose code it is; null: any. What says none has any */
    const char *on;     /* a day; null: as the units are today */
    const char *under;  /* directly below this unit, on the day; null: anywhere */
    const char *search; /* in code and name; null: all */
    int64_t limit;      /* at most so many; 0: all */
};

/*
 * Show those that fit all of it, in Vietnamese order of their names: each as it is and,
 * where a day was asked for, as it was then. A code that is asked for without a day is
 * looked for in all days.
 * HM_BAD_INPUT  the day or the system is none
 */
HM_CHECKED enum hm_status hm_api_units(const struct hm_view *view,
                                       const struct hm_api_units *query,
                                       struct hm_err *err);

/* A whole day as it is kept, "2026-03-05". */
enum { HM_API_DAY_SIZE = 11 };

/*
 * The day that is meant by `given`, as kept or 5/3/2026; null: today, where the district
 * is. HM_BAD_INPUT: it is none.
 */
HM_CHECKED enum hm_status hm_api_day(char day[HM_API_DAY_SIZE],
                                     const char *given,
                                     const struct hm_env *env,
                                     struct hm_err *err);
/* The day that comes so many days after a whole day, of which ten bytes are read. */
void hm_api_day_add(char later[HM_API_DAY_SIZE], const char *day, int days);

#endif
