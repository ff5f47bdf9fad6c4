// The editor's life: made once, asked for statements, freed. Settings follow what was measured on
// libedit 3.1: emacs keys set explicitly, its own signal handling never switched on, its picture unused.
#define _GNU_SOURCE  // fopencookie
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "editor.h"

enum { ENTRIES = 10000 };

// libedit swallows what is not ASCII, and may crash, unless the locale knows UTF-8.
static void choose_locale(void) {
  setlocale(LC_CTYPE, "");
  if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return;
  if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) setlocale(LC_CTYPE, "en_US.UTF-8");
}

static wchar_t no_prompt[] = L"";

static wchar_t *prompt_of(EditLine *line) {
  (void)line;
  return no_prompt;
}

// libedit's own drawing ends here; all that is heard of it is the bell.
static ssize_t swallow(void *cookie, const char *bytes, size_t count) {
  fq_edit *edit = cookie;
  if (edit->kept != NULL) {
    fwrite(bytes, 1, count, edit->kept);
    return (ssize_t)count;
  }
  if (memchr(bytes, 7, count) != NULL) edit->hooks.bell(edit->hooks.context);
  return (ssize_t)count;
}

#ifdef __APPLE__
static int swallow_some(void *cookie, const char *bytes, int count) {
  return (int)swallow(cookie, bytes, (size_t)count);
}

static FILE *make_nowhere(fq_edit *edit) { return fwopen(edit, swallow_some); }
#else
static FILE *make_nowhere(fq_edit *edit) {
  cookie_io_functions_t functions = {NULL, swallow, NULL, NULL};
  return fopencookie(edit, "w", functions);
}
#endif

// Tells whether the terminal can move its cursor and clear, the way that nearly all do.
static int can_draw(EditLine *line) {
  char *up = NULL, *clear = NULL;
  el_wget(line, EL_GETTC, "up", &up);
  el_wget(line, EL_GETTC, "cd", &clear);
  return up != NULL && clear != NULL && *up != 0 && *clear != 0;
}

static int set_up(fq_edit *edit) {
  // Complaints about unknown terminals and bindings would land in the middle of the screen.
  edit->errors = fopen("/dev/null", "w");
  edit->nowhere = make_nowhere(edit);
  if (edit->errors == NULL || edit->nowhere == NULL) return 0;
  edit->line = el_init_fd(
    "fq", stdin, edit->nowhere, edit->errors, STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO);
  edit->history = history_winit();
  if (edit->line == NULL || edit->history == NULL) return 0;
  HistEventW event;
  history_w(edit->history, &event, H_SETSIZE, ENTRIES);
  el_wset(edit->line, EL_CLIENTDATA, edit);
  el_wset(edit->line, EL_EDITOR, L"emacs");
  el_wset(edit->line, EL_PROMPT, prompt_of);
  el_wset(edit->line, EL_HIST, history_w, edit->history);
  el_wset(edit->line, EL_GETCFN, fq_next_character);
  fq_bind_keys(edit->line);
  int is_on = 1;
  el_wget(edit->line, EL_EDITMODE, &is_on);
  return is_on && can_draw(edit->line);
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
  if (edit->nowhere != NULL) fclose(edit->nowhere);
  fq_forget_changes(edit);
  free(edit->paste);
  free(edit->killed);
  free(edit);
  fq_restore_terminal();
}

fq_edit_status fq_edit_read(fq_edit *edit, const char *beginning, char **text) {
  *text = NULL;
  edit->ended = FQ_EDIT_TEXT;
  edit->owed_count = edit->is_wide = 0;
  edit->is_ahead = fq_is_input_waiting(edit) ? 2 : 0;
  fq_forget_changes(edit);
  free(edit->paste);
  edit->paste = *beginning == 0 ? NULL : fq_widen(beginning);
  if (edit->paste != NULL) {
    edit->owed[edit->owed_count++] = KEY_PASTE;
    edit->owed[edit->owed_count++] = KEY_LEAD;
  }
  fq_signals_begin();
  fq_bracketed_paste(1);
  int count = 0;
  const wchar_t *line = el_wgets(edit->line, &count);
  if (edit->ended == FQ_EDIT_TEXT && line != NULL && count > 0) {
    size_t length = (size_t)count - (line[count - 1] == '\n' ? 1 : 0);
    *text = fq_narrow(line, length, 0, NULL);
  }
  if (*text == NULL) {
    int is_interrupted = edit->ended == FQ_EDIT_INTERRUPTED;
    edit->hooks.draw(
      edit->hooks.context, edit, is_interrupted ? FQ_MOMENT_INTERRUPTED : FQ_MOMENT_ENDED);
  }
  fq_bracketed_paste(0);
  fq_signals_end();
  if (*text != NULL) {
    // What came after the last look is meant for what the text does.
    int late = fq_signals_take();
    if (late & FQ_SIGNAL_INTERRUPT) raise(SIGINT);
    if (late & FQ_SIGNAL_STOP) raise(SIGTSTP);
    return FQ_EDIT_TEXT;
  }
  return edit->ended == FQ_EDIT_INTERRUPTED ? FQ_EDIT_INTERRUPTED : FQ_EDIT_END;
}

char *fq_edit_bindings(fq_edit *edit) {
  char *text = NULL;
  size_t size = 0;
  fflush(edit->nowhere);
  edit->kept = open_memstream(&text, &size);
  if (edit->kept == NULL) return NULL;
  el_wset(edit->line, EL_BIND, NULL);
  fflush(edit->nowhere);
  fclose(edit->kept);
  edit->kept = NULL;
  return text;
}

void fq_edit_remember(fq_edit *edit, const char *text) {
  wchar_t *wide = fq_widen(text);
  if (wide == NULL) return;
  HistEventW event;
  history_w(edit->history, &event, H_ENTER, wide);
  free(wide);
}
