// What fq asks of the C allocator: to count its bytes, so that "no allocation in the step" is a
// measurement and not a belief, and to keep freed memory.
#ifndef FQ_CALLOCATIONS_H
#define FQ_CALLOCATIONS_H

#include <stdint.h>

// Bytes asked for since the first call of this, over all threads; -1 where they are not counted. Until then
// counting costs an allocation one untaken branch.
int64_t fq_allocated_bytes(void);

// Lets the allocator keep freed memory for the next column instead of giving it back: taking a page
// from the system and clearing it costs more than most passes over it.
void fq_keep_freed_memory(void);

#endif
