// One level: the bodies, written once, and the table of them.
#include "vectors.h"

#include "plain.h"

#include "fp8.h"

#include "int4.h"

// Byte operations in registers of 256 bits: one kernel for both levels that have them. The few divisions in it would,
// in registers of 512 bits, close a port to the rest.
#ifndef LEVEL_AVX512
#include "fused.h"
#endif

#include "sums.h"

#include "gguf/lanes.h"

#include "gguf/trials.h"

#include "gguf/search.h"

#include "gguf/encode_k.h"

#include "gguf/encode_32.h"

#include "gguf/encode.h"

#include "gguf/decode.h"

const ckernels_table LEVEL_TABLE = {
    .name = LEVEL_NAME,
    .decode_bf16 = decode_bf16,
    .encode_bf16 = encode_bf16,
    .decode_f16 = decode_f16,
    .encode_f16 = encode_f16,
    .first_non_finite = first_non_finite,
    .decode_fp8 = decode_fp8,
    .largest_by_block = largest_by_block,
    .encode_fp8 = encode_fp8,
    .decode_int4 = decode_int4,
    .encode_int4 = encode_int4,
    .search_int4 = search_int4,
    .fp8_to_int4 = LEVEL_FUSED,
    .error_sums = error_sums,
    .decode_gguf = decode_gguf,
    .encode_gguf = encode_gguf,
};
