# What "toonmark embed --json" printed, for a person to read; the first line makes the
# subject of a mail.   jq -rs -f summary.jq REPORT
def mib: . / 1048576 * 10 | round / 10;
def signed: if . > 0 then "+\(.)" else "\(.)" end;
def tenths: . * 10 | round / 10;
def count(condition): map(select(condition)) | length;

def totals:
    "\(count(.action == "written")) written, \(count(.action == "skipped")) done before, " +
    "\(count(.error)) failed";

def one_channel:
    map(select(.action == "written")) as $new
    | ($new | map(.size_in // 0) | add // 0) as $in
    | ($new | map(.size_out // 0) | add // 0) as $out
    | ($new | map(select(.margin_db)) | min_by(.margin_db)) as $weakest
    | "  \(.[0].channel // .[0].mark): \(totals)"
    + (if $in > 0 then
           "; \($out | mib) MiB, \(($out / $in - 1) * 100 | tenths | signed) %" else "" end)
    + (if $weakest then
           "; weakest \($weakest.file), margin \($weakest.margin_db | tenths | signed) dB"
       else "" end);

"toonmark: \(totals)",
(map(select(.mark)) | group_by(.channel // .mark)[] | one_channel),
(.[] | select(.error) | "  failed: \(.output // .file): \(.message)")
