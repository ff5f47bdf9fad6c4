// What keys do that libedit has no function for, or one that knows only lines: moving in a statement of
// several lines and then through history, taking hints, submitting what is whole, pasting, searching.
#include <stdlib.h>

#include "editor.h"

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

// Moves to the same column of the line that begins at `start`.
static unsigned char move_to_line(EditLine *line, const LineInfoW *info, const wchar_t *start) {
  const wchar_t *here = line_start(info, info->cursor);
  int column = (int)(info->cursor - here);
  int length = (int)(line_end(info, start) - start);
  int inside = column > length ? length : column;
  el_cursor(line, (int)(start + inside - info->cursor));
  return CC_CURSOR;
}

// Up and down move among the lines of a statement, and only at its edge through history.
static unsigned char recall(EditLine *line, int direction) {
  fq_edit *edit = fq_edit_of(line);
  return edit->hooks.recall(edit->hooks.context, edit, direction) ? CC_REFRESH : CC_ERROR;
}

static unsigned char up(EditLine *line, int key) {
  (void)key;
  const LineInfoW *info = el_wline(line);
  const wchar_t *start = line_start(info, info->cursor);
  if (start == info->buffer) return recall(line, -1);
  return move_to_line(line, info, line_start(info, start - 1));
}

static unsigned char down(EditLine *line, int key) {
  (void)key;
  const LineInfoW *info = el_wline(line);
  const wchar_t *end = line_end(info, info->cursor);
  if (end == info->lastchar) return recall(line, 1);
  return move_to_line(line, info, end + 1);
}

static unsigned char older(EditLine *line, int key) {
  (void)key;
  return recall(line, -1);
}

static unsigned char newer(EditLine *line, int key) {
  (void)key;
  return recall(line, 1);
}

static unsigned char home(EditLine *line, int key) {
  (void)key;
  const LineInfoW *info = el_wline(line);
  el_cursor(line, (int)(line_start(info, info->cursor) - info->cursor));
  return CC_CURSOR;
}

// Behind the last character stands what is hinted at; keys that go on there take it.
static int accept(EditLine *line, int only_word) {
  fq_edit *edit = fq_edit_of(line);
  const LineInfoW *info = el_wline(line);
  return info->cursor == info->lastchar
      && edit->hooks.accept(edit->hooks.context, edit, only_word);
}

static unsigned char end(EditLine *line, int key) {
  (void)key;
  if (accept(line, 0)) return CC_REFRESH;
  const LineInfoW *info = el_wline(line);
  el_cursor(line, (int)(line_end(info, info->cursor) - info->cursor));
  return CC_CURSOR;
}

static unsigned char right(EditLine *line, int key) {
  (void)key;
  if (accept(line, 0)) return CC_REFRESH;
  const LineInfoW *info = el_wline(line);
  if (info->cursor == info->lastchar) return CC_ERROR;
  el_cursor(line, 1);
  return CC_CURSOR;
}

static unsigned char next_word(EditLine *line, int key) {
  (void)key;
  if (accept(line, 1)) return CC_REFRESH;
  const LineInfoW *info = el_wline(line);
  const wchar_t *at = info->cursor;
  while (at < info->lastchar && !fq_is_word(*at)) at++;
  while (at < info->lastchar && fq_is_word(*at)) at++;
  if (at == info->cursor) return CC_ERROR;
  el_cursor(line, (int)(at - info->cursor));
  return CC_CURSOR;
}

static unsigned char previous_word(EditLine *line, int key) {
  (void)key;
  const LineInfoW *info = el_wline(line);
  const wchar_t *at = info->cursor;
  while (at > info->buffer && !fq_is_word(at[-1])) at--;
  while (at > info->buffer && fq_is_word(at[-1])) at--;
  if (at == info->cursor) return CC_ERROR;
  el_cursor(line, (int)(at - info->cursor));
  return CC_CURSOR;
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

// Submits what is whole.
static unsigned char enter(EditLine *line, int key) {
  fq_edit *edit = fq_edit_of(line);
  size_t cursor = 0;
  char *text = fq_edit_text(edit, &cursor);
  if (text == NULL) return CC_ERROR;
  int is_complete = edit->hooks.is_complete(edit->hooks.context, text);
  free(text);
  if (!is_complete) return newline(line, key);
  edit->hooks.draw(edit->hooks.context, edit, FQ_MOMENT_SUBMITTED);
  return press(line, KEY_SUBMIT);
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

static unsigned char clear(EditLine *line, int key) {
  (void)key;
  fq_edit *edit = fq_edit_of(line);
  edit->hooks.draw(edit->hooks.context, edit, FQ_MOMENT_CLEARED);
  return CC_NORM;
}

// Keys belong to the search until it says that it ends; the key that ended it may have to be done.
static unsigned char search(EditLine *line, int key) {
  (void)key;
  fq_edit *edit = fq_edit_of(line);
  edit->hooks.search(edit->hooks.context, edit, 0);
  wchar_t character = 0;
  while (fq_next_character(line, &character) == 1) {
    fq_edit_search next = edit->hooks.search(edit->hooks.context, edit, (unsigned)character);
    if (next == FQ_SEARCH_GOES_ON) continue;
    if (next == FQ_SEARCH_ENDS_BEFORE_KEY) edit->owed[edit->owed_count++] = character;
    return CC_REFRESH;
  }
  return CC_EOF;
}

static unsigned char edit_outside(EditLine *line, int key) {
  (void)key;
  fq_edit *edit = fq_edit_of(line);
  el_wset(line, EL_PREP_TERM, 0);
  fq_bracketed_paste(0);
  edit->hooks.edit_outside(edit->hooks.context, edit);
  el_wset(line, EL_PREP_TERM, 1);
  fq_bracketed_paste(1);
  edit->hooks.draw(edit->hooks.context, edit, FQ_MOMENT_RESUMED);
  return CC_REFRESH;
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
  fq_add(line, L"fq-up", up);
  fq_add(line, L"fq-down", down);
  fq_add(line, L"fq-older", older);
  fq_add(line, L"fq-newer", newer);
  fq_add(line, L"fq-home", home);
  fq_add(line, L"fq-end", end);
  fq_add(line, L"fq-right", right);
  fq_add(line, L"fq-next-word", next_word);
  fq_add(line, L"fq-previous-word", previous_word);
  fq_add(line, L"fq-newline", newline);
  fq_add(line, L"fq-enter", enter);
  fq_add(line, L"fq-paste", paste);
  fq_add(line, L"fq-complete", complete);
  fq_add(line, L"fq-clear", clear);
  fq_add(line, L"fq-search", search);
  fq_add(line, L"fq-edit-outside", edit_outside);
  fq_add_changes(line);
}

// Comfort, which the user's .editrc may bind anew.
static void bind_comforts(EditLine *line) {
  static const wchar_t *const keys[][2] = {
    {L"^R", L"fq-search"}, {L"^A", L"fq-home"}, {L"^E", L"fq-end"}, {L"^F", L"fq-right"},
    {L"^P", L"fq-up"}, {L"^N", L"fq-down"}, {L"^K", L"fq-kill-line"}, {L"^U", L"fq-kill-start"},
    {L"^W", L"fq-kill-previous-word"}, {L"^Y", L"fq-put-back"}, {L"^L", L"fq-clear"},
    {L"^X^E", L"fq-edit-outside"}, {L"^X^U", L"fq-undo"}, {L"\\ed", L"fq-kill-next-word"},
    {L"\\ef", L"fq-next-word"}, {L"\\eb", L"fq-previous-word"},
    {L"\\e^H", L"fq-kill-previous-word"}, {L"\\e^?", L"fq-kill-previous-word"},
    {L"\\ep", L"fq-older"}, {L"\\en", L"fq-newer"},
  };
  for (size_t index = 0; index < sizeof keys / sizeof keys[0]; index++)
    el_wset(line, EL_BIND, keys[index][0], keys[index][1], NULL);
  // vi's command mode goes through the same history.
  el_wset(line, EL_BIND, L"-a", L"k", L"fq-up", NULL);
  el_wset(line, EL_BIND, L"-a", L"j", L"fq-down", NULL);
  el_wset(line, EL_BIND, L"-a", L"/", L"fq-search", NULL);
  el_wset(line, EL_BIND, L"-a", L"u", L"fq-undo", NULL);
  el_wset(line, EL_BIND, L"-a", L"v", L"fq-edit-outside", NULL);
}

// The user's .editrc stands between the defaults and the bindings without which nothing works.
void fq_bind_keys(EditLine *line) {
  add_functions(line);
  bind_comforts(line);
  fq_hide_command_line(line);
  fq_read_settings(line);
  bind(line, L"^I", L"fq-complete");
  bind(line, L"^M", L"fq-enter");
  bind(line, L"^J", L"fq-enter");
  bind(line, L"^O", L"fq-newline");
  bind_private(line, KEY_UP, L"fq-up");
  bind_private(line, KEY_DOWN, L"fq-down");
  bind_private(line, KEY_RIGHT, L"fq-right");
  bind_private(line, KEY_LEFT, L"ed-prev-char");
  bind_private(line, KEY_NEXT_WORD, L"fq-next-word");
  bind_private(line, KEY_PREVIOUS_WORD, L"fq-previous-word");
  bind_private(line, KEY_HOME, L"fq-home");
  bind_private(line, KEY_END, L"fq-end");
  bind_private(line, KEY_DELETE, L"ed-delete-next-char");
  bind_private(line, KEY_DELETE_WORD, L"fq-kill-next-word");
  bind_private(line, KEY_PASTE, L"fq-paste");
  bind_private(line, KEY_NEWLINE, L"fq-newline");
  bind_private(line, KEY_SUBMIT, L"ed-newline");
  bind_private(line, KEY_UNDO, L"fq-undo");
}
