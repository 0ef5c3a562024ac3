#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make bench-joined [CORPUS=DIR]
#
# Whether slices of one strip add up as it is said: two drawn strips, and those of the
# corpus, in slices that are too weak to be read alone.
. "${SOURCE:?}/tests/bench/bench_lib.sh"

"$BUILD/tests/pages/draw_page" --seed 4 --kind strip --height 12000 "$work/drawn1.png" || exit 2
"$BUILD/tests/pages/draw_page" --seed 9 --kind colour --height 9000 "$work/drawn2.png" || exit 2
strips="$work/drawn1.png $work/drawn2.png"
for name in strip1.jpg strip2.png; do
    [ ! -f "$CORPUS/$name" ] || strips="$strips $CORPUS/$name"
done

begin "Slices of one strip, joined:$(printf ' %s' $strips | sed 's|[^ ]*/||g')"
# strength, level, rows of a slice
while read -r setting; do
    # shellcheck disable=SC2046,SC2086  # options; a list of strips
    "$BUILD/tests/bench/bench_joined" $(echo $setting | awk '{print "-s", $1, "-l", $2, "-r", $3}') \
        $strips >>"$work/table" || exit 2
done <<END
0.4 1 128
0.5 2 128
0.35 2 256
1 3 128
0.8 3 200
END

awk '
BEGIN { last = split("10 12 13 14 16 18 20 25", ends, " ") }
{ for (bin = 1; bin <= last && $1 >= ends[bin]; bin++)
      ;
  runs[bin]++; seen[bin] += $3
  n++; r = $2 / $1; sum += r; square += r * r }
END {
    split("9 to 10,10 to 12,12 to 13,13 to 14,14 to 16,16 to 18,18 to 20,20 to 25,25 and more",
          names, ",")
    print "| predicted score | runs | decoded blind | |"
    print "|---|---|---|---|"
    for (i = 1; i <= last + 1; i++)
        if (runs[i]) printf "| %s | %d | %d | %.1f %% |\n", names[i], runs[i], seen[i],
            100 * seen[i] / runs[i]
    printf "\nMeasured score over the predicted one, of all %d: %.3f, deviation %.3f.\n",
        n, sum / n, sqrt(square / n - sum * sum / n / n)
}' "$work/table"
