// All trials of a symmetric search at once, for levels that look up four numbers in a register.
//
// From the first trial to the last, the code of a value grows by two at most. The quarters of a register belong to some
// blocks, and hold four trials of each; those of another hold what four codes that follow one another, of one value of
// each block, add to a sum. Where each trial clamped and weighed a rounded product, its two lowest bits now look the term
// up. Codes, terms and the order of the additions are those of the search that makes one trial after the other.

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

// Row n modulo 2 × top: of n and the three codes after it, away from 0 and not beyond −top and top − 1, that with the
// remainder j at place j. After 0 come 1 and −1: the code of a value that begins there grows by one at most.
#define UP(n, j, top) ((n) + (((j) - (n)) & 3) < (top) ? (n) + (((j) - (n)) & 3) : (top) - 1)
#define DOWN(n, j, top) ((n) - (((n) - (j)) & 3) > -(top) ? (n) - (((n) - (j)) & 3) : -(top))
#define ROW_UP(n, top) {UP(n, 0, top), UP(n, 1, top), UP(n, 2, top), UP(n, 3, top)}
#define ROW_DOWN(n, top) {DOWN(n, 0, top), DOWN(n, 1, top), DOWN(n, 2, top), DOWN(n, 3, top)}
#define ROWS_4(row, n, top) row(n, top), row((n) + 1, top), row((n) + 2, top), row((n) + 3, top)
#define ROWS_8(row, n, top) ROWS_4(row, n, top), ROWS_4(row, (n) + 4, top)
#define ROWS_16(row, n, top) ROWS_8(row, n, top), ROWS_8(row, (n) + 8, top)
#define ROWS_32(row, n, top) ROWS_16(row, n, top), ROWS_16(row, (n) + 16, top)
// Two rows more than are looked up, those of top and of 0 from below.
#define ROWS(top) {{0, 1, 0, -1}, ROWS_##top(ROW_UP, 1, top), ROWS_##top(ROW_DOWN, 1 - (top), top)}
static const float codes_of_4[9][4] = ROWS(4), codes_of_8[17][4] = ROWS(8);
static const float codes_of_16[33][4] = ROWS(16), codes_of_32[65][4] = ROWS(32);
#undef UP
#undef DOWN
#undef ROW_UP
#undef ROW_DOWN
#undef ROWS_4
#undef ROWS_8
#undef ROWS_16
#undef ROWS_32
#undef ROWS

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
INLINE Register rows_of_quarters(const void *rows, const int32_t *offsets) {
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
      a, b, i, i + 16, j, j + 16, i + 4, i + 20, j + 4, j + 20, i + 8, i + 24, j + 8, j + 24, i + 12, i + 28, j + 12, \
      j + 28)
#define HALVES(a, b, i) \
  __builtin_shufflevector( \
      a, b, i, i + 1, i + 16, i + 17, i + 4, i + 5, i + 20, i + 21, i + 8, i + 9, i + 24, i + 25, i + 12, i + 13, \
      i + 28, i + 29)
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
