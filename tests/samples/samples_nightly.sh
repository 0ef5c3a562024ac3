#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# samples/nightly-folder.sh: only what is new or changed, and a mail only if there is news.
. "${srcdir:-.}/tests/samples/samples_lib.sh"

night() {
    run "$1" "$samples/nightly-folder.sh" source release logs
}

episode moon 1 10 2
night 0
has out "toonmark: 4 written, 0 done before, 0 failed"
released 4

# Nothing new: no word, and no file touched.
stat -c '%n %y' release/*/*/*/*.png >before
night 0
lines out 0
lines err 0
stat -c '%n %y' release/*/*/*/*.png >after
same before after

# A new episode and a page that was corrected.
episode sun 7 30 1
page source/moon/1/2.png 50
night 0
has out "toonmark: 4 written, 0 done before, 0 failed"
released 6
stat -c '%n %y' release/*/*/*/*.png >after
grep -F /moon/1/1.png before >first
grep -F /moon/1/1.png after >second
same first second
run 0 "$TOONMARK" extract release/us-app/moon/1/2.png
has out us-app

# A page that can't be read is reported by its name; the next night it is tried again.
echo nonsense >source/sun/7/2.png
night 1
has out "toonmark: 0 written, 0 done before, "
has out source/sun/7/2.png
rm source/sun/7/2.png
night 0
lines out 0

# Two at once: the second one leaves.
(
    flock 9
    run 75 "$samples/nightly-folder.sh" source release logs
    has err "still running"
) 9>logs/lock || exit 1

# A released file that has changed is made again; one whose page is gone can't be, and is
# reported where that is asked for.
CHECK=yes night 0
lines out 0
printf x >>release/us-app/moon/1/1.png
night 0
has out "toonmark: 1 written, 0 done before, 0 failed"
rm source/sun/7/1.png
printf x >>release/us-app/sun/7/1.png
CHECK=yes night 1
has out release/us-app/sun/7/1.png
exit 0
