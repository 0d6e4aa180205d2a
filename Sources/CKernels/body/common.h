// What every level includes before its target is set.
#ifndef CKERNELS_COMMON_H
#define CKERNELS_COMMON_H

#include "CKernels.h"

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// clang fuses a × b + c wherever the target can, and the bits would then depend on the level.
#pragma STDC FP_CONTRACT OFF

// Vectors wider than the level's registers are passed to functions that are always inlined, and to no others.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))

// Sixteen lanes everywhere: one register of AVX-512, two of AVX2, four of SSE2 and NEON.
typedef float Floats __attribute__((ext_vector_type(16)));
typedef double Doubles __attribute__((ext_vector_type(16)));
typedef int32_t Ints __attribute__((ext_vector_type(16)));
typedef uint32_t UInts __attribute__((ext_vector_type(16)));
typedef uint16_t Halves __attribute__((ext_vector_type(16)));
typedef uint8_t Bytes __attribute__((ext_vector_type(16)));
typedef int8_t Bytes32 __attribute__((ext_vector_type(32)));
typedef uint16_t Pairs __attribute__((ext_vector_type(16)));

typedef Floats FloatsAnywhere __attribute__((aligned(1)));
typedef Halves HalvesAnywhere __attribute__((aligned(1)));
typedef Bytes BytesAnywhere __attribute__((aligned(1)));
typedef Bytes32 Bytes32Anywhere __attribute__((aligned(1)));

// These kernels are shared by levels, which are compiled apart.
int ckernels_baseline_fp8_to_int4(
    const uint8_t *codes, ptrdiff_t rows, ptrdiff_t columns, const float *scales, ptrdiff_t group,
    uint8_t *int4_scales, uint8_t *packed);
int ckernels_avx2_fp8_to_int4(
    const uint8_t *codes, ptrdiff_t rows, ptrdiff_t columns, const float *scales, ptrdiff_t group,
    uint8_t *int4_scales, uint8_t *packed);

#endif
