#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

/// The hot loops, once for each level of the CPU. Every level returns the same bits.
///
/// Kernels allocate nothing and cannot fail; sizes were checked by the caller. Unless said otherwise a kernel works on
/// one row, `count` is the number of values, and pointers need no alignment. NaN that arithmetic makes is 0x7fc00000.
typedef struct {
  const char *_Nonnull name;

  // Float formats. BF16 and F16 are rounded to nearest even.
  void (*_Nonnull decode_bf16)(const uint8_t *_Nonnull bytes, ptrdiff_t count, float *_Nonnull values);
  void (*_Nonnull encode_bf16)(const float *_Nonnull values, ptrdiff_t count, uint8_t *_Nonnull bytes);
  void (*_Nonnull decode_f16)(const uint8_t *_Nonnull bytes, ptrdiff_t count, float *_Nonnull values);
  void (*_Nonnull encode_f16)(const float *_Nonnull values, ptrdiff_t count, uint8_t *_Nonnull bytes);

  /// Index of the first value that is infinite or NaN; -1 where there is none.
  ptrdiff_t (*_Nonnull first_non_finite)(const float *_Nonnull values, ptrdiff_t count);

  /// `code × scale`, from column `first` of a row on. `scales`: of the row's blocks of 128 columns, from column 0.
  void (*_Nonnull decode_fp8)(
      const uint8_t *_Nonnull row, ptrdiff_t first, ptrdiff_t count, const float *_Nonnull scales,
      float *_Nonnull values);

  /// Raises `largest[b]`, as bits of a Float32 without its sign, to the largest magnitude in block b of 128 columns.
  void (*_Nonnull largest_by_block)(const float *_Nonnull values, ptrdiff_t count, uint32_t *_Nonnull largest);

  /// FP8 codes of the quotients by the scales of the row's blocks of 128 columns.
  void (*_Nonnull encode_fp8)(
      const float *_Nonnull values, ptrdiff_t count, const float *_Nonnull scales, uint8_t *_Nonnull codes);

  /// `(nibble − 8) × scale`, from column `first` of a row on.
  void (*_Nonnull decode_int4)(
      const uint8_t *_Nonnull row, ptrdiff_t first, ptrdiff_t count, ptrdiff_t group, const float *_Nonnull scales,
      float *_Nonnull values);

  /// The `ct` rule for a row. `group`: a multiple of 32 that divides `count`. `precision`: one of `ckernels_bf16`, ….
  /// Returns the first column whose value, rounded to the precision, is not finite; -1 where there is none.
  ptrdiff_t (*_Nonnull encode_int4)(
      const float *_Nonnull values, ptrdiff_t count, ptrdiff_t group, int precision, float *_Nonnull scales,
      uint8_t *_Nonnull packed);

  /// The `mse` rule, with candidates `largest / 7.5 × factor`; otherwise as `encode_int4`.
  ptrdiff_t (*_Nonnull search_int4)(
      const float *_Nonnull values, ptrdiff_t count, ptrdiff_t group, int precision, const float *_Nonnull factors,
      ptrdiff_t factor_count, float *_Nonnull scales, uint8_t *_Nonnull packed);

  /// Block-fp8 to INT4 by the `ct` rule in BF16, without a Float32 in between: rows of one row of blocks.
  ///
  /// `scales`: of each block of 128 columns; each is 0 or at least 2^-110, and 448 times as much is finite in BF16.
  /// `packed` and `int4_scales` (BF16) are rows without gaps. Returns 0 where a code is NaN: what was
  /// written is then incomplete.
  int (*_Nonnull fp8_to_int4)(
      const uint8_t *_Nonnull codes, ptrdiff_t rows, ptrdiff_t columns, const float *_Nonnull scales, ptrdiff_t group,
      uint8_t *_Nonnull int4_scales, uint8_t *_Nonnull packed);

  /// Σ(a − b)² and Σa², each in sixteen Double lanes by index modulo 16, added pairwise.
  void (*_Nonnull error_sums)(
      const float *_Nonnull a, const float *_Nonnull b, ptrdiff_t count, double *_Nonnull squared_error,
      double *_Nonnull squared_reference);

  /// Whole blocks of one of the types below to values.
  void (*_Nonnull decode_gguf)(
      int type, const uint8_t *_Nonnull blocks, ptrdiff_t count, float *_Nonnull values);

  /// Rows of finite values to blocks of one of the types below. `importance`: a weight for each column, the same for all
  /// rows; NULL for the search without.
  void (*_Nonnull encode_gguf)(
      int type, const float *_Nonnull values, ptrdiff_t rows, ptrdiff_t columns, const float *_Nullable importance,
      uint8_t *_Nonnull blocks);
} ckernels_table;

enum { ckernels_bf16, ckernels_f16, ckernels_f32 };

/// Block encodings of GGUF files, with the numbers of ggml's `enum ggml_type`.
enum {
  ckernels_q4_0 = 2,
  ckernels_q4_1 = 3,
  ckernels_q5_0 = 6,
  ckernels_q5_1 = 7,
  ckernels_q8_0 = 8,
  ckernels_q2_k = 10,
  ckernels_q3_k = 11,
  ckernels_q4_k = 12,
  ckernels_q5_k = 13,
  ckernels_q6_k = 14,
  ckernels_iq4_nl = 20,
  ckernels_iq4_xs = 23,
  ckernels_mxfp4 = 39,
  // To be read only.
  ckernels_iq2_xxs = 16,
  ckernels_iq2_xs = 17,
  ckernels_iq3_xxs = 18,
  ckernels_iq1_s = 19,
  ckernels_iq3_s = 21,
  ckernels_iq2_s = 22,
  ckernels_i8 = 24,
  ckernels_i16 = 25,
  ckernels_i32 = 26,
  ckernels_i64 = 27,
  ckernels_f64 = 28,
  ckernels_iq1_m = 29,
  ckernels_tq1_0 = 34,
  ckernels_tq2_0 = 35,
  ckernels_nvfp4 = 40,
  ckernels_q1_0 = 41,
  ckernels_q2_0 = 42,
};

/// Codebooks: eight codes of two bits an entry, in those of IQ3 four of three bits. IQ1_S and IQ1_M have the same.
extern const uint16_t ckernels_iq2_xxs_grid[256], ckernels_iq2_xs_grid[512], ckernels_iq2_s_grid[1024];
extern const uint16_t ckernels_iq1_grid[2048], ckernels_iq3_xxs_grid[256], ckernels_iq3_s_grid[512];

/// The codebook of a type that has one.
const uint16_t *_Nonnull ckernels_grid(int type);

enum { ckernels_levels = 3 };

/// Level 0 is the baseline of the architecture. NULL where the CPU cannot run the level, or the architecture lacks it.
const ckernels_table *_Nullable ckernels_at(int level);

/// The highest level of this CPU, or the one that the environment variable CKPT_CPU names, if the CPU has it.
const ckernels_table *_Nonnull ckernels_best(void);

#endif
