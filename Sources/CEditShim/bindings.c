// What keys do that libedit has no function for: moving among the lines of a statement before
// moving through history, submitting only what is whole, pasting, completing.
#include <stdlib.h>

#include "editor.h"

fq_edit *fq_edit_of(EditLine *line) {
  void *edit = NULL;
  el_wget(line, EL_CLIENTDATA, &edit);
  return edit;
}

// Lets a private key follow, as if it had been typed.
static unsigned char press(EditLine *line, enum fq_key key) {
  wchar_t keys[] = {KEY_LEAD, (wchar_t)key, 0};
  el_wpush(line, keys);
  return CC_NORM;
}

static const wchar_t *line_start(const LineInfoW *info, const wchar_t *at) {
  while (at > info->buffer && at[-1] != '\n') at--;
  return at;
}

static const wchar_t *line_end(const LineInfoW *info, const wchar_t *at) {
  while (at < info->lastchar && *at != '\n') at++;
  return at;
}

static int prompt_width(EditLine *line, const LineInfoW *info, const wchar_t *start) {
  return start == info->buffer ? (int)wcslen(fq_edit_of(line)->prompt) : 0;
}

// Moves to the same screen column of the line that begins at `start`.
static unsigned char move_to_line(EditLine *line, const LineInfoW *info, const wchar_t *start) {
  const wchar_t *here = line_start(info, info->cursor);
  int column = (int)(info->cursor - here) + prompt_width(line, info, here);
  int wanted = column - prompt_width(line, info, start);
  int length = (int)(line_end(info, start) - start);
  int inside = wanted < 0 ? 0 : wanted > length ? length : wanted;
  el_cursor(line, (int)(start + inside - info->cursor));
  return CC_CURSOR;
}

static unsigned char up(EditLine *line, int key) {
  (void)key;
  const LineInfoW *info = el_wline(line);
  const wchar_t *start = line_start(info, info->cursor);
  if (start == info->buffer) return press(line, KEY_PREVIOUS_ENTRY);
  return move_to_line(line, info, line_start(info, start - 1));
}

static unsigned char down(EditLine *line, int key) {
  (void)key;
  const LineInfoW *info = el_wline(line);
  const wchar_t *end = line_end(info, info->cursor);
  if (end == info->lastchar) return press(line, KEY_NEXT_ENTRY);
  return move_to_line(line, info, end + 1);
}

static unsigned char home(EditLine *line, int key) {
  (void)key;
  const LineInfoW *info = el_wline(line);
  el_cursor(line, (int)(line_start(info, info->cursor) - info->cursor));
  return CC_CURSOR;
}

static unsigned char end(EditLine *line, int key) {
  (void)key;
  const LineInfoW *info = el_wline(line);
  el_cursor(line, (int)(line_end(info, info->cursor) - info->cursor));
  return CC_CURSOR;
}

static int is_word(wchar_t c) {
  return c >= 0x80 || c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')
      || (c >= 'a' && c <= 'z');
}

static unsigned char delete_next_word(EditLine *line, int key) {
  (void)key;
  const LineInfoW *info = el_wline(line);
  const wchar_t *at = info->cursor;
  while (at < info->lastchar && !is_word(*at)) at++;
  while (at < info->lastchar && is_word(*at)) at++;
  int count = (int)(at - info->cursor);
  if (count == 0) return CC_ERROR;
  el_cursor(line, count);
  el_deletestr(line, count);
  return CC_REFRESH;
}

// Begins another line of the statement, as far in as the present one.
static unsigned char newline(EditLine *line, int key) {
  (void)key;
  const LineInfoW *info = el_wline(line);
  const wchar_t *start = line_start(info, info->cursor);
  wchar_t text[64] = L"\n";
  for (int count = 1; count < 63 && start < info->cursor && *start == ' '; count++, start++)
    text[count] = ' ';
  return el_winsertstr(line, text) == 0 ? CC_REFRESH : CC_ERROR;
}

static unsigned char enter(EditLine *line, int key) {
  fq_edit *edit = fq_edit_of(line);
  size_t cursor = 0;
  char *text = fq_edit_text(edit, &cursor);
  if (text == NULL) return CC_ERROR;
  int is_complete = edit->hooks.is_complete(edit->hooks.context, text);
  free(text);
  return is_complete ? press(line, KEY_SUBMIT) : newline(line, key);
}

static unsigned char paste(EditLine *line, int key) {
  (void)key;
  fq_edit *edit = fq_edit_of(line);
  if (edit->paste == NULL || edit->paste[0] == 0) return CC_NORM;
  int status = el_winsertstr(line, edit->paste);
  free(edit->paste);
  edit->paste = NULL;
  return status == 0 ? CC_REFRESH : CC_ERROR;
}

static unsigned char complete(EditLine *line, int key) {
  (void)key;
  fq_edit *edit = fq_edit_of(line);
  edit->hooks.complete(edit->hooks.context, edit);
  return CC_REFRESH;
}

static void add(EditLine *line, const wchar_t *name, unsigned char (*function)(EditLine *, int)) {
  el_wset(line, EL_ADDFN, name, L"fq", function);
}

// Binds in both keymaps, so that vi users have the keys in either mode.
static void bind(EditLine *line, const wchar_t *key, const wchar_t *name) {
  el_wset(line, EL_BIND, key, name, NULL);
  el_wset(line, EL_BIND, L"-a", key, name, NULL);
}

static void bind_private(EditLine *line, enum fq_key key, const wchar_t *name) {
  wchar_t sequence[] = {'^', '_', (wchar_t)key, 0};
  bind(line, sequence, name);
}

static void add_functions(EditLine *line) {
  add(line, L"fq-up", up);
  add(line, L"fq-down", down);
  add(line, L"fq-home", home);
  add(line, L"fq-end", end);
  add(line, L"fq-delete-next-word", delete_next_word);
  add(line, L"fq-newline", newline);
  add(line, L"fq-enter", enter);
  add(line, L"fq-paste", paste);
  add(line, L"fq-complete", complete);
}

// The user's .editrc stands between the defaults and the bindings without which nothing works.
void fq_bind_keys(EditLine *line) {
  add_functions(line);
  bind(line, L"^R", L"em-inc-search-prev");
  bind(line, L"^A", L"fq-home");
  bind(line, L"^E", L"fq-end");
  bind(line, L"^P", L"fq-up");
  bind(line, L"^N", L"fq-down");
  el_source(line, NULL);
  bind(line, L"^I", L"fq-complete");
  bind(line, L"^M", L"fq-enter");
  bind(line, L"^J", L"fq-enter");
  bind(line, L"^O", L"fq-newline");
  bind_private(line, KEY_UP, L"fq-up");
  bind_private(line, KEY_DOWN, L"fq-down");
  bind_private(line, KEY_RIGHT, L"ed-next-char");
  bind_private(line, KEY_LEFT, L"ed-prev-char");
  bind_private(line, KEY_NEXT_WORD, L"em-next-word");
  bind_private(line, KEY_PREVIOUS_WORD, L"ed-prev-word");
  bind_private(line, KEY_HOME, L"fq-home");
  bind_private(line, KEY_END, L"fq-end");
  bind_private(line, KEY_DELETE, L"ed-delete-next-char");
  bind_private(line, KEY_DELETE_WORD, L"fq-delete-next-word");
  bind_private(line, KEY_PASTE, L"fq-paste");
  bind_private(line, KEY_NEWLINE, L"fq-newline");
  bind_private(line, KEY_SUBMIT, L"ed-newline");
  bind_private(line, KEY_PREVIOUS_ENTRY, L"ed-prev-history");
  bind_private(line, KEY_NEXT_ENTRY, L"ed-next-history");
}
