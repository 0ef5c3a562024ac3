#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make bench-security [CORPUS=DIR] [EFFORT=normal|none|deep|exhaustive]
#
# What whoever has marked pages, but no key, can do: templates learned from other pages are
# subtracted, and residuals cored.  The last four pages are attacked, each copy is saved as JPEG
# 80, and templates come from the pages before them, from a tall page, and from one page of the
# same band.  doc/threats.md has the table.
. "${SOURCE:?}/tests/bench/bench_lib.sh"

command -v butteraugli_main >/dev/null || skip "no butteraugli_main: install libjxl-devtools"

ATTACKED=4

# The pages, those to attack last, and a tall one.
drawn_pages() {
    for seed in 11 12 13 14 15 16 17 18; do
        drawn "learned$seed.png" colour "$seed" 800 1280 || exit
    done
    drawn learned19.png manga 19 600 860 && drawn learned20.png manga 20 600 860 || exit
    drawing colour && drawing small
}
case $(origin) in
drawn)
    files=$(drawn_pages) && tall=$(drawn tall.png strip 21 800 9300) || exit
    ;;
*)
    files=$(pages colour | grep -v @ | head -n 13 && pages drawn | grep -v @ | tail -n 4 | head -n 1) ||
        exit
    tall=$(pages strip | head -n 1 | sed 's/@.*//')
    [ -n "$tall" ] || tall=$(printf '%s\n' "$files" | head -n 1)
    ;;
esac
count=$(printf '%s\n' "$files" | wc -l)
[ "$count" -gt "$ATTACKED" ] || skip "fewer than $((ATTACKED + 1)) pages"

begin "Security: attacks of whoever knows all but the key, then JPEG 80"
# shellcheck disable=SC2086  # a list of pages
"$BUILD/tests/bench/bench_security" -e "${EFFORT:-normal}" -k '1 1.5 2 2.5' \
    -c '1.5:1.5 2:2 2.3:2 3:2' -t "$tall" -n $((count - ATTACKED)) "$work" $files \
    >"$work/list" || exit 2

sort -n -k 1,2 "$work/list" | while read -r row number rest; do
    from=$work/$number-$row-from.png
    [ -f "$from" ] || from=$work/$number.png
    norm=0
    if [ "$row" -gt 0 ]; then
        norm=$(butteraugli_main "$from" "$work/$number-$row.png" 2>"$work/err" |
            sed -n 's/^3-norm: //p')
        [ -n "$norm" ] || { cat "$work/err" >&2; exit 2; }
    fi
    echo "$row $norm $rest"
done >"$work/table" || exit 2

awk '
function flush() {
    if (pages == 0)
        return
    printf "| %s | %.2f | %.1f | %s | %s | %s | %s | %d of %d | %d | %.0f |\n", attack,
        norm / pages, psnr / pages, line[1], line[2], line[3], line[4], found, pages, wrong,
        seconds / pages
}
BEGIN {
    print "| attack | Butteraugli | PSNR, dB | z of sync | index | data | read at | found |" \
        " wrong | s |"
    print "|---|---|---|---|---|---|---|---|---|---|"
}
$1 != row {
    flush()
    row = $1; pages = norm = psnr = found = wrong = seconds = 0
    split("", line)
}
{
    attack = $9
    for (i = 10; i <= NF; i++) attack = attack " " $i
    pages++; norm += $2; psnr += $3; seconds += $8
    for (i = 1; i <= 4; i++) line[i] = line[i] (pages > 1 ? ", " : "") $(3 + i)
    found += $7 != "-" && $7 != "WRONG"; wrong += $7 == "WRONG"; all_wrong += $7 == "WRONG"
}
END {
    flush()
    exit all_wrong > 0
}' "$work/table"
