#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh SUBJECT [COMMAND...]: runs COMMAND, or else bench_SUBJECT.sh.  With CSV=DIR the
# tables that it prints become files of DIR too, named after the subject, its SETS, and
# several STRENGTHs.  The exit status is the benchmark's.
set -u
subject=$1
shift
[ $# -gt 0 ] || set -- /bin/sh "$(dirname "$0")/bench_$subject.sh"
[ -n "${CSV-}" ] || exec "$@"
mkdir -p "$CSV" || exit 2
name=$subject${SETS:+-$SETS}
case ${STRENGTH-} in
*' '*) name="$name-$STRENGTH" ;;
esac
name=$(echo "$name" | tr ' ' '-')
exec 4>&1
status=$({
    { "$@" 3>&- 4>&-; echo $? >&3; } |
        awk -v folder="$CSV" -v name="$name" -f "$(dirname "$0")/table_csv.awk" 3>&- >&4
} 3>&1)
exit "$status"
