// What the files of the shim share.
#ifndef EDITOR_H
#define EDITOR_H

#include <histedit.h>
#include <wchar.h>

#include "CEditShim.h"

// Keys reach libedit as this character (Ctrl-_, which no keyboard sends past the decoder) and a
// letter. A sequence of our own also ends an incremental search cleanly, which `ESC [ A` does not:
// its tail would be typed into the line.
#define KEY_LEAD 0x1F

enum fq_key {
  KEY_NONE = 0,
  KEY_UP = 'a', KEY_DOWN, KEY_RIGHT, KEY_LEFT, KEY_NEXT_WORD, KEY_PREVIOUS_WORD,
  KEY_HOME, KEY_END, KEY_DELETE, KEY_PASTE, KEY_NEWLINE, KEY_SUBMIT,
  KEY_PREVIOUS_ENTRY, KEY_NEXT_ENTRY, KEY_DELETE_WORD
};

struct fq_edit {
  EditLine *line;
  HistoryW *history;
  FILE *errors;
  wchar_t *prompt;
  fq_edit_hooks hooks;
  fq_edit_status ended;
  // Bytes read from the terminal and not yet looked at.
  unsigned char bytes[4096];
  size_t first, last;
  // Characters owed to libedit before more bytes are looked at.
  wchar_t owed[2];
  int owed_count;
  wchar_t *paste;
};

// keys.c: libedit's source of characters.
int fq_next_character(EditLine *line, wchar_t *character);

// text.c
wchar_t *fq_widen(const char *text);
char *fq_narrow(const wchar_t *text, size_t count, size_t cursor, size_t *cursor_bytes);

// signals.c
enum { FQ_SIGNAL_INTERRUPT = 1, FQ_SIGNAL_RESIZE = 2, FQ_SIGNAL_STOP = 4 };
void fq_guard_terminal(void);
void fq_restore_terminal(void);
void fq_signals_begin(void);
void fq_signals_end(void);
int fq_signals_pipe(void);
int fq_signals_take(void);
void fq_suspend(void);
void fq_bracketed_paste(int on);

// bindings.c
fq_edit *fq_edit_of(EditLine *line);
void fq_bind_keys(EditLine *line);

#endif
