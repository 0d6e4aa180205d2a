// Q2_K to Q6_K on lanes. `importance` is NULL for the search without; bytes[i] is byte i of each block.

/// Codes to a scale and a minimum as they are stored; where the scale is 0 those of the search stay.
FRAME void requantize_affine(
    const int count, const int top, const Lanes *x, Lanes scale, Lanes minimum, const Affine *found, LaneInts *codes) {
  EACH(i, count) codes[i] = clamped(nearest((x[i] + minimum) / scale), 0, top);
  LaneInts stays = scale == 0;
  if (any_lane(stays)) EACH(i, count) codes[i] = select_ints(stays, affine_code(top, x[i], found), codes[i]);
}

FRAME void requantize_symmetric(
    const int count, const int top, const Lanes *x, Lanes scale, Lanes inverse, LaneInts *codes) {
  EACH(i, count) codes[i] = clamped(nearest(x[i] / scale), -top, top - 1) + top;
  LaneInts stays = scale == 0;
  if (any_lane(stays)) EACH(i, count) codes[i] = select_ints(stays, symmetric_code(top, x[i], inverse), codes[i]);
}

/// Byte l of each half of 128 holds two bits of the codes l, l + 32, l + 64 and l + 96.
FRAME void pack_pairs(const LaneInts *codes, const int shift, LaneBytes *bytes) {
  EACH(i, 64) {
    const LaneInts *c = codes + i / 32 * 128 + i % 32;
    bytes[i] = lane_bytes(
        (c[0] >> shift & 3) | (c[32] >> shift & 3) << 2 | (c[64] >> shift & 3) << 4 | (c[96] >> shift & 3) << 6);
  }
}

/// Byte l holds one bit of the codes l, l + 32, …, l + 224.
FRAME void pack_masks(const LaneInts *codes, const int shift, LaneBytes *bytes) {
  EACH(i, 32) {
    LaneInts mask = (LaneInts)0;
    EACH(k, 8) mask |= (codes[i + 32 * k] >> shift & 1) << k;
    bytes[i] = lane_bytes(mask);
  }
}

/// Byte l of each chunk of 64 holds four bits of the codes l and l + 32.
FRAME void pack_chunks(const LaneInts *codes, LaneBytes *bytes) {
  EACH(i, 128) {
    const LaneInts *c = codes + i / 32 * 64 + i % 32;
    bytes[i] = lane_bytes((c[0] & 15) | (c[32] & 15) << 4);
  }
}

INLINE Lanes largest_lanes(const int count, const Lanes *x) {
  Lanes most = lanes_of(0);
  EACH(i, count) most = x[i] > most ? x[i] : most;
  return most;
}

/// `top × value / largest`, to nearest; 0 where nothing is above 0.
FRAME void linear_codes(const int count, const int top, const Lanes *x, Lanes largest, LaneInts *codes) {
  LaneInts is_zero = ~(largest > 0);
  Lanes inverse = (float)top / largest;
  EACH(i, count) codes[i] = select_ints(is_zero, (LaneInts)0, nearest(inverse * x[i]));
}

FRAME void encode_q2_k(const Lanes *x, const Lanes *importance, Lanes unused, LaneBytes *bytes) {
  const Trials plain = {-0.5f, 0.1f, 15, 1};
  Affine found[16];
  Lanes scales[16], minima[16], sums[16], w[32];
  Lanes mean_square = importance ? sum_of_squares(256, x) / 256.0f : lanes_of(0);
  for (int j = 0; j < 16; j += 2) {
    const Lanes *values = x + 16 * j;
    if (importance) {
      EACH(g, 2) sums[j + g] = set_weights(16, values + 16 * g, importance + 16 * (j + g), mean_square, w + 16 * g);
      affine(2, 16, 3, weighted_trials, values, w, found + j);
    } else {
      EACH(i, 32) w[i] = magnitude(values[i]);
      affine(2, 16, 3, plain, values, w, found + j);
    }
  }
  EACH(j, 16) {
    scales[j] = found[j].scale;
    minima[j] = found[j].minimum;
  }
  LaneInts scale_codes[16], minimum_codes[16], codes[256];
  Lanes d, dmin;
  if (importance) {
    d = non_negative(16, 15, scales, sums, scale_codes);
    dmin = non_negative(16, 15, minima, sums, minimum_codes);
  } else {
    Lanes most_scale = largest_lanes(16, scales), most_minimum = largest_lanes(16, minima);
    linear_codes(16, 15, scales, most_scale, scale_codes);
    linear_codes(16, 15, minima, most_minimum, minimum_codes);
    d = most_scale / 15.0f;
    dmin = most_minimum / 15.0f;
  }
  d = store_scale(d, bytes + 80);
  dmin = store_scale(dmin, bytes + 82);
  EACH(j, 16) {
    LaneInts both = (scale_codes[j] | minimum_codes[j] << 4) & 255;
    bytes[j] = lane_bytes(both);
    requantize_affine(
        16, 3, x + 16 * j, d * lane_floats(both & 15), dmin * lane_floats(both >> 4), &found[j], codes + 16 * j);
  }
  pack_pairs(codes, 0, bytes + 16);
}

FRAME void encode_q3_k(const Lanes *x, const Lanes *importance, Lanes unused, LaneBytes *bytes) {
  Lanes scales[16], sums[16], inverses[16], w[2][16], d;
  LaneInts scale_codes[16], codes[256], is_zero[16];
  if (importance) {
    Lanes mean_square = 2.0f * sum_of_squares(256, x) / 256.0f, inverse;
    sums[0] = set_weights(16, x, importance, mean_square, w[0]);
    EACH(j, 16) {
      NextWeights next = {x + 16 * (j + 1), importance + 16 * (j + 1), mean_square, w[(j + 1) % 2], lanes_of(0)};
      scales[j] = symmetric(16, 4, 0, x + 16 * j, w[j % 2], &inverses[j], j < 15 ? &next : NULL);
      if (j < 15) sums[j + 1] = next.sum;
    }
    d = symmetric(16, 32, 1, scales, sums, &inverse, NULL);
    EACH(j, 16) scale_codes[j] = symmetric_code(32, scales[j], inverse);
  } else {
    EACH(j, 16) scales[j] = descending(16, 4, x + 16 * j, codes + 16 * j, &is_zero[j]);
    Lanes extreme = extreme_of(16, scales), inverse = -32.0f / extreme;
    LaneInts none = extreme == 0;
    d = select_lanes(none, lanes_of(0), 1.0f / inverse);
    EACH(j, 16) {
      LaneInts code = clamped(nearest(inverse * scales[j]) << 24 >> 24, -32, 31) + 32;
      scale_codes[j] = select_ints(none, (LaneInts)0, code);
    }
  }
  d = store_scale(d, bytes + 108);
  EACH(i, 8) bytes[96 + i] = lane_bytes((scale_codes[i] & 15) | (scale_codes[i + 8] & 15) << 4);
  EACH(i, 4) {
    LaneInts high = (LaneInts)0;
    EACH(k, 4) high |= (scale_codes[i + 4 * k] >> 4 & 3) << (2 * k);
    bytes[104 + i] = lane_bytes(high);
  }
  EACH(j, 16) {
    Lanes scale = d * lane_floats((scale_codes[j] & 63) - 32);
    if (importance) {
      requantize_symmetric(16, 4, x + 16 * j, scale, inverses[j], codes + 16 * j);
    } else {
      LaneInts stays = scale == 0;
      EACH(i, 16) {
        LaneInts kept = select_ints(is_zero[j], (LaneInts)0, codes[16 * j + i] + 4);
        LaneInts code = clamped(nearest(x[16 * j + i] / scale), -4, 3) + 4;
        codes[16 * j + i] = select_ints(stays, kept, code);
      }
    }
  }
  pack_pairs(codes, 0, bytes + 32);
  pack_masks(codes, 2, bytes);
}

/// Q4_K and Q5_K: scales and minima of six bits, in twelve bytes; what six bits do not hold spills as in ggml.
FRAME void encode_six_bit(
    const int top, const Trials plain, const Lanes *x, const Lanes *importance, LaneBytes *bytes, LaneInts *codes) {
  Affine found[8];
  Lanes scales[8], minima[8], sums[8], w[64];
  Lanes mean_square = importance ? 2.0f * sum_of_squares(256, x) / 256.0f : lanes_of(0);
  for (int j = 0; j < 8; j += 2) {
    const Lanes *values = x + 32 * j;
    if (importance) {
      EACH(g, 2) sums[j + g] = set_weights(32, values + 32 * g, importance + 32 * (j + g), mean_square, w + 32 * g);
      affine(2, 32, top, weighted_trials, values, w, found + j);
    } else {
      EACH(g, 2) {
        Lanes root = __builtin_elementwise_sqrt(sum_of_squares(32, values + 32 * g) / 32.0f);
        EACH(i, 32) w[32 * g + i] = root + magnitude(values[32 * g + i]);
      }
      affine(2, 32, top, plain, values, w, found + j);
    }
  }
  EACH(j, 8) {
    scales[j] = found[j].scale;
    minima[j] = found[j].minimum;
  }
  LaneInts scale_codes[8], minimum_codes[8], packed[12];
  Lanes d, dmin;
  if (importance) {
    d = non_negative(8, 63, scales, sums, scale_codes);
    dmin = non_negative(8, 63, minima, sums, minimum_codes);
    // Only Q5_K cuts them off.
    if (top == 31) {
      EACH(j, 8) {
        scale_codes[j] = at_most_int(scale_codes[j], 63);
        minimum_codes[j] = at_most_int(minimum_codes[j], 63);
      }
    }
  } else {
    Lanes most_scale = largest_lanes(8, scales), most_minimum = largest_lanes(8, minima);
    linear_codes(8, 63, scales, most_scale, scale_codes);
    linear_codes(8, 63, minima, most_minimum, minimum_codes);
    EACH(j, 8) {
      scale_codes[j] = at_most_int(scale_codes[j] & 255, 63);
      minimum_codes[j] = at_most_int(minimum_codes[j] & 255, 63);
    }
    d = most_scale / 63.0f;
    dmin = most_minimum / 63.0f;
  }
  EACH(j, 4) {
    packed[j] = (scale_codes[j] | scale_codes[j + 4] >> 4 << 6) & 255;
    packed[j + 4] = (minimum_codes[j] | minimum_codes[j + 4] >> 4 << 6) & 255;
    packed[j + 8] = (scale_codes[j + 4] & 15) | (minimum_codes[j + 4] & 15) << 4;
  }
  d = store_scale(d, bytes);
  dmin = store_scale(dmin, bytes + 2);
  EACH(j, 12) bytes[4 + j] = lane_bytes(packed[j]);
  EACH(j, 8) {
    LaneInts scale = j < 4 ? packed[j] & 63 : (packed[j + 4] & 15) | packed[j - 4] >> 6 << 4;
    LaneInts minimum = j < 4 ? packed[j + 4] & 63 : packed[j + 4] >> 4 | packed[j] >> 6 << 4;
    requantize_affine(
        32, top, x + 32 * j, d * lane_floats(scale), dmin * lane_floats(minimum), &found[j], codes + 32 * j);
  }
}

FRAME void encode_q4_k(const Lanes *x, const Lanes *importance, Lanes unused, LaneBytes *bytes) {
  LaneInts codes[256];
  encode_six_bit(15, (Trials){-1.0f, 0.1f, 20, 0}, x, importance, bytes, codes);
  pack_chunks(codes, bytes + 16);
}

FRAME void encode_q5_k(const Lanes *x, const Lanes *importance, Lanes unused, LaneBytes *bytes) {
  LaneInts codes[256];
  encode_six_bit(31, (Trials){-0.5f, 0.1f, 15, 0}, x, importance, bytes, codes);
  pack_masks(codes, 4, bytes + 16);
  pack_chunks(codes, bytes + 48);
}

FRAME void encode_q6_k(const Lanes *x, const Lanes *importance, Lanes unused, LaneBytes *bytes) {
  Lanes scales[16], inverses[16], w[16];
  LaneInts codes[256];
  EACH(j, 16) {
    EACH(i, 16) w[i] = importance ? importance[16 * j + i] : x[16 * j + i] * x[16 * j + i];
    scales[j] = symmetric(16, 32, 0, x + 16 * j, w, &inverses[j], NULL);
  }
  Lanes extreme = extreme_of(16, scales), inverse = -128.0f / extreme;
  Lanes d = store_scale(1.0f / inverse, bytes + 208);
  EACH(j, 16) {
    LaneInts code = at_most_int(nearest(inverse * scales[j]), 127) << 24 >> 24;
    bytes[192 + j] = lane_bytes(code & 255);
    requantize_symmetric(16, 32, x + 16 * j, d * lane_floats(code), inverses[j], codes + 16 * j);
  }
  EACH(i, 128) {
    const LaneInts *c = codes + i / 64 * 128 + i % 64;
    bytes[i] = lane_bytes((c[0] & 15) | (c[64] & 15) << 4);
  }
  pack_pairs(codes, 4, bytes + 128);
  LaneInts is_zero = magnitude(extreme) < LEAST_EXTREME;
  if (any_lane(is_zero)) {
    LaneBytes kept = lane_bytes(~is_zero & 255);
    EACH(i, 210) bytes[i] &= kept;
  }
}
