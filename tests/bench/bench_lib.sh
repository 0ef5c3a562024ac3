# SPDX-License-Identifier: GPL-3.0-or-later
# What the benchmarks share: read with ". bench_lib.sh" at their beginning.
#
#   pages SET    prints the pages of a set, one a line, as the programs take them
#   skip TEXT    prints why a benchmark can't run, and ends it with status 77
#   begin TEXT   prints a heading and what is measured: version, machine and pages
#   $work        a folder that is removed in the end
#
# Pages come from PAGES, which stands for every set; else from the directory CORPUS, by the
# names below, or all of its pictures if it has none of these names; else a few are drawn.
# A page is FILE, or FILE@ATTACK: what the attack makes of the file is the page.

set -u
LC_ALL=C
export LC_ALL

: "${BUILD:?is the directory of the build}"
: "${SOURCE:?is the directory of the sources}"
CORPUS=${CORPUS-}
PAGES=${PAGES-}
JOBS=${JOBS:-1}

work=$(mktemp -d "${TMPDIR:-/tmp}/toonmark-bench.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM

skip() {
    echo "SKIPPED: $*" >&2
    exit 77
}

begin() {
    echo "## $*"
    echo
    echo "$("$BUILD/toonmark" --version | head -n 1)," \
        "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
    case $(origin) in
    given) echo "Pages: as given in PAGES" ;;
    drawn) echo "Pages: drawn, as there is no CORPUS" ;;
    folder) echo "Pages: all pictures of $CORPUS" ;;
    corpus) echo "Pages: of $CORPUS, by name" ;;
    esac
    echo
}

# Names in the corpus, by what they look like.
names() {
    case $1 in
    colour) # colour comic pages of about 800 x 1000 pixels and larger
        echo pc_e05_p03.png pc_e05_p04.png pc_e13_p01.png pc_e13_p05.jpg pc_e15_p06.png \
            pc_e17_p02.jpg pc_e17_p04.jpg pc_e17_p05.jpg pc_e17_p06.jpg pc_e20_p01.png \
            strip1/001.jpg strip1/002.jpg strip1/003.jpg strip1/004.jpg strip1/005.jpg \
            strip1/006.jpg strip1/007.jpg strip1/008.jpg strip1/009.jpg \
            mimi_011.png mimi_263.png mimi_305.png mimi_323.png
        ;;
    small) # small, mostly white or grey pages; comic pages as e-readers have them
        echo haruko_p01.jpg haruko_p03.jpg haruko_p05.jpg haruko_p08.jpg \
            tw_advocacy.jpg tw_chapter.jpg tw_community.jpg tw_data_people.jpg \
            vn_park.jpg vn_cg.jpg \
            pc_e05_p04.png@width:600+grey pc_e13_p01.png@width:600+grey \
            pc_e17_p05.jpg@width:600+grey pc_e20_p01.png@width:600+grey \
            pc_e13_p05.jpg@width:600 pc_e15_p06.png@width:600 \
            mimi_011.png@width:800 mimi_263.png@width:800
        ;;
    other) # photographs, backgrounds, a wallpaper, the end of a strip
        echo kodim05.png kodim08.png kodim13.png kodim19.png kodim23.png ukui_desert.png \
            wesnoth_castle.jpg strip1/010.jpg
        ;;
    drawn) # line drawings, manga and flat fills
        echo haruko_p01.jpg haruko_p03.jpg haruko_p05.jpg haruko_p08.jpg \
            tw_advocacy.jpg tw_chapter.jpg tw_community.jpg tw_data_people.jpg \
            vn_park.jpg vn_sprite_rgba.png mimi_011.png mimi_263.png mimi_305.png \
            mimi_323.png ukui_desert.png
        ;;
    strip) # 800 x 3200, cut from 800 x 11861 and 800 x 12850
        echo strip1.jpg@cut:0:0:0:8661 strip1.jpg@cut:0:2900:0:5761 \
            strip1.jpg@cut:0:5800:0:2861 strip1.jpg@cut:0:8661:0:0 \
            strip2.png@cut:0:0:0:9650 strip2.png@cut:0:3200:0:6450 \
            strip2.png@cut:0:6400:0:3250 strip2.png@cut:0:9600:0:50
        ;;
    jpeg) # colour comic pages that are JPEG files
        names colour | tr ' ' '\n' | grep '\.jpg$'
        ;;
    jpeg-other) # other JPEG files: grey, white, illustrations
        echo haruko_p01.jpg haruko_p03.jpg haruko_p05.jpg haruko_p08.jpg \
            tw_advocacy.jpg tw_chapter.jpg tw_community.jpg tw_data_people.jpg \
            vn_park.jpg vn_cg.jpg wesnoth_castle.jpg strip1/010.jpg
        ;;
    jpeg-made) # made JPEG of a quality, see tests/bench/bench_jpeg.c
        for quality in 75 85 90 95; do
            echo pc_e05_p03.png@$quality pc_e20_p01.png@$quality mimi_263.png@$quality \
                kodim23.png@$quality
        done
        ;;
    slices) # one episode, in order
        for i in 001 002 003 004 005 006 007 008 009 010; do
            echo strip1/$i.jpg
        done
        ;;
    speed) # pages of 800 x 1280 and larger, for times
        echo strip1/004.jpg strip1/008.jpg pc_e17_p05.jpg
        ;;
    scaling)
        echo strip1/002.jpg strip1/005.jpg strip1/008.jpg
        ;;
    copies)
        names scaling
        echo pc_e15_p06.png mimi_263.png
        ;;
    all)
        names colour
        names small
        names other
        ;;
    esac
}

# Prints those of a set that the corpus has; what is missing goes to standard error.
present() {
    for name in $(names "$1"); do
        if [ -f "$CORPUS/${name%%@*}" ]; then
            echo "$CORPUS/$name"
        else
            echo "bench: $CORPUS/${name%%@*} is missing and left out" >&2
        fi
    done
}

# Where pages come from.
origin() {
    if [ -n "$PAGES" ]; then
        echo given
    elif [ -z "$CORPUS" ]; then
        echo drawn
    elif [ -n "$(present all 2>/dev/null)" ]; then
        echo corpus
    else
        echo folder
    fi
}

# pictures ENDING...: those of any folder; names with spaces are left out.
pictures() {
    for ending in "$@"; do
        find -L "$CORPUS" -type f -iname "*.$ending" ! -name '*[ @]*' | sort
    done
}

# A set made of any folder's pictures.
gathered() {
    case $1 in
    jpeg) pictures jpg jpeg ;;
    jpeg-other | other) ;;
    jpeg-made) pictures png webp | sed 's/$/@75/; p; s/75$/90/' ;;
    small) pictures png jpg jpeg webp | sed 's/$/@width:600+grey/' ;;
    *) pictures png jpg jpeg webp ;;
    esac
}

# drawn NAME KIND SEED WIDTH HEIGHT: draws a page unless it is there, and prints its name.
drawn() {
    picture=$work/drawn/$1
    mkdir -p "$work/drawn" || exit 2
    if [ ! -f "$picture" ]; then
        "$BUILD/tests/pages/draw_page" --kind "$2" --seed "$3" --width "$4" --height "$5" \
            "${picture%.*}.png" || exit 2
        [ "${picture##*.}" = png ] ||
            "$BUILD/tests/bench/recode" -q 90 "${picture%.*}.png" "$picture" || exit 2
    fi
    echo "$picture"
}

# A small set of drawn pages; a set that no drawing is like has none.
drawing() {
    case $1 in
    colour) drawn colour1.png colour 1 800 1280 && drawn colour2.jpg colour 2 800 1280 ;;
    small) drawn small1.png manga 3 600 860 && drawn small2.jpg manga 4 600 860 ;;
    strip) drawn strip.png strip 5 800 3200 ;;
    jpeg) drawn colour2.jpg colour 2 800 1280 ;;
    jpeg-other) drawn small2.jpg manga 4 600 860 ;;
    jpeg-made) drawn colour1.png colour 1 800 1280 | sed 's/$/@75/; p; s/75$/90/' ;;
    slices)
        for row in 0 1280 2560; do
            slice=$work/drawn/slice$row
            "$BUILD/tests/attack/attack" "cut:0:$row:0:$((2560 - row))" 1 \
                "$(drawn episode.png strip 6 800 3840)" "$slice.png" &&
                "$BUILD/tests/bench/recode" -q 90 "$slice.png" "$slice.jpg" || exit 2
            echo "$slice.jpg"
        done
        ;;
    scaling) drawn colour1.png colour 1 800 1280 ;;
    copies) drawing colour ;;
    all) drawing colour && drawing small ;;
    esac
}

pages() {
    case $(origin) in
    given) printf '%s\n' $PAGES ;;
    corpus) present "$1" ;;
    folder) gathered "$1" ;;
    drawn) drawing "$1" ;;
    esac
}
