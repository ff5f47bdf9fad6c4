# Lists the functions of Swift and C files as `lines file:line name`, by counting braces outside
# strings and comments. One-line cases of a switch do not count: an exhaustive switch is a table.

function finish_file() {
  while (open_count > 0) open_count--
  depth = 0; header = ""; in_comment = 0; in_text = 0; in_string = 0; hole_count = 0
}

# The name in a declaration's header, or nothing if the block is not a function.
function function_name(text,   found) {
  if (is_c) {
    if (depth != 0 || text !~ /\(/ || text ~ /(^|[ \t])(struct|union|enum)[ \t]*[a-z_]*[ \t]*$/) return ""
    if (text ~ /=[ \t]*$/) return ""
    match(text, /[A-Za-z_][A-Za-z_0-9]*[ \t]*\(/)
    return substr(text, RSTART, RLENGTH - 1)
  }
  if (match(text, /(^|[ \t])func [^ (<]+/)) {
    found = substr(text, RSTART, RLENGTH)
    sub(/^.*func /, "", found)
    return found
  }
  if (match(text, /(^|[ \t.])(init|subscript)[?]?[(<]/)) return "init"
  if (text ~ /(^|[ \t])deinit[ \t]*$/) return "deinit"
  if (text ~ /(^|[ \t])var [A-Za-z_0-9`]+[ \t]*:[^=]*$/) {
    found = text
    sub(/^.*(^|[ \t])var /, "", found)
    sub(/:.*$/, "", found)
    return found
  }
  return ""
}

function open_brace(   name) {
  name = function_name(header)
  if (name != "") {
    open_count++
    open_name[open_count] = name
    open_line[open_count] = header_line
    open_depth[open_count] = depth
    open_free[open_count] = 0
  }
  depth++
  header = ""
}

function close_brace(   lines) {
  depth--
  if (open_count > 0 && open_depth[open_count] == depth) {
    lines = FNR - open_line[open_count] + 1 - open_free[open_count]
    printf "%d %s:%d %s\n", lines, FILENAME, open_line[open_count], open_name[open_count]
    open_count--
  }
  header = ""
}

# Steps over one character of a string; interpolations are code again.
function string_character(line, at,   two) {
  two = substr(line, at, 2)
  if (!is_c && two == "\\(" && !is_raw) {
    hole_count++
    hole_depth[hole_count] = 1
    hole_text[hole_count] = in_text
    in_string = 0; in_text = 0
    return 2
  }
  if (substr(two, 1, 1) == "\\" && !is_raw) return 2
  if (in_text) {
    if (substr(line, at, 3) == "\"\"\"") { in_text = 0; return 3 }
    return 1
  }
  if (substr(two, 1, 1) == "\"") in_string = 0
  return 1
}

function scan(line,   at, one, two) {
  at = 1
  while (at <= length(line)) {
    one = substr(line, at, 1)
    two = substr(line, at, 2)
    if (in_comment) {
      if (two == "*/") { in_comment = 0; at += 2 } else at++
      continue
    }
    if (in_string || in_text) { at += string_character(line, at); continue }
    if (two == "//") return
    if (two == "/*") { in_comment = 1; at += 2; continue }
    if (substr(line, at, 3) == "\"\"\"") {
      is_raw = at > 1 && substr(line, at - 1, 1) == "#"; in_text = 1; at += 3; continue
    }
    if (one == "\"") {
      is_raw = at > 1 && substr(line, at - 1, 1) == "#"; in_string = 1; at++; continue
    }
    if (is_c && match(substr(line, at), /^'(\\.[^']*|[^\\'])'/)) { at += RLENGTH; continue }
    if (hole_count > 0 && (one == "(" || one == ")")) {
      hole_depth[hole_count] += one == "(" ? 1 : -1
      if (hole_depth[hole_count] == 0) {
        in_text = hole_text[hole_count]
        in_string = !in_text
        hole_count--
        at++
        continue
      }
    }
    if (one == "{") open_brace()
    else if (one == "}") close_brace()
    else {
      if (header == "" && one !~ /[ \t]/) header_line = FNR
      if (header != "" || one !~ /[ \t]/) header = header one
      if (one == ";" && is_c) header = ""
    }
    at++
  }
}

# A line that ends a statement cannot be the beginning of a function's header.
function ends_statement(line) {
  if (is_c) return line ~ /^[ \t]*#/
  return header !~ /[,(:><]$|->$|throws$|async$/ && header !~ /(^|[ \t])func / \
    && header !~ /(^|[ \t])(init|subscript)[?]?[(<]/ && header !~ /^@/
}

FNR == 1 { finish_file(); is_c = FILENAME ~ /\.(c|h)$/ }

{
  # A string on one line ends with it, whatever this reader made of it.
  if (hole_count == 0) in_string = 0
  if ($0 ~ /^[ \t]*(case .*|default): *[^ ].*$/ && $0 !~ /[{(\[,]$/)
    for (level = 1; level <= open_count; level++) open_free[level]++
  if (is_c && $0 ~ /^[ \t]*#/) next
  scan($0)
  if (header != "") { if (ends_statement($0)) header = ""; else header = header " " }
}
