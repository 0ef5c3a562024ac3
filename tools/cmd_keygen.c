/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "commands.h"
#include "report.h"

int cmd_keygen(const arguments *a)
{
    tmk_key *key = NULL;
    tmk_error error;
    char fingerprint[17];
    tmk_status status;

    if (a->count != 1)
        return usage_error("keygen", "give one FILE for the new key");
    if (strcmp(a->operands[0], "-") == 0)
        return usage_error("keygen", "a key must be in a file, not on standard output");
    status = tmk_key_generate(&key, &error);
    if (status == TMK_OK)
        status = tmk_key_save(key, a->operands[0], &error);
    if (status == TMK_OK) {
        tmk_key_fingerprint(key, fingerprint);
        report_text(stdout, a->operands[0]);
        printf(": new key %s; keep a copy in a safe place\n", fingerprint);
    } else {
        report_error(a->operands[0], &error);
    }
    tmk_key_free(&key);
    return status == TMK_OK ? EXIT_ALL : EXIT_TROUBLE;
}
