// What the files of the shim share.
#ifndef EDITOR_H
#define EDITOR_H

#include <histedit.h>
#include <wchar.h>

#include "CEditShim.h"

// Keys reach libedit as this character (Ctrl-_, whose own meaning is a private key too) and a letter.
// libedit reads a private sequence whole, where the tail of `ESC [ A` might be typed into the line.
#define KEY_LEAD 0x1F

enum fq_key {
  KEY_NONE = 0,
  KEY_UP = 'a', KEY_DOWN, KEY_RIGHT, KEY_LEFT, KEY_NEXT_WORD, KEY_PREVIOUS_WORD,
  KEY_HOME, KEY_END, KEY_DELETE, KEY_PASTE, KEY_NEWLINE, KEY_SUBMIT, KEY_DELETE_WORD, KEY_UNDO
};

// A text as it was, to be gone back to.
typedef struct {
  wchar_t *text;
  size_t count, cursor;
} fq_snapshot;

enum { SNAPSHOTS = 100 };

struct fq_edit {
  EditLine *line;
  HistoryW *history;
  FILE *errors, *nowhere;
  // While it is open, what libedit prints is kept.
  FILE *kept;
  fq_edit_hooks hooks;
  fq_edit_status ended;
  // Bytes read from the terminal and not yet looked at.
  unsigned char bytes[4096];
  size_t first, last;
  // Bytes were read since they were last looked at; what was typed before the prompt appeared is
  // typed, however much of it comes at once.
  int is_fresh, is_ahead;
  // Characters owed to libedit before more bytes are looked at, the next one last.
  wchar_t owed[4];
  int owed_count;
  wchar_t *paste;
  // What was deleted last, for Ctrl-Y.
  wchar_t *killed;
  // libedit's picture was made large for this line.
  int is_wide;
  fq_snapshot past[SNAPSHOTS];
  int past_count, is_typing;
};

// keys.c: libedit's source of characters.
int fq_next_character(EditLine *line, wchar_t *character);
int fq_is_input_waiting(fq_edit *edit);

// text.c
wchar_t *fq_widen(const char *text);
char *fq_narrow(const wchar_t *text, size_t count, size_t cursor, size_t *cursor_bytes);
int fq_is_word(wchar_t character);
fq_edit *fq_edit_of(EditLine *line);
void fq_add(EditLine *line, const wchar_t *name, unsigned char (*function)(EditLine *, int));

// signals.c
enum { FQ_SIGNAL_INTERRUPT = 1, FQ_SIGNAL_RESIZE = 2, FQ_SIGNAL_STOP = 4 };
void fq_signals_begin(void);
void fq_signals_end(void);
int fq_signals_pipe(void);
int fq_signals_take(void);
void fq_suspend(void);
void fq_bracketed_paste(int on);

// changes.c: deleting, putting back, undoing.
void fq_add_changes(EditLine *line);
void fq_note_change(fq_edit *edit);
void fq_forget_changes(fq_edit *edit);

// settings.c
void fq_read_settings(EditLine *line);

// bindings.c
void fq_bind_keys(EditLine *line);
void fq_hide_command_line(EditLine *line);

#endif
