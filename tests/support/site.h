/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site.h - whole replicas: a server with its registry, and laptops of its people.
 *
 * Owner:  the test
 * Errors: a helper that fails ends the test; `err` of the site says why
 *
 * Every site has a disk (faultvfs.h), a world (testenv.h), the project's own kinds and an
 * author. The acts below go through the author, each in a transaction of its own.
 *
 *     886            district
 *       30341        commune         Mai, commune_officer
 *         30341-01   hamlet          Lan and Hùng, recorders
 *         30341-02   hamlet          Tư, recorder
 *       30344        commune
 *         30344-01   hamlet          Bảy, recorder
 *
 * Each of them has a laptop. Anh is the district_admin, on the server itself.
 */
#ifndef TESTS_SUPPORT_SITE_H
#define TESTS_SUPPORT_SITE_H

#include "faultvfs.h"
#include "hamlet/author/server.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/changes.h"
#include "hamlet/store/conflicts.h"
#include "hamlet/store/pages.h"
#include "hamlet/store/records.h"
#include "hamlet/store/registry.h"
#include "testenv.h"

enum hm_person { HM_LAN, HM_HUNG, HM_TU, HM_BAY, HM_MAI, HM_ANH, HM_PERSON_COUNT };

struct hm_site {
    struct hm_testenv env;
    struct hm_disk *disk;
    struct hm_kinds *kinds;
    struct hm_store *store;
    struct hm_author *author;
    enum hm_store_mode mode;
    struct hm_arena arena; /* what reads give, until the site is closed */
    struct hm_err err;
    struct hm_key key;
    struct hm_secret secret;
    struct hm_id device;
    uint32_t epoch;
};

/* The key pair of a person's device; of HM_ANH the server's. */
void hm_site_pair(enum hm_person person, struct hm_key *key, struct hm_secret *secret);
const char *hm_person_name(enum hm_person person);
/* On a server: the user id that its registry gave the person. */
struct hm_id hm_person_user(const struct hm_site *server, enum hm_person person);

/* A store with kinds and disk, and nothing in it: no identity, no author. */
void hm_site_open_empty(struct hm_site *site, enum hm_store_mode mode, uint64_t seed);
/* A server with the registry above. */
void hm_site_open_server(struct hm_site *site, uint64_t seed);
/* A person's laptop that knows the server's registry. */
void hm_site_open_laptop(struct hm_site *site,
                         struct hm_site *server,
                         enum hm_person person);
void hm_site_close(struct hm_site *site);

/* Close store and author and open them again on the same disk. */
void hm_site_reopen(struct hm_site *site);
/* The same after the power went and came back. */
void hm_site_restart(struct hm_site *site, enum hm_crash crash);
/* Go on with another disk, which is the site's from here; the old one is freed. */
void hm_site_replace_disk(struct hm_site *site, struct hm_disk *disk);

/* A district with one laptop, for tests that need no more. */
void hm_site_open_pair(struct hm_site *server, struct hm_site *laptop);

struct hm_id a_household(struct hm_site *site, const char *head_name);
/* A commitment of 2026 of this household. */
struct hm_id a_commitment(struct hm_site *site, const struct hm_id *household);
struct hm_id an_edit(struct hm_site *site,
                     const struct hm_id *record,
                     const char *field,
                     const char *text);
struct hm_id a_delete(struct hm_site *site, const struct hm_id *record);
/* Settles the only open conflict of the record by this value, in JSON. */
struct hm_id a_resolution(struct hm_site *site,
                          const struct hm_id *record,
                          const char *json);

/* Many changes, as `from` holds them: those with rows from `row` on. Borrowed. */
struct hm_held *hm_site_changes(struct hm_site *from, int64_t row, size_t *count);
/*
 * Put all changes of `from` that `to` does not have into it, with this verdict: a sync
 * without its protocol.
 */
void hm_site_carry(struct hm_site *from, struct hm_site *to, unsigned verdict);

/* Put some changes made by hand; gives the row of the first. */
int64_t hm_site_put(struct hm_site *site,
                    const struct hm_change *const *changes,
                    size_t count,
                    unsigned verdict);

/* One entry about this change, in its home's bucket. */
void hm_site_entry(struct hm_site *site,
                   const struct hm_id *change,
                   enum hm_entry_kind kind,
                   const char *reason);

struct hm_loaded hm_site_load(struct hm_site *site, const struct hm_id *record);
/* The text shown for a field; "-" if there is none. */
const char *hm_site_shown(struct hm_site *site,
                          const struct hm_id *record,
                          const char *field);
size_t hm_site_open_conflicts(struct hm_site *site);

/*
 * Everything that is derived is what a rebuild makes of the changes, and what it makes
 * from nothing: every table that the schema calls derived is the same before and after.
 */
void hm_site_check(struct hm_site *site);

#endif
