# SPDX-License-Identifier: GPL-3.0-or-later
# Makes CSV files of the tables in what a benchmark prints, which passes through unchanged:
#
#     awk -v folder=DIR -v name=SUBJECT -f table_csv.awk
#
# DIR/SUBJECT.csv is the first table, SUBJECT-2.csv the second, and so on.  Bold is dropped,
# and " %" goes from the cells into the head of their column.

function quoted(text) {
    if (text ~ /[",]/) {
        gsub(/"/, "\"\"", text)
        text = "\"" text "\""
    }
    return text
}

# Cells of a line into cell[row, 1...]; returns how many.
function split_row(line,    parts, n, i, text) {
    gsub(/\*\*/, "", line)
    n = split(line, parts, /\|/)
    for (i = 2; i < n; i++) {
        text = parts[i]
        gsub(/^ +| +$/, "", text)
        if (rows > 1 && text ~ /^[-+]?[0-9.]+ %$/) {
            sub(/ %$/, "", text)
            percent[i - 1] = 1
        }
        cell[rows, i - 1] = text
    }
    return n - 2
}

function finish(    file, r, i, text) {
    if (rows > 1) {
        file = folder "/" name (++tables > 1 ? "-" tables : "") ".csv"
        for (r = 1; r <= rows; r++) {
            text = ""
            for (i = 1; i <= columns; i++)
                text = text (i > 1 ? "," : "") \
                    quoted(cell[r, i] (r == 1 && percent[i] ? (cell[1, i] == "" ? "%" : ", %") : ""))
            print text >file
        }
        close(file)
    }
    rows = 0
    split("", percent)
    split("", cell)
}

{ print; fflush() }
/^\|[-|]+\|$/ { next }
/^\|/ {
    rows++
    count = split_row($0)
    if (rows == 1)
        columns = count
    next
}
{ finish() }
END { finish() }
