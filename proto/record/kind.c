/* SPDX-License-Identifier: Apache-2.0 */
#include "hamlet/record/kind.h"

#include "hamlet/model/value.h"

const struct hm_field *hm_kind_field(const struct hm_kind *kind, struct hm_bytes name)
{
    for (size_t i = 0; i < kind->field_count; i++) {
        if (hm_bytes_are(name, kind->fields[i].name)) {
            return &kind->fields[i];
        }
    }
    return NULL;
}

const struct hm_kind_register *hm_kind_register(const struct hm_kind *kind,
                                                struct hm_bytes name)
{
    for (size_t i = 0; i < kind->register_count; i++) {
        if (hm_bytes_are(name, kind->registers[i].name)) {
            return &kind->registers[i];
        }
    }
    return NULL;
}

/* Who may write this register at all; the protocol's own have no writers of their own. */
static bool may_write(const struct hm_kind *kind, enum hm_role role, struct hm_bytes reg)
{
    if (reg.size == 0 || reg.data[0] == '~') {
        return true;
    }
    const struct hm_kind_register *found = hm_kind_register(kind, reg);
    uint16_t writers = found == NULL ? 0 : found->fields.at[0]->writers;
    return found != NULL && (writers == 0 || (writers & 1U << role) != 0);
}

static struct hm_bytes key_value(const char *name,
                                 const struct hm_key_field *key,
                                 size_t key_count)
{
    for (size_t i = 0; i < key_count; i++) {
        if (hm_bytes_are(key[i].name, name)) {
            return key[i].value;
        }
    }
    return HM_NO_BYTES;
}

bool hm_kind_may(const struct hm_kind *kind,
                 enum hm_role role,
                 enum hm_act act,
                 struct hm_bytes reg,
                 const struct hm_key_field *key,
                 size_t key_count)
{
    bool writes = act == HM_ACT_CREATE || act == HM_ACT_EDIT;
    if (act == HM_ACT_POLICY) {
        return role == HM_ROLE_SERVER;
    }
    if (writes && !may_write(kind, role, reg)) {
        return false;
    }
    for (size_t i = 0; i < kind->right_count; i++) {
        const struct hm_kind_rights *rights = &kind->rights[i];
        bool may = (rights->acts[role] & 1U << act) != 0;
        struct hm_bytes value = rights->field == NULL
                                    ? HM_NO_BYTES
                                    : key_value(rights->field->name, key, key_count);
        bool known = rights->field == NULL || value.size > 0;
        if (known &&
            (rights->field == NULL ||
             hm_bytes_equal(hm_value_text_or(value, HM_NO_BYTES), rights->value))) {
            return may;
        }
        if (!known && !may) {
            return false;
        }
    }
    return false; /* the last right has no field: this is never reached */
}
