// All trials of a symmetric search at once, for levels that look up four numbers in a register.
//
// From the first trial to the last, the code of a value grows by two at most. A register holds four trials of each of some
// blocks, and beside it, of one value of each, what four codes that follow one another add to the two sums: in place of
// products that are rounded, clamped and weighed, the two lowest bits of the rounded product look the terms up. The codes,
// the terms and the order of the additions are those of the search on lanes.

#ifdef LEVEL_AVX512
#define REGISTER 16
#elif defined(LEVEL_AVX2)
#define REGISTER 8
#endif

#ifdef REGISTER
typedef float Register __attribute__((ext_vector_type(REGISTER)));
typedef int32_t RegisterInts __attribute__((ext_vector_type(REGISTER)));

#ifdef LEVEL_AVX512
#define LOOK_UP_QUARTERS(table, indexes) (Register) _mm512_permutevar_ps((__m512)(table), (__m512i)(indexes))
#else
#define LOOK_UP_QUARTERS(table, indexes) (Register) _mm256_permutevar_ps((__m256)(table), (__m256i)(indexes))
#endif

// Row l: of the codes l … l + 3, that with the remainder j at place j, not beyond a limit. First those of values with the
// sign of the extreme, whose codes are negative.
#define CODE(l, j, most) ((l) + (((j) - (l)) & 3) < (most) ? (l) + (((j) - (l)) & 3) : (most))
#define ROW(sign, l, most) {sign CODE(l, 0, most), sign CODE(l, 1, most), sign CODE(l, 2, most), sign CODE(l, 3, most)}
#define ROWS_4(sign, l, most) \
  ROW(sign, l, most), ROW(sign, (l) + 1, most), ROW(sign, (l) + 2, most), ROW(sign, (l) + 3, most)
#define ROWS_8(sign, l, most) ROWS_4(sign, l, most), ROWS_4(sign, (l) + 4, most)
#define ROWS_16(sign, l, most) ROWS_8(sign, l, most), ROWS_8(sign, (l) + 8, most)
#define ROWS_32(sign, l, most) ROWS_16(sign, l, most), ROWS_16(sign, (l) + 16, most)
static const float codes_of_4[8][4] = {ROWS_4(-, 0, 4), ROWS_4(+, 0, 3)};
static const float codes_of_8[16][4] = {ROWS_8(-, 0, 8), ROWS_8(+, 0, 7)};
static const float codes_of_16[32][4] = {ROWS_16(-, 0, 16), ROWS_16(+, 0, 15)};
static const float codes_of_32[64][4] = {ROWS_32(-, 0, 32), ROWS_32(+, 0, 31)};
#undef CODE
#undef ROW
#undef ROWS_4
#undef ROWS_8
#undef ROWS_16
#undef ROWS_32

/// Place `lane` of each quarter, four times.
INLINE Register spread_quarters(const float *lanes, const int lane) {
  Register all;
  memcpy(&all, lanes, sizeof all);
  return lane == 0 ? LOOK_UP_QUARTERS(all, (RegisterInts)0)
       : lane == 1 ? LOOK_UP_QUARTERS(all, (RegisterInts)1)
       : lane == 2 ? LOOK_UP_QUARTERS(all, (RegisterInts)2)
                   : LOOK_UP_QUARTERS(all, (RegisterInts)3);
}

/// Four numbers for each quarter, which begin so many bytes from `rows`.
INLINE Register rows_of_quarters(const void *rows, const uint32_t *offsets) {
  Register all;
  Four quarters[REGISTER / 4];
  EACH(q, REGISTER / 4) memcpy(&quarters[q], (const char *)rows + offsets[4 * q], sizeof quarters[q]);
  memcpy(&all, quarters, sizeof all);
  return all;
}

/// Four registers whose quarters are four by four, to rows of lanes.
INLINE void store_quarters(const Register *from, float *to) {
#ifdef LEVEL_AVX512
#define QUARTERS(a, b, i, j) \
  __builtin_shufflevector( \
      a, b, i, i + 16, j, j + 16, i + 4, i + 20, j + 4, j + 20, i + 8, i + 24, j + 8, j + 24, i + 12, i + 28, j + 12, j + 28)
#define HALVES(a, b, i) \
  __builtin_shufflevector( \
      a, b, i, i + 1, i + 16, i + 17, i + 4, i + 5, i + 20, i + 21, i + 8, i + 9, i + 24, i + 25, i + 12, i + 13, i + 28, \
      i + 29)
#else
#define QUARTERS(a, b, i, j) __builtin_shufflevector(a, b, i, i + 8, j, j + 8, i + 4, i + 12, j + 4, j + 12)
#define HALVES(a, b, i) __builtin_shufflevector(a, b, i, i + 1, i + 8, i + 9, i + 4, i + 5, i + 12, i + 13)
#endif
  Register low_ab = QUARTERS(from[0], from[1], 0, 1), low_cd = QUARTERS(from[2], from[3], 0, 1);
  Register high_ab = QUARTERS(from[0], from[1], 2, 3), high_cd = QUARTERS(from[2], from[3], 2, 3);
  Register rows[4] = {HALVES(low_ab, low_cd, 0), HALVES(low_ab, low_cd, 2), HALVES(high_ab, high_cd, 0),
                      HALVES(high_ab, high_cd, 2)};
  EACH(i, 4) memcpy(to + i * LANES, &rows[i], sizeof rows[i]);
#undef QUARTERS
#undef HALVES
}

// Where each trial puts the extreme: step 0, then −9 to 9 without it, and one place that is left over.
#define STEP(top, step) (top + 0.1f * (step))
#define STEPS(top) \
  {STEP(top, 0), STEP(top, -9), STEP(top, -8), STEP(top, -7), STEP(top, -6), STEP(top, -5), STEP(top, -4), \
   STEP(top, -3), STEP(top, -2), STEP(top, -1), STEP(top, 1), STEP(top, 2), STEP(top, 3), STEP(top, 4), \
   STEP(top, 5), STEP(top, 6), STEP(top, 7), STEP(top, 8), STEP(top, 9), STEP(top, 0)}
enum { trial_count = 19, trial_registers = 5 };
static const float steps_of_4[20] = STEPS(4), steps_of_8[20] = STEPS(8);
static const float steps_of_16[20] = STEPS(16), steps_of_32[20] = STEPS(32);
#undef STEP
#undef STEPS
#endif
