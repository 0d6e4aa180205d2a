// Block-fp8 to INT4 by thresholds on bytes.
//
// Within one block and for one largest magnitude of a group, the INT4 code is a step function of the fp8 magnitude: every
// step of the rule (product, rounding, quotient, rounding, clamping) is monotone. Its eight thresholds are found once, with
// the literal rule, and then a group takes byte compares only.

/// What there is to know for one largest magnitude in one block.
typedef struct {
  /// For k of 1…8, in each byte, the greatest magnitude (an fp8 code without sign) whose code is below k.
  uint32_t below[8];
  uint16_t scale;
  uint16_t is_known;
} Steps;

/// Blocks of one row of blocks that are walked together, so that a row is read in long runs; the tables of all stay in L2.
#define FUSED_BLOCKS 16

/// Magnitudes that can have a code other than 0: 47 codes below the largest the value is smaller by a factor of about 60,
/// and a code of 0 needs no more than 15. (In BF16's subnormal range, where values are multiples of 2^-133, the same.)
#define FUSED_WINDOW 48

static __attribute__((noinline)) void fill_steps(Steps *steps, float block_scale, int largest) {
  int base = largest < FUSED_WINDOW ? 0 : largest - (FUSED_WINDOW - 1);
  const Ints lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  Floats values[FUSED_WINDOW / 16];
  for (int i = 0; i < FUSED_WINDOW / 16; i++) {
    values[i] = bf16_rounded(fp8_magnitudes(lanes + (base + 16 * i)) * block_scale);
  }
  float window[FUSED_WINDOW];
  memcpy(window, values, sizeof window);
  float scale = ct_scale(ckernels_bf16, window[largest - base]);
  int below[9] = {0};
  for (int i = 0; i < FUSED_WINDOW / 16; i++) {
    // Of negative values, whose codes reach −8.
    Ints codes = (Ints)(at_most(bf16_rounded(values[i] / scale), 8.0f) + ROUNDER) - ROUNDER_BITS;
    Bytes bytes = __builtin_convertvector(codes, Bytes);
    for (int k = 1; k <= 8; k++) {
#if defined(__x86_64__)
      __m128i is_below = _mm_cmplt_epi8((__m128i)bytes, _mm_set1_epi8((char)k));
      below[k] += __builtin_popcount((unsigned)_mm_movemask_epi8(is_below));
#else
      below[k] += __builtin_reduce_add((Bytes)(bytes < (Bytes)(uint8_t)k) & 1);
#endif
    }
  }
  for (int k = 1; k <= 8; k++) steps->below[k - 1] = (uint32_t)(base + below[k] - 1) * 0x01010101u;
  steps->scale = (uint16_t)(bits_of_float(scale) >> 16);
  steps->is_known = 1;
}

INLINE int largest_byte(Bytes32 magnitudes) {
#ifdef LEVEL_AVX2
  // The least of 16-bit numbers is one instruction.
  __m256i all = (__m256i)magnitudes;
  __m128i most = _mm_max_epu8(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
  most = _mm_xor_si128(most, _mm_set1_epi8(0x7f));
  most = _mm_min_epu8(most, _mm_srli_epi16(most, 8));
  return 0x7f ^ (_mm_cvtsi128_si32(_mm_minpos_epu16(_mm_and_si128(most, _mm_set1_epi16(0xff)))) & 0xff);
#elif defined(__x86_64__)
  __m128i halves[2];
  memcpy(halves, &magnitudes, 32);
  __m128i most = _mm_max_epu8(halves[0], halves[1]);
  most = _mm_max_epu8(most, _mm_srli_si128(most, 8));
  most = _mm_max_epu8(most, _mm_srli_si128(most, 4));
  most = _mm_max_epu8(most, _mm_srli_si128(most, 2));
  most = _mm_max_epu8(most, _mm_srli_si128(most, 1));
  return _mm_cvtsi128_si32(most) & 0xff;
#else
  return __builtin_reduce_max(magnitudes);
#endif
}

/// Sixteen bytes of nibbles from 32 numbers of 0…15.
INLINE void store_packed(Bytes32 codes, uint8_t *packed) {
#ifdef LEVEL_AVX2
  __m256i pairs = _mm256_maddubs_epi16((__m256i)codes, _mm256_set1_epi16(0x1001));
#ifdef LEVEL_AVX512
  _mm_storeu_si128((__m128i *)packed, _mm256_cvtepi16_epi8(pairs));
#else
  _mm_storeu_si128(
      (__m128i *)packed, _mm_packus_epi16(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1)));
#endif
#else
  Pairs pairs = (Pairs)codes;
  pairs = (pairs | pairs >> 4) & 0xff;
  store_bytes(__builtin_convertvector(pairs, Bytes), packed);
#endif
}

INLINE void store_codes(Bytes32 codes, Bytes32 magnitudes, const Steps *steps, uint8_t *packed) {
  typedef uint32_t Words __attribute__((ext_vector_type(8)));
  Bytes32 sum = (Bytes32)0;
  for (int k = 0; k < 8; k++) sum += (Bytes32)(magnitudes > (Bytes32)((Words)steps->below[k]));
  // `sum` is minus the number of thresholds passed: the code of a negative value, and minus that of another.
  Bytes32 positive = (Bytes32)(codes > -1);
  Bytes32 shifted = ((sum ^ positive) - positive) + 8;
  // +8 does not exist.
  store_packed(shifted < 15 ? shifted : (Bytes32)15, packed);
}

INLINE int fp8_to_int4_as(
    const ptrdiff_t group, const uint8_t *codes, ptrdiff_t rows, ptrdiff_t columns, const float *scales,
    uint8_t *int4_scales, uint8_t *packed) {
  const ptrdiff_t groups_per_block = FP8_BLOCK / group;
  Steps table[FUSED_BLOCKS][128];
  for (ptrdiff_t start = 0; start < columns; start += FUSED_BLOCKS * FP8_BLOCK) {
    ptrdiff_t end = start + FUSED_BLOCKS * FP8_BLOCK < columns ? start + FUSED_BLOCKS * FP8_BLOCK : columns;
    for (ptrdiff_t block = 0; block * FP8_BLOCK < end - start; block++) {
      for (int i = 0; i < 128; i++) table[block][i].is_known = 0;
    }
    ptrdiff_t groups = (end - start) / group;
    for (ptrdiff_t row = 0; row < rows; row++) {
      const uint8_t *from = codes + row * columns + start;
      uint8_t *to = packed + (row * columns + start) / 2;
      uint8_t *scale_to = int4_scales + (row * columns + start) / group * 2;
      for (ptrdiff_t g = 0; g < groups; g++, from += group, to += group / 2, scale_to += 2) {
        Bytes32 parts[4], magnitudes[4];
        for (ptrdiff_t i = 0; i < group / 32; i++) {
          parts[i] = *(const Bytes32Anywhere *)(from + 32 * i);
          magnitudes[i] = parts[i] & 0x7f;
        }
        Bytes32 most = magnitudes[0];
        for (ptrdiff_t i = 1; i < group / 32; i++) most = most > magnitudes[i] ? most : magnitudes[i];
        int largest = largest_byte(most);
        Steps *steps = &table[g / groups_per_block][largest];
        if (__builtin_expect(!steps->is_known, 0)) {
          if (largest == 0x7f) return 0;
          fill_steps(steps, scales[start / FP8_BLOCK + g / groups_per_block], largest);
        }
        memcpy(scale_to, &steps->scale, 2);
        for (ptrdiff_t i = 0; i < group / 32; i++) store_codes(parts[i], magnitudes[i], steps, to + 16 * i);
      }
    }
  }
  return 1;
}

static int fp8_to_int4(
    const uint8_t *codes, ptrdiff_t rows, ptrdiff_t columns, const float *scales, ptrdiff_t group,
    uint8_t *int4_scales, uint8_t *packed) {
  switch (group) {
  case 32: return fp8_to_int4_as(32, codes, rows, columns, scales, int4_scales, packed);
  case 64: return fp8_to_int4_as(64, codes, rows, columns, scales, int4_scales, packed);
  default: return fp8_to_int4_as(128, codes, rows, columns, scales, int4_scales, packed);
  }
}
