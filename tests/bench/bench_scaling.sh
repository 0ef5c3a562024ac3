#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make bench-scaling [CORPUS=DIR | PAGES='FILE...'] [RUNS=N]
#
# What a page and each channel of it cost, in processor seconds of whole processes with one
# thread, which other work on the machine disturbs least; and what a ledger takes.  Pages
# are 800 x 1280 or as they come, each as PNG, JPEG and WebP.
. "${SOURCE:?}/tests/bench/bench_lib.sh"

runs=${RUNS:-5}
begin "Scaling"
files=$(pages scaling) || exit

TOONMARK_KEY=$work/key TOONMARK_LEDGER=$work/ledger.db XDG_DATA_HOME=$work
export TOONMARK_KEY TOONMARK_LEDGER XDG_DATA_HOME
mkdir "$work/pages" "$work/out" "$work/ledgers"
# libtool runs the programs themselves instead of its scripts around them.
execute() {
    "$BUILD/libtool" --silent --mode=execute -dlopen "$BUILD/src/libtoonmark.la" "$@"
}
toonmark() {
    execute "$BUILD/toonmark" "$@"
}
toonmark keygen "$work/key" >"$work/said" || exit 2
for channel in 1 2 3 4 5; do
    toonmark channel add "channel-$channel" >"$work/said" || exit 2
done

# measure FILE OPTION...: processor seconds, elapsed seconds, KiB, of marking FILE.
measure() {
    execute "$BUILD/tests/bench/bench_process" -n "$runs" "$BUILD/toonmark" embed -f --quiet \
        -d "$work/out" --name '{channel}/{stem}{ext}' "$@" 2>>"$work/messages" || {
        cat "$work/messages" >&2
        exit 2
    }
}

echo "| page | pixels | MB | output MB | one channel | each further | light | normal | hard | peak MiB |"
echo "|---|---|---|---|---|---|---|---|---|---|"
for file in $files; do
    name=$(basename "$file")
    for ending in png jpg webp; do
        page=$work/pages/${name%.*}.$ending
        if [ "${file##*.}" = "$ending" ]; then
            cp "$file" "$page"
        else
            execute "$BUILD/tests/bench/recode" -q "$([ $ending = png ] && echo 0 || echo 90)" \
                "$file" "$page" || exit 2
        fi
        one=$(measure -c channel-1 "$page") || exit 2
        five=$(measure --all-channels "$page") || exit 2
        light=$(measure --all-channels --verify=light "$page") || exit 2
        normal=$(measure --all-channels --verify=normal "$page") || exit 2
        hard=$(measure --all-channels --verify=hard "$page") || exit 2
        size=$(stat -L -c %s "$page")
        written=$(cat "$work"/out/channel-*/"$(basename "$page")" | wc -c)
        pixels=$(toonmark ledger export --format jsonl | tail -n 1 |
            jq -r '"\(.width) x \(.height)"')
        echo "$ending $size $written $one $five $light $normal $hard" >>"$work/costs"
        tail -n 1 "$work/costs" | awk -v page="$(basename "$page")" -v pixels="$pixels" '{
            printf "| %s | %s | %.2f | %.2f | %.3f | %.3f | %.3f | %.3f | %.3f | %.0f |\n",
                page, pixels, $2 / 1e6, $3 / 5e6, $4, ($7 - $4) / 4,
                ($10 - $7) / 5, ($13 - $7) / 5, ($16 - $7) / 5, $9 / 1024
        }'
    done
done
echo
echo "Processor seconds: of the page with one channel, of each further one, and of reading"
echo "each file back and verifying it at the three levels."
echo

# Cores and storage for ten million pages a day of the kind that was measured.
awk '
{
    count[$1]++
    in_bytes[$1] += $2; out_bytes[$1] += $3 / 5
    one[$1] += $4; further[$1] += ($7 - $4) / 4
    verify[$1] += ($13 - $7) / 5
}
END {
    rate = 1e7 / 86400 / 0.7
    print "| format | channels | cores | one file of each page verified | all verified |" \
        " TB a day read | written |"
    print "|---|---|---|---|---|---|---|"
    formats = split("jpg png webp", name, " ")
    channels = split("1 5 20 50", number, " ")
    for (f = 1; f <= formats; f++)
        for (c = 1; c <= channels; c++) {
            k = name[f]; n = number[c]
            if (!count[k])
                continue
            cost = (one[k] + (n - 1) * further[k]) / count[k]
            printf "| %s | %d | %.0f | %.0f | %.0f | %.1f | %.1f |\n", k, n, rate * cost,
                rate * (cost + verify[k] / count[k]),
                rate * (cost + n * verify[k] / count[k]),
                in_bytes[k] / count[k] / 1e5, n * out_bytes[k] / count[k] / 1e5
        }
}' "$work/costs"
echo
execute "$BUILD/tests/bench/bench_ledger" "$work/ledgers"
