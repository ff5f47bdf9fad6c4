// The editor's life: made once, asked for statements, freed. Settings follow what was measured on
// libedit 3.1: emacs keys set explicitly, its own signal handling never switched on.
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "editor.h"

enum { ENTRIES = 10000 };

// libedit swallows what is not ASCII, and may crash, unless the locale knows UTF-8.
static void choose_locale(void) {
  setlocale(LC_CTYPE, "");
  if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return;
  if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) setlocale(LC_CTYPE, "en_US.UTF-8");
}

static wchar_t *prompt_of(EditLine *line) { return fq_edit_of(line)->prompt; }

static int set_up(fq_edit *edit) {
  // Complaints about unknown terminals and bindings would land in the middle of the screen.
  edit->errors = fopen("/dev/null", "w");
  if (edit->errors == NULL) return 0;
  edit->prompt = fq_widen("");
  edit->line = el_init("fq", stdin, stdout, edit->errors);
  edit->history = history_winit();
  if (edit->line == NULL || edit->history == NULL || edit->prompt == NULL) return 0;
  HistEventW event;
  history_w(edit->history, &event, H_SETSIZE, ENTRIES);
  history_w(edit->history, &event, H_SETUNIQUE, 1);
  el_wset(edit->line, EL_CLIENTDATA, edit);
  el_wset(edit->line, EL_EDITOR, L"emacs");
  el_wset(edit->line, EL_PROMPT, prompt_of);
  el_wset(edit->line, EL_HIST, history_w, edit->history);
  el_wset(edit->line, EL_GETCFN, fq_next_character);
  fq_bind_keys(edit->line);
  int is_on = 1;
  el_wget(edit->line, EL_EDITMODE, &is_on);
  return is_on;
}

fq_edit *fq_edit_new(fq_edit_hooks hooks) {
  choose_locale();
  fq_edit *edit = calloc(1, sizeof *edit);
  if (edit == NULL) return NULL;
  edit->hooks = hooks;
  fq_guard_terminal();
  if (set_up(edit)) return edit;
  fq_edit_free(edit);
  return NULL;
}

void fq_edit_free(fq_edit *edit) {
  if (edit == NULL) return;
  if (edit->line != NULL) el_end(edit->line);
  if (edit->history != NULL) history_wend(edit->history);
  if (edit->errors != NULL) fclose(edit->errors);
  free(edit->prompt);
  free(edit->paste);
  free(edit);
  fq_restore_terminal();
}

fq_edit_status fq_edit_read(fq_edit *edit, const char *prompt, char **text) {
  *text = NULL;
  wchar_t *wide = fq_widen(prompt);
  if (wide == NULL) return FQ_EDIT_END;
  free(edit->prompt);
  edit->prompt = wide;
  edit->ended = FQ_EDIT_TEXT;
  edit->owed_count = 0;
  fq_signals_begin();
  fq_bracketed_paste(1);
  int count = 0;
  const wchar_t *line = el_wgets(edit->line, &count);
  fflush(stdout);
  fq_bracketed_paste(0);
  fq_signals_end();
  if (edit->ended == FQ_EDIT_TEXT && line != NULL && count > 0) {
    size_t length = (size_t)count - (line[count - 1] == '\n' ? 1 : 0);
    *text = fq_narrow(line, length, 0, NULL);
    return *text == NULL ? FQ_EDIT_END : FQ_EDIT_TEXT;
  }
  // What stood below the cursor is given up with the rest.
  fputs(edit->ended == FQ_EDIT_INTERRUPTED ? "^C\r\n\033[J" : "\r\n\033[J", stdout);
  fflush(stdout);
  return edit->ended == FQ_EDIT_INTERRUPTED ? FQ_EDIT_INTERRUPTED : FQ_EDIT_END;
}

void fq_edit_remember(fq_edit *edit, const char *text) {
  wchar_t *wide = fq_widen(text);
  if (wide == NULL) return;
  HistEventW event;
  history_w(edit->history, &event, H_ENTER, wide);
  free(wide);
}

char *fq_edit_text(fq_edit *edit, size_t *cursor) {
  const LineInfoW *info = el_wline(edit->line);
  size_t count = (size_t)(info->lastchar - info->buffer);
  return fq_narrow(info->buffer, count, (size_t)(info->cursor - info->buffer), cursor);
}

void fq_edit_replace(fq_edit *edit, int characters, const char *text) {
  if (characters > 0) el_deletestr(edit->line, characters);
  wchar_t *wide = fq_widen(text);
  if (wide != NULL && wide[0] != 0) el_winsertstr(edit->line, wide);
  free(wide);
}

void fq_edit_list(fq_edit *edit, const char *lines) {
  fputs("\r\n\033[J", stdout);
  for (; *lines != 0; lines++) {
    if (*lines == '\n') putc('\r', stdout);
    putc(*lines, stdout);
  }
  // libedit's redisplay would climb over the list and clear it; a refresh draws where we are.
  el_wset(edit->line, EL_REFRESH);
}

void fq_edit_beep(fq_edit *edit) { el_beep(edit->line); }
