#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Folders are walked in order, their structure is kept; lists name files too.
. "${srcdir:-.}/tests/cli/cli_lib.sh"

key k
TOONMARK_KEY=k
export TOONMARK_KEY
page p.png 111 --width 200 --height 200
mkdir -p in/e2/deep in/e10 in/.hidden elsewhere
for file in in/cover.png in/e2/1.png in/e2/10.png in/e2/9.PNG in/e2/deep/x.png in/e10/1.png \
    in/.hidden/a.png in/e2/.a.png elsewhere/y.png; do
    cp p.png $file
done
echo text >in/notes.txt
ln -s ../elsewhere in/link
ln -s .. in/e2/loop
ln -s ../elsewhere/y.png in/linked.png
ln -s nowhere.txt in/broken.txt
mkfifo in/pipe.png

expect 2 "$TOONMARK" embed -m $mark -d o in
has err "in: is a directory; -r walks it"
expect 0 "$TOONMARK" embed -m $mark -r -d o in
sed 's/^.* -> \(.*\): PSNR.*/\1/' out >order
cat >expected <<END
o/cover.png
o/linked.png
o/e2/1.png
o/e2/9.PNG
o/e2/10.png
o/e2/deep/x.png
o/e10/1.png
END
same order expected
(cd o && find . -type f | sort) >found
sed 's/^o/./' expected | sort >wanted
same found wanted
has err "7 files for 1 channel: 7 written"
cp o/cover.png whole.png

# The name of the walked folder is no part of the outputs', however it is written.
(cd in && expect 0 "$TOONMARK" embed -k ../k -m $mark -q -r -d ../dot .) || exit 1
diff -r dot o || fail "walking . gives something else"
expect 0 "$TOONMARK" embed -m $mark -q -r -d slash in//
diff -r slash o || fail "walking in// gives something else"

# Where outputs go is not walked, and is no place to walk.
expect 0 "$TOONMARK" embed -m $mark -r -d in/o in
lines out 7
expect 0 "$TOONMARK" embed -m $mark -r -f -d in/o in
lines out 7
expect 2 "$TOONMARK" embed -m $mark -r -d in in
has err "in is where outputs go"
rm -r in/o

# Files beside folders, and a folder that can't be read.
expect 0 "$TOONMARK" embed -m $mark -q -r -d mixed elsewhere/y.png in/e2
(cd mixed && find . -type f | sort) >found
printf '%s\n' ./1.png ./10.png ./9.PNG ./deep/x.png ./y.png >wanted
same found wanted
if [ "$(id -u)" -ne 0 ]; then
    chmod 000 in/e10
    expect 1 "$TOONMARK" embed -m $mark -r -d locked in
    has err "in/e10: can't be read"
    lines out 6
    chmod 755 in/e10
fi
expect 2 "$TOONMARK" embed -m $mark -r -d no missing
has err "missing: "
mkdir empty
expect 2 "$TOONMARK" embed -m $mark -r -d no empty
has err "empty: holds no pages"
[ ! -e no ] || [ -z "$(ls -A no)" ] || fail "something was written"

# What a file is, its content says; what can't be marked is named, litter is left out.
mkdir -p walk/sub walk/@eaDir/01.png walk/drafts
cp p.png walk/01.png
cp p.png walk/@eaDir/01.png/THUMB.png
cp p.png walk/02 # no ending
page jpeg.jpg 112 --width 200 --height 200
cp jpeg.jpg walk/03.jfif
cp jpeg.jpg walk/04.jpe
cp jpeg.jpg walk/sub/05.text
printf 'GIF89a\001\000\001\000\000\000\000;' >walk/06.gif
printf 'II*\000\010\000\000\000' >walk/07.png
printf 'BM\066\000\000\000\000\000\000\000\066\000\000\000\050\000\000\000' >walk/sub/08
printf 'BMW and GIF89a\n' >walk/notes.txt
echo text >walk/09.jpg
printf '8BPS\000\001' >walk/drafts/10.psd
expect 1 "$TOONMARK" embed -m $mark -r -d ow walk
(cd ow && find . -type f | sort) >found
printf '%s\n' ./01.png ./02 ./03.jfif ./04.jpe ./sub/05.text >wanted
same found wanted
has err "walk/06.gif: left out: GIF files can't be marked"
has err "walk/07.png: left out: TIFF files can't be marked"
has err "walk/sub/08: left out: BMP files can't be marked"
has err "walk/drafts/10.psd: left out: Photoshop files can't be marked"
has err "walk/09.jpg: a text file; give a picture"
has err "10 files for 1 channel: 5 written, 5 failed"
expect 1 "$TOONMARK" embed -m $mark -r -d ow --json -f walk
valid_json out
[ "$(grep -c '"error":"unsupported"' out)" -eq 5 ] || fail "not all are named"
expect 2 "$TOONMARK" embed -m $mark -d ow walk/06.gif
has err "walk/06.gif: GIF files can't be read"

# Unless they are meant to be left out: names, paths, folders.
expect 0 "$TOONMARK" embed -m $mark -r -d ow -f --ignore '*.gif' --ignore '0[79].*' \
    --ignore sub/08 --ignore drafts walk
has err "5 files for 1 channel: 5 written"
expect 1 "$TOONMARK" embed -m $mark -r -d ow -f --ignore '*.gif' --ignore '0[79].*' \
    --ignore 'walk/*' --ignore dra walk
has err "7 files for 1 channel: 5 written, 2 failed"
expect 2 "$TOONMARK" embed -m $mark -d ow --ignore '*.gif' walk/01.png
has err "--ignore belongs to -r"

# A folder that is a strip must be whole.
expect 2 "$TOONMARK" embed -m $mark -r --strip -d ows --ignore sub --ignore drafts walk
has err "walk/06.gif: left out"

# Lists.
printf '%s\n' in/e2/1.png '' in/e2/10.png >list
expect 0 "$TOONMARK" embed -m $mark -d listed --files-from list
lines out 2
same listed/1.png whole.png
"$TOONMARK" embed -m $mark -d stdin --files-from - <list >out 2>err ||
    fail "a list from a pipe"
diff -r listed stdin || fail "a list from a pipe"
cp p.png "$(printf 'line\nend.png')"
printf 'line\nend.png\000in/e2/1.png\000' >list0
expect 0 "$TOONMARK" embed -m $mark -d nul --files-from list0 -0
[ "$(ls nul | wc -l)" -eq 3 ] || fail "names with line ends in a list"
expect 2 "$TOONMARK" embed -m $mark -d no --files-from list0
has err "list0: a NUL within a line"
expect 1 "$TOONMARK" embed -m $mark -d more --files-from list in/e10/nowhere.png
[ "$(ls more | wc -l)" -eq 2 ] || fail "a list beside operands"
printf 'in\n' >list
expect 0 "$TOONMARK" embed -m $mark -r -q -d walked --files-from list
diff -r walked o || [ ! -d walked/in ] || fail "a folder in a list"
: >list
expect 0 "$TOONMARK" embed -m $mark -d no --files-from list
has err "nothing to do"
expect 2 "$TOONMARK" embed -m $mark -d no --files-from missing
has err "missing: can't be opened"
expect 2 "$TOONMARK" embed -m $mark -d no --files-from - -
has err "once only"
expect 2 "$TOONMARK" embed -m $mark -d no -0 p.png
has err "-0 belongs to --files-from"
exit 0
