// SHA-256 of one message: what is left when most lanes are empty. Written once, compiled for each level.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

extern const uint32_t cdigests_k[64];

static inline uint32_t turn(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void compress_one(uint32_t *state, const uint8_t *message, ptrdiff_t blocks) {
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
  for (; blocks > 0; blocks--, message += 64) {
    uint32_t w[16];
    for (int t = 0; t < 16; t++) {
      uint32_t word;
      memcpy(&word, message + 4 * t, 4);
      w[t] = __builtin_bswap32(word);
    }
#pragma clang loop unroll(full)
    for (int t = 0; t < 64; t++) {
      if (t >= 16) {
        uint32_t early = w[(t + 1) & 15], late = w[(t + 14) & 15];
        w[t & 15] += w[(t + 9) & 15] + (turn(early, 7) ^ turn(early, 18) ^ early >> 3) +
                     (turn(late, 17) ^ turn(late, 19) ^ late >> 10);
      }
      uint32_t t1 = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + (g ^ (e & (f ^ g))) + cdigests_k[t] + w[t & 15];
      uint32_t t2 = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) | (c & (a | b)));
      h = g, g = f, f = e, e = d + t1;
      d = c, c = b, b = a, a = t1 + t2;
    }
    a = state[0] += a, b = state[1] += b, c = state[2] += c, d = state[3] += d;
    e = state[4] += e, f = state[5] += f, g = state[6] += g, h = state[7] += h;
  }
}
