// What a vision tower gives, by llama.cpp: `vision MMPROJ.gguf PIXELS FRAMES HEIGHT WIDTH OUT`. PIXELS holds float32 [frames, height, width, 3],
// normalised; OUT gets float32 [tokens, text hidden].
//
// Not built by setup-llama.sh: it needs fifty further files of llama.cpp. With its source tree in S and its libraries in L:
//
//   g++ -std=c++17 -O1 -I$S/tools/mtmd -I$S/include -I$S/ggml/include -I$S/common -I$S/vendor -o $L/vision vision.cpp
//     $S/tools/mtmd/{mtmd,mtmd-audio,mtmd-image,clip}.cpp $S/tools/mtmd/models/*.cpp -L$L -lllama -lggml -lggml-base -lggml-cpu
//     -lllama-common -lpthread -Wl,-rpath,'$ORIGIN'
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "clip.h"
#include "clip-impl.h"

static int stop(const char * what) {
    fprintf(stderr, "vision: %s\n", what);
    return 1;
}

int main(int count, char ** arguments) {
    if (count != 7) return stop("vision MMPROJ.gguf PIXELS FRAMES HEIGHT WIDTH OUT");
    const int frames = atoi(arguments[3]), height = atoi(arguments[4]), width = atoi(arguments[5]);
    clip_context_params params = {};
    params.use_gpu = false;
    params.flash_attn_type = CLIP_FLASH_ATTN_TYPE_DISABLED;
    params.image_min_tokens = params.image_max_tokens = -1;
    clip_ctx * tower = clip_init(arguments[1], params).ctx_v;
    if (!tower) return stop("the tower does not load");
    FILE * file = fopen(arguments[2], "rb");
    if (!file) return stop("no pixels");
    clip_image_f32_batch batch;
    for (int i = 0; i < frames; i++) {
        std::vector<float> pixels((size_t) height * width * 3);
        if (fread(pixels.data(), 4, pixels.size(), file) != pixels.size()) return stop("too few pixels");
        clip_image_f32 image;
        image.set_size({width, height}, false, false);
        image.cpy_buf(pixels);
        batch.entries.push_back(std::move(image));
    }
    fclose(file);
    std::vector<float> features((size_t) clip_n_output_tokens(tower, &batch.entries[0]) * clip_n_mmproj_embd(tower));
    if (!clip_image_batch_encode(tower, 2, &batch, features)) return stop("the tower does not run");
    file = fopen(arguments[6], "wb");
    if (!file || fwrite(features.data(), 4, features.size(), file) != features.size() || fclose(file)) return stop("no result");
    clip_free(tower);
    return 0;
}
