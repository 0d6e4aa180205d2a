// Logits of a model, by llama.cpp: `logits MODEL.gguf TOKENS OUT [YARN_BETA_FAST]`. TOKENS holds int32 ids, OUT gets
// float32 [tokens, vocabulary].
//
// One batch, cache in Float32, no flash attention: what rounding is left is that of the weights' own kernels.
#include <stdio.h>
#include <stdlib.h>

#include "llama.h"

static void quiet(enum ggml_log_level level, const char * text, void * data) {
    (void) data;
    if (level >= GGML_LOG_LEVEL_ERROR && level != GGML_LOG_LEVEL_CONT) fputs(text, stderr);
}

static int stop(const char * what) {
    fprintf(stderr, "logits: %s\n", what);
    return 1;
}

int main(int count, char ** arguments) {
    if (count != 4 && count != 5) return stop("logits MODEL.gguf TOKENS OUT [YARN_BETA_FAST]");
    static int32_t tokens[65536];
    FILE * file = fopen(arguments[2], "rb");
    if (!file) return stop("no tokens");
    const int32_t n = (int32_t) fread(tokens, 4, 65536, file);
    fclose(file);

    llama_log_set(quiet, NULL);
    llama_backend_init();
    struct llama_model_params model_params = llama_model_default_params();
    model_params.n_gpu_layers = 0;
    struct llama_model * model = llama_model_load_from_file(arguments[1], model_params);
    if (!model) return stop("the model does not load");
    struct llama_context_params params = llama_context_default_params();
    params.n_ctx = params.n_batch = params.n_ubatch = (uint32_t) n;
    params.n_threads = params.n_threads_batch = 2;
    params.type_k = params.type_v = GGML_TYPE_F32;
    params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    if (count == 5) params.yarn_beta_fast = strtof(arguments[4], NULL);
    struct llama_context * context = llama_init_from_model(model, params);
    if (!context) return stop("no context");

    struct llama_batch batch = llama_batch_init(n, 0, 1);
    batch.n_tokens = n;
    for (int32_t i = 0; i < n; i++) {
        batch.token[i] = tokens[i];
        batch.pos[i] = i;
        batch.n_seq_id[i] = 1;
        batch.seq_id[i][0] = 0;
        batch.logits[i] = 1;
    }
    if (llama_decode(context, batch) != 0) return stop("the model does not run");
    const int32_t vocabulary = llama_vocab_n_tokens(llama_model_get_vocab(model));
    file = fopen(arguments[3], "wb");
    if (!file) return stop("no place for the logits");
    const size_t wanted = (size_t) n * (size_t) vocabulary;
    const size_t written = fwrite(llama_get_logits(context), 4, wanted, file);
    return fclose(file) == 0 && written == wanted ? 0 : stop("the logits are not written");
}
