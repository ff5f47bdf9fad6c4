// The user's .editrc, line by line. libedit's own reader falls over a quote that is never closed, a line
// longer than its buffers, and a pipe that nobody writes to.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "editor.h"

enum { LONGEST_LINE = 1000, LONGEST_PATH = 4096 };

// libedit's own command line falls over a quote that is never closed.
void fq_hide_command_line(EditLine *line) {
  el_wset(line, EL_BIND, L"-r", L"\\ex", NULL);
  el_wset(line, EL_BIND, L"-r", L"\\eX", NULL);
  el_wset(line, EL_BIND, L"-a", L"-r", L":", NULL);
}

// Opens the file that libedit would read; NULL if there is none.
static FILE *open_settings(void) {
  char path[LONGEST_PATH];
  const char *named = getenv("EDITRC"), *home = getenv("HOME");
  if (named != NULL) {
    if (snprintf(path, sizeof path, "%s", named) >= LONGEST_PATH) return NULL;
  } else {
    if (home == NULL || snprintf(path, sizeof path, "%s/.editrc", home) >= LONGEST_PATH) return NULL;
  }
  struct stat status;
  if (stat(path, &status) != 0 || !S_ISREG(status.st_mode)) return NULL;
  return fopen(path, "r");
}

// Does what one line says, if it is whole.
static void obey(EditLine *line, const char *text) {
  wchar_t *wide = fq_widen(text);
  TokenizerW *tokens = tok_winit(NULL);
  int count = 0;
  const wchar_t **words = NULL;
  if (wide != NULL && tokens != NULL && tok_wstr(tokens, wide, &count, &words) == 0 && count > 0)
    el_wparse(line, count, words);
  // The keys of emacs and of vi are laid anew, libedit's command line among them.
  if (count > 1 && (wcscmp(words[1], L"-v") == 0 || wcscmp(words[1], L"-e") == 0))
    fq_hide_command_line(line);
  if (tokens != NULL) tok_wend(tokens);
  free(wide);
}

void fq_read_settings(EditLine *line) {
  FILE *file = open_settings();
  if (file == NULL) return;
  char *text = NULL;
  size_t room = 0;
  ssize_t length;
  while ((length = getline(&text, &room, file)) >= 0) {
    if (length > 0 && text[length - 1] == '\n') text[length - 1] = 0;
    const char *start = text + strspn(text, " \t");
    if (*start != 0 && *start != '#' && length <= LONGEST_LINE) obey(line, start);
  }
  free(text);
  fclose(file);
}
