// Blocks to values, one block after the other: the codes are unpacked to bytes, then multiplied sixteen at a time.

INLINE float half_at(const uint8_t *bytes) {
  Halves halves = (Halves)0;
  halves[0] = (uint16_t)(bytes[0] | bytes[1] << 8);
  return floats_of_f16(halves)[0];
}

/// `scale × code`, and `scale × code + addend`.
INLINE void store_products(float scale, Bytes codes, int bias, float *values) {
  Ints wide = __builtin_convertvector(codes, Ints) - bias;
  store_floats(canonical(scale * __builtin_convertvector(wide, Floats)), values);
}
INLINE void store_sums(float scale, Bytes codes, float addend, float *values) {
  Floats wide = __builtin_convertvector(__builtin_convertvector(codes, Ints), Floats);
  store_floats(canonical(scale * wide + addend), values);
}

/// Bit i of a mask as bit 4 of byte i.
INLINE Bytes fifth_bits(uint32_t mask) {
  Bytes bytes;
  EACH(i, 16) bytes[i] = mask >> i << 4 & 16;
  return bytes;
}

/// `scale × (table[code] − bias)`.
INLINE void store_looked_up(float scale, const uint8_t *table, Bytes codes, int bias, float *values) {
#ifdef LEVEL_AVX2
  Bytes found = (Bytes)_mm_shuffle_epi8((__m128i)load_bytes(table), (__m128i)codes);
  store_products(scale, found, bias, values);
#else
  float products[16];
  uint8_t places[16];
  store_products(scale, load_bytes(table), bias, products);
  store_bytes(codes, places);
  EACH(i, 16) values[i] = products[places[i]];
#endif
}

/// The doubled values of FP4, and 12.
static const uint8_t fp4_values_above_least[16] = {12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0};

INLINE void decode_q8_0(const uint8_t *b, float *y) {
  float d = half_at(b);
  EACH(i, 2) store_products(d, load_bytes(b + 2 + 16 * i) ^ 0x80, 128, y + 16 * i);
}
INLINE void decode_q4_0(const uint8_t *b, float *y) {
  float d = half_at(b);
  Bytes codes = load_bytes(b + 2);
  store_products(d, codes & 15, 8, y);
  store_products(d, codes >> 4, 8, y + 16);
}
INLINE void decode_q4_1(const uint8_t *b, float *y) {
  float d = half_at(b), m = half_at(b + 2);
  Bytes codes = load_bytes(b + 4);
  store_sums(d, codes & 15, m, y);
  store_sums(d, codes >> 4, m, y + 16);
}
INLINE void decode_q5_0(const uint8_t *b, float *y) {
  float d = half_at(b);
  uint32_t high;
  memcpy(&high, b + 2, 4);
  Bytes codes = load_bytes(b + 6);
  store_products(d, (codes & 15) | fifth_bits(high), 16, y);
  store_products(d, codes >> 4 | fifth_bits(high >> 16), 16, y + 16);
}
INLINE void decode_q5_1(const uint8_t *b, float *y) {
  float d = half_at(b), m = half_at(b + 2);
  uint32_t high;
  memcpy(&high, b + 4, 4);
  Bytes codes = load_bytes(b + 8);
  store_sums(d, (codes & 15) | fifth_bits(high), m, y);
  store_sums(d, codes >> 4 | fifth_bits(high >> 16), m, y + 16);
}
INLINE void decode_q2_k(const uint8_t *b, float *y) {
  float d = half_at(b + 80), dmin = half_at(b + 82);
  EACH(j, 16) {
    Bytes codes = load_bytes(b + 16 + j / 8 * 32 + j % 2 * 16) >> (uint8_t)(j % 8 / 2 * 2) & 3;
    store_sums(d * (b[j] & 15), codes, -(dmin * (b[j] >> 4)), y + 16 * j);
  }
}
INLINE void decode_q3_k(const uint8_t *b, float *y) {
  float d = half_at(b + 108);
  EACH(j, 16) {
    int scale = (b[96 + j % 8] >> (j / 8 * 4) & 15) | (b[104 + j % 4] >> (j / 4 * 2) & 3) << 4;
    Bytes codes = load_bytes(b + 32 + j / 8 * 32 + j % 2 * 16) >> (uint8_t)(j % 8 / 2 * 2) & 3;
    Bytes high = load_bytes(b + j % 2 * 16) >> (uint8_t)(j / 2) & 1;
    store_products(d * (scale - 32), codes | high << 2, 4, y + 16 * j);
  }
}

/// Scale and minimum of sub-block j, in twelve bytes.
INLINE void six_bit_pair(const uint8_t *b, int j, int *scale, int *minimum) {
  *scale = j < 4 ? b[j] & 63 : (b[j + 4] & 15) | b[j - 4] >> 6 << 4;
  *minimum = j < 4 ? b[j + 4] & 63 : b[j + 4] >> 4 | b[j] >> 6 << 4;
}
INLINE void decode_six_bit(const uint8_t *b, const uint8_t *fifth, const uint8_t *codes, float *y) {
  float d = half_at(b), dmin = half_at(b + 2);
  EACH(j, 8) {
    int scale, minimum;
    six_bit_pair(b + 4, j, &scale, &minimum);
    EACH(i, 2) {
      Bytes four = load_bytes(codes + j / 2 * 32 + 16 * i) >> (uint8_t)(j % 2 * 4) & 15;
      if (fifth) four |= (load_bytes(fifth + 16 * i) >> (uint8_t)j & 1) << 4;
      store_sums(d * scale, four, -(dmin * minimum), y + 32 * j + 16 * i);
    }
  }
}
INLINE void decode_q4_k(const uint8_t *b, float *y) { decode_six_bit(b, NULL, b + 16, y); }
INLINE void decode_q5_k(const uint8_t *b, float *y) { decode_six_bit(b, b + 16, b + 48, y); }
INLINE void decode_q6_k(const uint8_t *b, float *y) {
  float d = half_at(b + 208);
  EACH(j, 16) {
    int half = j / 8, place = j % 8;
    Bytes low = load_bytes(b + half * 64 + place % 4 * 16) >> (uint8_t)(place / 4 * 4) & 15;
    Bytes high = load_bytes(b + 128 + half * 32 + place % 2 * 16) >> (uint8_t)(place / 2 * 2) & 3;
    store_products(d * (int8_t)b[192 + j], low | high << 4, 32, y + 16 * j);
  }
}
INLINE void decode_iq4_nl(const uint8_t *b, float *y) {
  float d = half_at(b);
  Bytes codes = load_bytes(b + 2);
  store_looked_up(d, iq4_values_above_least, codes & 15, 127, y);
  store_looked_up(d, iq4_values_above_least, codes >> 4, 127, y + 16);
}
INLINE void decode_iq4_xs(const uint8_t *b, float *y) {
  float d = half_at(b);
  EACH(j, 8) {
    int scale = (b[4 + j / 2] >> (j % 2 * 4) & 15) | (b[2 + j / 4] >> (j % 4 * 2) & 3) << 4;
    Bytes codes = load_bytes(b + 8 + 16 * j);
    store_looked_up(d * (scale - 32), iq4_values_above_least, codes & 15, 127, y + 32 * j);
    store_looked_up(d * (scale - 32), iq4_values_above_least, codes >> 4, 127, y + 32 * j + 16);
  }
}
INLINE void decode_mxfp4(const uint8_t *b, float *y) {
  float d = float_of_bits(b[0] < 2 ? 0x00200000u << b[0] : (uint32_t)(b[0] - 1) << 23);
  Bytes codes = load_bytes(b + 1);
  store_looked_up(d, fp4_values_above_least, codes & 15, 12, y);
  store_looked_up(d, fp4_values_above_least, codes >> 4, 12, y + 16);
}

#include "decode_grids.h"

static void decode_gguf(int type, const uint8_t *blocks, ptrdiff_t count, float *values) {
#define DECODE(name, size, byte_count) \
  case ckernels_##name: \
    for (ptrdiff_t i = 0; i < count; i++) decode_##name(blocks + i * byte_count, values + i * size); \
    return;
  switch (type) {
    DECODE(q4_0, 32, 18)
    DECODE(q4_1, 32, 20)
    DECODE(q5_0, 32, 22)
    DECODE(q5_1, 32, 24)
    DECODE(q8_0, 32, 34)
    DECODE(q2_k, 256, 84)
    DECODE(q3_k, 256, 110)
    DECODE(q4_k, 256, 144)
    DECODE(q5_k, 256, 176)
    DECODE(q6_k, 256, 210)
    DECODE(iq4_nl, 32, 18)
    DECODE(iq4_xs, 256, 136)
    DECODE(mxfp4, 32, 17)
    DECODE(iq2_xxs, 256, 66)
    DECODE(iq2_xs, 256, 74)
    DECODE(iq2_s, 256, 82)
    DECODE(iq3_xxs, 256, 98)
    DECODE(iq3_s, 256, 110)
    DECODE(iq1_s, 256, 50)
    DECODE(iq1_m, 256, 56)
    DECODE(tq1_0, 256, 54)
    DECODE(tq2_0, 256, 66)
    DECODE(q1_0, 128, 18)
    DECODE(q2_0, 64, 18)
    DECODE(nvfp4, 64, 36)
    DECODE(i8, 1, 1)
    DECODE(i16, 1, 2)
    DECODE(i32, 1, 4)
    DECODE(i64, 1, 8)
    DECODE(f64, 1, 8)
  default: return;
  }
#undef DECODE
}
