// Block encodings of GGUF. One lane is one block: blocks are transposed, and then a quantizer is the program for one
// block with a vector in place of a number and a choice in place of a condition. No addition changes its place, so that
// every lane has the bits of the reference.

// Two registers where there are 32 of them, two or four elsewhere: chains of additions hide each other's latency.
#ifdef LEVEL_AVX512
#define LANES 32
#else
#define LANES 16
#endif

typedef float Lanes __attribute__((ext_vector_type(LANES)));
typedef int32_t LaneInts __attribute__((ext_vector_type(LANES)));
typedef uint8_t LaneBytes __attribute__((ext_vector_type(LANES)));
typedef float Four __attribute__((ext_vector_type(4)));
typedef Four FourAnywhere __attribute__((aligned(4)));

// Without optimisation every temporary has a place of its own in the frame: a stack of 512 KiB must hold it.
#ifdef __OPTIMIZE__
#define FRAME INLINE
#else
#define FRAME static __attribute__((noinline))
#endif

#define EACH(i, count) for (int i = 0; i < (count); i++)

INLINE Lanes lanes_of(float value) { return (Lanes)value; }
INLINE Lanes magnitude(Lanes a) { return (Lanes)((LaneInts)a & 0x7fffffff); }
INLINE Lanes largest_of(Lanes a, Lanes b) { return a > b ? a : b; }
INLINE Lanes least_of(Lanes a, Lanes b) { return a < b ? a : b; }
INLINE Lanes select_lanes(LaneInts mask, Lanes a, Lanes b) { return mask ? a : b; }
INLINE LaneInts select_ints(LaneInts mask, LaneInts a, LaneInts b) { return mask ? a : b; }
INLINE LaneInts clamped(LaneInts a, int low, int high) {
  a = a > low ? a : (LaneInts)low;
  return a < high ? a : (LaneInts)high;
}
INLINE int any_lane(LaneInts mask) { return __builtin_reduce_or(mask) != 0; }
INLINE Lanes lane_floats(LaneInts a) { return __builtin_convertvector(a, Lanes); }
INLINE LaneBytes lane_bytes(LaneInts a) { return __builtin_convertvector(a, LaneBytes); }

/// To nearest, ties to even, as ggml rounds: wraps beyond 2^22.
INLINE LaneInts nearest(Lanes a) { return ((LaneInts)(a + ROUNDER) & 0x7fffff) - 0x400000; }
/// Whether adding and taking off ``ROUNDER`` gives the same number.
INLINE LaneInts is_small(Lanes a) { return magnitude(a) <= 4194303.0f; }

/// The value with the largest magnitude; the first of equals, 0 of none.
INLINE Lanes extreme_of(const int count, const Lanes *x) {
  Lanes most = lanes_of(0), extreme = lanes_of(0);
  EACH(i, count) {
    Lanes here = magnitude(x[i]);
    LaneInts is_more = here > most;
    most = select_lanes(is_more, here, most);
    extreme = select_lanes(is_more, x[i], extreme);
  }
  return extreme;
}

INLINE Lanes sum_of_squares(const int count, const Lanes *x) {
  Lanes sum = lanes_of(0);
  EACH(i, count) sum += x[i] * x[i];
  return sum;
}

/// How much each value weighs, and the sum of that.
FRAME Lanes set_weights(const int count, const Lanes *x, const Lanes *importance, Lanes mean_square, Lanes *weights) {
  Lanes sum = lanes_of(0);
  EACH(i, count) {
    weights[i] = importance[i] * __builtin_elementwise_sqrt(mean_square + x[i] * x[i]);
    sum += weights[i];
  }
  return sum;
}

/// A scale as F16, in two rows of bytes, and what that holds.
FRAME Lanes store_scale(Lanes scale, LaneBytes *bytes) {
  float values[LANES];
  uint8_t low[LANES], high[LANES];
  memcpy(values, &scale, sizeof values);
  for (int i = 0; i < LANES; i += 16) {
    Halves halves = f16_of_floats(load_floats(values + i));
    store_bytes(__builtin_convertvector(halves & 0xff, Bytes), low + i);
    store_bytes(__builtin_convertvector(halves >> 8, Bytes), high + i);
    store_floats(floats_of_f16(halves), values + i);
  }
  memcpy(&bytes[0], low, LANES);
  memcpy(&bytes[1], high, LANES);
  memcpy(&scale, values, sizeof values);
  return scale;
}

/// Value i of each block to vector i.
FRAME void transpose_values(const int count, const float *const *blocks, Lanes *lanes) {
  float *to = (float *)lanes;
  for (int lane = 0; lane < LANES; lane += 4) {
    const float *const *from = blocks + lane;
    for (int i = 0; i < count; i += 4) {
      Four a = *(const FourAnywhere *)(from[0] + i), b = *(const FourAnywhere *)(from[1] + i);
      Four c = *(const FourAnywhere *)(from[2] + i), d = *(const FourAnywhere *)(from[3] + i);
      Four low_ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), low_cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
      Four high_ab = __builtin_shufflevector(a, b, 2, 6, 3, 7), high_cd = __builtin_shufflevector(c, d, 2, 6, 3, 7);
      *(FourAnywhere *)(to + (i + 0) * LANES + lane) = __builtin_shufflevector(low_ab, low_cd, 0, 1, 4, 5);
      *(FourAnywhere *)(to + (i + 1) * LANES + lane) = __builtin_shufflevector(low_ab, low_cd, 2, 3, 6, 7);
      *(FourAnywhere *)(to + (i + 2) * LANES + lane) = __builtin_shufflevector(high_ab, high_cd, 0, 1, 4, 5);
      *(FourAnywhere *)(to + (i + 3) * LANES + lane) = __builtin_shufflevector(high_ab, high_cd, 2, 3, 6, 7);
    }
  }
}

/// A square of bytes: four rounds, each of which pairs row i with row i + 8.
INLINE void transpose_square(Bytes *rows) {
  EACH(round, 4) {
    Bytes next[16];
    EACH(i, 8) {
      next[2 * i] = __builtin_shufflevector(rows[i], rows[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      next[2 * i + 1] = __builtin_shufflevector(
          rows[i], rows[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
    EACH(i, 16) rows[i] = next[i];
  }
}

/// Byte i of each block from vector i. `count` is at least 16; where 16 does not divide it, some bytes are written twice.
FRAME void transpose_bytes(const int count, const LaneBytes *lanes, uint8_t *const *blocks) {
  for (int start = 0; start < count; start += 16) {
    int first = start + 16 <= count ? start : count - 16;
    for (int lane = 0; lane < LANES; lane += 16) {
      Bytes rows[16];
      EACH(i, 16) rows[i] = load_bytes((const uint8_t *)&lanes[first + i] + lane);
      transpose_square(rows);
      EACH(i, 16) store_bytes(rows[i], blocks[lane + i] + first);
    }
  }
}
