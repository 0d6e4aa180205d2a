// The searches of GGUFSearch, on lanes.

#define LEAST_EXTREME 1e-15f

/// A number that the compiler does not know: it would make another one of its negative, and a comparison with 0 for the
/// larger of two.
INLINE Lanes hidden(float value) {
  __asm__("" : "+m"(value));
  return lanes_of(value);
}

/// Rounds, between two limits. Whether a clamp can change a rounded number: `clamp_low` and `clamp_high` are constants
/// where this is inlined. `rounder`: hidden.
INLINE Lanes clamped_code(
    Lanes a, const Lanes rounder, const int clamp_low, float low, const int clamp_high, float high) {
  Lanes code = a + rounder;
  if (clamp_low) code = largest_of(code, low == 0 ? rounder : lanes_of(ROUNDER + low));
  if (clamp_high) code = least_of(code, lanes_of(ROUNDER + high));
  return code - rounder;
}

/// Weights of the values that are searched next (``set_weights``): one is made in each trial, so that its root is ready when
/// the sums of the trial are.
typedef struct {
  const Lanes *x, *importance;
  Lanes mean_square, *weights, sum;
} NextWeights;

INLINE void add_weight(NextWeights *next, int i) {
  Lanes x = next->x[i];
  next->weights[i] = next->importance[i] * __builtin_elementwise_sqrt(next->mean_square + x * x);
  next->sum += next->weights[i];
}

// `Lanes symmetric(count, top, is_wild, x, w, inverse_of, next)` has two forms, all trials at once and one after the other.
//
// `value ≈ scale × (code − top)`. `inverse_of` gets the inverse scale whose nearest codes won, infinity where all values are
// 0. `is_wild`: x may be infinite or NaN, as scales are whose sums overflowed; the code of NaN is 0. `next`: NULL, or weights
// of `count` values, at most 18.

#ifdef REGISTER
/// Sums of all trials: of the codes with the weighted values, and of their weighted squares.
typedef struct {
  Lanes xl[4 * trial_registers], l2[4 * trial_registers];
} TrialSums;

/// Those of one of the four places in each quarter, four trials to a register.
INLINE void symmetric_trials_of_quarters(
    const int count, const int lane, const float *steps, const float *rows, const Lanes *x, const Lanes *w,
    const LaneInts *row, const float *opposite, ptrdiff_t first, Register (*xl)[4], Register (*l2)[4]) {
  Register inverse[trial_registers], a[trial_registers], b[trial_registers], divisor = spread_quarters(opposite, lane);
  EACH(k, trial_registers) {
    Register step;
    EACH(q, REGISTER / 4) memcpy((float *)&step + 4 * q, steps + 4 * k, 16);
    inverse[k] = step / divisor;
    a[k] = b[k] = (Register)0;
  }
#pragma clang loop unroll(disable)
  for (int i = 0; i < count; i++) {
    Register x_i = spread_quarters((const float *)&x[i] + first, lane);
    Register w_i = spread_quarters((const float *)&w[i] + first, lane);
    Register code = rows_of_quarters(rows, (const int32_t *)&row[i] + first + lane);
    Register xl_terms = w_i * x_i * code, l2_terms = w_i * code * code;
    EACH(k, trial_registers) {
      Register index = inverse[k] * x_i + ROUNDER;
      a[k] += LOOK_UP_QUARTERS(xl_terms, index);
      b[k] += LOOK_UP_QUARTERS(l2_terms, index);
    }
  }
  EACH(k, trial_registers) {
    xl[k][lane] = a[k];
    l2[k][lane] = b[k];
  }
}

FRAME void symmetric_trials(
    const int count, const int top, const float *steps, const Lanes *x, const Lanes *w, Lanes extreme, NextWeights *next,
    TrialSums *sums) {
  const float *rows = *(top == 4 ? codes_of_4 : top == 8 ? codes_of_8 : top == 16 ? codes_of_16 : codes_of_32);
  // The codes nearest to 0 are those of the first step.
  Lanes opposite = -extreme, least = steps[1] / opposite;
  LaneInts row[32];
  EACH(i, count) row[i] = ((LaneInts)(least * x[i] + ROUNDER) & (2 * top - 1)) * 16;
  for (int first = 0; first < LANES; first += REGISTER) {
    Register xl[trial_registers][4], l2[trial_registers][4];
    const float *opposite_here = (const float *)&opposite + first;
#define TRIALS_OF(lane) \
  symmetric_trials_of_quarters(count, lane, steps, rows, x, w, row, opposite_here, first, xl, l2); \
  if (next) { \
    const int each = count * REGISTER / 4 / LANES, from = (first / REGISTER * 4 + lane) * each; \
    EACH(i, each) add_weight(next, from + i); \
  }
    TRIALS_OF(0)
    TRIALS_OF(1)
    TRIALS_OF(2)
    TRIALS_OF(3)
#undef TRIALS_OF
    EACH(k, trial_registers) {
      store_quarters(xl[k], (float *)&sums->xl[4 * k] + first);
      store_quarters(l2[k], (float *)&sums->l2[4 * k] + first);
    }
  }
}

// Wild values: the product is NaN, and looks up the first number of the first row, which is 0.
FRAME Lanes symmetric(
    const int count, const int top, const int is_wild, const Lanes *x, const Lanes *w, Lanes *inverse_of,
    NextWeights *next) {
  Lanes extreme = extreme_of(count, x);
  LaneInts is_zero = magnitude(extreme) < LEAST_EXTREME;
  const float *steps = top == 4 ? steps_of_4 : top == 8 ? steps_of_8 : top == 16 ? steps_of_16 : steps_of_32;
  TrialSums sums;
  symmetric_trials(count, top, steps, x, w, extreme, next, &sums);
  Lanes scale = select_lanes(sums.l2[0] != 0, sums.xl[0] / sums.l2[0], lanes_of(0)), best = scale * sums.xl[0];
  Lanes step = lanes_of(top);
  for (int trial = 1; trial < trial_count; trial++) {
    Lanes xl = sums.xl[trial], l2 = sums.l2[trial];
    LaneInts wins = (l2 > 0) & (xl * xl > best * l2);
    scale = select_lanes(wins, xl / l2, scale);
    best = select_lanes(wins, scale * xl, best);
    step = select_lanes(wins, lanes_of(steps[trial]), step);
  }
  *inverse_of = select_lanes(is_zero, lanes_of(float_of_bits(0x7f800000)), step / -extreme);
  return select_lanes(is_zero, lanes_of(0), scale);
}
#else
/// Sums of a symmetric trial. |inverse × x| is at most top + 1, so that rounding cannot wrap.
///
/// `clamp_low`: whether the extreme, the only one that can fall below −top, does; `clamp_high`: whether a value of the other
/// sign can reach top.
FRAME void symmetric_sums(
    const int count, const int top, const int clamp_low, const int clamp_high, const int is_wild, const Lanes *x,
    const Lanes *w, const Lanes *wx, Lanes inverse, Lanes *xl, Lanes *l2) {
  Lanes a = lanes_of(0), b = lanes_of(0), rounder = hidden(ROUNDER);
#pragma clang loop unroll_count(16)
  EACH(i, count) {
    Lanes quotient = inverse * x[i];
    if (is_wild) quotient = select_lanes(quotient == quotient, quotient, lanes_of(0));
    Lanes l = clamped_code(quotient, rounder, clamp_low, -top, clamp_high, top - 1);
    a += wx[i] * l;
    b += w[i] * l * l;
  }
  *xl = a;
  *l2 = b;
}

FRAME Lanes symmetric(
    const int count, const int top, const int is_wild, const Lanes *x, const Lanes *w, Lanes *inverse_of,
    NextWeights *next) {
  Lanes extreme = extreme_of(count, x);
  LaneInts is_zero = magnitude(extreme) < LEAST_EXTREME;
  Lanes wx[32], xl, l2;
  EACH(i, count) wx[i] = w[i] * x[i];
  Lanes inverse = (float)-top / extreme;
  symmetric_sums(count, top, 0, 1, is_wild, x, w, wx, inverse, &xl, &l2);
  Lanes scale = select_lanes(l2 != 0, xl / l2, lanes_of(0)), best = scale * xl;
  for (int step = -9; step <= 9; step++) {
    if (step == 0) continue;
    Lanes candidate = -(top + 0.1f * step) / extreme;
    int number = step + (step < 0 ? 9 : 8);
    if (next && number < count) add_weight(next, number);
    if (step < -5) {
      // Nothing reaches top − 0.5.
      symmetric_sums(count, top, 0, 0, is_wild, x, w, wx, candidate, &xl, &l2);
    } else if (step < 5) {
      symmetric_sums(count, top, 0, 1, is_wild, x, w, wx, candidate, &xl, &l2);
    } else {
      symmetric_sums(count, top, 1, 1, is_wild, x, w, wx, candidate, &xl, &l2);
    }
    // No branch: some lane nearly always wins, and which trial it is cannot be foreseen.
    LaneInts wins = (l2 > 0) & (xl * xl > best * l2);
    scale = select_lanes(wins, xl / l2, scale);
    best = select_lanes(wins, scale * xl, best);
    inverse = select_lanes(wins, candidate, inverse);
  }
  *inverse_of = select_lanes(is_zero, lanes_of(float_of_bits(0x7f800000)), inverse);
  return select_lanes(is_zero, lanes_of(0), scale);
}
#endif

/// The codes of the search, which are 0 where all values are 0.
INLINE LaneInts symmetric_code(const int top, Lanes x, Lanes inverse) {
  LaneInts code = clamped(nearest(inverse * x), -top, top - 1) + top;
  return select_ints(magnitude(inverse) == float_of_bits(0x7f800000), (LaneInts)0, code);
}

/// The same with weights x², one code after the other. Gives the codes, less `top`.
FRAME Lanes descending(const int count, const int top, const Lanes *x, LaneInts *codes, LaneInts *is_zero_of) {
  Lanes extreme = extreme_of(count, x);
  LaneInts is_zero = magnitude(extreme) < LEAST_EXTREME;
  Lanes inverse = (float)-top / extreme, xl = lanes_of(0), l2 = lanes_of(0);
  EACH(i, count) {
    codes[i] = clamped(nearest(inverse * x[i]), -top, top - 1);
    Lanes w = x[i] * x[i], l = lane_floats(codes[i]);
    xl += w * x[i] * l;
    l2 += w * l * l;
  }
  EACH(round, 5) {
    LaneInts changed = (LaneInts)0;
    EACH(i, count) {
      Lanes w = x[i] * x[i], wx = w * x[i], l = lane_floats(codes[i]);
      Lanes other_xl = xl - wx * l, other_l2 = l2 - w * l * l;
      LaneInts code = clamped(nearest(x[i] * other_l2 / other_xl), -top, top - 1);
      Lanes new_l = lane_floats(code);
      LaneInts wins = (other_xl > 0) & (code != codes[i]) & ~is_zero;
      other_xl += wx * new_l;
      other_l2 += w * new_l * new_l;
      wins &= (other_l2 > 0) & (other_xl * other_xl * l2 > xl * xl * other_l2);
      codes[i] = select_ints(wins, code, codes[i]);
      xl = select_lanes(wins, other_xl, xl);
      l2 = select_lanes(wins, other_l2, l2);
      changed |= wins;
    }
    if (!any_lane(changed)) break;
  }
  *is_zero_of = is_zero;
  return select_lanes(is_zero | ~(l2 > 0), lanes_of(0), xl / l2);
}

/// What an affine search tries, and how it measures.
typedef struct {
  float first, step;
  int count, is_absolute;
} Trials;

static const Trials weighted_trials = {-0.9f, 0.05f, 36, 0};

/// The winner of an affine search. Its codes are the nearest to `inverse × (x − low)`; 0 where `inverse` is 0.
typedef struct {
  Lanes scale, minimum, inverse, low;
} Affine;

INLINE Lanes weighted_error(const int is_absolute, Lanes w, Lanes difference) {
  return w * (is_absolute ? magnitude(difference) : difference * difference);
}

/// An affine search under way.
typedef struct {
  Lanes least, low, high, first_low, sum_w, sum_x, best, scale;
  /// Of the trial.
  Lanes inverse, determinant, new_scale, new_low, codes[32];
  LaneInts is_flat;
  Affine winner;
} AffineSearch;

INLINE void affine_begin(
    const int count, const int top, const Trials trials, const Lanes *x, const Lanes *w, AffineSearch *s) {
  s->low = s->high = x[0];
  s->sum_w = w[0];
  s->sum_x = s->sum_w * x[0];
  for (int i = 1; i < count; i++) {
    s->low = x[i] < s->low ? x[i] : s->low;
    s->high = x[i] > s->high ? x[i] : s->high;
    s->sum_w += w[i];
    s->sum_x += w[i] * x[i];
  }
  s->least = s->low;
  s->first_low = s->low = select_lanes(s->low > 0, lanes_of(0), s->low);
  s->is_flat = s->high <= s->low;
  Lanes inverse = (float)top / (s->high - s->low);
  s->scale = 1.0f / inverse;
  s->winner.inverse = select_lanes(s->is_flat, lanes_of(0), inverse);
  s->winner.low = s->low;
  s->best = lanes_of(0);
  EACH(i, count) {
    Lanes l = lane_floats(clamped(nearest(inverse * (x[i] - s->low)), 0, top));
    s->best += weighted_error(trials.is_absolute, w[i], s->scale * l + s->low - x[i]);
  }
}

/// Codes of the trial that puts the largest value at `steps`, and scale and minimum by least squares.
INLINE void affine_fit(const int count, const int top, float steps, const Lanes *x, const Lanes *w, AffineSearch *s) {
  const Lanes low = s->low, inverse = steps / (s->high - low), rounder = hidden(ROUNDER);
  Lanes sum_l = lanes_of(0), sum_l2 = lanes_of(0), sum_xl = lanes_of(0);
#define ADD(code) \
  EACH(i, count) { \
    Lanes l = code; \
    s->codes[i] = l; \
    Lanes wl = w[i] * l; \
    sum_l += wl; \
    sum_l2 += wl * l; \
    sum_xl += wl * x[i]; \
  }
  // Rounding is monotone: where the least and the largest value do not wrap, none does.
  LaneInts is_tame = is_small(inverse * (s->least - low)) & is_small(inverse * (s->high - low));
  if (any_lane(~is_tame & ~s->is_flat)) {
    ADD(lane_floats(clamped(nearest(inverse * (x[i] - low)), 0, top)))
  } else if (steps < top + 0.499f) {
    // Nothing is rounded above `top`.
    ADD(clamped_code(inverse * (x[i] - low), rounder, 1, 0, 0, top))
  } else {
    ADD(clamped_code(inverse * (x[i] - low), rounder, 1, 0, 1, top))
  }
#undef ADD
  s->inverse = inverse;
  s->determinant = s->sum_w * sum_l2 - sum_l * sum_l;
  s->new_scale = (s->sum_w * sum_xl - s->sum_x * sum_l) / s->determinant;
  s->new_low = (sum_l2 * s->sum_x - sum_l * sum_xl) / s->determinant;
  LaneInts is_above = s->new_low > 0;
  if (any_lane(is_above)) {
    s->new_low = select_lanes(is_above, lanes_of(0), s->new_low);
    s->new_scale = select_lanes(is_above, sum_xl / sum_l2, s->new_scale);
  }
}

/// The error of the trial; where it is the least, the next trials start from its minimum.
INLINE void affine_judge(const int count, const Trials trials, const Lanes *x, const Lanes *w, AffineSearch *s) {
  Lanes error = lanes_of(0), new_scale = s->new_scale, new_low = s->new_low;
  EACH(i, count) error += weighted_error(trials.is_absolute, w[i], new_scale * s->codes[i] + new_low - x[i]);
  // No branch: which trials win in some lane cannot be foreseen.
  LaneInts wins = (s->determinant > 0) & (error < s->best);
  s->best = select_lanes(wins, error, s->best);
  s->scale = select_lanes(wins, new_scale, s->scale);
  s->winner.inverse = select_lanes(wins & ~s->is_flat, s->inverse, s->winner.inverse);
  s->winner.low = select_lanes(wins, s->low, s->winner.low);
  s->low = select_lanes(wins, new_low, s->low);
}

INLINE Affine affine_end(const AffineSearch *s) {
  Affine winner = s->winner;
  winner.minimum = -select_lanes(s->is_flat, s->first_low, s->low);
  winner.scale = select_lanes(s->is_flat, lanes_of(0), s->scale);
  return winner;
}

/// `value ≈ scale × code − minimum`, for `groups` groups of `count` values that lie behind one another. A trial begins
/// with what the one before it ends with: other groups fill the time in between.
FRAME void affine(
    const int groups, const int count, const int top, const Trials trials, const Lanes *x, const Lanes *w,
    Affine *found) {
  AffineSearch searches[2];
  EACH(g, groups) affine_begin(count, top, trials, x + g * count, w + g * count, &searches[g]);
  for (int step = 0; step <= trials.count; step++) {
    float steps = trials.first + trials.step * step + top;
    EACH(g, groups) affine_fit(count, top, steps, x + g * count, w + g * count, &searches[g]);
    EACH(g, groups) affine_judge(count, trials, x + g * count, w + g * count, &searches[g]);
  }
  EACH(g, groups) found[g] = affine_end(&searches[g]);
}

INLINE LaneInts affine_code(const int top, Lanes x, const Affine *found) {
  LaneInts code = clamped(nearest(found->inverse * (x - found->low)), 0, top);
  return select_ints(found->inverse == 0, (LaneInts)0, code);
}

INLINE LaneInts at_most_int(LaneInts a, int most) { return a < most ? a : (LaneInts)most; }

/// `value ≈ scale × code` for values of 0 and above. The codes are bytes.
FRAME Lanes non_negative(const int count, const int top, const Lanes *x, const Lanes *w, LaneInts *codes) {
  Lanes most = lanes_of(0);
  EACH(i, count) most = most > x[i] ? most : x[i];
  const LaneInts is_zero = most < LEAST_EXTREME;
  Lanes inverse = (float)top / most, scale = 1.0f / inverse, best = lanes_of(0);
  EACH(i, count) {
    Lanes difference = x[i] - scale * lane_floats(nearest(inverse * x[i]) & 255);
    best += w[i] * difference * difference;
  }
  for (int step = -4; step <= 4; step++) {
    if (step == 0) continue;
    Lanes candidate = (0.1f * step + top) / most, error = lanes_of(0);
    scale = 1.0f / candidate;
    EACH(i, count) {
      Lanes difference = x[i] - scale * lane_floats(at_most_int(nearest(candidate * x[i]), top));
      error += w[i] * difference * difference;
    }
    LaneInts wins = error < best;
    best = select_lanes(wins, error, best);
    inverse = select_lanes(wins, candidate, inverse);
  }
  Lanes xl = lanes_of(0), l2 = lanes_of(0);
  EACH(i, count) {
    LaneInts code = at_most_int(nearest(inverse * x[i]), top);
    codes[i] = select_ints(is_zero, (LaneInts)0, code & 255);
    Lanes l = lane_floats(code);
    xl += w[i] * x[i] * l;
    l2 += w[i] * l * l;
  }
  EACH(round, 5) {
    LaneInts changed = (LaneInts)0;
    EACH(i, count) {
      Lanes l = lane_floats(codes[i]), wx = w[i] * x[i];
      Lanes other_xl = xl - wx * l, other_l2 = l2 - w[i] * l * l;
      LaneInts code = at_most_int(nearest(x[i] * other_l2 / other_xl), top);
      Lanes new_l = lane_floats(code);
      LaneInts wins = (other_xl > 0) & (other_l2 > 0) & (code != codes[i]) & ~is_zero;
      other_xl += wx * new_l;
      other_l2 += w[i] * new_l * new_l;
      wins &= other_xl * other_xl * l2 > xl * xl * other_l2;
      codes[i] = select_ints(wins, code & 255, codes[i]);
      xl = select_lanes(wins, other_xl, xl);
      l2 = select_lanes(wins, other_l2, l2);
      changed |= wins;
    }
    if (!any_lane(changed)) break;
  }
  return select_lanes(is_zero | ~(l2 > 0), lanes_of(0), xl / l2);
}
