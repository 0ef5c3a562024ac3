#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make bench-visibility [CORPUS=DIR] [STRENGTH=X] [SETS=SET]
# make bench-visibility [CORPUS=DIR] STRENGTH='X Y...' [SETS=SET]
#
# What a reader could see of the mark, and what it costs in bytes, page by page; with
# several strengths, what can be seen at each, and after what it is read.
# butteraugli_main and ssimulacra_main are in Debian's libjxl-devtools.
. "${SOURCE:?}/tests/bench/bench_lib.sh"

for tool in butteraugli_main ssimulacra_main; do
    command -v "$tool" >/dev/null || skip "no $tool: install libjxl-devtools"
done
files=$(pages "${SETS:-colour}" | grep -v @) || exit
STRENGTH=${STRENGTH:-1}

# Prints a line for each page: its 3-norm, then what bench_look prints but the number, then
# its SSIMULACRA.
measure() {
    # shellcheck disable=SC2086  # a list of pages
    "$BUILD/tests/bench/bench_look" -s "$1" "$work" $files >"$work/list" || exit 2
    while read -r number rest; do
        butteraugli_main "$work/$number-plain.png" "$work/$number-marked.png" \
            >"$work/out" 2>"$work/err"
        ssimulacra=$(ssimulacra_main "$work/$number-plain.png" "$work/$number-marked.png" \
            2>>"$work/err" | head -n 1)
        norm=$(sed -n 's/^3-norm: //p' "$work/out")
        if [ -z "$norm" ] || [ -z "$ssimulacra" ]; then
            cat "$work/err" >&2
            exit 2
        fi
        echo "$norm $rest $ssimulacra"
    done <"$work/list"
}

case $STRENGTH in
*' '*)
    begin "Visibility of stronger marks: ${SETS:-colour} pages"
    for strength in $STRENGTH; do
        measure "$strength" >"$work/one" || exit 2
        sed "s/^/$strength /" "$work/one"
    done >"$work/table" || exit 2
    awk '
    !($1 in seen) { seen[$1] = ++strengths; head[strengths] = $1 }
    strengths == 1 { page[++pages] = $3 }
    { row = strengths == 1 ? pages : ++at[strengths]
      cell[row, strengths] = sprintf("%.3f %s", $2, $10)
      sum[strengths] += $2
      if ($2 > worst[strengths]) worst[strengths] = $2
      read_at[strengths] += $10 ~ /N/; hard[strengths] += $10 ~ /H/ }
    function line(name, values,    i, text) {
        text = "| " name " |"
        for (i = 1; i <= strengths; i++)
            text = text " " values[i] " |"
        print text
    }
    END {
        line("page", head)
        text = "|---|"
        for (i = 1; i <= strengths; i++) text = text "---|"
        print text
        for (p = 1; p <= pages; p++) {
            for (i = 1; i <= strengths; i++) values[i] = cell[p, i]
            line(page[p], values)
        }
        for (i = 1; i <= strengths; i++) {
            values[i] = sprintf("**%.3f**", sum[i] / pages)
            most[i] = sprintf("%.3f", worst[i])
            normal[i] = read_at[i] " / " pages; worn[i] = hard[i] " / " pages
        }
        line("**mean**", values)
        line("worst", most)
        line("read at normal", normal)
        line("read at hard", worn)
    }' "$work/table"
    exit
    ;;
esac

begin "Invisibility: ${SETS:-colour} pages, strength $STRENGTH"
measure "$STRENGTH" >"$work/table" || exit 2

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
    print "| page | Butteraugli 3-norm | SSIMULACRA | PSNR RGB, dB | PSNR luma, dB |" \
        " JPEG 90 growth, 4:2:0 | JPEG 90 growth, full chroma |"
    print "|---|---|---|---|---|---|---|"
}
{
    half[NR] = growth($5, $6)
    full[NR] = growth($7, $8)
    printf "| %s | %.3f | %.5f | %.2f | %.2f | %+.2f %% | %+.2f %% |\n",
        $2, $1, $10, $3, $4, half[NR], full[NR]
    norm += $1; ssimulacra += $10; rgb += $3; luma += $4
    mean_half += half[NR]; mean_full += full[NR]
    if (NR == 1 || $1 > worst) worst = $1
    if (NR == 1 || $10 > worst_ssimulacra) worst_ssimulacra = $10
    if (NR == 1 || $3 < low_rgb) low_rgb = $3
    if (NR == 1 || $4 < low_luma) low_luma = $4
    if (NR == 1 || half[NR] > most_half) most_half = half[NR]
    if (NR == 1 || full[NR] > most_full) most_full = full[NR]
    for (i = 5; i <= 8; i++) bytes[i] += $i
}
END {
    if (NR == 0) exit 2
    printf "| **mean** | **%.3f** | **%.5f** | **%.2f** | **%.2f** | **%+.2f %%** |" \
        " **%+.2f %%** |\n", norm / NR, ssimulacra / NR, rgb / NR, luma / NR,
        mean_half / NR, mean_full / NR
    printf "| worst | %.3f | %.5f | %.2f | %.2f | %+.2f %% | %+.2f %% |\n",
        worst, worst_ssimulacra, low_rgb, low_luma, most_half, most_full
    printf "| median | | | | | %+.2f %% | %+.2f %% |\n", median(half, NR), median(full, NR)
    printf "| all bytes | | | | | %+.2f %% | %+.2f %% |\n",
        growth(bytes[5], bytes[6]), growth(bytes[7], bytes[8])
    print "| asked for | mean <= 0.55, each <= 0.9 | | mean >= 44 | mean >= 48 |" \
        " mean <= +2.5 % | |"
}' "$work/table"
