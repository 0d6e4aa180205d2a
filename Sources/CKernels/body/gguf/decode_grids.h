// Blocks that are read only: codes that name entries of a codebook, ternary codes, and numbers that are no blocks.

#define LANES16(f) {f(0), f(1), f(2), f(3), f(4), f(5), f(6), f(7), f(8), f(9), f(10), f(11), f(12), f(13), f(14), f(15)}
#define ONCE(i) i
#define TWICE(i) 2 * i
#define FOUR_OF_LAST_EIGHT(i) i / 8 * 4
#define THRICE_OF_EIGHT(i) 3 * (i % 8)

INLINE uint32_t word_at(const uint8_t *bytes) {
  uint32_t word;
  memcpy(&word, bytes, 4);
  return word;
}
INLINE uint32_t half_word_at(const uint8_t *bytes) { return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8; }

/// Sixteen codes of two bits.
INLINE Ints two_bit_codes(uint32_t word) { return (Ints)(((UInts)0 + word) >> (UInts)LANES16(TWICE) & 3); }

/// Two entries of a codebook of two bits; what stands for the codes 0, 1 and 2 is 8, 25 and 43.
INLINE Ints iq2_values(const uint16_t *grid, uint32_t first, uint32_t second) {
  Ints codes = two_bit_codes((uint32_t)grid[first] | (uint32_t)grid[second] << 16);
  return codes * 17 + (codes >> 1) + 8;
}

/// Four entries of a codebook of three bits.
INLINE Ints three_bit_codes(uint32_t first, uint32_t second) {
  UInts words;
  EACH(i, 16) words[i] = i < 8 ? first : second;
  return (Ints)(words >> (UInts)LANES16(THRICE_OF_EIGHT) & 7);
}
INLINE Ints iq3_codes(const uint16_t *grid, const uint32_t *entries) {
  return three_bit_codes(
      (uint32_t)grid[entries[0]] | (uint32_t)grid[entries[1]] << 12,
      (uint32_t)grid[entries[2]] | (uint32_t)grid[entries[3]] << 12);
}

/// Sixteen signs, a bit each.
INLINE Ints with_signs(Ints values, uint32_t signs) {
  Ints negative = -(Ints)(((UInts)0 + signs) >> (UInts)LANES16(ONCE) & 1);
  return (values ^ negative) - negative;
}

/// Seven signs, the eighth being such that an even number of them is negative; two such groups.
INLINE uint32_t eight_signs(uint32_t seven) { return seven | (uint32_t)__builtin_parity(seven) << 7; }
INLINE uint32_t sixteen_signs(uint32_t sevens) {
  return eight_signs(sevens & 127) | eight_signs(sevens >> 7 & 127) << 8;
}

INLINE void store_scaled(float scale, Ints values, float *y) {
  store_floats(canonical(scale * __builtin_convertvector(values, Floats)), y);
}

INLINE void decode_iq2_xxs(const uint8_t *b, float *y) {
  float d = half_at(b);
  EACH(j, 16) {
    const uint8_t *entries = b + 2 + j / 2 * 8 + j % 2 * 2;
    uint32_t word = word_at(b + 2 + j / 2 * 8 + 4);
    Ints values = iq2_values(ckernels_iq2_xxs_grid, entries[0], entries[1]);
    store_scaled(d * (0.5f + (word >> 28)) * 0.25f, with_signs(values, sixteen_signs(word >> j % 2 * 14)), y + 16 * j);
  }
}
INLINE void decode_iq2_xs(const uint8_t *b, float *y) {
  float d = half_at(b);
  EACH(j, 16) {
    uint32_t first = half_word_at(b + 2 + 4 * j), second = half_word_at(b + 4 + 4 * j);
    uint32_t scale = b[66 + j / 2] >> j % 2 * 4 & 15;
    Ints values = iq2_values(ckernels_iq2_xs_grid, first & 511, second & 511);
    store_scaled(d * (0.5f + scale) * 0.25f, with_signs(values, sixteen_signs(first >> 9 | second >> 9 << 7)), y + 16 * j);
  }
}
INLINE void decode_iq2_s(const uint8_t *b, float *y) {
  float d = half_at(b);
  EACH(j, 16) {
    uint32_t high = b[66 + j / 2] >> j % 2 * 4, scale = b[74 + j / 2] >> j % 2 * 4 & 15;
    Ints values = iq2_values(
        ckernels_iq2_s_grid, b[2 + 2 * j] | (high & 3) << 8, b[3 + 2 * j] | (high >> 2 & 3) << 8);
    store_scaled(d * (0.5f + scale) * 0.25f, with_signs(values, half_word_at(b + 34 + 2 * j)), y + 16 * j);
  }
}
INLINE void decode_iq3_xxs(const uint8_t *b, float *y) {
  float d = half_at(b);
  EACH(j, 16) {
    uint32_t entries[4], word = word_at(b + 66 + j / 2 * 4);
    EACH(k, 4) entries[k] = b[2 + 4 * j + k];
    Ints codes = iq3_codes(ckernels_iq3_xxs_grid, entries);
    // 4, 12, 20, 28, 36, 44, 52 and 62.
    Ints values = codes * 8 + 4 + ((codes + 1) >> 3 << 1);
    store_scaled(d * (0.5f + (word >> 28)) * 0.5f, with_signs(values, sixteen_signs(word >> j % 2 * 14)), y + 16 * j);
  }
}
INLINE void decode_iq3_s(const uint8_t *b, float *y) {
  float d = half_at(b);
  EACH(j, 16) {
    uint32_t entries[4], high = b[66 + j / 2] >> j % 2 * 4;
    EACH(k, 4) entries[k] = b[2 + 4 * j + k] | (high >> k & 1) << 8;
    Ints values = iq3_codes(ckernels_iq3_s_grid, entries) * 2 + 1;
    int scale = b[106 + j / 4] >> j / 2 % 2 * 4 & 15;
    store_scaled(d * (1 + 2 * scale), with_signs(values, half_word_at(b + 74 + 2 * j)), y + 16 * j);
  }
}

/// Two entries, with an eighth added to or taken from each.
INLINE void store_iq1(float scale, const uint32_t *entries, const uint32_t *isLess, float *y) {
  Ints codes = two_bit_codes((uint32_t)ckernels_iq1_grid[entries[0]] | (uint32_t)ckernels_iq1_grid[entries[1]] << 16);
  Ints eighth;
  EACH(i, 16) eighth[i] = isLess[i / 8] ? -1 : 1;
  Floats values = __builtin_convertvector((codes - 1) * 8 + eighth, Floats) * 0.125f;
  store_floats(canonical(scale * values), y);
}
INLINE void decode_iq1_s(const uint8_t *b, float *y) {
  float d = half_at(b);
  EACH(j, 16) {
    uint32_t high = half_word_at(b + 34 + j / 2 * 2), entries[2], isLess[2] = {high >> 15, high >> 15};
    EACH(k, 2) entries[k] = b[2 + 2 * j + k] | (high >> (j % 2 * 2 + k) * 3 & 7) << 8;
    store_iq1(d * (2 * (int)(high >> 12 & 7) + 1), entries, isLess, y + 16 * j);
  }
}
INLINE void decode_iq1_m(const uint8_t *b, float *y) {
  uint8_t half[2] = {
      (uint8_t)(b[49] >> 4 | (b[51] >> 4) << 4),
      (uint8_t)(b[53] >> 4 | (b[55] >> 4) << 4),
  };
  float d = half_at(half);
  EACH(j, 16) {
    uint32_t entries[2], isLess[2], scale = half_word_at(b + 48 + j / 4 * 2) >> j % 4 * 3 & 7;
    EACH(k, 2) {
      uint32_t high = b[32 + j] >> 4 * k;
      entries[k] = b[2 * j + k] | (high & 7) << 8;
      isLess[k] = high >> 3 & 1;
    }
    store_iq1(d * (2 * (int)scale + 1), entries, isLess, y + 16 * j);
  }
}

/// Sixteen bytes of which each holds five ternary digits as a fraction: the digit behind `power` = 3^n.
INLINE void store_ternary(float scale, Bytes bytes, int power, float *y) {
  Halves rest = __builtin_convertvector(bytes * (uint8_t)power, Halves);
  store_scaled(scale, __builtin_convertvector(rest * 3 >> 8, Ints) - 1, y);
}
INLINE void decode_tq1_0(const uint8_t *b, float *y) {
  static const int powers[5] = {1, 3, 9, 27, 81};
  float d = half_at(b + 52);
  EACH(n, 5) {
    EACH(i, 2) store_ternary(d, load_bytes(b + 16 * i), powers[n], y + 32 * n + 16 * i);
    store_ternary(d, load_bytes(b + 32), powers[n], y + 160 + 16 * n);
  }
  EACH(i, 16) y[240 + i] = canonical_value(d * (((b[48 + i % 4] * powers[i / 4] & 255) * 3 >> 8) - 1));
}
INLINE void decode_tq2_0(const uint8_t *b, float *y) {
  float d = half_at(b + 64);
  EACH(j, 16) {
    Bytes codes = load_bytes(b + j / 8 * 32 + j % 2 * 16) >> (uint8_t)(j % 8 / 2 * 2) & 3;
    store_products(d, codes, 1, y + 16 * j);
  }
}
INLINE void decode_q1_0(const uint8_t *b, float *y) {
  float d = half_at(b);
  EACH(j, 8) store_scaled(d, with_signs((Ints)0 - 1, half_word_at(b + 2 + 2 * j)), y + 16 * j);
}
INLINE void decode_q2_0(const uint8_t *b, float *y) {
  float d = half_at(b);
  EACH(j, 4) store_scaled(d, two_bit_codes(word_at(b + 2 + 4 * j)) - 1, y + 16 * j);
}
INLINE void decode_nvfp4(const uint8_t *b, float *y) {
  EACH(j, 4) {
    // Unsigned E4M3, halved as the table is doubled. 0x7f stands for 0; of the sign bit nothing is read otherwise.
    float d = b[j] == 0x7f ? 0 : fp8_magnitudes((Ints)0 + (b[j] & 127))[0] * 0.5f;
    uint8_t bytes[16];
    memcpy(bytes, b + 4 + 8 * j, 8);
    memcpy(bytes + 8, bytes, 8);
    Bytes both = load_bytes(bytes);
    store_looked_up(d, fp4_values_above_least, both >> (Bytes)LANES16(FOUR_OF_LAST_EIGHT) & 15, 12, y + 16 * j);
  }
}

#define NUMBER(name, type) \
  INLINE void decode_##name(const uint8_t *b, float *y) { \
    type value; \
    memcpy(&value, b, sizeof value); \
    *y = canonical_value((float)value); \
  }
NUMBER(i8, int8_t)
NUMBER(i16, int16_t)
NUMBER(i32, int32_t)
NUMBER(i64, int64_t)
NUMBER(f64, double)
#undef NUMBER
