#include "CDigests.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,bmi,bmi2"))), apply_to = function)
#include "scalar.h"

typedef __m512i vector;

#define LANES 16
#define ADD(x, y) _mm512_add_epi32(x, y)
#define TURN(x, n) _mm512_ror_epi32(x, n)
#define SHIFT(x, n) _mm512_srli_epi32(x, n)
#define ALL(word) _mm512_set1_epi32((int)(word))
// The last number is the table of the function of three bits.
#define XOR3(x, y, z) _mm512_ternarylogic_epi32(x, y, z, 0x96)
#define CHOOSE(x, y, z) _mm512_ternarylogic_epi32(x, y, z, 0xca)
#define MAJORITY(x, y, z) _mm512_ternarylogic_epi32(x, y, z, 0xe8)

// A block is a row of sixteen words; column t of the sixteen rows becomes w[t]. Four steps: words, pairs, then quarters
// of the register twice.
static inline void read_blocks(const uint8_t *const *messages, ptrdiff_t offset, vector *w) {
  const vector swap = _mm512_broadcast_i32x4(_mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
  vector r[16], p[16];
  for (int i = 0; i < 16; i++) r[i] = _mm512_shuffle_epi8(_mm512_loadu_si512(messages[i] + offset), swap);
  for (int i = 0; i < 16; i += 2) {
    p[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
    p[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
  }
  for (int i = 0; i < 16; i += 4) {
    r[i] = _mm512_unpacklo_epi64(p[i], p[i + 2]);
    r[i + 1] = _mm512_unpackhi_epi64(p[i], p[i + 2]);
    r[i + 2] = _mm512_unpacklo_epi64(p[i + 1], p[i + 3]);
    r[i + 3] = _mm512_unpackhi_epi64(p[i + 1], p[i + 3]);
  }
  for (int i = 0; i < 4; i++) {
    vector low = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x44), high = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xee);
    vector low2 = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x44);
    vector high2 = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xee);
    w[i] = _mm512_shuffle_i32x4(low, low2, 0x88);
    w[i + 4] = _mm512_shuffle_i32x4(low, low2, 0xdd);
    w[i + 8] = _mm512_shuffle_i32x4(high, high2, 0x88);
    w[i + 12] = _mm512_shuffle_i32x4(high, high2, 0xdd);
  }
}

#include "lanes.h"
#pragma clang attribute pop

const cdigests_table cdigests_avx512 = {
    .name = "avx512", .lanes = LANES, .compress_lanes = compress_lanes, .compress = compress_one};
#endif
