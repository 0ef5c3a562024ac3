# SPDX-License-Identifier: GPL-3.0-or-later
# What the benchmarks share: read with ". bench_lib.sh" at their beginning.
#
#   pages SET    prints the pages of a set, one a line, as the programs take them
#   skip TEXT    prints why a benchmark can't run, and ends it with status 77
#   begin TEXT   prints a heading and what is measured: version and machine
#
# CORPUS is the directory that holds the pages; PAGES, if it is set, stands for every set.
# A page is FILE, or FILE@ATTACK: what the attack makes of the file is the page.

set -u
LC_ALL=C
export LC_ALL

: "${BUILD:?is the directory of the build}"
: "${SOURCE:?is the directory of the sources}"
CORPUS=${CORPUS-}
PAGES=${PAGES-}
JOBS=${JOBS:-1}

skip() {
    echo "SKIPPED: $*" >&2
    exit 77
}

begin() {
    echo "## $*"
    echo
    echo "$("$BUILD/toonmark" --version | head -n 1)," \
        "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
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
    all)
        names colour
        names small
        names other
        ;;
    esac
}

pages() {
    if [ -n "$PAGES" ]; then
        printf '%s\n' $PAGES
        return
    fi
    [ -n "$CORPUS" ] || skip "no pages: make CORPUS=DIRECTORY, or PAGES='FILE...'"
    for name in $(names "$1"); do
        if [ -f "$CORPUS/${name%%@*}" ]; then
            echo "$CORPUS/$name"
        else
            echo "bench: $CORPUS/${name%%@*} is missing and left out" >&2
        fi
    done
}
