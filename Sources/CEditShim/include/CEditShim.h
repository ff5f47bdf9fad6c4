// A line editor in few words: non-variadic functions over libedit's native wide interface, which
// Swift cannot call itself. All text is UTF-8. One editor per process, used from one thread.
#ifndef CEDITSHIM_H
#define CEDITSHIM_H

#include <stddef.h>

typedef struct fq_edit fq_edit;

// What the program decides while a line is being edited.
typedef struct {
  // Handed to both functions.
  void *_Nullable context;
  // Tab was pressed: may call fq_edit_replace, fq_edit_list and fq_edit_beep.
  void (*_Nonnull complete)(void *_Nullable context, fq_edit *_Nonnull edit);
  // Enter was pressed: nonzero submits the text, zero begins another line of it.
  int (*_Nonnull is_complete)(void *_Nullable context, const char *_Nonnull text);
} fq_edit_hooks;

typedef enum {
  FQ_EDIT_TEXT = 0,
  FQ_EDIT_END = 1,
  FQ_EDIT_INTERRUPTED = 2
} fq_edit_status;

// Makes an editor on stdin and stdout; NULL if the user's .editrc says `edit off`, or it fails.
fq_edit *_Nullable fq_edit_new(fq_edit_hooks hooks);

// Gives the terminal back and forgets everything.
void fq_edit_free(fq_edit *_Nullable edit);

// Reads one statement, which may have several lines; `*text` is to be freed, NULL unless read.
fq_edit_status fq_edit_read(fq_edit *_Nonnull edit, const char *_Nonnull prompt,
                            char *_Nullable *_Nonnull text);

// Adds a statement to what Up and Ctrl-R find.
void fq_edit_remember(fq_edit *_Nonnull edit, const char *_Nonnull text);

// Gives the text being edited, to be freed, and the cursor as a byte offset into it.
char *_Nullable fq_edit_text(fq_edit *_Nonnull edit, size_t *_Nonnull cursor);

// Replaces the characters before the cursor by a text.
void fq_edit_replace(fq_edit *_Nonnull edit, int characters, const char *_Nonnull text);

// Prints lines below the text and draws the text again below them.
void fq_edit_list(fq_edit *_Nonnull edit, const char *_Nonnull lines);

// Says that a key did nothing.
void fq_edit_beep(fq_edit *_Nonnull edit);

#endif
