// Block-fp8 to INT4 on bytes.
//
// Within one block and for one largest magnitude of a group, the INT4 code depends on the fp8 magnitude alone, of which
// there are 127, and never falls as it rises, because every step of the rule (product, rounding, quotient, rounding,
// clamping) is monotone. It is found once, with the literal rule, and then a group takes byte operations only.

/// Magnitudes (fp8 codes without sign) that can have a code other than 0: the largest and the 31 below it. One 32 below
/// is smaller by a factor of 16 at least, so that its quotient is at most 7.5 / 16 and, however the roundings to BF16
/// fall, below a half. That needs products that are normal numbers, which the caller sees to.
#define FUSED_WINDOW 32

/// Blocks of one row of blocks that are walked together: a row is then read in long runs, and the tables of all stay in
/// the cache.
#define FUSED_BLOCKS 16

/// What there is to know for one largest magnitude in one block.
typedef struct {
#ifdef LEVEL_AVX2
  /// Of the magnitudes from `base` on; of a negative value, minus the code.
  uint8_t codes[FUSED_WINDOW];
  /// In each byte.
  uint32_t base;
#else
  /// For k of 1…8, in each byte, the greatest magnitude whose code is below k.
  uint32_t below[8];
#endif
} __attribute__((aligned(64))) Steps;

/// Returns the scale of the group, in BF16.
static __attribute__((noinline)) uint16_t fill_steps(Steps *steps, float block_scale, int largest) {
  int base = largest < FUSED_WINDOW ? 0 : largest - (FUSED_WINDOW - 1);
  const Ints lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  Floats low = bf16_rounded(fp8_magnitudes(lanes + base) * block_scale);
  Floats high = bf16_rounded(fp8_magnitudes(lanes + (base + 16)) * block_scale);
  float scale = ct_scale(
      ckernels_bf16,
      bf16_rounded_value(fp8_magnitudes((Ints)0 + largest)[0] * block_scale));
  // Of negative values, whose codes reach −8.
  uint8_t codes[FUSED_WINDOW];
  Floats rounded_low = at_most(bf16_rounded(low / scale), 8.0f) + ROUNDER;
  Floats rounded_high = at_most(bf16_rounded(high / scale), 8.0f) + ROUNDER;
  store_bytes(__builtin_convertvector((UInts)rounded_low - ROUNDER_BITS, Bytes), codes);
  store_bytes(__builtin_convertvector((UInts)rounded_high - ROUNDER_BITS, Bytes), codes + 16);
#ifdef LEVEL_AVX2
  memcpy(steps->codes, codes, FUSED_WINDOW);
  steps->base = (uint32_t)base * 0x01010101u;
#else
  int place = 0;
  for (int k = 1; k <= 8; k++) {
    while (place < FUSED_WINDOW && codes[place] < k) place++;
    steps->below[k - 1] = (uint32_t)(base + place - 1) * 0x01010101u;
  }
#endif
  return (uint16_t)(bits_of_float(scale) >> 16);
}

#ifdef LEVEL_AVX2

INLINE int largest_byte(Bytes32 magnitudes) {
  // The least of eight 16-bit numbers is one instruction.
  __m256i all = (__m256i)magnitudes;
  __m128i most = _mm_max_epu8(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
  most = _mm_xor_si128(most, _mm_set1_epi8(0x7f));
  most = _mm_min_epu8(most, _mm_srli_epi16(most, 8));
  return 0x7f ^ (_mm_cvtsi128_si32(_mm_minpos_epu16(_mm_and_si128(most, _mm_set1_epi16(0xff)))) & 0xff);
}

INLINE void store_codes(Bytes32 codes, Bytes32 magnitudes, const Steps *steps, uint8_t *packed) {
  __m256i low = _mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)steps->codes));
  __m256i high = _mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)(steps->codes + 16)));
  // An index with its highest bit set finds 0: below the window it is negative.
  __m256i index = _mm256_sub_epi8((__m256i)magnitudes, _mm256_set1_epi32((int)steps->base));
  __m256i found = _mm256_or_si256(
      _mm256_shuffle_epi8(low, _mm256_adds_epu8(index, _mm256_set1_epi8(0x70))),
      _mm256_shuffle_epi8(high, _mm256_sub_epi8(index, _mm256_set1_epi8(16))));
  // +8 does not exist.
  __m256i signed_codes = _mm256_min_epi8(_mm256_sign_epi8(found, (__m256i)codes), _mm256_set1_epi8(7));
  __m256i pairs = _mm256_maddubs_epi16(_mm256_set1_epi16(0x1001), signed_codes);
  pairs = _mm256_add_epi16(pairs, _mm256_set1_epi16(0x88));
  _mm_storeu_si128(
      (__m128i *)packed, _mm_packus_epi16(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1)));
}

#else

INLINE int largest_byte(Bytes32 magnitudes) {
#if defined(__x86_64__)
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

INLINE void store_codes(Bytes32 codes, Bytes32 magnitudes, const Steps *steps, uint8_t *packed) {
  typedef uint32_t Words __attribute__((ext_vector_type(8)));
  Bytes32 sum = (Bytes32)0;
  for (int k = 0; k < 8; k++) sum += (Bytes32)(magnitudes > (Bytes32)((Words)steps->below[k]));
  // `sum` is minus the number of thresholds passed: the code of a negative value, and minus that of another.
  Bytes32 positive = (Bytes32)(codes > -1);
  Bytes32 shifted = ((sum ^ positive) - positive) + 8;
  // +8 does not exist. What is compared as bits of 8 or 16 at a time needs no wider registers.
  Pairs pairs = (Pairs)(shifted - (Bytes32)((Bytes32)(shifted > 15) & 1));
  pairs = (pairs | pairs >> 4) & 0xff;
  store_bytes(__builtin_convertvector(pairs, Bytes), packed);
}

#endif

INLINE int fp8_to_int4_as(
    const ptrdiff_t group, const uint8_t *codes, ptrdiff_t rows, ptrdiff_t columns, const float *scales,
    uint8_t *int4_scales, uint8_t *packed) {
  const ptrdiff_t groups_per_block = FP8_BLOCK / group;
  Steps table[FUSED_BLOCKS * 128];
  // 0, which no scale is, where nothing is known yet.
  uint16_t known[FUSED_BLOCKS * 128];
  for (ptrdiff_t start = 0; start < columns; start += FUSED_BLOCKS * FP8_BLOCK) {
    ptrdiff_t end = start + FUSED_BLOCKS * FP8_BLOCK < columns ? start + FUSED_BLOCKS * FP8_BLOCK : columns;
    memset(known, 0, sizeof known);
    for (ptrdiff_t row = 0; row < rows; row++) {
      const uint8_t *from = codes + row * columns + start, *row_end = codes + row * columns + end;
      uint8_t *to = packed + (row * columns + start) / 2;
      uint8_t *scale_to = int4_scales + (row * columns + start) / group * 2;
      for (ptrdiff_t block = 0; from < row_end; block += 128) {
        for (ptrdiff_t g = 0; g < groups_per_block && from < row_end; g++) {
          Bytes32 parts[4], magnitudes[4];
          for (ptrdiff_t i = 0; i < group / 32; i++) {
            parts[i] = *(const Bytes32Anywhere *)(from + 32 * i);
            magnitudes[i] = parts[i] & 0x7f;
          }
          Bytes32 most = magnitudes[0];
          for (ptrdiff_t i = 1; i < group / 32; i++) most = most > magnitudes[i] ? most : magnitudes[i];
          int largest = largest_byte(most);
          Steps *steps = table + block + largest;
          uint16_t scale = known[block + largest];
          if (__builtin_expect(scale == 0, 0)) {
            if (largest == 0x7f) return 0;
            scale = fill_steps(steps, scales[(start + block) / FP8_BLOCK], largest);
            known[block + largest] = scale;
          }
          memcpy(scale_to, &scale, 2);
          for (ptrdiff_t i = 0; i < group / 32; i++) store_codes(parts[i], magnitudes[i], steps, to + 16 * i);
          from += group;
          to += group / 2;
          scale_to += 2;
        }
      }
    }
  }
  return 1;
}

int LEVEL_FUSED(
    const uint8_t *codes, ptrdiff_t rows, ptrdiff_t columns, const float *scales, ptrdiff_t group,
    uint8_t *int4_scales, uint8_t *packed) {
  switch (group) {
  case 32: return fp8_to_int4_as(32, codes, rows, columns, scales, int4_scales, packed);
  case 64: return fp8_to_int4_as(64, codes, rows, columns, scales, int4_scales, packed);
  default: return fp8_to_int4_as(128, codes, rows, columns, scales, int4_scales, packed);
  }
}
