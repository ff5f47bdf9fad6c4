// A line editor in few words: non-variadic functions over libedit's native wide interface, which
// Swift cannot call itself. All text is UTF-8. One editor per process, used from one thread.
//
// libedit keeps the text, the keys and the modes; it draws into nothing. Whenever it would wait for
// a key, the program is asked to draw, so that colours, hints, tall texts and wide letters are ours.
#ifndef CEDITSHIM_H
#define CEDITSHIM_H

#include <stddef.h>

typedef struct fq_edit fq_edit;

// Why the program is asked to draw.
typedef enum {
  // The editor is about to wait for a key.
  FQ_MOMENT_WAITING = 0,
  // The terminal has another size.
  FQ_MOMENT_RESIZED = 1,
  // The screen is not what it was: the process was stopped, or another program had the terminal.
  FQ_MOMENT_RESUMED = 2,
  // The screen is to be emptied.
  FQ_MOMENT_CLEARED = 3,
  // The text is whole and goes to the program.
  FQ_MOMENT_SUBMITTED = 4,
  // The text was given up.
  FQ_MOMENT_INTERRUPTED = 5,
  // There will be no more text.
  FQ_MOMENT_ENDED = 6
} fq_edit_moment;

// What a search does with a key.
typedef enum { FQ_SEARCH_GOES_ON = 0, FQ_SEARCH_ENDS = 1, FQ_SEARCH_ENDS_BEFORE_KEY = 2 } fq_edit_search;

// What the program decides while a line is being edited.
typedef struct {
  // Handed to all functions.
  void *_Nullable context;
  // Tab was pressed: may change the text.
  void (*_Nonnull complete)(void *_Nullable context, fq_edit *_Nonnull edit);
  // Enter was pressed: nonzero submits the text, zero begins another line of it.
  int (*_Nonnull is_complete)(void *_Nullable context, const char *_Nonnull text);
  // Draws the text as it is.
  void (*_Nonnull draw)(void *_Nullable context, fq_edit *_Nonnull edit, fq_edit_moment moment);
  // A key did nothing.
  void (*_Nonnull bell)(void *_Nullable context);
  // Puts an older (-1) or newer (+1) statement in place of the text; zero if there is none.
  int (*_Nonnull recall)(void *_Nullable context, fq_edit *_Nonnull edit, int direction);
  // Right or End was pressed at the end: inserts what is hinted at, a word or all; zero if nothing is.
  int (*_Nonnull accept)(void *_Nullable context, fq_edit *_Nonnull edit, int only_word);
  // A key while history is searched; zero begins the search.
  fq_edit_search (*_Nonnull search)(void *_Nullable context, fq_edit *_Nonnull edit, unsigned key);
  // Ctrl-X Ctrl-E: may put the text through an editor. The terminal is as other programs want it.
  void (*_Nonnull edit_outside)(void *_Nullable context, fq_edit *_Nonnull edit);
} fq_edit_hooks;

typedef enum {
  FQ_EDIT_TEXT = 0,
  FQ_EDIT_END = 1,
  FQ_EDIT_INTERRUPTED = 2
} fq_edit_status;

// Makes an editor on stdin and stdout; NULL if the user's .editrc says `edit off`, the terminal
// cannot move its cursor, or it fails.
fq_edit *_Nullable fq_edit_new(fq_edit_hooks hooks);

// Gives the terminal back and forgets everything.
void fq_edit_free(fq_edit *_Nullable edit);

// Remembers how the terminal is, once, and puts it back however the process ends; an editor does so itself.
void fq_guard_terminal(void);

// Puts the terminal back as it was when it was first guarded; may be called from a signal handler.
void fq_restore_terminal(void);

// Reads one statement, which may have several lines, beginning with a text; `*text` is to be freed,
// NULL unless read.
fq_edit_status fq_edit_read(fq_edit *_Nonnull edit, const char *_Nonnull beginning,
                            char *_Nullable *_Nonnull text);

// Gives the keys as libedit prints them, a line each; to be freed.
char *_Nullable fq_edit_bindings(fq_edit *_Nonnull edit);

// Adds a statement to what vi's keys find.
void fq_edit_remember(fq_edit *_Nonnull edit, const char *_Nonnull text);

// Gives the text being edited, to be freed, and the cursor as a byte offset into it.
char *_Nullable fq_edit_text(fq_edit *_Nonnull edit, size_t *_Nonnull cursor);

// Replaces the characters before the cursor by a text.
void fq_edit_replace(fq_edit *_Nonnull edit, int characters, const char *_Nonnull text);

// Replaces the whole text; the cursor stands at its end.
void fq_edit_set_text(fq_edit *_Nonnull edit, const char *_Nonnull text);

#endif
