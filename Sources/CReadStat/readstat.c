// ReadStat behind one function: its callbacks narrowed to begin, column, number and text.
#include "CReadStat.h"

#include <dlfcn.h>
#include <math.h>
#include <pthread.h>
#include <readstat.h>
#include <stddef.h>

// Each entry of the library that is used, with its own type.
#define EACH_ENTRY(USE)                                                                      \
  USE(readstat_parser_init) USE(readstat_parser_free) USE(readstat_set_metadata_handler)     \
  USE(readstat_set_variable_handler) USE(readstat_set_value_label_handler) USE(readstat_set_value_handler) USE(readstat_set_row_limit) \
  USE(readstat_parse_dta) USE(readstat_parse_sas7bdat) USE(readstat_parse_xport)             \
  USE(readstat_error_message) USE(readstat_get_row_count) USE(readstat_get_var_count)        \
  USE(readstat_variable_get_name)                                                            \
  USE(readstat_variable_get_format) USE(readstat_variable_get_type)                          \
  USE(readstat_variable_get_index) USE(readstat_value_type)                                  \
  USE(readstat_value_is_system_missing) USE(readstat_value_is_tagged_missing)                \
  USE(readstat_value_tag) USE(readstat_double_value) USE(readstat_string_value)

#define DECLARE(name) static __typeof__(&name) p_##name;
EACH_ENTRY(DECLARE)

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int is_loaded;

static void load(void) {
  static const char *const names[] = {"libreadstat.so.1", "libreadstat.so", "libreadstat.dylib"};
  void *library = NULL;
  for (size_t i = 0; library == NULL && i < sizeof names / sizeof names[0]; i++) {
    library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  }
  if (library == NULL) return;
  is_loaded = 1;
#define FIND(name) \
  if (!(p_##name = (__typeof__(&name))dlsym(library, #name))) is_loaded = 0;
  EACH_ENTRY(FIND)
}

static int on_metadata(readstat_metadata_t *metadata, void *context) {
  const fq_stat_sink *sink = context;
  int stop = sink->begin(sink->context, p_readstat_get_row_count(metadata),
                         p_readstat_get_var_count(metadata));
  return stop ? READSTAT_HANDLER_ABORT : READSTAT_HANDLER_OK;
}

static int is_text(readstat_type_t type) {
  return type == READSTAT_TYPE_STRING || type == READSTAT_TYPE_STRING_REF;
}

static const char *or_empty(const char *text) { return text ? text : ""; }

static int on_variable(int index, readstat_variable_t *variable, const char *labels, void *context) {
  const fq_stat_sink *sink = context;
  int stop = sink->column(sink->context, index, or_empty(p_readstat_variable_get_name(variable)),
                          or_empty(labels),
                          or_empty(p_readstat_variable_get_format(variable)),
                          is_text(p_readstat_variable_get_type(variable)));
  return stop ? READSTAT_HANDLER_ABORT : READSTAT_HANDLER_OK;
}

static int on_label(const char *labels, readstat_value_t value, const char *text, void *context) {
  const fq_stat_sink *sink = context;
  if (is_text(p_readstat_value_type(value)) || p_readstat_value_is_tagged_missing(value)) {
    return READSTAT_HANDLER_OK;
  }
  int stop = sink->label(sink->context, or_empty(labels), p_readstat_double_value(value), or_empty(text));
  return stop ? READSTAT_HANDLER_ABORT : READSTAT_HANDLER_OK;
}

static int on_value(int row, readstat_variable_t *variable, readstat_value_t value, void *context) {
  const fq_stat_sink *sink = context;
  int column = p_readstat_variable_get_index(variable), stop;
  if (is_text(p_readstat_value_type(value))) {
    stop = sink->text(sink->context, row, column, or_empty(p_readstat_string_value(value)));
  } else if (p_readstat_value_is_tagged_missing(value)) {
    stop = sink->number(sink->context, row, column, NAN, p_readstat_value_tag(value));
  } else if (p_readstat_value_is_system_missing(value)) {
    stop = sink->number(sink->context, row, column, NAN, '.');
  } else {
    stop = sink->number(sink->context, row, column, p_readstat_double_value(value), 0);
  }
  return stop ? READSTAT_HANDLER_ABORT : READSTAT_HANDLER_OK;
}

int fq_stat_read(int format, const char *path, int64_t row_limit, const fq_stat_sink *sink) {
  pthread_once(&once, load);
  if (!is_loaded) return FQ_STAT_NO_LIBRARY;
  readstat_parser_t *parser = p_readstat_parser_init();
  if (parser == NULL) return READSTAT_ERROR_MALLOC;
  p_readstat_set_metadata_handler(parser, on_metadata);
  p_readstat_set_variable_handler(parser, on_variable);
  p_readstat_set_value_handler(parser, on_value);
  p_readstat_set_value_label_handler(parser, on_label);
  if (row_limit > 0) p_readstat_set_row_limit(parser, row_limit);
  void *context = (void *)sink;
  readstat_error_t outcome = format == FQ_STAT_STATA ? p_readstat_parse_dta(parser, path, context)
                             : format == FQ_STAT_SAS
                                 ? p_readstat_parse_sas7bdat(parser, path, context)
                                 : p_readstat_parse_xport(parser, path, context);
  p_readstat_parser_free(parser);
  return outcome;
}

const char *fq_stat_message(int outcome) {
  const char *text = is_loaded ? p_readstat_error_message(outcome) : NULL;
  return text ? text : "an unknown fault";
}
