// Symmetric INT4 in groups.

INLINE Floats rounded_to(int precision, Floats values) {
  if (precision == ckernels_bf16) return bf16_rounded(values);
  if (precision == ckernels_f16) return f16_rounded(values);
  return values;
}
INLINE float value_rounded_to(int precision, float value) {
  if (precision == ckernels_bf16) return bf16_rounded_value(value);
  if (precision == ckernels_f16) return f16_rounded_value(value);
  return value;
}
/// From these bits on a rounded magnitude is not finite in the precision.
INLINE uint32_t infinity_of(int precision) { return precision == ckernels_f16 ? 0x47800000 : 0x7f800000; }

/// Whether a value is finite in the precision. NaN is judged before it is rounded.
INLINE int is_finite_in(int precision, uint32_t magnitude) {
  if (magnitude >= 0x7f800000) return 0;
  return bits_of_float(value_rounded_to(precision, float_of_bits(magnitude))) < infinity_of(precision);
}

/// What the library puts where a scale would be 0: the machine epsilon of the dtype.
INLINE float scale_of_zero(int precision) {
  return precision == ckernels_bf16 ? 0x1p-7f : precision == ckernels_f16 ? 0x1p-10f : 0x1p-23f;
}
INLINE float ct_scale(int precision, float largest) {
  float scale = value_rounded_to(precision, largest / 7.5f);
  return scale == 0 ? scale_of_zero(precision) : scale;
}

/// The nearest codes, plus `ROUNDER`.
INLINE Floats nearest_codes(Floats quotients) { return at_least(at_most(quotients, 7.0f), -8.0f) + ROUNDER; }

INLINE Bytes nibbles(Floats codes) { return __builtin_convertvector((UInts)codes - ROUNDER_BITS + 8, Bytes); }

INLINE void store_nibbles(Bytes first, Bytes second, uint8_t *packed) {
  Bytes even = __builtin_shufflevector(
      first, second, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  Bytes odd = __builtin_shufflevector(
      first, second, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  store_bytes(even | odd << 4, packed);
}

/// The largest magnitude of a group; its bits are those of infinity or above where a value is not finite.
INLINE uint32_t largest_of_group(const float *values, ptrdiff_t group) {
  Ints largest = magnitude_bits(load_floats(values));
  for (ptrdiff_t i = 16; i < group; i += 16) largest = larger(largest, magnitude_bits(load_floats(values + i)));
  return (uint32_t)__builtin_reduce_max(largest);
}

INLINE ptrdiff_t first_not_finite_in(int precision, const float *values) {
  ptrdiff_t i = 0;
  while (is_finite_in(precision, bits_of_float(values[i]) & 0x7fffffff)) i++;
  return i;
}

INLINE ptrdiff_t encode_int4_as(
    const int precision, const float *values, ptrdiff_t count, ptrdiff_t group, float *scales, uint8_t *packed) {
  for (ptrdiff_t start = 0; start < count; start += group) {
    uint32_t largest = largest_of_group(values + start, group);
    if (!is_finite_in(precision, largest)) return start + first_not_finite_in(precision, values + start);
    float scale = ct_scale(precision, value_rounded_to(precision, float_of_bits(largest)));
    *scales++ = scale;
    for (ptrdiff_t i = start; i < start + group; i += 32) {
      Floats first = rounded_to(precision, load_floats(values + i));
      Floats second = rounded_to(precision, load_floats(values + i + 16));
      store_nibbles(
          nibbles(nearest_codes(rounded_to(precision, first / scale))),
          nibbles(nearest_codes(rounded_to(precision, second / scale))), packed + i / 2);
    }
  }
  return -1;
}

static ptrdiff_t encode_int4(
    const float *values, ptrdiff_t count, ptrdiff_t group, int precision, float *scales, uint8_t *packed) {
  switch (precision) {
  case ckernels_bf16: return encode_int4_as(ckernels_bf16, values, count, group, scales, packed);
  case ckernels_f16: return encode_int4_as(ckernels_f16, values, count, group, scales, packed);
  default: return encode_int4_as(ckernels_f32, values, count, group, scales, packed);
  }
}

/// Σ(value − code × scale)² of a group, with the nearest codes.
INLINE float squared_error(const float *values, ptrdiff_t group, float scale) {
  Floats lanes = (Floats)0;
  for (ptrdiff_t i = 0; i < group; i += 16) {
    Floats x = load_floats(values + i);
    Floats difference = x - (nearest_codes(x / scale) - ROUNDER) * scale;
    lanes += difference * difference;
  }
  float sums[16];
  store_floats(lanes, sums);
  for (int width = 8; width > 0; width /= 2) {
    for (int i = 0; i < width; i++) sums[i] += sums[i + width];
  }
  return sums[0];
}

INLINE ptrdiff_t search_int4_as(
    const int precision, const float *values, ptrdiff_t count, ptrdiff_t group, const float *factors,
    ptrdiff_t factor_count, float *scales, uint8_t *packed) {
  for (ptrdiff_t start = 0; start < count; start += group) {
    uint32_t bits = largest_of_group(values + start, group);
    if (!is_finite_in(precision, bits)) return start + first_not_finite_in(precision, values + start);
    float largest = float_of_bits(bits);
    float best = ct_scale(precision, value_rounded_to(precision, largest));
    float least = squared_error(values + start, group, best);
    for (ptrdiff_t i = 1; i < factor_count; i++) {
      float unrounded = largest / 7.5f * factors[i];
      if (!is_finite_in(precision, bits_of_float(unrounded))) continue;
      float candidate = value_rounded_to(precision, unrounded);
      if (!(candidate > 0)) continue;
      float error = squared_error(values + start, group, candidate);
      if (error < least) {
        least = error;
        best = candidate;
      }
    }
    *scales++ = best;
    for (ptrdiff_t i = start; i < start + group; i += 32) {
      store_nibbles(
          nibbles(nearest_codes(load_floats(values + i) / best)),
          nibbles(nearest_codes(load_floats(values + i + 16) / best)), packed + i / 2);
    }
  }
  return -1;
}

static ptrdiff_t search_int4(
    const float *values, ptrdiff_t count, ptrdiff_t group, int precision, const float *factors,
    ptrdiff_t factor_count, float *scales, uint8_t *packed) {
  switch (precision) {
  case ckernels_bf16:
    return search_int4_as(ckernels_bf16, values, count, group, factors, factor_count, scales, packed);
  case ckernels_f16:
    return search_int4_as(ckernels_f16, values, count, group, factors, factor_count, scales, packed);
  default: return search_int4_as(ckernels_f32, values, count, group, factors, factor_count, scales, packed);
  }
}

INLINE Floats int4_values(Bytes codes, float scale) {
  return canonical(__builtin_convertvector(__builtin_convertvector(codes, Ints) - 8, Floats) * scale);
}

static void decode_int4(
    const uint8_t *row, ptrdiff_t first, ptrdiff_t count, ptrdiff_t group, const float *scales, float *values) {
  ptrdiff_t column = first, end = first + count;
  while (column < end) {
    float scale = scales[column / group];
    ptrdiff_t group_end = (column / group + 1) * group;
    if (group_end > end) group_end = end;
    // Groups begin on a multiple of 32, so that whole vectors begin on a byte once the first 32 columns are passed.
    for (; column < group_end && column % 32 != 0; column++) {
      int nibble = row[column / 2] >> 4 * (column % 2) & 15;
      values[column - first] = canonical_value((float)(nibble - 8) * scale);
    }
    for (; column + 32 <= group_end; column += 32) {
      Bytes pairs = load_bytes(row + column / 2), even = pairs & 15, odd = pairs >> 4;
      store_floats(
          int4_values(
              __builtin_shufflevector(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), scale),
          values + (column - first));
      store_floats(
          int4_values(
              __builtin_shufflevector(even, odd, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), scale),
          values + (column - first) + 16);
    }
    for (; column < group_end; column++) {
      int nibble = row[column / 2] >> 4 * (column % 2) & 15;
      values[column - first] = canonical_value((float)(nibble - 8) * scale);
    }
  }
}
