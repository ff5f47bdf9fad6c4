// Files of SAS and Stata through ReadStat; Runtime/IO/Engines/StatFile.swift is the only importer.
//
// The library is loaded at the first call. Values arrive row by row through the sink; a handler that
// gives anything but zero stops the reading.
#ifndef FQ_CREADSTAT_H
#define FQ_CREADSTAT_H

#include <stdint.h>

enum { FQ_STAT_STATA = 0, FQ_STAT_SAS = 1, FQ_STAT_XPORT = 2 };

// Outcomes besides those of the library, which are positive.
enum { FQ_STAT_DONE = 0, FQ_STAT_NO_LIBRARY = -1 };

typedef struct {
  void *context;
  // Once, before everything: rows, or a negative number where the file does not say; columns.
  int (*begin)(void *context, int64_t rows, int32_t columns);
  // A column: its name, the set of labels of its values and its display format (never NULL), and whether it
  // holds text.
  int (*column)(void *context, int32_t column, const char *name, const char *labels,
                const char *format, int is_text);
  // A number of a set of labels, and what it stands for.
  int (*label)(void *context, const char *labels, double value, const char *text);
  // A number; `tag` is 0 for a value, '.' for missing, 'a' to 'z' or '_' for a special missing value.
  int (*number)(void *context, int64_t row, int32_t column, double value, char tag);
  int (*text)(void *context, int64_t row, int32_t column, const char *text);
} fq_stat_sink;

// Reads a file, or its first rows where `row_limit` is positive.
int fq_stat_read(int format, const char *path, int64_t row_limit, const fq_stat_sink *sink);

// What an outcome of the library means, in the library's words.
const char *fq_stat_message(int outcome);

#endif
