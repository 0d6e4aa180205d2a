#include "body/common.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,bmi,bmi2,lzcnt,movbe,popcnt"))), apply_to = function)
#define LEVEL_AVX2
#define LEVEL_FUSED ckernels_avx2_fp8_to_int4
#define LEVEL_TABLE ckernels_avx2
#define LEVEL_NAME "avx2"
#include "body/body.h"
#pragma clang attribute pop
#endif
