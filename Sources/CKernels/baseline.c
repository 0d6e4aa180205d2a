// The baseline of the architecture: SSE2 on x86-64, NEON on arm64.
#include "body/common.h"

#define LEVEL_FUSED ckernels_baseline_fp8_to_int4
#define LEVEL_TABLE ckernels_baseline
#define LEVEL_NAME "baseline"
#include "body/body.h"
