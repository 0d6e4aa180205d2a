// Error sums, in the order that is part of their definition.

INLINE double pairwise_sum(Doubles lanes) {
  double sums[16];
  memcpy(sums, &lanes, sizeof sums);
  for (int width = 8; width > 0; width /= 2) {
    for (int i = 0; i < width; i++) sums[i] += sums[i + width];
  }
  return sums[0];
}

static void error_sums(
    const float *a, const float *b, ptrdiff_t count, double *squared_error_sum, double *squared_reference_sum) {
  Doubles errors = (Doubles)0, references = (Doubles)0;
  ptrdiff_t i = 0;
  for (; i + 16 <= count; i += 16) {
    Doubles x = __builtin_convertvector(load_floats(a + i), Doubles);
    Doubles difference = x - __builtin_convertvector(load_floats(b + i), Doubles);
    errors += difference * difference;
    references += x * x;
  }
  // Lanes beyond the end add 0, which changes no sum: none is −0.
  if (i < count) {
    Doubles x = __builtin_convertvector(load_some_floats(a + i, count - i), Doubles);
    Doubles difference = x - __builtin_convertvector(load_some_floats(b + i, count - i), Doubles);
    errors += difference * difference;
    references += x * x;
  }
  *squared_error_sum = pairwise_sum(errors);
  *squared_reference_sum = pairwise_sum(references);
}
