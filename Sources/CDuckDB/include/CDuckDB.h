// DuckDB's C interface, as little of it as reading tables needs; Runtime/IO/Engines/DuckDB.swift is the only importer.
//
// The engine is never linked: a library that the user has is loaded when a file asks for it.
#ifndef FQ_CDUCKDB_H
#define FQ_CDUCKDB_H

#include <stdint.h>

typedef struct fq_duck fq_duck;
typedef struct fq_duck_answer fq_duck_answer;

// Loads the library, and before it the one its wheel for Python needs (NULL for none); 1 if it is there.
int fq_duck_load(const char *library, const char *python);

// Opens a database for reading, ":memory:" for an empty one. NULL on failure, then `error` is to be freed.
fq_duck *fq_duck_open(const char *path, int threads, const char *memory, char **error);
void fq_duck_close(fq_duck *database);

// Whether text is one statement that only reads: 1, or 0 where it is something else, or -1 with an error.
int fq_duck_only_reads(fq_duck *database, const char *sql, char **error);

// Runs a statement of ours; 0, or -1 with an error.
int fq_duck_run(fq_duck *database, const char *sql, char **error);

// Asks; the answer comes in chunks. NULL on failure.
fq_duck_answer *fq_duck_ask(fq_duck *database, const char *sql, char **error);
void fq_duck_forget(fq_duck_answer *answer);
// Works a little on the answer: 0 once chunks can be fetched, 1 before, -1 with an error.
int fq_duck_step(fq_duck_answer *answer, char **error);
// Fetches the next rows: their number, 0 at the end, -1 with an error.
int64_t fq_duck_next(fq_duck_answer *answer, char **error);
int32_t fq_duck_columns(fq_duck_answer *answer);
// The values of a column of the rows fetched last, and a bit for each that is there (NULL: all are).
const void *fq_duck_values(fq_duck_answer *answer, int32_t column);
const uint64_t *fq_duck_present(fq_duck_answer *answer, int32_t column);

// A text of at most 12 bytes stands in the value itself, a longer one elsewhere.
typedef struct {
  uint32_t length;
  char prefix[4];
  char *pointer;
} fq_duck_text;
const char *fq_duck_bytes(const fq_duck_text *text);

// Frees an error.
void fq_duck_free(char *error);

#endif
