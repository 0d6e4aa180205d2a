// Small operations on sixteen lanes.

INLINE Floats load_floats(const float *from) { return *(const FloatsAnywhere *)from; }
INLINE void store_floats(Floats values, float *to) { *(FloatsAnywhere *)to = values; }
INLINE Halves load_halves(const uint8_t *from) { return *(const HalvesAnywhere *)from; }
INLINE void store_halves(Halves values, uint8_t *to) { *(HalvesAnywhere *)to = values; }
INLINE Bytes load_bytes(const uint8_t *from) { return *(const BytesAnywhere *)from; }
INLINE void store_bytes(Bytes values, uint8_t *to) { *(BytesAnywhere *)to = values; }

/// The first `count` of sixteen lanes, the rest 0; and the same way back.
INLINE Floats load_some_floats(const float *from, ptrdiff_t count) {
  float lanes[16] = {0};
  memcpy(lanes, from, (size_t)count * 4);
  return load_floats(lanes);
}
INLINE void store_some_floats(Floats values, float *to, ptrdiff_t count) {
  float lanes[16];
  store_floats(values, lanes);
  memcpy(to, lanes, (size_t)count * 4);
}
INLINE Halves load_some_halves(const uint8_t *from, ptrdiff_t count) {
  uint8_t lanes[32] = {0};
  memcpy(lanes, from, (size_t)count * 2);
  return load_halves(lanes);
}
INLINE void store_some_halves(Halves values, uint8_t *to, ptrdiff_t count) {
  uint8_t lanes[32];
  store_halves(values, lanes);
  memcpy(to, lanes, (size_t)count * 2);
}
INLINE Bytes load_some_bytes(const uint8_t *from, ptrdiff_t count) {
  uint8_t lanes[16] = {0};
  memcpy(lanes, from, (size_t)count);
  return load_bytes(lanes);
}
INLINE void store_some_bytes(Bytes values, uint8_t *to, ptrdiff_t count) {
  uint8_t lanes[16];
  store_bytes(values, lanes);
  memcpy(to, lanes, (size_t)count);
}

INLINE float float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, 4);
  return value;
}
INLINE uint32_t bits_of_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  return bits;
}

INLINE Ints magnitude_bits(Floats values) { return (Ints)values & 0x7fffffff; }
INLINE Ints larger(Ints a, Ints b) { return a > b ? a : b; }

/// `value < limit ? value : limit`: NaN becomes the limit.
INLINE Floats at_most(Floats values, float limit) { return values < (Floats)limit ? values : (Floats)limit; }
INLINE Floats at_least(Floats values, float limit) { return values >= (Floats)limit ? values : (Floats)limit; }

/// 1.5 × 2^23: adding it leaves a small number rounded to nearest even in the lowest bits.
#define ROUNDER 12582912.0f
#define ROUNDER_BITS 0x4b400000

/// Quiet NaN without sign in place of any NaN, whose bits differ between CPUs.
INLINE Floats canonical(Floats values) { return values == values ? values : (Floats)((Ints)0 + 0x7fc00000); }
INLINE float canonical_value(float value) { return value == value ? value : float_of_bits(0x7fc00000); }

/// To BF16 and back; not for NaN. Rounding never lowers a magnitude below a smaller one's, so that the rounded largest
/// is the largest of the rounded.
INLINE UInts bf16_rounded_bits(UInts bits) { return (bits + 0x7fff + ((bits >> 16) & 1)) & 0xffff0000u; }
INLINE Floats bf16_rounded(Floats values) { return (Floats)bf16_rounded_bits((UInts)values); }
INLINE float bf16_rounded_value(float value) {
  uint32_t bits = bits_of_float(value);
  return float_of_bits((bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000u);
}

/// The same to F16: what is beyond its range becomes a magnitude of 65536 or more, not infinity; not for NaN.
INLINE Floats f16_rounded(Floats values) {
  UInts bits = (UInts)magnitude_bits(values);
  UInts normal = (bits + 0xfff + ((bits >> 13) & 1)) & 0xffffe000u;
  // Below 2^-14: a multiple of 2^-24, found by letting the addition round.
  Floats small = ((Floats)bits + 0.5f) - 0.5f;
  UInts rounded = (Ints)bits < 0x38800000 ? (UInts)small : normal;
  return (Floats)(rounded | ((UInts)values & 0x80000000u));
}
INLINE float f16_rounded_value(float value) {
  uint32_t bits = bits_of_float(value), sign = bits & 0x80000000u;
  bits &= 0x7fffffff;
  uint32_t rounded = bits < 0x38800000 ? bits_of_float((float_of_bits(bits) + 0.5f) - 0.5f)
                                       : (bits + 0xfff + (bits >> 13 & 1)) & 0xffffe000u;
  return float_of_bits(rounded | sign);
}

/// E4M3 magnitudes (codes without their sign) to Float32, without NaN: 0x7f reads as 480.
INLINE Floats fp8_magnitudes(Ints codes) {
  Floats normal = (Floats)((codes << 20) + (120 << 23));
  // Below 2^-6: a multiple of 2^-9, without denormal operands.
  Floats small = ((Floats)(codes | 0x4b000000) - 8388608.0f) * 0x1p-9f;
  return codes < 8 ? small : normal;
}
