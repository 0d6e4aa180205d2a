// BF16 and F16 rows to Float32 and back.

INLINE Floats floats_of_bf16(Halves halves) { return (Floats)(__builtin_convertvector(halves, UInts) << 16); }

static void decode_bf16(const uint8_t *bytes, ptrdiff_t count, float *values) {
  ptrdiff_t i = 0;
  for (; i + 16 <= count; i += 16) store_floats(floats_of_bf16(load_halves(bytes + 2 * i)), values + i);
  if (i < count) store_some_floats(floats_of_bf16(load_some_halves(bytes + 2 * i, count - i)), values + i, count - i);
}

INLINE Halves bf16_of_floats(Floats values) {
  UInts bits = (UInts)values;
  UInts rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  UInts nan = bits >> 16 | 0x40;
  return __builtin_convertvector(values == values ? rounded : nan, Halves);
}

static void encode_bf16(const float *values, ptrdiff_t count, uint8_t *bytes) {
  ptrdiff_t i = 0;
  for (; i + 16 <= count; i += 16) store_halves(bf16_of_floats(load_floats(values + i)), bytes + 2 * i);
  if (i < count) store_some_halves(bf16_of_floats(load_some_floats(values + i, count - i)), bytes + 2 * i, count - i);
}

// The instruction for halves makes signalling NaN quiet; this keeps every bit.
INLINE Floats floats_of_f16(Halves halves) {
  UInts bits = __builtin_convertvector(halves, UInts);
  Ints magnitude = (Ints)(bits & 0x7fff);
  Ints shifted = magnitude << 13;
  Floats small = ((Floats)(magnitude | 0x4b000000) - 8388608.0f) * 0x1p-24f;
  Ints large = magnitude < 0x7c00 ? shifted + 0x38000000 : shifted + 0x70000000;
  Ints result = magnitude < 0x400 ? (Ints)small : large;
  return (Floats)((UInts)result | (bits & 0x8000) << 16);
}

static void decode_f16(const uint8_t *bytes, ptrdiff_t count, float *values) {
  ptrdiff_t i = 0;
  for (; i + 16 <= count; i += 16) store_floats(floats_of_f16(load_halves(bytes + 2 * i)), values + i);
  if (i < count) store_some_floats(floats_of_f16(load_some_halves(bytes + 2 * i, count - i)), values + i, count - i);
}

INLINE Halves f16_of_floats(Floats values) {
  UInts bits = (UInts)values;
  Ints magnitude = magnitude_bits(values);
  // Below 2^-14: a multiple of 2^-24, found by letting the addition round.
  Ints small = (Ints)((Floats)magnitude + 0.5f) - 0x3f000000;
  Ints normal = (magnitude + 0xfff + ((magnitude >> 13) & 1) - 0x38000000) >> 13;
  Ints result = magnitude < 0x38800000 ? small : normal;
  result = magnitude >= 0x47800000 ? (Ints)0 + 0x7c00 : result;
  result = magnitude > 0x7f800000 ? (Ints)0 + 0x7e00 : result;
  return __builtin_convertvector((UInts)result | (bits >> 16 & 0x8000), Halves);
}

static void encode_f16(const float *values, ptrdiff_t count, uint8_t *bytes) {
  ptrdiff_t i = 0;
  for (; i + 16 <= count; i += 16) store_halves(f16_of_floats(load_floats(values + i)), bytes + 2 * i);
  if (i < count) store_some_halves(f16_of_floats(load_some_floats(values + i, count - i)), bytes + 2 * i, count - i);
}

static ptrdiff_t first_non_finite(const float *values, ptrdiff_t count) {
  ptrdiff_t i = 0;
  for (; i + 64 <= count; i += 64) {
    Ints largest = magnitude_bits(load_floats(values + i));
    for (int part = 1; part < 4; part++) largest = larger(largest, magnitude_bits(load_floats(values + i + 16 * part)));
    if (__builtin_reduce_max(largest) >= 0x7f800000) break;
  }
  for (; i < count; i++) {
    if ((bits_of_float(values[i]) & 0x7fffffff) >= 0x7f800000) return i;
  }
  return -1;
}
