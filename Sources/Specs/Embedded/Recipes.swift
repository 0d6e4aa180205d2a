// Made by Tools/embed-specs.sh out of Specs/recipes. Change the JSON there and run `make specs`.

extension EmbeddedSpecs {
  static let recipes: [Document] = [
    (
      "recipes/bf16.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "bf16",
        "title": "decode every encoded weight to BF16",
        "container": "any",
        "file_type": 32,
        "rules": [
          { "stored": "encoded", "encoding": "bf16" },
          { "container": "gguf", "encoding": "bf16" }
        ]
      }
      """#
    ),
    (
      "recipes/f16.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "f16",
        "title": "decode every encoded weight to F16",
        "container": "any",
        "file_type": 1,
        "rules": [
          { "stored": "encoded", "encoding": "f16" },
          { "container": "gguf", "encoding": "f16" }
        ]
      }
      """#
    ),
    (
      "recipes/f32.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "f32",
        "title": "decode every encoded weight to F32",
        "container": "any",
        "file_type": 0,
        "rules": [
          { "stored": "encoded", "encoding": "f32" },
          { "container": "gguf", "encoding": "f32" }
        ]
      }
      """#
    ),
    (
      "recipes/fp8-block.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "fp8-block",
        "title": "block-fp8, as the family's published fp8 repository encodes it",
        "container": "safetensors",
        "rules": [
          { "stored": "encoded", "encoding": "bf16" },
          { "roles": "family.fp8", "encoding": "fp8-block" }
        ]
      }
      """#
    ),
    (
      "recipes/int4-g128.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "int4-g128",
        "title": "INT4 in groups of 128: the routed experts, or the linears of a dense model",
        "container": "safetensors",
        "rules": [
          { "stored": "encoded", "encoding": "bf16" },
          { "roles": "moe.*", "encoding": "int4-g128" },
          { "roles": ["attn.*", "mlp.*"], "when": "(experts ?? 0) == 0", "encoding": "int4-g128" }
        ]
      }
      """#
    ),
    (
      "recipes/int4-g32.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "int4-g32",
        "title": "INT4 in groups of 32: the routed experts, or the linears of a dense model",
        "container": "safetensors",
        "rules": [
          { "stored": "encoded", "encoding": "bf16" },
          { "roles": "moe.*", "encoding": "int4-g32" },
          { "roles": ["attn.*", "mlp.*"], "when": "(experts ?? 0) == 0", "encoding": "int4-g32" }
        ]
      }
      """#
    ),
    (
      "recipes/int4-g64.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "int4-g64",
        "title": "INT4 in groups of 64: the routed experts, or the linears of a dense model",
        "container": "safetensors",
        "rules": [
          { "stored": "encoded", "encoding": "bf16" },
          { "roles": "moe.*", "encoding": "int4-g64" },
          { "roles": ["attn.*", "mlp.*"], "when": "(experts ?? 0) == 0", "encoding": "int4-g64" }
        ]
      }
      """#
    ),
    (
      "recipes/iq4_nl.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "iq4_nl",
        "title": "every matrix in IQ4_NL, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 25,
        "rules": [
          { "encoding": "iq4_nl" }
        ]
      }
      """#
    ),
    (
      "recipes/iq4_xs.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "iq4_xs",
        "title": "every matrix in IQ4_XS, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 30,
        "rules": [
          { "encoding": "iq4_xs" }
        ]
      }
      """#
    ),
    (
      "recipes/mxfp4-native.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "mxfp4-native",
        "title": "MXFP4 stays as it is, code by code; the rest BF16, router, norms and biases F32",
        "container": "gguf",
        "file_type": 38,
        "rules": [
          { "encoding": "bf16" },
          { "stored": "mxfp4", "encoding": "gguf-mxfp4" }
        ]
      }
      """#
    ),
    (
      "recipes/mxfp4.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "mxfp4",
        "title": "every matrix in MXFP4, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 38,
        "rules": [
          { "encoding": "gguf-mxfp4" }
        ]
      }
      """#
    ),
    (
      "recipes/q2_K-dynamic.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q2_K-dynamic",
        "title": "routed experts in Q2_K, their down-projections in Q3_K; one step more in three layers; the rest Q8_0",
        "container": "gguf",
        "file_type": 10,
        "rules": [
          { "encoding": "q8_0" },
          { "roles": ["moe.gate", "moe.up"], "encoding": "q2_K" },
          { "roles": "moe.down", "encoding": "q3_K" },
          { "roles": ["moe.gate", "moe.up"], "when": "moe_layer < 3", "encoding": "q3_K" },
          { "roles": "moe.down", "when": "moe_layer < 3", "encoding": "q4_K" }
        ]
      }
      """#
    ),
    (
      "recipes/q2_K.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q2_K",
        "title": "every matrix in Q2_K, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 10,
        "rules": [
          { "encoding": "q2_K" }
        ]
      }
      """#
    ),
    (
      "recipes/q3_K-dynamic.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q3_K-dynamic",
        "title": "routed experts in Q3_K, their down-projections in Q4_K; the rest Q8_0",
        "container": "gguf",
        "file_type": 12,
        "rules": [
          { "encoding": "q8_0" },
          { "roles": ["moe.gate", "moe.up"], "encoding": "q3_K" },
          { "roles": "moe.down", "encoding": "q4_K" },
          { "roles": ["moe.gate", "moe.up"], "when": "moe_layer < 3", "encoding": "q4_K" },
          { "roles": "moe.down", "when": "moe_layer < 3", "encoding": "q4_K" }
        ]
      }
      """#
    ),
    (
      "recipes/q3_K.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q3_K",
        "title": "every matrix in Q3_K, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 12,
        "rules": [
          { "encoding": "q3_K" }
        ]
      }
      """#
    ),
    (
      "recipes/q4_0-native.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q4_0-native",
        "title": "INT4 in groups of 32 becomes Q4_0 without loss; the rest Q8_0",
        "container": "gguf",
        "file_type": 2,
        "rules": [
          { "encoding": "q8_0" },
          { "roles": "moe.*", "encoding": "q4_0" },
          { "stored": "int4-g32", "encoding": "q4_0" }
        ]
      }
      """#
    ),
    (
      "recipes/q4_0.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q4_0",
        "title": "every matrix in Q4_0, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 2,
        "rules": [
          { "encoding": "q4_0" }
        ]
      }
      """#
    ),
    (
      "recipes/q4_1.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q4_1",
        "title": "every matrix in Q4_1, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 3,
        "rules": [
          { "encoding": "q4_1" }
        ]
      }
      """#
    ),
    (
      "recipes/q4_K.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q4_K",
        "title": "every matrix in Q4_K, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 15,
        "rules": [
          { "encoding": "q4_K" }
        ]
      }
      """#
    ),
    (
      "recipes/q5_0.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q5_0",
        "title": "every matrix in Q5_0, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 8,
        "rules": [
          { "encoding": "q5_0" }
        ]
      }
      """#
    ),
    (
      "recipes/q5_1.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q5_1",
        "title": "every matrix in Q5_1, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 9,
        "rules": [
          { "encoding": "q5_1" }
        ]
      }
      """#
    ),
    (
      "recipes/q5_K.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q5_K",
        "title": "every matrix in Q5_K, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 17,
        "rules": [
          { "encoding": "q5_K" }
        ]
      }
      """#
    ),
    (
      "recipes/q6_K.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q6_K",
        "title": "every matrix in Q6_K, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 18,
        "rules": [
          { "encoding": "q6_K" }
        ]
      }
      """#
    ),
    (
      "recipes/q8_0.json",
      #"""
      {
        "schema": "ckpt.recipe/1",
        "name": "q8_0",
        "title": "every matrix in Q8_0, embedding and head too; router, norms and biases F32",
        "container": "gguf",
        "file_type": 7,
        "rules": [
          { "encoding": "q8_0" }
        ]
      }
      """#
    ),
  ]
}
