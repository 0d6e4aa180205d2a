// Rows of values to blocks: sixteen or thirty-two blocks at a time.

/// Sums of the squares of some rows, each from the left; eight rows at a time hide the latency of the additions.
INLINE void mean_squares_of_rows(const float *values, ptrdiff_t rows, ptrdiff_t columns, float *means) {
  ptrdiff_t row = 0;
  for (; row + 8 <= rows; row += 8) {
    float sums[8] = {0};
    const float *from = values + row * columns;
    for (ptrdiff_t i = 0; i < columns; i++) EACH(k, 8) sums[k] += from[k * columns + i] * from[k * columns + i];
    EACH(k, 8) means[row + k] = sums[k] / columns;
  }
  for (; row < rows; row++) {
    float sum = 0;
    for (ptrdiff_t i = 0; i < columns; i++) sum += values[row * columns + i] * values[row * columns + i];
    means[row] = sum / columns;
  }
}

/// The block that a lane works on.
typedef struct {
  ptrdiff_t rows, per_row, row, place;
} BlockPlace;

/// With importance the blocks below one another come together, which have the same; without, those behind one another.
INLINE void next_place(BlockPlace *at, int by_place) {
  if (by_place) {
    if (++at->row < at->rows) return;
    at->row = 0;
    at->place++;
  } else {
    if (++at->place < at->per_row) return;
    at->place = 0;
    at->row++;
  }
}

/// The importance of each lane's block. `spread`: what was spread to the lanes before and still stands there.
INLINE void set_importance(const int count, const float *const *blocks, const float **spread, Lanes *lanes) {
  int is_even = 1, is_there = 1;
  EACH(lane, LANES) is_even &= blocks[lane] == blocks[lane & ~15];
  EACH(k, LANES / 16) {
    is_there &= is_even && blocks[16 * k] == spread[k];
    spread[k] = is_even ? blocks[16 * k] : NULL;
  }
  if (is_there) return;
  if (!is_even) {
    transpose_values(count, blocks, lanes);
    return;
  }
  EACH(k, LANES / 16) {
    for (int i = 0; i < count; i++) store_floats((Floats)(blocks[16 * k][i]), (float *)&lanes[i] + 16 * k);
  }
}

/// Blocks of some rows. `means`: of the squares of each row, where there is importance and the type asks for it.
#define ENCODE_ROWS(name, size, byte_count) \
  static void encode_rows_##name( \
      const float *values, ptrdiff_t rows, ptrdiff_t columns, const float *importance, const float *means, \
      uint8_t *blocks) { \
    const float *x_of[LANES], *w_of[LANES], *spread[LANES / 16] = {NULL}; \
    uint8_t *to[LANES], unused[byte_count]; \
    Lanes x[size], w[size], mean = lanes_of(0); \
    LaneBytes bytes[byte_count]; \
    BlockPlace at = {rows, columns / size, 0, 0}; \
    const ptrdiff_t count = rows * at.per_row; \
    for (ptrdiff_t start = 0; start < count; start += LANES) { \
      float mean_of[LANES] = {0}; \
      EACH(lane, LANES) { \
        x_of[lane] = values + at.row * columns + at.place * size; \
        w_of[lane] = importance ? importance + at.place * size : importance; \
        to[lane] = start + lane < count ? blocks + (at.row * at.per_row + at.place) * byte_count : unused; \
        if (means) mean_of[lane] = means[at.row]; \
        /* Lanes without a block repeat the last. */ \
        if (start + lane + 1 < count) next_place(&at, importance != NULL); \
      } \
      if (means) memcpy(&mean, mean_of, sizeof mean); \
      transpose_values(size, x_of, x); \
      if (importance) { \
        set_importance(size, w_of, spread, w); \
        encode_##name(x, w, mean, bytes); \
      } else { \
        encode_##name(x, NULL, mean, bytes); \
      } \
      transpose_bytes(byte_count, bytes, to); \
    } \
  }

ENCODE_ROWS(q4_0, 32, 18)
ENCODE_ROWS(q4_1, 32, 20)
ENCODE_ROWS(q5_0, 32, 22)
ENCODE_ROWS(q5_1, 32, 24)
ENCODE_ROWS(q8_0, 32, 34)
ENCODE_ROWS(q2_k, 256, 84)
ENCODE_ROWS(q3_k, 256, 110)
ENCODE_ROWS(q4_k, 256, 144)
ENCODE_ROWS(q5_k, 256, 176)
ENCODE_ROWS(q6_k, 256, 210)
ENCODE_ROWS(iq4_nl, 32, 18)
ENCODE_ROWS(iq4_xs, 256, 136)
ENCODE_ROWS(mxfp4, 32, 17)

static void encode_gguf(
    int type, const float *values, ptrdiff_t rows, ptrdiff_t columns, const float *importance, uint8_t *blocks) {
  switch (type) {
  case ckernels_q8_0: encode_rows_q8_0(values, rows, columns, NULL, NULL, blocks); return;
  case ckernels_mxfp4: encode_rows_mxfp4(values, rows, columns, NULL, NULL, blocks); return;
  case ckernels_q2_k: encode_rows_q2_k(values, rows, columns, importance, NULL, blocks); return;
  case ckernels_q3_k: encode_rows_q3_k(values, rows, columns, importance, NULL, blocks); return;
  case ckernels_q4_k: encode_rows_q4_k(values, rows, columns, importance, NULL, blocks); return;
  case ckernels_q5_k: encode_rows_q5_k(values, rows, columns, importance, NULL, blocks); return;
  case ckernels_q6_k: encode_rows_q6_k(values, rows, columns, importance, NULL, blocks); return;
  case ckernels_iq4_nl: encode_rows_iq4_nl(values, rows, columns, importance, NULL, blocks); return;
  case ckernels_iq4_xs: encode_rows_iq4_xs(values, rows, columns, importance, NULL, blocks); return;
  default: break;
  }
  // These weigh by the whole row: a few rows at a time, so that their sums are kept here.
  const ptrdiff_t per_call = 32;
  for (ptrdiff_t row = 0; row < rows; row += per_call) {
    ptrdiff_t here = rows - row < per_call ? rows - row : per_call;
    float means[32];
    const float *from = values + row * columns;
    if (importance) mean_squares_of_rows(from, here, columns, means);
    const float *weigh_by = importance ? means : NULL;
    ptrdiff_t first = row * (columns / 32);
    switch (type) {
    case ckernels_q4_0: encode_rows_q4_0(from, here, columns, importance, weigh_by, blocks + first * 18); break;
    case ckernels_q4_1: encode_rows_q4_1(from, here, columns, importance, weigh_by, blocks + first * 20); break;
    case ckernels_q5_0: encode_rows_q5_0(from, here, columns, importance, weigh_by, blocks + first * 22); break;
    case ckernels_q5_1: encode_rows_q5_1(from, here, columns, importance, weigh_by, blocks + first * 24); break;
    default: break;
    }
  }
}
