# Summarises the output of "toonmark embed --json" for a person to read; the first line serves
# as the subject of a mail.   jq -rs -f summary.jq REPORT
def tenths: . * 10 | round / 10;
def signed: if . > 0 then "+\(.)" else "\(.)" end;
def count(condition): map(select(condition)) | length;

def totals:
    count(.verified == false) as $unread
    | "\(count(.action == "written")) written, \(count(.action == "skipped")) done before, "
    + "\(count(.error)) failed"
    + (if $unread > 0 then ", \($unread) whose mark was not read back" else "" end);

def one_channel:
    map(select(.action == "written")) as $new
    | ($new | map(.size_in // 0) | add // 0) as $in
    | ($new | map(.size_out // 0) | add // 0) as $out
    | ($new | map(select(.margin_db)) | min_by(.margin_db)) as $weakest
    | "  \(.[0].channel // .[0].mark): \(totals)"
    + (if $in > 0 then
           "; \($out / 1048576 | tenths) MiB, \(($out / $in - 1) * 100 | tenths | signed) %"
       else "" end)
    + (if $weakest then
           "; weakest \($weakest.file), margin \($weakest.margin_db | tenths | signed) dB"
       else "" end);

map(select(.summary)) as $ends
| map(select(.summary | not))
| "toonmark: \(totals)",
  (map(select(.mark)) | group_by(.channel // .mark)[] | one_channel),
  ($ends[] | select(.pages_needed) |
      "  consecutive pages that name the channel: any \(.pages_needed)"),
  (.[] | select(.error) | "  failed: \(.output // .file): \(.message)"),
  (.[] | select(.verified == false) | "  not read back: \(.output)")
