// Counts the bytes a process asks the allocator for, so that "no allocation in the step" is a
// measurement and not a belief.
#ifndef FQ_CALLOCATIONS_H
#define FQ_CALLOCATIONS_H

#include <stdint.h>

// Bytes asked for since the process started, over all threads; -1 where they are not counted.
int64_t fq_allocated_bytes(void);

#endif
