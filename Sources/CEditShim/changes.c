// Deleting, putting back and undoing. libedit has no undo in its emacs mode, and its Ctrl-Y refuses
// what would make the line longer than the buffer; these have neither limit.
#include <stdlib.h>
#include <string.h>

#include "editor.h"

// A text as large as this is pasted, not typed; to keep its past would cost more than it is worth.
enum { LARGEST_SNAPSHOT = 1 << 18 };

static wchar_t *copy(const wchar_t *text, size_t count) {
  wchar_t *result = malloc((count + 1) * sizeof(wchar_t));
  if (result == NULL) return NULL;
  memcpy(result, text, count * sizeof(wchar_t));
  result[count] = 0;
  return result;
}

// MARK: Deleting

// Deletes from the cursor to a place before or behind it, and keeps what went.
static unsigned char kill_to(EditLine *line, const wchar_t *place) {
  fq_edit *edit = fq_edit_of(line);
  const LineInfoW *info = el_wline(line);
  long count = place - info->cursor;
  if (count == 0) return CC_ERROR;
  size_t length = (size_t)(count < 0 ? -count : count);
  wchar_t *killed = copy(count < 0 ? place : info->cursor, length);
  if (killed == NULL) return CC_ERROR;
  free(edit->killed);
  edit->killed = killed;
  if (count > 0) el_cursor(line, (int)count);
  el_deletestr(line, (int)length);
  return CC_REFRESH;
}

// To the end of the line, or the line break itself.
static unsigned char kill_line(EditLine *line, int key) {
  (void)key;
  const LineInfoW *info = el_wline(line);
  const wchar_t *end = info->cursor;
  while (end < info->lastchar && *end != '\n') end++;
  if (end == info->cursor && end < info->lastchar) end++;
  return kill_to(line, end);
}

// To the beginning of the line, or the line break before it.
static unsigned char kill_start(EditLine *line, int key) {
  (void)key;
  const LineInfoW *info = el_wline(line);
  const wchar_t *start = info->cursor;
  while (start > info->buffer && start[-1] != '\n') start--;
  if (start == info->cursor && start > info->buffer) start--;
  return kill_to(line, start);
}

static unsigned char kill_previous(EditLine *line, int key) {
  (void)key;
  const LineInfoW *info = el_wline(line);
  const wchar_t *at = info->cursor;
  while (at > info->buffer && !fq_is_word(at[-1])) at--;
  while (at > info->buffer && fq_is_word(at[-1])) at--;
  return kill_to(line, at);
}

static unsigned char kill_next(EditLine *line, int key) {
  (void)key;
  const LineInfoW *info = el_wline(line);
  const wchar_t *at = info->cursor;
  while (at < info->lastchar && !fq_is_word(*at)) at++;
  while (at < info->lastchar && fq_is_word(*at)) at++;
  return kill_to(line, at);
}

static unsigned char put_back(EditLine *line, int key) {
  (void)key;
  fq_edit *edit = fq_edit_of(line);
  if (edit->killed == NULL) return CC_ERROR;
  return el_winsertstr(line, edit->killed) == 0 ? CC_REFRESH : CC_ERROR;
}

// MARK: Undoing

static int is_same(const fq_snapshot *past, const LineInfoW *info, size_t count) {
  return past->count == count && memcmp(past->text, info->buffer, count * sizeof(wchar_t)) == 0;
}

// Letters typed one after another are one change.
static int continues_typing(const fq_snapshot *past, const LineInfoW *info, size_t count) {
  return count == past->count + 1 && info->cursor - info->buffer == (long)past->cursor + 1
      && fq_is_word(info->cursor[-1]);
}

static void drop_oldest(fq_edit *edit) {
  free(edit->past[0].text);
  memmove(edit->past, edit->past + 1, (SNAPSHOTS - 1) * sizeof edit->past[0]);
  edit->past_count--;
}

// Remembers the text if it is another than before.
void fq_note_change(fq_edit *edit) {
  const LineInfoW *info = el_wline(edit->line);
  size_t count = (size_t)(info->lastchar - info->buffer);
  if (count > LARGEST_SNAPSHOT) return;
  fq_snapshot *latest = edit->past_count > 0 ? &edit->past[edit->past_count - 1] : NULL;
  if (latest != NULL && is_same(latest, info, count)) {
    latest->cursor = (size_t)(info->cursor - info->buffer);
    return;
  }
  int is_typing = latest != NULL && continues_typing(latest, info, count);
  fq_snapshot now = {copy(info->buffer, count), count, (size_t)(info->cursor - info->buffer)};
  if (now.text == NULL) return;
  if (is_typing && edit->is_typing) {
    free(latest->text);
    *latest = now;
  } else {
    if (edit->past_count == SNAPSHOTS) drop_oldest(edit);
    edit->past[edit->past_count++] = now;
  }
  edit->is_typing = is_typing;
}

void fq_forget_changes(fq_edit *edit) {
  while (edit->past_count > 0) free(edit->past[--edit->past_count].text);
  edit->is_typing = 0;
}

static unsigned char undo(EditLine *line, int key) {
  (void)key;
  fq_edit *edit = fq_edit_of(line);
  if (edit->past_count < 2) return CC_ERROR;
  free(edit->past[--edit->past_count].text);
  edit->is_typing = 0;
  const fq_snapshot *before = &edit->past[edit->past_count - 1];
  const LineInfoW *info = el_wline(line);
  size_t count = (size_t)(info->lastchar - info->buffer);
  el_cursor(line, (int)(info->lastchar - info->cursor));
  if (count > 0) el_deletestr(line, (int)count);
  if (before->count > 0) el_winsertstr(line, before->text);
  el_cursor(line, (int)before->cursor - (int)before->count);
  return CC_REFRESH;
}

void fq_add_changes(EditLine *line) {
  fq_add(line, L"fq-kill-line", kill_line);
  fq_add(line, L"fq-kill-start", kill_start);
  fq_add(line, L"fq-kill-previous-word", kill_previous);
  fq_add(line, L"fq-kill-next-word", kill_next);
  fq_add(line, L"fq-put-back", put_back);
  fq_add(line, L"fq-undo", undo);
}
