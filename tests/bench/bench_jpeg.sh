#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make bench-jpeg [CORPUS=DIR] [SETS='jpeg jpeg-other jpeg-made'] [STRENGTH=X] [JOBS=N]
#
# JPEG pages marked in their coefficients ("c"), against decoding them, marking pixels and
# encoding again with the same quantisers ("p"): bytes, visibility, and what is left of the
# mark after attacks.  butteraugli_main is in Debian's libjxl-devtools.
. "${SOURCE:?}/tests/bench/bench_lib.sh"

command -v butteraugli_main >/dev/null ||
    skip "no butteraugli_main: install libjxl-devtools"

look() {
    butteraugli_main "$work/$1-plain.png" "$work/$1-$2.png" 2>"$work/err" |
        sed -n 's/^3-norm: //p'
}

measure() {
    "$BUILD/tests/bench/bench_jpeg" -j "$JOBS" -s "${STRENGTH:-1}" "$work" "$@" >"$work/list" ||
        exit 2
    while read -r number rest; do
        blocks=$(look "$number" blocks) pixels=$(look "$number" pixels)
        if [ -z "$blocks" ] || [ -z "$pixels" ]; then
            cat "$work/err" >&2
            exit 2
        fi
        echo "$blocks $pixels $rest"
    done <"$work/list" >"$work/table" || exit 2
}

for group in ${SETS:-jpeg jpeg-other jpeg-made}; do
    files=$(pages "$group") || exit
    [ -n "$files" ] || continue
    begin "JPEG in its coefficients: set $group, strength ${STRENGTH:-1}"
    measure $files
    awk '
    BEGIN {
        count = split("none|JPEG 75|JPEG 50|JPEG 30|WebP 50|x0.75 + JPEG 70|x0.5 + JPEG 50|" \
                      "x1.35 + WebP 75", names, "|")
        head = "| page | Butteraugli c / p | PSNR RGB, luma (c) | growth: file | optimised |" \
               " p optimised |"
        line = "|---|---|---|---|---|---|"
        for (i = 1; i <= count; i++) {
            head = head " " names[i] " |"
            line = line "---|"
        }
        print head "\n" line
    }
    {
        file = 100 * ($6 / $4 - 1); own = 100 * ($6 / $5 - 1); other = 100 * ($7 / $5 - 1)
        printf "| %s | %.3f / %.3f | %.1f, %.1f | %+.2f %% | %+.2f %% | %+.2f %% |", $3, $1, $2, \
            $8, $9, file, own, other
        for (i = 1; i <= count; i++) {
            c = $(10 + 2 * i); p = $(11 + 2 * i)
            printf " %.0f / %.0f |", c, p
            sums[i] += c; others[i] += p
            if (c > 0 && p > 0) ratios[i] += log(c / p)
        }
        print ""
        norm += $1; norm_p += $2; rgb += $8; luma += $9
        grow_file += file; grow += own; grow_p += other
        if (NR == 1 || $1 > worst) worst = $1
        if (NR == 1 || $2 > worst_p) worst_p = $2
        if (NR == 1 || own > most) most = own
        if (NR == 1 || other > most_p) most_p = other
    }
    END {
        if (NR == 0) exit 2
        printf "| **mean** | **%.3f / %.3f** | %.1f, %.1f | **%+.2f %%** | **%+.2f %%** | %+.2f %% |", \
            norm / NR, norm_p / NR, rgb / NR, luma / NR, grow_file / NR, grow / NR, grow_p / NR
        for (i = 1; i <= count; i++) printf " %.1f / %.1f |", sums[i] / NR, others[i] / NR
        printf "\n| worst | %.3f / %.3f | | | %+.2f %% | %+.2f %% |", worst, worst_p, most, most_p
        for (i = 1; i <= count; i++) printf " |"
        printf "\n| c over p, geometric mean | %.2f | | | | |", norm / norm_p
        for (i = 1; i <= count; i++) printf " **%.2f** |", exp(ratios[i] / NR)
        print "\n"
    }' "$work/table"
done
