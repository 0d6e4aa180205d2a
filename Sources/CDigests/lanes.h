// SHA-256 of one message in each lane. A level defines `vector`, LANES, the operations, and how blocks are read and states
// are turned from one message after another to one word of every message after another.
//
// The sixteen words of the schedule are a ring: word t replaces word t − 16.

#define ROUND(a, b, c, d, e, f, g, h, t) \
  do { \
    if (t >= 16) { \
      vector early = w[(t + 1) & 15], late = w[(t + 14) & 15]; \
      w[t & 15] = ADD( \
          ADD(w[t & 15], w[(t + 9) & 15]), \
          ADD(XOR3(TURN(early, 7), TURN(early, 18), SHIFT(early, 3)), XOR3(TURN(late, 17), TURN(late, 19), SHIFT(late, 10)))); \
    } \
    vector t1 = ADD( \
        ADD(h, ADD(w[t & 15], ALL(cdigests_k[t]))), \
        ADD(XOR3(TURN(e, 6), TURN(e, 11), TURN(e, 25)), CHOOSE(e, f, g))); \
    d = ADD(d, t1); \
    h = ADD(t1, ADD(XOR3(TURN(a, 2), TURN(a, 13), TURN(a, 22)), MAJORITY(a, b, c))); \
  } while (0)

#define EIGHT_ROUNDS(t) \
  ROUND(a, b, c, d, e, f, g, h, t); \
  ROUND(h, a, b, c, d, e, f, g, t + 1); \
  ROUND(g, h, a, b, c, d, e, f, t + 2); \
  ROUND(f, g, h, a, b, c, d, e, t + 3); \
  ROUND(e, f, g, h, a, b, c, d, t + 4); \
  ROUND(d, e, f, g, h, a, b, c, t + 5); \
  ROUND(c, d, e, f, g, h, a, b, t + 6); \
  ROUND(b, c, d, e, f, g, h, a, t + 7)

static void compress_lanes(uint32_t *const *states, const uint8_t *const *messages, ptrdiff_t blocks) {
  uint32_t words[8][LANES] __attribute__((aligned(64)));
  for (int lane = 0; lane < LANES; lane++) {
    for (int i = 0; i < 8; i++) words[i][lane] = states[lane][i];
  }
  vector s[8];
  for (int i = 0; i < 8; i++) s[i] = *(const vector *)words[i];
  for (ptrdiff_t block = 0; block < blocks; block++) {
    vector w[16];
    read_blocks(messages, block * 64, w);
    vector a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
    EIGHT_ROUNDS(0);
    EIGHT_ROUNDS(8);
    EIGHT_ROUNDS(16);
    EIGHT_ROUNDS(24);
    EIGHT_ROUNDS(32);
    EIGHT_ROUNDS(40);
    EIGHT_ROUNDS(48);
    EIGHT_ROUNDS(56);
    s[0] = ADD(s[0], a), s[1] = ADD(s[1], b), s[2] = ADD(s[2], c), s[3] = ADD(s[3], d);
    s[4] = ADD(s[4], e), s[5] = ADD(s[5], f), s[6] = ADD(s[6], g), s[7] = ADD(s[7], h);
  }
  for (int i = 0; i < 8; i++) *(vector *)words[i] = s[i];
  for (int lane = 0; lane < LANES; lane++) {
    for (int i = 0; i < 8; i++) states[lane][i] = words[i][lane];
  }
}
