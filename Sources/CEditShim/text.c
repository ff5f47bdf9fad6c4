// Text between the program's UTF-8 and libedit's wide characters, which are Unicode scalars here, and the
// text being edited. The ground on which the other files of the shim stand.
#include <stdlib.h>
#include <string.h>

#include "editor.h"

// Decodes one character of valid UTF-8 and steps over it.
static wchar_t decode(const unsigned char **at) {
  const unsigned char *byte = *at;
  int more = *byte >= 0xF0 ? 3 : *byte >= 0xE0 ? 2 : *byte >= 0xC0 ? 1 : 0;
  wchar_t value = more == 0 ? *byte : *byte & (0x3F >> more);
  for (byte++; more > 0 && (*byte & 0xC0) == 0x80; more--, byte++)
    value = (wchar_t)((unsigned)value << 6 | (*byte & 0x3Fu));
  *at = byte;
  return value;
}

wchar_t *fq_widen(const char *text) {
  const unsigned char *at = (const unsigned char *)text;
  wchar_t *result = malloc((strlen(text) + 1) * sizeof(wchar_t));
  if (result == NULL) return NULL;
  size_t count = 0;
  while (*at != 0) result[count++] = decode(&at);
  result[count] = 0;
  return result;
}

static size_t encode(wchar_t character, char *target) {
  unsigned value = (unsigned)character;
  if (value < 0x80) {
    target[0] = (char)value;
    return 1;
  }
  size_t length = value < 0x800 ? 2 : value < 0x10000 ? 3 : 4;
  for (size_t index = length - 1; index > 0; index--, value >>= 6)
    target[index] = (char)(0x80 | (value & 0x3F));
  target[0] = (char)(value | (0xF00u >> length & 0xFF));
  return length;
}

// Writes characters as UTF-8; also says where the cursor falls among the bytes.
char *fq_narrow(const wchar_t *text, size_t count, size_t cursor, size_t *cursor_bytes) {
  char *result = malloc(count * 4 + 1);
  if (result == NULL) return NULL;
  size_t length = 0;
  if (cursor_bytes != NULL) *cursor_bytes = 0;
  for (size_t index = 0; index < count; index++) {
    length += encode(text[index], result + length);
    if (cursor_bytes != NULL && index + 1 == cursor) *cursor_bytes = length;
  }
  result[length] = 0;
  return result;
}

// Words are what names are made of; letters beyond ASCII belong to them.
int fq_is_word(wchar_t c) {
  return c >= 0x80 || c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')
      || (c >= 'a' && c <= 'z');
}

// MARK: The text being edited

fq_edit *fq_edit_of(EditLine *line) {
  void *edit = NULL;
  el_wget(line, EL_CLIENTDATA, &edit);
  return edit;
}

void fq_add(EditLine *line, const wchar_t *name, unsigned char (*function)(EditLine *, int)) {
  el_wset(line, EL_ADDFN, name, L"fq", function);
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

void fq_edit_set_text(fq_edit *edit, const char *text) {
  const LineInfoW *info = el_wline(edit->line);
  int count = (int)(info->lastchar - info->buffer);
  el_cursor(edit->line, (int)(info->lastchar - info->cursor));
  fq_edit_replace(edit, count, text);
}
