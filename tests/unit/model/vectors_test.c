/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/wire2/vectors.h"

/* What lies under the model is checked here as well. */
static const char *const files[] = {"json.json",       "packing.json", "hashes.json",
                                    "signatures.json", "seals.json",   "keys.json",
                                    "values.json",     "changes.json", "chains.json",
                                    "merges.json",     "digests.json", "erasures.json"};

START_TEST(bytes_changes_and_merges_are_as_the_vectors_say)
{
    const char *folder = HM_SOURCE_DIR "/proto/vectors";

    size_t wrong = vectors_wrong(folder, files[_i], NULL);

    ck_assert_msg(wrong == 0, "%zu wrong in %s", wrong, files[_i]);
}
END_TEST

int main(int argc, char **argv)
{
    return vectors_run("model.vectors", bytes_changes_and_merges_are_as_the_vectors_say,
                       files, sizeof(files) / sizeof(files[0]), argc, argv);
}
