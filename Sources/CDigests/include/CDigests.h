#ifndef CDIGESTS_H
#define CDIGESTS_H

#include <stddef.h>
#include <stdint.h>

/// SHA-256 (FIPS 180-4) of several messages at a time, one in each lane of a vector register.
typedef struct {
  const char *_Nonnull name;

  /// How many messages `compress_lanes` takes.
  ptrdiff_t lanes;

  /// Takes `blocks` blocks of 64 bytes of each message into its state of eight words.
  ///
  /// `states` and `messages` have one entry for each lane; pointers to messages need no alignment. Lanes without a message
  /// point to a state that nobody wants and to the bytes of another lane.
  void (*_Nonnull compress_lanes)(
      uint32_t *_Nonnull const *_Nonnull states, const uint8_t *_Nonnull const *_Nonnull messages, ptrdiff_t blocks);

  /// The same for one message.
  void (*_Nonnull compress)(uint32_t *_Nonnull state, const uint8_t *_Nonnull message, ptrdiff_t blocks);
} cdigests_table;

enum { cdigests_levels = 2 };

/// Level 0 is AVX2, level 1 AVX-512. NULL where the CPU cannot run the level, or the architecture has none such.
const cdigests_table *_Nullable cdigests_at(int level);

/// The table that is faster than the CPU's own SHA-256 instructions, or than one message at a time where it has none;
/// NULL where there is no such table. The environment variable CKPT_CPU may name a level, as for the kernels.
const cdigests_table *_Nullable cdigests_best(void);

#endif
