// Bytes from the terminal to characters for libedit. Escape sequences are decoded here and not by
// libedit: known ones become short private ones, unknown ones vanish instead of leaking into the
// text, and a bracketed paste arrives as one piece.
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "editor.h"

enum { NO_BYTE = -1, END_OF_INPUT = -2, INTERRUPTED = -3 };
enum { FOREVER = -1, ESCAPE_MS = 50, PASTE_MS = 2000, QUIET_MS = 30, PASTE_LIMIT = 16 << 20 };
// Fewer bytes at once may be fast fingers.
enum { LEAST_PASTE = 8 };

static const struct { const char *sequence; enum fq_key key; } known_keys[] = {
  {"[A", KEY_UP}, {"OA", KEY_UP}, {"[B", KEY_DOWN}, {"OB", KEY_DOWN},
  {"[C", KEY_RIGHT}, {"OC", KEY_RIGHT}, {"[D", KEY_LEFT}, {"OD", KEY_LEFT},
  {"[H", KEY_HOME}, {"OH", KEY_HOME}, {"[1~", KEY_HOME}, {"[7~", KEY_HOME},
  {"[F", KEY_END}, {"OF", KEY_END}, {"[4~", KEY_END}, {"[8~", KEY_END},
  {"[1;5C", KEY_NEXT_WORD}, {"[1;3C", KEY_NEXT_WORD}, {"[5C", KEY_NEXT_WORD}, {"Oc", KEY_NEXT_WORD},
  {"[1;5D", KEY_PREVIOUS_WORD}, {"[1;3D", KEY_PREVIOUS_WORD}, {"[5D", KEY_PREVIOUS_WORD},
  {"Od", KEY_PREVIOUS_WORD}, {"[3~", KEY_DELETE}, {"[3;5~", KEY_DELETE_WORD},
  {"[3;3~", KEY_DELETE_WORD}, {"[13;3u", KEY_NEWLINE}, {"[13;5u", KEY_NEWLINE},
  {"[13;2u", KEY_NEWLINE}, {"[27;5;13~", KEY_NEWLINE}, {"[27;2;13~", KEY_NEWLINE},
};

// Ctrl-Z: the terminal belongs to the shell until the process is continued.
static void stop(fq_edit *edit) {
  el_wset(edit->line, EL_PREP_TERM, 0);
  fq_bracketed_paste(0);
  fq_suspend();
  el_wset(edit->line, EL_PREP_TERM, 1);
  fq_bracketed_paste(1);
  edit->hooks.draw(edit->hooks.context, edit, FQ_MOMENT_RESUMED);
}

// Acts on signals; true if the line is to be given up.
static int is_interrupted(fq_edit *edit) {
  int signals = fq_signals_take();
  if (signals & FQ_SIGNAL_RESIZE)
    edit->hooks.draw(edit->hooks.context, edit, FQ_MOMENT_RESIZED);
  if (signals & FQ_SIGNAL_STOP) stop(edit);
  if (!(signals & FQ_SIGNAL_INTERRUPT)) return 0;
  edit->first = edit->last = 0;
  edit->owed_count = 0;
  return 1;
}

int fq_is_input_waiting(fq_edit *edit) {
  struct pollfd source = {STDIN_FILENO, POLLIN, 0};
  return edit->first < edit->last || poll(&source, 1, 0) > 0;
}

// Waits for a byte; this is the one place where the editor blocks. Before it waits for a key, and
// only then, the picture is brought up to date.
static int next_byte(fq_edit *edit, int milliseconds) {
  if (milliseconds == FOREVER && edit->owed_count == 0 && !fq_is_input_waiting(edit))
    edit->hooks.draw(edit->hooks.context, edit, FQ_MOMENT_WAITING);
  while (edit->first == edit->last) {
    struct pollfd sources[2] = {{STDIN_FILENO, POLLIN, 0}, {fq_signals_pipe(), POLLIN, 0}};
    int ready = poll(sources, 2, milliseconds);
    if (ready < 0 && errno != EINTR) return END_OF_INPUT;
    if (is_interrupted(edit)) return INTERRUPTED;
    if (ready == 0) return NO_BYTE;
    if (ready < 0 || sources[0].revents == 0) continue;
    if (milliseconds == FOREVER && edit->is_ahead > 0) edit->is_ahead--;
    ssize_t count = read(STDIN_FILENO, edit->bytes, sizeof edit->bytes);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) return END_OF_INPUT;
    edit->first = 0;
    edit->last = (size_t)count;
    edit->is_fresh = 1;
  }
  return edit->bytes[edit->first++];
}

// Completes a character whose first byte is given; what is not UTF-8 becomes U+FFFD.
static wchar_t wide_character(fq_edit *edit, int byte, int milliseconds) {
  int more = byte >= 0xF0 && byte < 0xF5 ? 3 : byte >= 0xE0 ? 2 : byte >= 0xC2 ? 1 : 0;
  if (more == 0 || byte >= 0xF5) return 0xFFFD;
  static const wchar_t least[] = {0, 0x80, 0x800, 0x10000};
  wchar_t value = byte & (0x3F >> more);
  for (int index = 0; index < more; index++) {
    int next = next_byte(edit, milliseconds);
    if (next < 0) return 0xFFFD;
    if ((next & 0xC0) != 0x80) {
      edit->first--;
      return 0xFFFD;
    }
    value = value << 6 | (next & 0x3F);
  }
  int is_valid = value >= least[more] && value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
  return is_valid ? value : 0xFFFD;
}

// Characters that would move the cursor or hide text are not let into the line.
static int is_text(wchar_t value) {
  if (value < 0x20) return value == '\n' || value == '\t';
  return !(value >= 0x7F && value <= 0x9F) && value != 0xFEFF && value != 0x200E && value != 0x200F
      && !(value >= 0x202A && value <= 0x202E) && !(value >= 0x2066 && value <= 0x2069);
}

static const char paste_end[] = "\033[201~";

// Text that grows while it is pasted.
typedef struct {
  wchar_t *text;
  size_t count, room;
  int was_return;
} pasted;

// Adds a character, with line breaks of all kinds as one; false if there is no memory.
static int add_pasted(pasted *paste, wchar_t value) {
  int repeats_return = paste->was_return && value == '\n';
  paste->was_return = value == '\r';
  if (value == '\r') value = '\n';
  if (repeats_return || !is_text(value)) return 1;
  if (paste->count + 2 > paste->room) {
    wchar_t *larger = realloc(paste->text, (paste->room * 2) * sizeof(wchar_t));
    if (larger == NULL) return 0;
    paste->text = larger;
    paste->room *= 2;
  }
  paste->text[paste->count++] = value;
  return 1;
}

// Line breaks at the end are left to the user's Enter, except where a terminal without brackets may
// have sent them as keys.
static enum fq_key end_paste(fq_edit *edit, pasted *paste, int is_plain) {
  if (is_plain && paste->count > 0 && paste->text[paste->count - 1] == '\n')
    edit->owed[edit->owed_count++] = '\r';
  while (paste->count > 0 && paste->text[paste->count - 1] == '\n') paste->count--;
  paste->text[paste->count] = 0;
  free(edit->paste);
  edit->paste = paste->text;
  return KEY_PASTE;
}

// Reads to the end of a paste: what stands behind it, or, if that is empty, that nothing more comes.
static enum fq_key read_paste(fq_edit *edit, const char *end, int milliseconds) {
  pasted paste = {malloc(256 * sizeof(wchar_t)), 0, 256, 0};
  size_t matched = 0, wanted = strlen(end);
  if (paste.text == NULL) return KEY_NONE;
  while (paste.count < PASTE_LIMIT) {
    int byte = next_byte(edit, milliseconds);
    if (byte < 0) break;
    if (wanted > 0) {
      matched = byte == end[matched] ? matched + 1 : byte == end[0];
      if (matched == wanted) break;
      if (matched > 0) continue;
    }
    if (!add_pasted(&paste, byte >= 0x80 ? wide_character(edit, byte, milliseconds) : byte)) break;
  }
  return end_paste(edit, &paste, wanted == 0);
}

// Terminals without brackets: a piece with a line break inside came from no keyboard.
static int is_plain_paste(const fq_edit *edit) {
  size_t count = edit->last - edit->first;
  const unsigned char *start = edit->bytes + edit->first;
  if (edit->is_ahead > 0 || count < LEAST_PASTE || memchr(start, 0x1B, count) != NULL) return 0;
  while (count > 0 && (start[count - 1] == '\r' || start[count - 1] == '\n')) count--;
  return memchr(start, '\r', count) != NULL || memchr(start, '\n', count) != NULL;
}

static enum fq_key key_named(const char *sequence) {
  for (size_t index = 0; index < sizeof known_keys / sizeof known_keys[0]; index++)
    if (strcmp(known_keys[index].sequence, sequence) == 0) return known_keys[index].key;
  return KEY_NONE;
}

// Reads what follows `ESC [` or `ESC O`, to its end whether it is known or not.
static enum fq_key read_sequence(fq_edit *edit, int introducer) {
  char sequence[32] = {(char)introducer};
  size_t length = 1;
  while (1) {
    int byte = next_byte(edit, ESCAPE_MS);
    if (byte < 0) return KEY_NONE;
    if (length < sizeof sequence - 1) sequence[length++] = (char)byte;
    if (introducer == 'O' || (byte >= 0x40 && byte <= 0x7E)) break;
  }
  return strcmp(sequence, "[200~") == 0 ? read_paste(edit, paste_end, PASTE_MS) : key_named(sequence);
}

static int give_key(fq_edit *edit, enum fq_key key, wchar_t *character) {
  *character = KEY_LEAD;
  edit->owed[edit->owed_count++] = (wchar_t)key;
  return 1;
}

// Decodes what follows an escape; 0 means that it was swallowed.
static int read_escape(fq_edit *edit, wchar_t *character) {
  int byte = next_byte(edit, ESCAPE_MS);
  if (byte == '\r' || byte == '\n') return give_key(edit, KEY_NEWLINE, character);
  if (byte == '[' || byte == 'O') {
    enum fq_key key = read_sequence(edit, byte);
    return key == KEY_NONE ? 0 : give_key(edit, key, character);
  }
  if (byte >= 0) edit->first--;
  if (byte == INTERRUPTED) return INTERRUPTED;
  *character = 0x1B;
  return 1;
}

// Decodes a byte that begins something; 0 means that it was swallowed.
static int read_character(fq_edit *edit, int byte, wchar_t *character) {
  if (byte == 0x1B) return read_escape(edit, character);
  if (byte == KEY_LEAD) return give_key(edit, KEY_UNDO, character);
  *character = byte >= 0x80 ? wide_character(edit, byte, ESCAPE_MS) : byte;
  return byte != 0 && (byte < 0x80 || is_text(*character));
}

// libedit writes past its picture of a window of a few columns. Nobody sees that picture, so it gets a
// large one; not before, since reading a line begins with the window's own size, and no text.
static void widen_picture(fq_edit *edit) {
  edit->is_wide = 1;
  el_wset(edit->line, EL_SETTC, L"co", L"500", NULL);
  el_wset(edit->line, EL_SETTC, L"li", L"500", NULL);
}

int fq_next_character(EditLine *line, wchar_t *character) {
  fq_edit *edit = fq_edit_of(line);
  if (!edit->is_wide) widen_picture(edit);
  if (edit->owed_count > 0) {
    *character = edit->owed[--edit->owed_count];
    return 1;
  }
  fq_note_change(edit);
  while (1) {
    int byte = next_byte(edit, FOREVER), found = byte;
    if (byte >= 0 && edit->is_fresh) {
      edit->is_fresh = 0;
      edit->first--;
      if (is_plain_paste(edit)) return give_key(edit, read_paste(edit, "", QUIET_MS), character);
      edit->first++;
    }
    if (byte >= 0) found = read_character(edit, byte, character);
    if (found == END_OF_INPUT) {
      edit->ended = FQ_EDIT_END;
      return 0;
    }
    if (found == INTERRUPTED) {
      edit->ended = FQ_EDIT_INTERRUPTED;
      errno = EINTR;
      return -1;
    }
    if (found > 0) return 1;
  }
}
