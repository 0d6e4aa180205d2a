#include "CDigests.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2"))), apply_to = function)
#include "scalar.h"

typedef __m256i vector;

#define LANES 8
#define ADD(x, y) _mm256_add_epi32(x, y)
#define SHIFT(x, n) _mm256_srli_epi32(x, n)
#define TURN(x, n) _mm256_or_si256(_mm256_srli_epi32(x, n), _mm256_slli_epi32(x, 32 - (n)))
#define ALL(word) _mm256_set1_epi32((int)(word))
#define XOR3(x, y, z) _mm256_xor_si256(_mm256_xor_si256(x, y), z)
#define CHOOSE(x, y, z) _mm256_xor_si256(z, _mm256_and_si256(x, _mm256_xor_si256(y, z)))
#define MAJORITY(x, y, z) _mm256_or_si256(_mm256_and_si256(x, y), _mm256_and_si256(z, _mm256_or_si256(x, y)))

// Half a block is a row of eight words; column t of the eight rows becomes w[t].
static inline void read_half(const uint8_t *const *messages, ptrdiff_t offset, vector *w) {
  const vector swap = _mm256_broadcastsi128_si256(_mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
  vector r[8], p[8];
  for (int i = 0; i < 8; i++) {
    r[i] = _mm256_shuffle_epi8(_mm256_loadu_si256((const __m256i_u *)(messages[i] + offset)), swap);
  }
  for (int i = 0; i < 8; i += 2) {
    p[i] = _mm256_unpacklo_epi32(r[i], r[i + 1]);
    p[i + 1] = _mm256_unpackhi_epi32(r[i], r[i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    r[i] = _mm256_unpacklo_epi64(p[i], p[i + 2]);
    r[i + 1] = _mm256_unpackhi_epi64(p[i], p[i + 2]);
    r[i + 2] = _mm256_unpacklo_epi64(p[i + 1], p[i + 3]);
    r[i + 3] = _mm256_unpackhi_epi64(p[i + 1], p[i + 3]);
  }
  for (int i = 0; i < 4; i++) {
    w[i] = _mm256_permute2x128_si256(r[i], r[i + 4], 0x20);
    w[i + 4] = _mm256_permute2x128_si256(r[i], r[i + 4], 0x31);
  }
}

static inline void read_blocks(const uint8_t *const *messages, ptrdiff_t offset, vector *w) {
  read_half(messages, offset, w);
  read_half(messages, offset + 32, w + 8);
}

#include "lanes.h"
#pragma clang attribute pop

const cdigests_table cdigests_avx2 = {
    .name = "avx2", .lanes = LANES, .compress_lanes = compress_lanes, .compress = compress_one};
#endif
