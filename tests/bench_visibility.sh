#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make bench-visibility CORPUS=DIR [STRENGTH=X]
#
# What a reader could see of the mark, and what it costs in bytes, page by page.
# butteraugli_main is in Debian's libjxl-devtools.
. "${SOURCE:?}/tests/bench_lib.sh"

command -v butteraugli_main >/dev/null ||
    skip "no butteraugli_main: install libjxl-devtools"
files=$(pages colour) || exit
work=$(mktemp -d "${TMPDIR:-/tmp}/toonmark-bench.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM

begin "Invisibility: colour pages, strength ${STRENGTH:-1}"
"$BUILD/tests/bench_look" -s "${STRENGTH:-1}" "$work" $files >"$work/list" || exit 2
while read -r number rest; do
    butteraugli_main "$work/$number-plain.png" "$work/$number-marked.png" \
        >"$work/out" 2>"$work/err"
    norm=$(sed -n 's/^3-norm: //p' "$work/out")
    if [ -z "$norm" ]; then
        cat "$work/err" >&2
        exit 2
    fi
    echo "$norm $rest"
done <"$work/list" >"$work/table" || exit 2

awk '
function growth(plain, marked) { return 100 * (marked / plain - 1) }
function median(values, n,    i, j, held) {
    for (i = 2; i <= n; i++) {
        held = values[i]
        for (j = i - 1; j >= 1 && values[j] > held; j--)
            values[j + 1] = values[j]
        values[j + 1] = held
    }
    return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
}
BEGIN {
    print "| page | Butteraugli 3-norm | PSNR RGB, dB | PSNR luma, dB |" \
        " JPEG 90 growth, 4:2:0 | JPEG 90 growth, full chroma |"
    print "|---|---|---|---|---|---|"
}
{
    half[NR] = growth($5, $6)
    full[NR] = growth($7, $8)
    printf "| %s | %.3f | %.2f | %.2f | %+.2f %% | %+.2f %% |\n",
        $2, $1, $3, $4, half[NR], full[NR]
    norm += $1; rgb += $3; luma += $4; mean_half += half[NR]; mean_full += full[NR]
    if (NR == 1 || $1 > worst) worst = $1
    if (NR == 1 || $3 < low_rgb) low_rgb = $3
    if (NR == 1 || $4 < low_luma) low_luma = $4
    if (NR == 1 || half[NR] > most_half) most_half = half[NR]
    if (NR == 1 || full[NR] > most_full) most_full = full[NR]
    for (i = 5; i <= 8; i++) bytes[i] += $i
}
END {
    if (NR == 0) exit 2
    printf "| **mean** | **%.3f** | **%.2f** | **%.2f** | **%+.2f %%** | **%+.2f %%** |\n",
        norm / NR, rgb / NR, luma / NR, mean_half / NR, mean_full / NR
    printf "| worst | %.3f | %.2f | %.2f | %+.2f %% | %+.2f %% |\n",
        worst, low_rgb, low_luma, most_half, most_full
    printf "| median | | | | %+.2f %% | %+.2f %% |\n", median(half, NR), median(full, NR)
    printf "| all bytes | | | | %+.2f %% | %+.2f %% |\n",
        growth(bytes[5], bytes[6]), growth(bytes[7], bytes[8])
    print "| asked for | mean <= 0.55, each <= 0.9 | mean >= 44 | mean >= 48 |" \
        " mean <= +2.5 % | |"
}' "$work/table"
