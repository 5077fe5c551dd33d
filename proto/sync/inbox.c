/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/sync/inbox.h"

#include <stdlib.h>
#include <string.h>

#include "hamlet/base/limits.h"
#include "hamlet/store/buckets.h"
#include "hamlet/store/pages.h"
#include "hamlet/store/registry.h"
#include "placed.h"

enum { NAMES_REMEMBERED = 64 };

/* Text of what a reader may have to be told in full, with what stands around it. */
enum { CHANGE_TEXT = 128, WRITE_TEXT = 80, PREFIX_TEXT = 14, ID_TEXT = 25 };
/* A value's salt, where another of its change was erased, or a commitment in its place.
 */
enum { ERASED_TEXT = 56 };

enum hm_status hm_inbox_open(struct hm_inbox *inbox,
                             struct hm_store *store,
                             const struct hm_id *district,
                             struct hm_err *err)
{
    *inbox = (struct hm_inbox){.store = store, .district = *district};
    hm_arena_init(&inbox->arena, HM_REQUEST_ARENA_MAX);
    hm_arena_init(&inbox->offer_arena, HM_REQUEST_ARENA_MAX);
    hm_arena_init(&inbox->placed_arena, HM_REQUEST_ARENA_MAX);
    hm_buf_init(&inbox->text, HM_INFLATE_BYTES_MAX);
    return hm_inflate_open(&inbox->inflate, err);
}

size_t hm_inbox_held(const struct hm_inbox *inbox)
{
    return inbox->arena.used + inbox->offer_arena.used + inbox->placed_arena.used +
           inbox->text.capacity + inbox->offer_capacity * sizeof(*inbox->offers) +
           inbox->page_capacity * sizeof(*inbox->pages) +
           inbox->line_capacity * sizeof(*inbox->lines);
}

void hm_inbox_clear(struct hm_inbox *inbox)
{
    inbox->page_count = 0;
    inbox->change_count = 0;
    inbox->line_count = 0;
    inbox->asked = (struct hm_id){{0}}; /* the registry may name more keys by now */
    hm_arena_clear(&inbox->arena);
}

void hm_inbox_close(struct hm_inbox *inbox)
{
    hm_inbox_clear(inbox);
    hm_inflate_close(inbox->inflate);
    hm_buf_fini(&inbox->text);
    free(inbox->pages);
    free(inbox->lines);
    free(inbox->offers);
    hm_arena_fini(&inbox->offer_arena);
    hm_arena_fini(&inbox->placed_arena);
    *inbox = (struct hm_inbox){.store = NULL};
}

/* Changes of this origin that came in this stream and are not in the store yet. */
static bool find_here(const struct hm_inbox *inbox,
                      const struct hm_page *page,
                      struct hm_needed *needed)
{
    for (size_t i = inbox->page_count; i > 0; i--) {
        const struct hm_page *other = &inbox->pages[i - 1].page;
        if (other->epoch == page->epoch && hm_id_equal(&other->device, &page->device) &&
            needed->seq >= other->seq && needed->seq - other->seq < other->count) {
            const struct hm_change *change = &other->changes[needed->seq - other->seq];
            needed->change = change->id;
            needed->record = change->record;
            needed->found = true;
            return true;
        }
    }
    return false;
}

/* Look up, as one set, what the page's numbers mean. */
static enum hm_status look_up(struct hm_inbox *inbox,
                              struct hm_page_draft *draft,
                              struct hm_err *err)
{
    const struct hm_page *page = hm_page_draft_header(draft);
    size_t count = 0;
    size_t asked = 0;
    struct hm_origin origin = {.row = 0};
    struct hm_needed *needs = hm_page_draft_needs(draft, &count);
    struct hm_meaning *meanings =
        hm_arena_get_array(&inbox->arena, count, sizeof(*meanings));
    enum hm_status status = hm_arena_status(&inbox->arena, err);
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (needs[i].n > 0 || !find_here(inbox, page, &needs[i])) {
            meanings[asked++] = (struct hm_meaning){.n = needs[i].n, .seq = needs[i].seq};
        }
    }
    if (status == HM_OK && asked > 0) {
        status = hm_store_origin_get(inbox->store, &page->device, page->epoch, false,
                                     &origin, err);
    }
    if (status == HM_OK && asked > 0) {
        status = hm_store_meanings(inbox->store, page->home, origin.row, meanings, asked,
                                   &inbox->arena, err);
    }
    for (size_t i = 0; i < asked && status == HM_OK && inbox->placed_count > 0; i++) {
        uint64_t one = 1;
        int64_t row = hm_placed_row(inbox, &origin, meanings[i].seq, &one);
        if (meanings[i].n == 0 && row != origin.row) {
            status = hm_store_meanings(inbox->store, page->home, row, &meanings[i], 1,
                                       &inbox->arena, err);
        }
    }
    asked = 0;
    for (size_t i = 0; i < count && status == HM_OK; i++) {
        if (!needs[i].found) {
            needs[i].found = meanings[asked].found;
            needs[i].change = meanings[asked].change;
            needs[i].record = meanings[asked].record;
            asked++;
        }
    }
    return status;
}

/* The keys of a device, borrowed until the next call; null: none is known. */
static enum hm_status find_keys(struct hm_inbox *inbox,
                                const struct hm_id *device,
                                const struct hm_keys **keys,
                                struct hm_err *err)
{
    if (hm_id_equal(device, &inbox->known)) {
        *keys = &inbox->known_keys;
        return HM_OK;
    }
    if (inbox->district_keys != NULL && hm_id_equal(device, &inbox->district)) {
        *keys = inbox->district_keys;
        return HM_OK;
    }
    if (!hm_id_is_none(device) && hm_id_equal(device, &inbox->asked)) {
        *keys = &inbox->asked_keys;
        return HM_OK;
    }
    inbox->asked = (struct hm_id){{0}};
    enum hm_status status = hm_store_keys(inbox->store, device, &inbox->asked_keys, err);
    *keys = NULL;
    if (status == HM_OK && inbox->asked_keys.count > 0) {
        inbox->asked = *device;
        *keys = &inbox->asked_keys;
    }
    return status;
}

/*
 * The key that signed the page. Of the server's own nobody but the invitation says which
 * it is; of others the registry may have named more than it shows.
 */
static enum hm_status find_signer(const struct hm_inbox *inbox,
                                  const struct hm_keys *keys,
                                  const struct hm_page *page,
                                  struct hm_key *key,
                                  bool *found,
                                  struct hm_err *err)
{
    size_t which = 0;
    *found = hm_keys_check(keys, page, &which);
    if (*found) {
        *key = keys->at[which];
        return HM_OK;
    }
    return hm_id_equal(&page->device, &inbox->district)
               ? HM_OK
               : hm_store_signer(inbox->store, page, key, found, err);
}

static enum hm_status make_page_room(struct hm_inbox *inbox, struct hm_err *err)
{
    if (inbox->page_count < inbox->page_capacity) {
        return HM_OK;
    }
    size_t capacity = inbox->page_capacity == 0 ? 16 : inbox->page_capacity * 2;
    struct hm_inbox_page *pages = realloc(inbox->pages, capacity * sizeof(*pages));
    if (pages == NULL) {
        return hm_fail_memory(err);
    }
    inbox->pages = pages;
    inbox->page_capacity = capacity;
    return HM_OK;
}

/* The head that the page begins with: as it says, or where the one before ended. */
static bool join(const struct hm_inbox *inbox, struct hm_page *page)
{
    if (page->head_known) {
        return true;
    }
    if (!hm_id_equal(&page->device, &inbox->last_device) ||
        page->epoch != inbox->last_epoch || page->seq != inbox->last_seq + 1) {
        return false;
    }
    page->head_before = inbox->last_head;
    page->head_known = true;
    hm_page_head(page);
    return true;
}

/*
 * Names that a page's changes have in common, as they stand in its draft and as copied.
 * Only the newest are remembered: one that is forgotten is copied once more.
 */
struct names {
    struct {
        const uint8_t *from;
        struct hm_bytes copy;
    } at[NAMES_REMEMBERED];
    size_t count;
};

static struct hm_bytes own_name(struct hm_inbox *inbox,
                                struct names *names,
                                struct hm_bytes name)
{
    size_t known = names->count < NAMES_REMEMBERED ? names->count : NAMES_REMEMBERED;
    for (size_t i = 0; i < known; i++) {
        if (names->at[i].from == name.data && names->at[i].copy.size == name.size) {
            return names->at[i].copy;
        }
    }
    size_t at = names->count++ % NAMES_REMEMBERED;
    names->at[at].from = name.data;
    names->at[at].copy = hm_arena_copy(&inbox->arena, name);
    return names->at[at].copy;
}

/*
 * Let the page stand without its draft. Parsed lines are many times their text, and a
 * request holds thousands of pages: kept, they would be a gigabyte for whoever asks.
 */
static enum hm_status own_page(struct hm_inbox *inbox,
                               struct hm_page *page,
                               struct hm_err *err)
{
    struct names names = {.count = 0};
    page->home = own_name(inbox, &names, page->home);
    for (size_t i = 0; i < page->count; i++) {
        struct hm_change *change = &page->changes[i];
        struct hm_key_field *keys =
            hm_arena_get_array(&inbox->arena, change->key_field_count, sizeof(*keys));
        change->home = page->home;
        change->role = own_name(inbox, &names, change->role);
        change->kind = own_name(inbox, &names, change->kind);
        for (size_t k = 0; keys != NULL && k < change->key_field_count; k++) {
            keys[k] =
                (struct hm_key_field){own_name(inbox, &names, change->key_fields[k].name),
                                      change->key_fields[k].value};
        }
        change->key_fields = keys;
        for (size_t w = 0; w < change->write_count; w++) {
            change->writes[w].reg = own_name(inbox, &names, change->writes[w].reg);
        }
    }
    return hm_arena_status(&inbox->arena, err);
}

static void keep_page(struct hm_inbox *inbox,
                      const struct hm_page *page,
                      const struct hm_key *key)
{
    inbox->pages[inbox->page_count++] =
        (struct hm_inbox_page){.page = *page, .key = *key};
    inbox->change_count += page->count;
    inbox->last_device = page->device;
    inbox->last_epoch = page->epoch;
    inbox->last_seq = page->seq + page->count - 1;
    inbox->last_head = page->head_after;
}

/* As the page is written for a reader who knows no number; `bare`: and sees no value. */
static enum hm_status write_in_full(const struct hm_page *page,
                                    bool bare,
                                    struct hm_err *err)
{
    size_t erased = 0;
    struct hm_arena arena;
    struct hm_page_text text;
    struct hm_page copy = *page;
    struct hm_page_writing writing = {.page = &copy, .with_head = true};
    hm_arena_init(&arena, HM_REQUEST_ARENA_MAX);
    hm_page_text_init(&text);
    copy.changes = hm_arena_get_array(&arena, page->count, sizeof(*copy.changes));
    for (size_t i = 0; copy.changes != NULL && i < page->count; i++) {
        struct hm_change *change = &copy.changes[i];
        *change = page->changes[i];
        change->writes =
            hm_arena_get_array(&arena, change->write_count, sizeof(*change->writes));
        change->has_key = change->has_key && !bare;
        erased += bare ? 0 : change->write_count * ERASED_TEXT;
        for (size_t w = 0; change->writes != NULL && w < change->write_count; w++) {
            change->writes[w] = page->changes[i].writes[w];
            change->writes[w].value = bare ? HM_NO_BYTES : change->writes[w].value;
        }
    }
    enum hm_status status = hm_arena_status(&arena, err);
    if (status == HM_OK) {
        status = hm_page_write(&text, &writing, &arena, err);
    }
    if (status == HM_OK && text.rows.size + text.noise.size + erased > HM_PAGE_TEXT_MAX) {
        status = hm_fail(err, HM_TOO_BIG, "too-big", NULL, NULL, NULL);
    }
    hm_page_text_fini(&text);
    hm_arena_fini(&arena);
    return status;
}

/*
 * Whether the page can be sent on to anybody: to those who may not see values, and to
 * those who know none of the numbers it was short by. Else it would stop all its readers.
 * HM_TOO_BIG: it cannot. Honest pages are so small that counting is enough.
 */
static enum hm_status check_travels(const struct hm_page *page,
                                    size_t text_size,
                                    struct hm_err *err)
{
    size_t size = text_size;
    for (size_t i = 0; i < page->count; i++) {
        const struct hm_change *change = &page->changes[i];
        size += CHANGE_TEXT + change->seen_count * PREFIX_TEXT +
                change->name_count * ID_TEXT + change->write_count * WRITE_TEXT;
        for (size_t w = 0; w < change->write_count; w++) {
            size += (size_t)change->writes[w].replaces_count * PREFIX_TEXT;
        }
    }
    if (size <= HM_PAGE_TEXT_MAX) {
        return HM_OK;
    }
    enum hm_status status = write_in_full(page, false, err);
    return status != HM_OK ? status : write_in_full(page, true, err);
}

/*
 * A bucket that begins with `@` is somebody's mailbox, and no home of records. The
 * registry is the server's alone: what others wrote there would reach every laptop of the
 * district, refused or not, and no right that anybody can have covers it.
 */
static bool is_home(const struct hm_inbox *inbox, const struct hm_page *page)
{
    return page->home.data[0] != '@' && (!hm_bytes_are(page->home, HM_HOME_REGISTRY) ||
                                         hm_id_equal(&page->device, &inbox->district));
}

/* Whether what is not in the store yet may name keys that the store does not know. */
static bool has_registry(const struct hm_inbox *inbox)
{
    for (size_t i = inbox->page_count; i > 0; i--) {
        if (hm_bytes_are(inbox->pages[i - 1].page.home, HM_HOME_REGISTRY)) {
            return true;
        }
    }
    return false;
}

/* A page that is good, as far as what the store has can tell. */
static enum hm_status take_page(struct hm_inbox *inbox,
                                struct hm_page *page,
                                const struct hm_key *key,
                                size_t text_size,
                                struct hm_err *err)
{
    enum hm_status status =
        inbox->takes_entries ? HM_OK : check_travels(page, text_size, err);
    if (status == HM_OK) {
        status = own_page(inbox, page, err);
    }
    if (status == HM_OK) {
        status = make_page_room(inbox, err);
    }
    if (status == HM_OK) {
        keep_page(inbox, page, key);
    }
    return status;
}

/*
 * `waits`: the key is not known yet; nothing was kept. What is offered by a key that is
 * not known is passed over: whoever knows who wrote it brings it again.
 */
static enum hm_status read_page(struct hm_inbox *inbox,
                                struct hm_bytes lines,
                                bool *waits,
                                struct hm_err *err)
{
    struct hm_page_draft *draft = NULL;
    struct hm_page page;
    struct hm_key key;
    const struct hm_keys *keys = NULL;
    bool joins = false;
    bool found = false;
    *waits = false;
    enum hm_status status = hm_page_draft_open(&draft, lines, err);
    if (status == HM_OK && !is_home(inbox, hm_page_draft_header(draft))) {
        status = hm_fail(err, HM_PROTOCOL, "page", "home", NULL, NULL);
    }
    if (status == HM_OK) {
        status = find_keys(inbox, &hm_page_draft_header(draft)->device, &keys, err);
    }
    if (status == HM_OK && keys == NULL) {
        *waits = !inbox->takes_offers && inbox->page_count > 0;
        if (!*waits && !inbox->takes_offers) {
            status = hm_fail(err, HM_PROTOCOL, "page", "device", NULL, NULL);
        }
        goto out;
    }
    if (status == HM_OK) {
        status = look_up(inbox, draft, err);
    }
    if (status == HM_OK) {
        status = hm_page_draft_expand(draft, &inbox->district, &page, &inbox->arena, err);
    }
    if (status == HM_OK) {
        joins = join(inbox, &page);
    }
    if (joins) {
        status = find_signer(inbox, keys, &page, &key, &found, err);
    }
    if (status == HM_OK && found) {
        status = take_page(inbox, &page, &key, lines.size, err);
    } else if (status == HM_OK && !(joins && inbox->takes_offers)) {
        *waits = has_registry(inbox);
        if (!*waits) {
            status = hm_fail(err, HM_PROTOCOL, "page", "signature", NULL, NULL);
        }
    }
out:
    hm_page_draft_free(draft);
    return status;
}

static enum hm_status read_entries(struct hm_inbox *inbox,
                                   struct hm_bytes line,
                                   struct hm_err *err)
{
    if (inbox->line_count == inbox->line_capacity) {
        size_t capacity = inbox->line_capacity == 0 ? 16 : inbox->line_capacity * 2;
        struct hm_entry_line *lines = realloc(inbox->lines, capacity * sizeof(*lines));
        if (lines == NULL) {
            return hm_fail_memory(err);
        }
        inbox->lines = lines;
        inbox->line_capacity = capacity;
    }
    enum hm_status status =
        hm_entry_line_read(&inbox->lines[inbox->line_count], line, &inbox->arena, err);
    inbox->line_count += status == HM_OK;
    return status;
}

static enum hm_status read_offer(struct hm_inbox *inbox,
                                 struct hm_bytes line,
                                 struct hm_err *err)
{
    if (inbox->offer_count == inbox->offer_capacity) {
        size_t capacity = inbox->offer_capacity == 0 ? 16 : inbox->offer_capacity * 2;
        struct hm_offer_line *lines = realloc(inbox->offers, capacity * sizeof(*lines));
        if (lines == NULL) {
            return hm_fail_memory(err);
        }
        inbox->offers = lines;
        inbox->offer_capacity = capacity;
    }
    enum hm_status status = hm_offer_line_read(&inbox->offers[inbox->offer_count], line,
                                               &inbox->offer_arena, err);
    inbox->offer_count += status == HM_OK;
    return status;
}

/* One whole line at the front of what is left. `*used`: it need not be seen again. */
static enum hm_status take_line(struct hm_inbox *inbox,
                                const uint8_t *start,
                                struct hm_bytes line,
                                size_t *used,
                                bool *waits,
                                struct hm_err *err)
{
    enum hm_line kind = hm_line_kind(line);
    size_t end = (size_t)(line.data - start) + line.size + 1;
    *waits = false;
    if (inbox->in_page) {
        if (kind == HM_LINE_PAGE || kind == HM_LINE_ENTRIES || kind == HM_LINE_OFFER ||
            end > HM_PAGE_TEXT_MAX) {
            return hm_fail(err, HM_PROTOCOL, "page", "line", NULL, NULL);
        }
        if (kind != HM_LINE_TAIL) {
            inbox->page_size = end;
            return HM_OK;
        }
        enum hm_status status =
            read_page(inbox, (struct hm_bytes){start, end}, waits, err);
        if (status == HM_OK && !*waits) {
            inbox->in_page = false;
            inbox->page_size = 0;
            *used = end;
        }
        return status;
    }
    if (kind == HM_LINE_PAGE) {
        inbox->in_page = true;
        inbox->page_size = end;
        return HM_OK;
    }
    *used = end;
    if (kind == HM_LINE_OFFER && inbox->takes_offers) {
        return read_offer(inbox, line, err);
    }
    if (kind != HM_LINE_ENTRIES || !inbox->takes_entries) {
        return hm_fail(err, HM_PROTOCOL, "page", "line", NULL, NULL);
    }
    return read_entries(inbox, line, err);
}

/* All whole lines of the text that are there. */
static enum hm_status take_lines(struct hm_inbox *inbox, struct hm_err *err)
{
    size_t front = 0;
    bool waits = false;
    enum hm_status status = HM_OK;
    while (status == HM_OK && !waits) {
        const uint8_t *start = inbox->text.data + front;
        size_t from = inbox->in_page ? inbox->page_size : 0;
        size_t left = inbox->text.size - front;
        size_t used = 0;
        const uint8_t *end = left > from ? memchr(start + from, '\n', left - from) : NULL;
        if (end == NULL) {
            break;
        }
        struct hm_bytes line = {start + from, (size_t)(end - start) - from};
        status = take_line(inbox, start, line, &used, &waits, err);
        front += used;
    }
    if (front > 0) {
        memmove(inbox->text.data, inbox->text.data + front, inbox->text.size - front + 1);
        inbox->text.size -= front;
    }
    return status;
}

enum hm_status hm_inbox_put(struct hm_inbox *inbox,
                            struct hm_bytes bytes,
                            struct hm_err *err)
{
    enum hm_status status = hm_inflate_put(inbox->inflate, &inbox->text, bytes, err);
    if (status != HM_OK) {
        /* Whole pages before the damage are good; the error stays the stream's. */
        (void)take_lines(inbox, NULL);
        return status;
    }
    return take_lines(inbox, err);
}

bool hm_inbox_waits(const struct hm_inbox *inbox)
{
    /* Lines are only left whole in the text where a page waits for a key. */
    size_t from = inbox->in_page ? inbox->page_size : 0;
    return inbox->text.size > from &&
           memchr(inbox->text.data + from, '\n', inbox->text.size - from) != NULL;
}

enum hm_status hm_inbox_resume(struct hm_inbox *inbox, struct hm_err *err)
{
    return take_lines(inbox, err);
}
