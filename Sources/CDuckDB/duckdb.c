// The entries of DuckDB's C interface by dlsym. Results are passed by value there, which is why this is C.
//
// Reference: duckdb.h of DuckDB 1.0 and later; the entries used have kept their form since.
#include "CDuckDB.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef void *handle;

// duckdb_result of duckdb.h.
typedef struct {
  uint64_t old_counts[3];
  void *old_columns;
  char *old_error;
  void *internal;
} result;

#define EACH_ENTRY(USE)                                                     \
  USE(int, create_config, (handle *))                                       \
  USE(int, set_config, (handle, const char *, const char *))                \
  USE(void, destroy_config, (handle *))                                     \
  USE(int, open_ext, (const char *, handle *, handle, char **))             \
  USE(void, close, (handle *))                                              \
  USE(int, connect, (handle, handle *))                                     \
  USE(void, disconnect, (handle *))                                         \
  USE(int, query, (handle, const char *, result *))                         \
  USE(void, destroy_result, (result *))                                     \
  USE(const char *, result_error, (result *))                               \
  USE(uint64_t, column_count, (result *))                                   \
  USE(uint64_t, extract_statements, (handle, const char *, handle *))       \
  USE(const char *, extract_statements_error, (handle))                     \
  USE(int, prepare_extracted_statement, (handle, handle, uint64_t, handle *)) \
  USE(void, destroy_extracted, (handle *))                                  \
  USE(int, prepare, (handle, const char *, handle *))                       \
  USE(const char *, prepare_error, (handle))                                \
  USE(int, prepared_statement_type, (handle))                               \
  USE(void, destroy_prepare, (handle *))                                    \
  USE(int, pending_prepared_streaming, (handle, handle *))                  \
  USE(int, pending_execute_task, (handle))                                  \
  USE(const char *, pending_error, (handle))                                \
  USE(int, execute_pending, (handle, result *))                             \
  USE(void, destroy_pending, (handle *))                                    \
  USE(handle, fetch_chunk, (result))                                        \
  USE(uint64_t, data_chunk_get_size, (handle))                              \
  USE(handle, data_chunk_get_vector, (handle, uint64_t))                    \
  USE(void, destroy_data_chunk, (handle *))                                 \
  USE(void *, vector_get_data, (handle))                                    \
  USE(uint64_t *, vector_get_validity, (handle))                            \
  USE(void, free, (void *))

#define DECLARE(type, name, parameters) static type(*duckdb_##name) parameters;
EACH_ENTRY(DECLARE)

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static int is_loaded;

struct fq_duck {
  handle database, connection;
};

struct fq_duck_answer {
  handle statement, pending, chunk;
  result rows;
  int has_rows;
};

int fq_duck_load(const char *library, const char *python) {
  pthread_mutex_lock(&turn);
  if (!is_loaded) {
    // The wheel leaves Python's names undefined; no interpreter is started.
    if (python != NULL) dlopen(python, RTLD_LAZY | RTLD_GLOBAL);
    void *engine = dlopen(library, RTLD_LAZY | RTLD_LOCAL);
    is_loaded = engine != NULL;
#define FIND(type, name, parameters)                                                  \
  if (is_loaded &&                                                                    \
      !(duckdb_##name = (type(*) parameters)dlsym(engine, "duckdb_" #name))) {        \
    is_loaded = 0;                                                                    \
  }
    EACH_ENTRY(FIND)
  }
  int outcome = is_loaded;
  pthread_mutex_unlock(&turn);
  return outcome;
}

static void say(char **error, const char *text) {
  *error = strdup(text ? text : "the engine gives no reason");
}

fq_duck *fq_duck_open(const char *path, int threads, const char *memory, char **error) {
  handle config = NULL;
  char count[16];
  int place = (int)sizeof count;
  count[--place] = 0;
  do count[--place] = (char)('0' + threads % 10);
  while ((threads /= 10) > 0);
  duckdb_create_config(&config);
  duckdb_set_config(config, "threads", count + place);
  if (memory) duckdb_set_config(config, "memory_limit", memory);
  if (strcmp(path, ":memory:") != 0) {
    duckdb_set_config(config, "access_mode", "READ_ONLY");
    // A question to a database is about that database, not about other files.
    duckdb_set_config(config, "enable_external_access", "false");
  }
  // Nothing is fetched from anywhere.
  duckdb_set_config(config, "autoinstall_known_extensions", "false");
  fq_duck *database = calloc(1, sizeof *database);
  char *reason = NULL;
  int failed = database == NULL || duckdb_open_ext(path, &database->database, config, &reason) != 0 ||
               duckdb_connect(database->database, &database->connection) != 0;
  duckdb_destroy_config(&config);
  if (failed) {
    say(error, reason);
    if (reason) duckdb_free(reason);
    if (database) fq_duck_close(database);
    return NULL;
  }
  return database;
}

void fq_duck_close(fq_duck *database) {
  if (database->connection) duckdb_disconnect(&database->connection);
  if (database->database) duckdb_close(&database->database);
  free(database);
}

int fq_duck_only_reads(fq_duck *database, const char *sql, char **error) {
  enum { SELECT = 1 };
  handle statements = NULL, statement = NULL;
  uint64_t count = duckdb_extract_statements(database->connection, sql, &statements);
  int outcome = count == 1;
  if (count == 0) {
    say(error, duckdb_extract_statements_error(statements));
    outcome = -1;
  } else if (count == 1) {
    if (duckdb_prepare_extracted_statement(database->connection, statements, 0, &statement) != 0) {
      say(error, duckdb_prepare_error(statement));
      outcome = -1;
    } else {
      outcome = duckdb_prepared_statement_type(statement) == SELECT;
    }
    duckdb_destroy_prepare(&statement);
  }
  duckdb_destroy_extracted(&statements);
  return outcome;
}

int fq_duck_run(fq_duck *database, const char *sql, char **error) {
  result rows;
  int failed = duckdb_query(database->connection, sql, &rows) != 0;
  if (failed) say(error, duckdb_result_error(&rows));
  duckdb_destroy_result(&rows);
  return failed ? -1 : 0;
}

fq_duck_answer *fq_duck_ask(fq_duck *database, const char *sql, char **error) {
  fq_duck_answer *answer = calloc(1, sizeof *answer);
  if (answer == NULL) {
    say(error, "no memory");
    return NULL;
  }
  if (duckdb_prepare(database->connection, sql, &answer->statement) != 0) {
    say(error, duckdb_prepare_error(answer->statement));
  } else if (duckdb_pending_prepared_streaming(answer->statement, &answer->pending) != 0) {
    say(error, duckdb_pending_error(answer->pending));
  } else {
    return answer;
  }
  fq_duck_forget(answer);
  return NULL;
}

void fq_duck_forget(fq_duck_answer *answer) {
  if (answer->chunk) duckdb_destroy_data_chunk(&answer->chunk);
  if (answer->has_rows) duckdb_destroy_result(&answer->rows);
  if (answer->pending) duckdb_destroy_pending(&answer->pending);
  if (answer->statement) duckdb_destroy_prepare(&answer->statement);
  free(answer);
}

int fq_duck_step(fq_duck_answer *answer, char **error) {
  enum { READY = 0, NOT_READY = 1, FAILED = 2, NO_TASKS = 3 };
  int state = duckdb_pending_execute_task(answer->pending);
  if (state == FAILED) {
    say(error, duckdb_pending_error(answer->pending));
    return -1;
  }
  if (state == NOT_READY) return 1;
  answer->has_rows = 1;
  if (duckdb_execute_pending(answer->pending, &answer->rows) != 0) {
    say(error, duckdb_result_error(&answer->rows));
    return -1;
  }
  return 0;
}

int64_t fq_duck_next(fq_duck_answer *answer, char **error) {
  if (answer->chunk) duckdb_destroy_data_chunk(&answer->chunk);
  answer->chunk = duckdb_fetch_chunk(answer->rows);
  if (answer->chunk != NULL) return (int64_t)duckdb_data_chunk_get_size(answer->chunk);
  const char *reason = duckdb_result_error(&answer->rows);
  if (reason == NULL || *reason == 0) return 0;
  say(error, reason);
  return -1;
}

int32_t fq_duck_columns(fq_duck_answer *answer) {
  return (int32_t)duckdb_column_count(&answer->rows);
}

const void *fq_duck_values(fq_duck_answer *answer, int32_t column) {
  return duckdb_vector_get_data(duckdb_data_chunk_get_vector(answer->chunk, (uint64_t)column));
}

const uint64_t *fq_duck_present(fq_duck_answer *answer, int32_t column) {
  return duckdb_vector_get_validity(duckdb_data_chunk_get_vector(answer->chunk, (uint64_t)column));
}

const char *fq_duck_bytes(const fq_duck_text *text) {
  return text->length <= 12 ? text->prefix : text->pointer;
}

void fq_duck_free(char *error) { free(error); }
