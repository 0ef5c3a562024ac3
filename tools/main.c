/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "commands.h"
#include "interrupt.h"
#include "report.h"
#include "suggest.h"
#include "toonmark-file.h"

static const struct command {
    const char *name;
    unsigned bit;
    const char *help;
    int (*run)(const arguments *a);
} commands[] = {
    {"keygen", KEYGEN, help_keygen, cmd_keygen},
    {"channel", CHANNEL, help_channel, cmd_channel},
    {"embed", EMBED, help_embed, cmd_embed},
    {"extract", EXTRACT, help_extract, cmd_extract},
    {"ledger", LEDGER, help_ledger, cmd_ledger},
};

/*
 * A stream that the caller closed is put on a file that can be neither read nor
 * written in its direction: else the next file to be opened, such as a key, would take
 * its number.
 */
static void hold_standard_streams(void)
{
    static const int modes[] = {O_WRONLY, O_RDONLY, O_RDWR};

    for (int i = 0; i < 3; i++) {
        if (fcntl(i, F_GETFD) < 0 && open("/dev/null", modes[i]) < 0)
            _exit(EXIT_TROUBLE);
    }
}

/*
 * No core files: sub-keys are in ordinary memory.  (The key itself is in memory that is
 * left out of any.  PR_SET_DUMPABLE would also forbid /dev/fd/N, that is <(COMMAND).)
 */
static void forbid_core_files(void)
{
    static const struct rlimit none = {0, 0};

    setrlimit(RLIMIT_CORE, &none);
}

static const struct command *find_command(const char *word)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(word, commands[i].name) == 0)
            return &commands[i];
    }
    return NULL;
}

/* What the program says without a command; NEXT follows WORD. */
static int answer(const char *word, const char *next)
{
    const struct command *about = strcmp(word, "help") == 0 ? find_command(next) : NULL;
    suggestion near = {.word = word};
    char text[SUGGESTION_BYTES];

    if (*word == '\0')
        return usage_error("", "say what to do: keygen, channel, embed, extract or ledger");
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || about != NULL ||
        (strcmp(word, "help") == 0 && *next == '\0')) {
        fputs(about != NULL ? about->help : help_toonmark, stdout);
        return EXIT_ALL;
    }
    if (strcmp(word, "help") == 0)
        near.word = word = next;
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0 ||
        strcmp(word, "version") == 0) {
        printf("toonmark %s\nformats: %s\n", tmk_version(), tmk_features());
        return EXIT_ALL;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        suggest_consider(&near, commands[i].name);
    return usage_error("", "unknown command '%s'%s", word, suggest_text(&near, text));
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    const struct command *command = find_command(word);
    arguments a = {0};
    int status;

    hold_standard_streams();
    forbid_core_files();
    setvbuf(stderr, NULL, _IOLBF, 0);
    interrupt_prepare();
    status = command == NULL
                 ? answer(word, argc > 2 ? argv[2] : "")
                 : arguments_parse(&a, command->name, command->bit, argc - 1, argv + 1);
    if (status == EXIT_ALL && a.help)
        fputs(command->help, stdout);
    else if (status == EXIT_ALL && command != NULL)
        status = command->run(&a);
    arguments_free(&a);
    if (report_flush(stdout) != 0)
        status = EXIT_TROUBLE;
    interrupt_end();
    return status;
}
