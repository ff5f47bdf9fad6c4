// The kernels compiled for any machine (4 float lanes).
#define LEVEL baseline
#define LANES 4
#include "kernels.inc.h"
