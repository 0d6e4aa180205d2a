// Blocks of 32 on lanes, and IQ4_XS. `mean_square` is that of each block's row, where there is importance.

/// Four bits of each of 32 codes: the first sixteen are the low halves.
FRAME void pack_nibbles(const LaneInts *codes, LaneBytes *bytes) {
  EACH(i, 16) bytes[i] = lane_bytes((codes[i] & 15) | (codes[i + 16] & 15) << 4);
}

/// The fifth bits, one after the other.
FRAME void pack_fifth_bits(const LaneInts *codes, LaneBytes *bytes) {
  EACH(i, 4) {
    LaneInts bits = (LaneInts)0;
    EACH(k, 8) bits |= (codes[8 * i + k] >> 4 & 1) << k;
    bytes[i] = lane_bytes(bits);
  }
}

/// 1 / scale; 0 for 0.
INLINE Lanes inverse_of(Lanes scale) { return select_lanes(scale != 0, 1.0f / scale, lanes_of(0)); }

/// Without its fraction; 0 where that is out of range because a scale is so small that its inverse is infinite.
INLINE LaneInts truncated_code(Lanes a) {
  LaneInts is_in_range = magnitude(a) < 65536.0f;
  return __builtin_convertvector(select_lanes(is_in_range, a, lanes_of(0)), LaneInts);
}

/// Q4_0 (`top` 8) and Q5_0 (16).
FRAME void encode_symmetric(
    const int top, const Lanes *x, const Lanes *importance, Lanes mean_square, LaneBytes *bytes) {
  Lanes scale;
  LaneInts codes[32];
  if (importance) {
    Lanes w[32], inverse;
    set_weights(32, x, importance, mean_square, w);
    scale = symmetric(32, top, 0, x, w, &inverse, NULL);
    EACH(i, 32) codes[i] = symmetric_code(top, x[i], inverse);
  } else {
    scale = extreme_of(32, x) / (float)-top;
    Lanes inverse = inverse_of(scale);
    EACH(i, 32) codes[i] = at_most_int(truncated_code(x[i] * inverse + (top + 0.5f)), 2 * top - 1);
  }
  store_scale(scale, bytes);
  if (top == 16) pack_fifth_bits(codes, bytes + 2);
  pack_nibbles(codes, bytes + (top == 16 ? 6 : 2));
}

/// Q4_1 (`top` 15) and Q5_1 (31).
FRAME void encode_affine(
    const int top, const Lanes *x, const Lanes *importance, Lanes mean_square, LaneBytes *bytes) {
  Lanes scale, low;
  LaneInts codes[32];
  if (importance) {
    Lanes w[32];
    set_weights(32, x, importance, mean_square, w);
    Affine found;
    affine(1, 32, top, weighted_trials, x, w, &found);
    scale = found.scale;
    low = -found.minimum;
    EACH(i, 32) codes[i] = affine_code(top, x[i], &found);
  } else {
    low = x[0];
    Lanes high = x[0];
    EACH(i, 32) {
      low = x[i] < low ? x[i] : low;
      high = x[i] > high ? x[i] : high;
    }
    scale = (high - low) / (float)top;
    Lanes inverse = inverse_of(scale);
    EACH(i, 32) codes[i] = at_most_int(truncated_code((x[i] - low) * inverse + 0.5f), top);
  }
  store_scale(scale, bytes);
  store_scale(low, bytes + 2);
  if (top == 31) pack_fifth_bits(codes, bytes + 4);
  pack_nibbles(codes, bytes + (top == 31 ? 8 : 4));
}

FRAME void encode_q4_0(const Lanes *x, const Lanes *importance, Lanes mean_square, LaneBytes *bytes) {
  encode_symmetric(8, x, importance, mean_square, bytes);
}
FRAME void encode_q5_0(const Lanes *x, const Lanes *importance, Lanes mean_square, LaneBytes *bytes) {
  encode_symmetric(16, x, importance, mean_square, bytes);
}
FRAME void encode_q4_1(const Lanes *x, const Lanes *importance, Lanes mean_square, LaneBytes *bytes) {
  encode_affine(15, x, importance, mean_square, bytes);
}
FRAME void encode_q5_1(const Lanes *x, const Lanes *importance, Lanes mean_square, LaneBytes *bytes) {
  encode_affine(31, x, importance, mean_square, bytes);
}

FRAME void encode_q8_0(const Lanes *x, const Lanes *importance, Lanes mean_square, LaneBytes *bytes) {
  Lanes most = lanes_of(0);
  EACH(i, 32) most = largest_of(most, magnitude(x[i]));
  Lanes scale = most / 127.0f, inverse = inverse_of(scale);
  store_scale(scale, bytes);
  EACH(i, 32) {
    // To nearest, ties away from zero: what the fraction lacks is exact.
    Lanes quotient = x[i] * inverse;
    LaneInts whole = truncated_code(quotient);
    Lanes rest = quotient - lane_floats(whole);
    LaneInts code = whole - (LaneInts)(rest >= 0.5f) + (LaneInts)(rest <= -0.5f);
    bytes[2 + i] = lane_bytes(select_ints(magnitude(quotient) < 65536.0f, code, (LaneInts)0) & 255);
  }
}

/// The floor of the logarithm as Float32 has it: just below a power of two the logarithm is rounded up to it.
INLINE int32_t floor_of_log2(float value) {
  uint32_t bits = bits_of_float(value);
  int shift = bits < 1u << 23 ? __builtin_clz(bits) - 8 : 0;
  int exponent = (shift ? 1 - shift : (int)(bits >> 23)) - 127, next = exponent + 1 < 0 ? -exponent - 1 : exponent + 1;
  if (next == 0) return exponent;
  // Units of 2^-24 that are missing; half a unit in the last place of the logarithm is worth 2^(its exponent) × ln 2.
  uint32_t missing = (1u << 23) - (bits << shift & 0x7fffff);
  int power = 31 - __builtin_clz((unsigned)next), is_below_power = exponent >= 0 && next == 1 << power;
  float limit = 0.6931472f * (float)(1 << power) * (is_below_power ? 0.5f : 1.0f);
  return (float)missing <= limit ? exponent + 1 : exponent;
}

FRAME void encode_mxfp4(const Lanes *x, const Lanes *importance, Lanes mean_square, LaneBytes *bytes) {
  Lanes most = lanes_of(0), scale;
  EACH(i, 32) most = largest_of(most, magnitude(x[i]));
  LaneInts exponents;
  EACH(lane, LANES) {
    uint8_t code = most[lane] > 0 ? (uint8_t)(floor_of_log2(most[lane]) - 2 + 127) : 0;
    exponents[lane] = code;
    scale[lane] = float_of_bits(code < 2 ? 0x00200000u << code : (uint32_t)(code - 1) << 23);
  }
  bytes[0] = lane_bytes(exponents);
  // Of codes 0 to 7 the nearest to the magnitude, the lower one half-way. A half-way point is exact, and so are the errors
  // of its neighbours near it: where they are rounded, no other code is the nearest.
  static const float halfway[7] = {0.5f, 1.5f, 2.5f, 3.5f, 5, 7, 10};
  Lanes limits[7];
  EACH(k, 7) limits[k] = halfway[k] * scale;
  LaneInts codes[32];
  EACH(i, 32) {
    Lanes size = magnitude(x[i]);
    LaneInts code = (LaneInts)0;
    EACH(k, 7) code -= size > limits[k];
    // What is nearest to 0 has the code of +0.
    codes[i] = code | ((x[i] < 0) & (code > 0) & 8);
  }
  pack_nibbles(codes, bytes + 1);
}

static const float iq4_values[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
static const uint8_t __attribute__((aligned(16))) iq4_values_above_least[16] = {
    0, 23, 44, 62, 78, 92, 105, 117, 128, 140, 152, 165, 180, 196, 216, 240};
/// Half-way between neighbours, where the upper one is taken; NaN counts as above all.
static const float iq4_limits[15] = {
    -115.5f, -93.5f, -74, -57, -42, -28.5f, -16, -4.5f, 7, 19, 31.5f, 45.5f, 61, 79, 101};

#ifdef LEVEL_AVX2
// Limits are whole numbers of halves, and of 32 segments of sixteen halves, from −256 on, none holds two. A byte for each
// segment: sixteen times the code at its begin, and what the limit lacks to the end. Its sum with the place in the segment,
// divided by sixteen, is the code. Tables are looked up in the lowest byte of each lane: a byte of 0x80 or above gives 0,
// and so does entry 0.
#ifdef LEVEL_AVX512
#define LOOK_UP(table, indexes) \
  (RegisterInts) _mm512_shuffle_epi8(_mm512_broadcast_i32x4(*(const __m128i *)(table)), (__m512i)(indexes))
#define FLOOR(a) (Register) _mm512_roundscale_ps((__m512)(a), 9)
#else
#define LOOK_UP(table, indexes) \
  (RegisterInts) _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(*(const __m128i *)(table)), (__m256i)(indexes))
#define FLOOR(a) (Register) _mm256_floor_ps((__m256)(a))
#endif
static const uint8_t __attribute__((aligned(16))) iq4_segments[2][16] = {
    {0, 7, 16, 16, 27, 32, 36, 48, 50, 64, 68, 80, 89, 96, 112, 121},
    {130, 144, 154, 161, 176, 181, 192, 198, 208, 210, 224, 224, 230, 240, 240, 240}};

INLINE RegisterInts iq4_codes_of_register(Register x) {
  Register halves = x + x;
  // NaN counts as above all.
  halves = halves < 255.0f ? halves : (Register)255.0f;
  halves = halves > -256.0f ? halves : (Register)-256.0f;
  RegisterInts place = __builtin_convertvector(FLOOR(halves), RegisterInts) + 256, segment = place >> 4;
  RegisterInts entry = LOOK_UP(iq4_segments[0], segment + (int)0x80808070u) |
                       LOOK_UP(iq4_segments[1], segment + (int)0x808080f0u);
  return (entry + (place & 15)) >> 4;
}
INLINE Register iq4_values_of_register(Register x) {
  return __builtin_convertvector(LOOK_UP(iq4_values_above_least, iq4_codes_of_register(x)), Register) - 127.0f;
}

INLINE Lanes iq4_value(Lanes x) {
  Register parts[LANES / REGISTER];
  memcpy(parts, &x, sizeof x);
  EACH(i, LANES / REGISTER) parts[i] = iq4_values_of_register(parts[i]);
  memcpy(&x, parts, sizeof x);
  return x;
}
INLINE LaneInts iq4_code(Lanes x) {
  Register parts[LANES / REGISTER];
  RegisterInts codes[LANES / REGISTER];
  LaneInts all;
  memcpy(parts, &x, sizeof x);
  EACH(i, LANES / REGISTER) codes[i] = iq4_codes_of_register(parts[i]);
  memcpy(&all, codes, sizeof all);
  return all;
}
#undef LOOK_UP
#undef FLOOR
#else
/// The nearest of the values, as a sum of steps.
INLINE Lanes iq4_value(Lanes x) {
  Lanes value = lanes_of(iq4_values[0]);
  EACH(k, 15) {
    float step = iq4_values[k + 1] - iq4_values[k];
    value += select_lanes(x < iq4_limits[k], lanes_of(0), lanes_of(step));
  }
  return value;
}
INLINE LaneInts iq4_code(Lanes x) {
  LaneInts code = (LaneInts)0;
  EACH(k, 15) code += 1 + (LaneInts)(x < iq4_limits[k]);
  return code;
}
#endif

FRAME void iq4_sums(const Lanes *x, const Lanes *w, Lanes inverse, Lanes *qx, Lanes *q2) {
  Lanes a = lanes_of(0), b = lanes_of(0);
  EACH(i, 32) {
    Lanes value = iq4_value(inverse * x[i]), wv = w[i] * value;
    a += wv * x[i];
    b += wv * value;
  }
  *qx = a;
  *q2 = b;
}

/// The scale of a group of 32, from sixteen trials.
FRAME Lanes iq4_scale(const Lanes *x, const Lanes *importance, Lanes mean_square) {
  Lanes w[32], qx, q2, extreme = extreme_of(32, x);
  if (importance) {
    set_weights(32, x, importance, mean_square, w);
  } else {
    EACH(i, 32) w[i] = x[i] * x[i];
  }
  iq4_sums(x, w, 1.0f / (-extreme / iq4_values[0]), &qx, &q2);
  Lanes scale = select_lanes(q2 > 0, qx / q2, lanes_of(0)), best = scale * qx;
  for (int step = -7; step <= 7; step++) {
    iq4_sums(x, w, (step + iq4_values[0]) / extreme, &qx, &q2);
    LaneInts wins = (q2 > 0) & (qx * qx > best * q2);
    scale = select_lanes(wins, qx / q2, scale);
    best = select_lanes(wins, scale * qx, best);
  }
  return select_lanes(magnitude(extreme) < LEAST_EXTREME, lanes_of(0), scale);
}

FRAME void encode_iq4_nl(const Lanes *x, const Lanes *importance, Lanes unused, LaneBytes *bytes) {
  Lanes scale = iq4_scale(x, importance, sum_of_squares(32, x) * (2.0f / 32)), inverse = inverse_of(scale);
  LaneInts codes[32];
  store_scale(scale, bytes);
  EACH(i, 32) codes[i] = iq4_code(inverse * x[i]);
  pack_nibbles(codes, bytes + 2);
}

FRAME void encode_iq4_xs(const Lanes *x, const Lanes *importance, Lanes unused, LaneBytes *bytes) {
  Lanes scales[8], mean_square = sum_of_squares(256, x) * (2.0f / 256);
  EACH(j, 8) scales[j] = iq4_scale(x + 32 * j, importance ? importance + 32 * j : importance, mean_square);
  Lanes d = -extreme_of(8, scales) / 32.0f, inverse = inverse_of(d);
  store_scale(d, bytes);
  LaneInts low[4], high = (LaneInts)0;
  EACH(j, 8) {
    LaneInts code = clamped(nearest(inverse * scales[j]), -32, 31), codes[32];
    Lanes inverse_scale = inverse_of(d * lane_floats(code));
    EACH(i, 32) codes[i] = iq4_code(inverse_scale * x[32 * j + i]);
    pack_nibbles(codes, bytes + 8 + 16 * j);
    code += 32;
    low[j / 2] = j % 2 ? low[j / 2] | (code & 15) << 4 : code & 15;
    high |= code >> 4 << (2 * j);
  }
  bytes[2] = lane_bytes(high & 255);
  bytes[3] = lane_bytes(high >> 8 & 255);
  EACH(j, 4) bytes[4 + j] = lane_bytes(low[j]);
}
