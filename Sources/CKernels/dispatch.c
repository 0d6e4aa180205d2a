#include "CKernels.h"

#include <stdlib.h>
#include <string.h>

extern const ckernels_table ckernels_baseline, ckernels_avx2, ckernels_avx512;

const ckernels_table *ckernels_at(int level) {
  switch (level) {
  case 0: return &ckernels_baseline;
#if defined(__x86_64__)
  // The levels of the x86-64 psABI: v3 has AVX2 and F16C, v4 has AVX-512 F, BW, CD, DQ and VL. The system must keep the
  // registers too, which these checks include.
  case 1: return __builtin_cpu_supports("x86-64-v3") ? &ckernels_avx2 : NULL;
  case 2: return __builtin_cpu_supports("x86-64-v4") ? &ckernels_avx512 : NULL;
#endif
  default: return NULL;
  }
}

const ckernels_table *ckernels_best(void) {
  const char *asked = getenv("CKPT_CPU");
  const ckernels_table *best = &ckernels_baseline;
  for (int level = 0; level < ckernels_levels; level++) {
    const ckernels_table *table = ckernels_at(level);
    if (!table) continue;
    if (asked && strcmp(asked, table->name) == 0) return table;
    best = table;
  }
  return best;
}
