// FP8 (E4M3) in blocks of 128 columns.

#define FP8_BLOCK 128

INLINE Floats fp8_values(Bytes codes) {
#ifdef LEVEL_AVX2
  // As a half, sign and magnitude shifted by 7 are the value / 256, subnormal ones too.
  typedef _Float16 Float16s __attribute__((ext_vector_type(16)));
  Halves wide = __builtin_convertvector(codes, Halves);
  Float16s halves = (Float16s)((wide & 0x80) << 8 | (wide & 0x7f) << 7);
  return __builtin_convertvector(halves, Floats) * 256.0f;
#else
  UInts wide = __builtin_convertvector(codes, UInts);
  return (Floats)((UInts)fp8_magnitudes((Ints)(wide & 0x7f)) | (wide & 0x80) << 24);
#endif
}

INLINE Floats fp8_products(Bytes codes, float scale) {
  Ints magnitudes = __builtin_convertvector(codes & 0x7f, Ints);
  Floats products = canonical(fp8_values(codes) * scale);
  return magnitudes == 0x7f ? (Floats)((Ints)0 + 0x7fc00000) : products;
}

static void decode_fp8(const uint8_t *row, ptrdiff_t first, ptrdiff_t count, const float *scales, float *values) {
  ptrdiff_t column = first, end = first + count;
  while (column < end) {
    ptrdiff_t block = column / FP8_BLOCK, block_end = (block + 1) * FP8_BLOCK;
    if (block_end > end) block_end = end;
    float scale = scales[block];
    for (; column + 16 <= block_end; column += 16) {
      store_floats(fp8_products(load_bytes(row + column), scale), values + (column - first));
    }
    ptrdiff_t left = block_end - column;
    if (left > 0) {
      store_some_floats(fp8_products(load_some_bytes(row + column, left), scale), values + (column - first), left);
      column = block_end;
    }
  }
}

static void largest_by_block(const float *values, ptrdiff_t count, uint32_t *largest) {
  for (ptrdiff_t start = 0; start < count; start += FP8_BLOCK) {
    ptrdiff_t end = start + FP8_BLOCK < count ? start + FP8_BLOCK : count, i = start;
    Ints most = (Ints)0;
    for (; i + 16 <= end; i += 16) most = larger(most, magnitude_bits(load_floats(values + i)));
    if (i < end) most = larger(most, magnitude_bits(load_some_floats(values + i, end - i)));
    uint32_t here = (uint32_t)__builtin_reduce_max(most);
    if (here > largest[start / FP8_BLOCK]) largest[start / FP8_BLOCK] = here;
  }
}

INLINE Bytes fp8_codes(Floats values, float scale) {
  // NaN, which 0 / 0 makes, goes the way of the largest.
  Floats quotients = at_least(at_most(values / scale, 448.0f), -448.0f);
  Ints magnitude = magnitude_bits(quotients);
  // Below 2^-6: a multiple of 2^-9.
  Ints small = (Ints)((Floats)magnitude * 0x1p9f + ROUNDER) - ROUNDER_BITS;
  Ints normal = (magnitude + 0x7ffff + ((magnitude >> 20) & 1) - (120 << 23)) >> 20;
  Ints codes = magnitude < 0x3c800000 ? small : normal;
  return __builtin_convertvector((UInts)codes | ((UInts)quotients >> 24 & 0x80), Bytes);
}

static void encode_fp8(const float *values, ptrdiff_t count, const float *scales, uint8_t *codes) {
  for (ptrdiff_t start = 0; start < count; start += FP8_BLOCK) {
    ptrdiff_t end = start + FP8_BLOCK < count ? start + FP8_BLOCK : count, i = start;
    float scale = scales[start / FP8_BLOCK];
    for (; i + 16 <= end; i += 16) store_bytes(fp8_codes(load_floats(values + i), scale), codes + i);
    if (i < end) store_some_bytes(fp8_codes(load_some_floats(values + i, end - i), scale), codes + i, end - i);
  }
}
