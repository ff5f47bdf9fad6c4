// LAPACK, loaded at its first call.
//
// Loading OpenBLAS costs more than a millisecond, a quarter of fq's start-up, and most commands never
// factor a matrix. Each routine keeps LAPACK's own Fortran interface; where the library is missing it
// reports FQ_NO_LAPACK through `info`.
//
// An OpenBLAS built for one thread hands its work buffers out without a lock, so that two calls at the same
// time share one and both results are wrong. Such a library is called by one thread at a time. The names here are
// our own: under LAPACK's, the library's calls of its own routines would find these, and wait for themselves.
#include "COpenBLAS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

static void *library;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int is_serial;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static void load(void) {
  static const char *const names[] = {"libopenblas.so.0", "libopenblas.so", "libopenblas.dylib"};
  for (size_t i = 0; library == NULL && i < sizeof names / sizeof names[0]; i++) {
    library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  }
  if (library == NULL) return;
  // One thread, so that the number of cores cannot change a result.
  void (*set_threads)(int) = (void (*)(int))dlsym(library, "openblas_set_num_threads");
  if (set_threads) set_threads(1);
  // 0: built without threads; other libraries do not say, and are not trusted either.
  int (*parallel)(void) = (int (*)(void))dlsym(library, "openblas_get_parallel");
  is_serial = parallel == NULL || parallel() == 0;
}

static void begin(void) {
  if (is_serial) pthread_mutex_lock(&turn);
}

static void end(void) {
  if (is_serial) pthread_mutex_unlock(&turn);
}

int fq_lapack_is_available(void) {
  pthread_once(&once, load);
  return library != NULL;
}

static void *routine(const char *name) {
  pthread_once(&once, load);
  return library ? dlsym(library, name) : NULL;
}

#define ROUTINE(name, parameters, arguments)            \
  void fq_##name parameters {                           \
    static void(*call) parameters;                      \
    if (!call) call = (void(*) parameters)routine(#name "_"); \
    if (!call) {                                        \
      *info = FQ_NO_LAPACK;                             \
      return;                                           \
    }                                                   \
    begin();                                            \
    call arguments;                                     \
    end();                                              \
  }

void fq_dgemm(const char *transa, const char *transb, const int *m, const int *n, const int *k,
            const double *alpha, const double *a, const int *lda, const double *b, const int *ldb,
            const double *beta, double *c, const int *ldc) {
  static void (*call)(const char *, const char *, const int *, const int *, const int *,
                      const double *, const double *, const int *, const double *, const int *,
                      const double *, double *, const int *);
  if (!call) *(void **)&call = routine("dgemm_");
  if (!call) return;
  begin();
  call(transa, transb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  end();
}

ROUTINE(dgeqp3,
        (const int *m, const int *n, double *a, const int *lda, int *jpvt, double *tau,
         double *work, const int *lwork, int *info),
        (m, n, a, lda, jpvt, tau, work, lwork, info))
ROUTINE(dormqr,
        (const char *side, const char *trans, const int *m, const int *n, const int *k,
         const double *a, const int *lda, const double *tau, double *c, const int *ldc,
         double *work, const int *lwork, int *info),
        (side, trans, m, n, k, a, lda, tau, c, ldc, work, lwork, info))
ROUTINE(dtrtrs,
        (const char *uplo, const char *trans, const char *diag, const int *n, const int *nrhs,
         const double *a, const int *lda, double *b, const int *ldb, int *info),
        (uplo, trans, diag, n, nrhs, a, lda, b, ldb, info))
ROUTINE(dpotrf, (const char *uplo, const int *n, double *a, const int *lda, int *info),
        (uplo, n, a, lda, info))
ROUTINE(dpotrs,
        (const char *uplo, const int *n, const int *nrhs, const double *a, const int *lda,
         double *b, const int *ldb, int *info),
        (uplo, n, nrhs, a, lda, b, ldb, info))
ROUTINE(dsyevd,
        (const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w,
         double *work, const int *lwork, int *iwork, const int *liwork, int *info),
        (jobz, uplo, n, a, lda, w, work, lwork, iwork, liwork, info))
ROUTINE(dgesdd,
        (const char *jobz, const int *m, const int *n, double *a, const int *lda, double *s,
         double *u, const int *ldu, double *vt, const int *ldvt, double *work, const int *lwork,
         int *iwork, int *info),
        (jobz, m, n, a, lda, s, u, ldu, vt, ldvt, work, lwork, iwork, info))
