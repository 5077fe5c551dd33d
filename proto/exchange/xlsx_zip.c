/* SPDX-License-Identifier: Apache-2.0 */
#include "xlsx_zip.h"

#include <minizip/unzip.h>
#include <stdlib.h>
#include <string.h>

#include "hamlet/exchange/table.h"

enum {
    ENTRIES_MAX = 4096, /* a sheet and a drawing for each hamlet of ten provinces */
    METHOD_STORED = 0,
    METHOD_DEFLATE = 8,
    FLAG_ENCRYPTED = 1,
    ANY_CASE = 2, /* of unzLocateFile: part names are the same in any case */
};

/* One part inflated: a sheet of 200,000 rows of ten cells. */
#define PART_MAX ((uint64_t)64 * 1024 * 1024)
/* All that is read of one file, sheets that are looked into more than once too. */
#define ALL_MAX ((uint64_t)128 * 1024 * 1024)
/* Deflate packs a sheet of empty cells to a 60th; nothing but a bomb is packed tighter.
 */
#define RATIO_MAX  ((uint64_t)150)
#define RATIO_FREE ((uint64_t)1024 * 1024)

struct hm_zip {
    struct hm_bytes file;
    uint64_t at; /* where minizip reads */
    unzFile archive;
    bool open; /* a part is */
    uint64_t packed;
    uint64_t part_bytes; /* inflated so far */
    uint64_t all_bytes;
    const char *part;
};

/* ---- the file in memory, as minizip asks for it ---- */

static voidpf memory_open(voidpf opaque, const void *name, int mode)
{
    (void)name;
    (void)mode;
    return opaque;
}

static uLong memory_read(voidpf opaque, voidpf stream, void *to, uLong size)
{
    struct hm_zip *zip = stream;
    (void)opaque;
    uint64_t rest = zip->file.size - zip->at;
    size_t take = size < rest ? (size_t)size : (size_t)rest;
    memcpy(to, zip->file.data + zip->at, take);
    zip->at += take;
    return (uLong)take;
}

static uLong memory_write(voidpf opaque, voidpf stream, const void *from, uLong size)
{
    (void)opaque;
    (void)stream;
    (void)from;
    (void)size;
    return 0;
}

static ZPOS64_T memory_tell(voidpf opaque, voidpf stream)
{
    (void)opaque;
    return ((struct hm_zip *)stream)->at;
}

static long memory_seek(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin)
{
    struct hm_zip *zip = stream;
    uint64_t from = origin == ZLIB_FILEFUNC_SEEK_CUR   ? zip->at
                    : origin == ZLIB_FILEFUNC_SEEK_END ? zip->file.size
                                                       : 0;
    (void)opaque;
    if (offset > zip->file.size || from + offset > zip->file.size) {
        return -1;
    }
    zip->at = from + offset;
    return 0;
}

static int memory_close(voidpf opaque, voidpf stream)
{
    (void)opaque;
    (void)stream;
    return 0;
}

static int memory_error(voidpf opaque, voidpf stream)
{
    (void)opaque;
    (void)stream;
    return 0;
}

/* ---- what may be opened ---- */

struct extent {
    uint64_t from;
    uint64_t to;
};

static int by_begin(const void *a, const void *b)
{
    const struct extent *x = a;
    const struct extent *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

static enum hm_status fail_form(const char *part, struct hm_err *err)
{
    return hm_fail(err, HM_BAD_INPUT, "xlsx-form", part, NULL, NULL);
}

static enum hm_status fail_big(struct hm_err *err)
{
    return hm_fail(err, HM_TOO_BIG, "xlsx-big", NULL, NULL, NULL);
}

/* Where the bytes of the entry that minizip stands on lie. */
static enum hm_status look_at(struct hm_zip *zip,
                              struct extent *extent,
                              struct hm_err *err)
{
    unz_file_info64 info;
    int method = 0;
    int level = 0;
    if (unzGetCurrentFileInfo64(zip->archive, &info, NULL, 0, NULL, 0, NULL, 0) !=
        UNZ_OK) {
        return fail_form("zip", err);
    }
    if ((info.flag & FLAG_ENCRYPTED) != 0) {
        return hm_fail(err, HM_BAD_INPUT, "table-encrypted", NULL, NULL, NULL);
    }
    if ((info.compression_method != METHOD_STORED &&
         info.compression_method != METHOD_DEFLATE) ||
        unzOpenCurrentFile2(zip->archive, &method, &level, 1) != UNZ_OK) {
        return fail_form("zip", err);
    }
    extent->from = unzGetCurrentFileZStreamPos64(zip->archive);
    extent->to = extent->from + info.compressed_size;
    (void)unzCloseCurrentFile(zip->archive);
    return extent->to >= extent->from && extent->to <= zip->file.size
               ? HM_OK
               : fail_form("zip", err);
}

/* Two names for the same bytes make a small file inflate to a large one. */
static enum hm_status check_apart(struct extent *extents,
                                  size_t count,
                                  struct hm_err *err)
{
    qsort(extents, count, sizeof(*extents), by_begin);
    for (size_t i = 1; i < count; i++) {
        if (extents[i].from < extents[i - 1].to) {
            return fail_form("zip", err);
        }
    }
    return HM_OK;
}

static enum hm_status check_entries(struct hm_zip *zip, struct hm_err *err)
{
    unz_global_info64 info;
    enum hm_status status = HM_OK;
    if (unzGetGlobalInfo64(zip->archive, &info) != UNZ_OK || info.number_entry == 0) {
        return fail_form("zip", err);
    }
    if (info.number_entry > ENTRIES_MAX) {
        return fail_big(err);
    }
    struct extent *extents = calloc((size_t)info.number_entry, sizeof(*extents));
    if (extents == NULL) {
        return hm_fail_memory(err);
    }
    int went = unzGoToFirstFile(zip->archive);
    for (size_t i = 0; i < info.number_entry && status == HM_OK; i++) {
        status = went == UNZ_OK ? look_at(zip, &extents[i], err) : fail_form("zip", err);
        went = unzGoToNextFile(zip->archive);
    }
    if (status == HM_OK) {
        status = check_apart(extents, (size_t)info.number_entry, err);
    }
    free(extents);
    return status;
}

enum hm_status hm_zip_open(struct hm_zip **zip, struct hm_bytes file, struct hm_err *err)
{
    if (file.size > HM_TABLE_PACKED_MAX) {
        return fail_big(err);
    }
    struct hm_zip *made = calloc(1, sizeof(*made));
    if (made == NULL) {
        return hm_fail_memory(err);
    }
    made->file = file;
    zlib_filefunc64_def calls = {.zopen64_file = memory_open,
                                 .zread_file = memory_read,
                                 .zwrite_file = memory_write,
                                 .ztell64_file = memory_tell,
                                 .zseek64_file = memory_seek,
                                 .zclose_file = memory_close,
                                 .zerror_file = memory_error,
                                 .opaque = made};
    made->archive = unzOpen2_64(NULL, &calls);
    enum hm_status status =
        made->archive == NULL ? fail_form("zip", err) : check_entries(made, err);
    if (status != HM_OK) {
        hm_zip_close(made);
        return status;
    }
    *zip = made;
    return HM_OK;
}

static void end_part(struct hm_zip *zip)
{
    if (zip->open) {
        (void)unzCloseCurrentFile(zip->archive);
        zip->open = false;
    }
}

void hm_zip_close(struct hm_zip *zip)
{
    if (zip == NULL) {
        return;
    }
    end_part(zip);
    if (zip->archive != NULL) {
        (void)unzClose(zip->archive);
    }
    free(zip);
}

/* ---- the parts ---- */

bool hm_zip_has(struct hm_zip *zip, const char *part)
{
    return unzLocateFile(zip->archive, part, ANY_CASE) == UNZ_OK;
}

enum hm_status hm_zip_begin(struct hm_zip *zip, const char *part, struct hm_err *err)
{
    unz_file_info64 info;
    end_part(zip);
    if (!hm_zip_has(zip, part) ||
        unzGetCurrentFileInfo64(zip->archive, &info, NULL, 0, NULL, 0, NULL, 0) !=
            UNZ_OK ||
        unzOpenCurrentFile(zip->archive) != UNZ_OK) {
        return fail_form(part, err);
    }
    zip->open = true;
    zip->packed = info.compressed_size;
    zip->part_bytes = 0;
    zip->part = part;
    return HM_OK;
}

enum hm_status hm_zip_read(struct hm_zip *zip,
                           void *to,
                           size_t size,
                           size_t *got,
                           struct hm_err *err)
{
    int read = unzReadCurrentFile(zip->archive, to, (unsigned)size);
    if (read < 0) {
        return fail_form(zip->part, err);
    }
    if (read == 0) {
        zip->open = false;
        if (unzCloseCurrentFile(zip->archive) != UNZ_OK) {
            return fail_form(zip->part, err); /* its checksum is another */
        }
    }
    zip->part_bytes += (uint64_t)read;
    zip->all_bytes += (uint64_t)read;
    if (zip->part_bytes > PART_MAX || zip->all_bytes > ALL_MAX ||
        (zip->part_bytes > RATIO_FREE && zip->part_bytes / RATIO_MAX > zip->packed)) {
        return fail_big(err);
    }
    *got = (size_t)read;
    return HM_OK;
}
