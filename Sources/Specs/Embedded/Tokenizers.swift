// Made by Tools/embed-specs.sh out of Specs/tokenizers. Change the JSON there and run `make specs`.

extension EmbeddedSpecs {
  static let tokenizers: [Document] = [
    (
      "tokenizers/deepseek-v3.json",
      #"""
      {
        "schema": "ckpt.tokenizer/1",
        "name": "deepseek-v3",
        "title": "DeepSeek-V3, R1, V3.1, V3.2",
        "model_types": [
          "deepseek_v3",
          "deepseek_v32"
        ],
        "fingerprint": "142a7c105ef27f4aba1bf3c5f2e1cd0d80e702c1f5978ccf6dab2a53ce836b85",
        "sections": {
          "normalizer": null,
          "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
              {
                "type": "Split",
                "pattern": {
                  "Regex": "\\p{N}{1,3}"
                },
                "behavior": "Isolated",
                "invert": false
              },
              {
                "type": "Split",
                "pattern": {
                  "Regex": "[一-龥぀-ゟ゠-ヿ]+"
                },
                "behavior": "Isolated",
                "invert": false
              },
              {
                "type": "Split",
                "pattern": {
                  "Regex": "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"
                },
                "behavior": "Isolated",
                "invert": false
              },
              {
                "type": "ByteLevel",
                "add_prefix_space": false,
                "trim_offsets": true,
                "use_regex": false
              }
            ]
          }
        },
        "sources": [
          "llama.cpp 0c1e57098bba, src/llama-vocab.cpp: case LLAMA_VOCAB_PRE_TYPE_DEEPSEEK3_LLM, three expressions one after the other",
          "an empty normalizer, as the published tokenizer.json has it, counts as none"
        ]
      }
      """#
    ),
    (
      "tokenizers/family-glm.json",
      #"""
      {
        "schema": "ckpt.tokenizer-family/1",
        "name": "family-glm",
        "title": "GLM-4.5 to GLM-5: tokens whose meaning no file states",
        "model_types": [
          "glm4_moe",
          "glm4_moe_lite",
          "glm_moe_dsa"
        ],
        "special_tokens": {
          "bos": "[gMASK]",
          "eot": "<|user|>",
          "unk": "<|endoftext|>",
          "eom": "<|observation|>"
        },
        "sources": [
          "llama.cpp 0c1e57098bba, conversion/base.py, TextModel._set_vocab_glm"
        ]
      }
      """#
    ),
    (
      "tokenizers/family-llama.json",
      #"""
      {
        "schema": "ckpt.tokenizer-family/1",
        "name": "family-llama",
        "title": "Llama: a space may stand before the text",
        "model_types": [
          "llama"
        ],
        "add_space_prefix": true,
        "sentencepiece_like": true,
        "sources": [
          "llama.cpp 0c1e57098bba, conversion/llama.py, LlamaModel.set_vocab"
        ]
      }
      """#
    ),
    (
      "tokenizers/glm4.json",
      #"""
      {
        "schema": "ckpt.tokenizer/1",
        "name": "glm4",
        "title": "GLM-4 to GLM-5",
        "model_types": [
          "glm",
          "glm4",
          "glm4_moe",
          "glm4_moe_lite",
          "glm_moe_dsa"
        ],
        "fingerprint": "1ac6bc0b7f8a4a6cd1ade029f8e6949de1b9ae26386a9b01223fde46206732bd",
        "sections": {
          "normalizer": null,
          "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
              {
                "type": "Split",
                "pattern": {
                  "Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
                },
                "behavior": "Isolated",
                "invert": false
              },
              {
                "type": "ByteLevel",
                "add_prefix_space": false,
                "trim_offsets": true,
                "use_regex": false
              }
            ]
          }
        },
        "sources": [
          "llama.cpp 0c1e57098bba, src/llama-vocab.cpp: case LLAMA_VOCAB_PRE_TYPE_CHATGLM4, the same expression as Llama 3",
          "not seen in a published tokenizer.json: GLM-5 is taken to use that of GLM-4.5"
        ]
      }
      """#
    ),
    (
      "tokenizers/gpt-2.json",
      #"""
      {
        "schema": "ckpt.tokenizer/1",
        "name": "gpt-2",
        "title": "GPT-2's own splitting; also what ckpt synth writes",
        "fingerprint": "98f2337058d11b1ae1a7c86f1c993374e00474d8edeb9fc2690427d97731d2cc",
        "sections": {
          "normalizer": null,
          "pre_tokenizer": {
            "type": "ByteLevel",
            "add_prefix_space": false,
            "trim_offsets": true,
            "use_regex": true
          }
        },
        "sources": [
          "llama.cpp 0c1e57098bba, src/llama-vocab.cpp: case LLAMA_VOCAB_PRE_TYPE_GPT2, the expression that ByteLevel uses where use_regex is true",
          "tokenizers 0.23.3, pre_tokenizers.ByteLevel"
        ]
      }
      """#
    ),
    (
      "tokenizers/gpt-4o.json",
      #"""
      {
        "schema": "ckpt.tokenizer/1",
        "name": "gpt-4o",
        "title": "o200k: GPT-4o, gpt-oss",
        "model_types": [
          "gpt_oss"
        ],
        "fingerprint": "172e4d4bf49b9c0f421e1c4e8482d45e77f338fdcdabac2f3ef5d9882de6d392",
        "sections": {
          "normalizer": null,
          "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
              {
                "type": "Split",
                "pattern": {
                  "Regex": "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
                },
                "behavior": "Isolated",
                "invert": false
              },
              {
                "type": "ByteLevel",
                "add_prefix_space": false,
                "trim_offsets": true,
                "use_regex": false
              }
            ]
          }
        },
        "sources": [
          "llama.cpp 0c1e57098bba, src/llama-vocab.cpp: 'original regex from tokenizer.json' at case LLAMA_VOCAB_PRE_TYPE_GPT4O",
          "transformers 5.23.0, integrations/gguf/gguf_tokenizer_mapping.py, _GPT4O_SPLIT"
        ]
      }
      """#
    ),
    (
      "tokenizers/kimi-k2.json",
      #"""
      {
        "schema": "ckpt.tokenizer/1",
        "name": "kimi-k2",
        "title": "Kimi K2, K2-Thinking, K2.5: tiktoken.model",
        "model_types": [
          "kimi_k2",
          "kimi_k25",
          "deepseek_v3"
        ],
        "tiktoken": {
          "tokenizer_class": "TikTokenTokenizer",
          "reserved": 256,
          "unnamed": "<|reserved_token_{id}|>"
        },
        "sources": [
          "llama.cpp 0c1e57098bba, conversion/deepseek.py, DeepseekV2Model.set_vocab",
          "tokenization_kimi.py of the published repositories, as far as it is known: 256 ids behind the ranks, of which tokenizer_config.json names some"
        ]
      }
      """#
    ),
    (
      "tokenizers/llama-bpe.json",
      #"""
      {
        "schema": "ckpt.tokenizer/1",
        "name": "llama-bpe",
        "title": "Llama 3",
        "model_types": [
          "llama"
        ],
        "fingerprint": "1ac6bc0b7f8a4a6cd1ade029f8e6949de1b9ae26386a9b01223fde46206732bd",
        "sections": {
          "normalizer": null,
          "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
              {
                "type": "Split",
                "pattern": {
                  "Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
                },
                "behavior": "Isolated",
                "invert": false
              },
              {
                "type": "ByteLevel",
                "add_prefix_space": false,
                "trim_offsets": true,
                "use_regex": false
              }
            ]
          }
        },
        "sources": [
          "llama.cpp 0c1e57098bba, src/llama-vocab.cpp: 'original regex from tokenizer.json' at case LLAMA_VOCAB_PRE_TYPE_LLAMA3",
          "transformers 5.23.0, convert_slow_tokenizer.TikTokenConverter, which made the published tokenizer.json"
        ]
      }
      """#
    ),
    (
      "tokenizers/minimax-m2.json",
      #"""
      {
        "schema": "ckpt.tokenizer/1",
        "name": "minimax-m2",
        "title": "MiniMax-M2",
        "model_types": [
          "minimax_m2"
        ],
        "fingerprint": "172e4d4bf49b9c0f421e1c4e8482d45e77f338fdcdabac2f3ef5d9882de6d392",
        "sections": {
          "normalizer": null,
          "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
              {
                "type": "Split",
                "pattern": {
                  "Regex": "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
                },
                "behavior": "Isolated",
                "invert": false
              },
              {
                "type": "ByteLevel",
                "add_prefix_space": false,
                "trim_offsets": true,
                "use_regex": false
              }
            ]
          }
        },
        "sources": [
          "llama.cpp 0c1e57098bba, src/llama-vocab.cpp: case LLAMA_VOCAB_PRE_TYPE_MINIMAX_M2, the same expression as GPT-4o's",
          "not seen in a published tokenizer.json"
        ]
      }
      """#
    ),
    (
      "tokenizers/names.json",
      #"""
      {
        "schema": "ckpt.tokenizer-names/1",
        "name": "names",
        "title": "The pre-tokenizers that llama.cpp knows by name",
        "names": [
          "a.x-4.0",
          "afmoe",
          "bailingmoe",
          "bailingmoe2",
          "bloom",
          "chameleon",
          "chatglm-bpe",
          "codeshell",
          "cohere2moe",
          "command-r",
          "dbrx",
          "deepseek-coder",
          "deepseek-llm",
          "deepseek-r1-qwen",
          "deepseek-v3",
          "default",
          "exaone",
          "exaone-moe",
          "exaone4",
          "f2llmv2",
          "falcon",
          "falcon-h1",
          "falcon3",
          "gemma4",
          "gigachat",
          "glm4",
          "glm5",
          "gpt-2",
          "gpt-4o",
          "gpt3-finnish",
          "granite-docling",
          "granite-embed-multi-311m",
          "granite-embed-multi-97m",
          "grok-2",
          "hunyuan",
          "hunyuan-dense",
          "hy_v4",
          "jais",
          "jais-2",
          "jina-de",
          "jina-es",
          "jina-v1-en",
          "jina-v2-code",
          "jina-v2-de",
          "jina-v2-es",
          "jina-v5-nano",
          "joyai-llm",
          "kanana2",
          "kimi-k2",
          "kormo",
          "laguna",
          "lfm2",
          "llada-moe",
          "llama-bpe",
          "llama-v3",
          "llama3",
          "llama4",
          "megrez",
          "mellum",
          "mellum2",
          "midm-2.0",
          "minerva-7b",
          "minicpm5",
          "minimax-m2",
          "modern-bert",
          "mpt",
          "olmo",
          "phi-2",
          "pixtral",
          "poro-chat",
          "qwen2",
          "qwen35",
          "refact",
          "roberta-bpe",
          "sarvam-moe",
          "seed-coder",
          "smaug-bpe",
          "smollm",
          "solar-open",
          "spark2_5",
          "stablelm2",
          "starcoder",
          "superbpe",
          "talkie",
          "tekken",
          "tiny_aya",
          "trillion",
          "ufakzeka",
          "viking",
          "whitespace",
          "youtu"
        ],
        "sources": [
          "llama.cpp 0c1e57098bba, src/llama-vocab.cpp: the names that llama_vocab::impl::load compares tokenizer.ggml.pre with"
        ]
      }
      """#
    ),
    (
      "tokenizers/qwen2.json",
      #"""
      {
        "schema": "ckpt.tokenizer/1",
        "name": "qwen2",
        "title": "Qwen2, Qwen2.5, Qwen3, Qwen3-Coder, Qwen3-Next",
        "model_types": [
          "qwen2",
          "qwen2_moe",
          "qwen3",
          "qwen3_moe",
          "qwen3_next"
        ],
        "fingerprint": "54aa16b2a6f80461fc3b8be2d39e3db8cda65836e845440b48404afa90148eb6",
        "sections": {
          "normalizer": {
            "type": "NFC"
          },
          "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
              {
                "type": "Split",
                "pattern": {
                  "Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
                },
                "behavior": "Isolated",
                "invert": false
              },
              {
                "type": "ByteLevel",
                "add_prefix_space": false,
                "trim_offsets": true,
                "use_regex": false
              }
            ]
          }
        },
        "sources": [
          "transformers 5.23.0, convert_slow_tokenizer.Qwen2Converter, which made the published tokenizer.json",
          "llama.cpp 0c1e57098bba, src/llama-vocab.cpp: 'original regex from tokenizer.json' at case LLAMA_VOCAB_PRE_TYPE_QWEN2"
        ]
      }
      """#
    ),
    (
      "tokenizers/qwen35.json",
      #"""
      {
        "schema": "ckpt.tokenizer/1",
        "name": "qwen35",
        "title": "Qwen3.5",
        "model_types": [
          "qwen3_5",
          "qwen3_5_text",
          "qwen3_5_moe",
          "qwen3_5_moe_text"
        ],
        "fingerprint": "ac6959e54c4ef2cfa9cf5c0d69b21856dc21d87470f4ad4b317c6fdda1437da1",
        "sections": {
          "normalizer": {
            "type": "NFC"
          },
          "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
              {
                "type": "Split",
                "pattern": {
                  "Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
                },
                "behavior": "Isolated",
                "invert": false
              },
              {
                "type": "ByteLevel",
                "add_prefix_space": false,
                "trim_offsets": true,
                "use_regex": false
              }
            ]
          }
        },
        "sources": [
          "transformers 5.23.0, models/qwen3_5/tokenization_qwen3_5.py",
          "llama.cpp 0c1e57098bba, src/llama-vocab.cpp: 'original regex from tokenizer.json' at case LLAMA_VOCAB_PRE_TYPE_QWEN35"
        ]
      }
      """#
    ),
  ]
}
