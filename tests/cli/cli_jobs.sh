#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The number of threads changes neither a byte nor a line, for many files and for one.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key k
files=
for seed in 71 72 73 74 75; do
    page p$seed.png $seed
    files="$files p$seed.png"
done
blank p76.png
files="$files p76.png missing.png"

for jobs in 1 2 7 0; do
    expect 1 "$TOONMARK" embed -k k -m $mark -d o$jobs -j $jobs --json $files
    without_seconds <out | sed "s/o$jobs/o/" >embed.$jobs
    mv err embed.err.$jobs
    expect 1 "$TOONMARK" extract -k k -j $jobs --json o1/*.png
    without_seconds <out >extract.$jobs
    same embed.$jobs embed.1
    same embed.err.$jobs embed.err.1
    same extract.$jobs extract.1
    for file in o1/*; do
        same $file o$jobs/${file##*/}
    done
done
lines embed.1 7
lines extract.1 6

for jobs in 1 3; do
    expect 0 "$TOONMARK" embed -k k -m $mark -o one$jobs.png -j $jobs p71.png
    same one$jobs.png o1/p71.png
    expect 3 "$TOONMARK" extract -k k -j $jobs one1.png
    mv out one.$jobs
    same one.$jobs one.1
done
exit 0
