// LAPACK's Fortran symbols that fq calls; LinearAlgebra/LAPACK.swift is the only importer.
#ifndef FQ_OPENBLAS_SHIM_H
#define FQ_OPENBLAS_SHIM_H

// What `info` says where the library cannot be loaded.
#define FQ_NO_LAPACK (-1000)

// Loads the library if need be; 1 if it is there.
int fq_lapack_is_available(void);

// A matrix product of BLAS; does nothing where the library is missing, so ask first.
void fq_dgemm(const char *transa, const char *transb, const int *m, const int *n, const int *k, const double *alpha,
            const double *a, const int *lda, const double *b, const int *ldb, const double *beta, double *c,
            const int *ldc);

void fq_dgeqp3(const int *m, const int *n, double *a, const int *lda, int *jpvt, double *tau, double *work,
             const int *lwork, int *info);
void fq_dormqr(const char *side, const char *trans, const int *m, const int *n, const int *k, const double *a,
             const int *lda, const double *tau, double *c, const int *ldc, double *work, const int *lwork,
             int *info);
void fq_dtrtrs(const char *uplo, const char *trans, const char *diag, const int *n, const int *nrhs,
             const double *a, const int *lda, double *b, const int *ldb, int *info);
void fq_dpotrf(const char *uplo, const int *n, double *a, const int *lda, int *info);
void fq_dpotrs(const char *uplo, const int *n, const int *nrhs, const double *a, const int *lda, double *b,
             const int *ldb, int *info);
void fq_dsyevd(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
             const int *lwork, int *iwork, const int *liwork, int *info);
void fq_dgesdd(const char *jobz, const int *m, const int *n, double *a, const int *lda, double *s, double *u,
             const int *ldu, double *vt, const int *ldvt, double *work, const int *lwork, int *iwork, int *info);


#endif
