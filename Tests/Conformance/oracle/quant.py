"""Storage codecs of the published repositories, as plain torch/numpy (the oracle side of the converters).

fp8-block : 128x128 blocks, stored value q = round_e4m3fn(w / s); tensor "<name>_scale_inv" holds s, so w' = q * s.
            (the name says inverse; it is the multiplier.)  Last block of a row/column may be partial.
ue8m0     : same, s rounded UP to a power of two; kept as F32 (DeepSeek-V3.1 way) or as F8_E8M0 (byte e -> 2^(e-127)).
int4      : compressed-tensors pack-quantized, symmetric, group 32 along the input dim, s BF16, q in [-8, 7];
            eight q+8 nibbles per I32, lowest nibble first.
            int4_pack makes fixtures; it is NOT compressed-tensors' rule: it divides in Float32 (the library rounds the quotient to
            BF16), its zero groups have another scale, its weight_shape is I32. The judge of a conversion is the library.
mxfp4     : 32 values per E8M0 scale byte, E2M1 codes, two per byte, LOW nibble is the even element.
"""
import numpy as np
import torch

E2M1 = torch.tensor([0, .5, 1, 1.5, 2, 3, 4, 6, -0., -.5, -1, -1.5, -2, -3, -4, -6], dtype=torch.float32)


def expand(s, shape, block=128):
    return s.float().repeat_interleave(block, 0).repeat_interleave(block, 1)[: shape[0], : shape[1]]


def fp8_block(w, scale="f32", block=128):
    """w f32 [r, c] -> (q e4m3fn, scale tensor as stored, dequantised f32)"""
    r, c = w.shape
    R, C = -(-r // block), -(-c // block)
    pad = torch.zeros(R * block, C * block)
    pad[:r, :c] = w
    amax = pad.view(R, block, C, block).abs().amax((1, 3)).clamp_min(1e-12)
    s = amax / 448.0
    if scale in ("ue8m0-f32", "ue8m0"):
        s = torch.exp2(torch.ceil(torch.log2(s)))
    st = {"f32": s, "ue8m0-f32": s, "bf16": s.bfloat16(), "f16": s.half()}.get(scale)
    if scale == "ue8m0":
        st = s.to(torch.float8_e8m0fnu)
    q = (w / expand(st, w.shape)).clamp(-448, 448).to(torch.float8_e4m3fn)
    return q, st, q.float() * expand(st, w.shape)


def int4_pack(w, group=32):
    """fixtures only, not the `ct` rule"""
    r, c = w.shape
    g = w.view(r, c // group, group)
    s = (g.abs().amax(-1) / 7.5).clamp_min(1e-9).bfloat16()
    q = torch.round(g / s.float()[..., None]).clamp(-8, 7).to(torch.int32)
    deq = (q.float() * s.float()[..., None]).view(r, c)
    u = (q.view(r, c // 8, 8) + 8).numpy().astype(np.uint32)
    packed = np.zeros((r, c // 8), np.uint32)
    for i in range(8):
        packed |= u[..., i] << np.uint32(4 * i)
    return torch.from_numpy(packed.view(np.int32).copy()), s, torch.tensor([r, c], dtype=torch.int32), deq


def mxfp4(w):
    """w f32 [..., n] -> blocks u8 [..., n/32, 16], scales u8 [..., n/32], dequantised f32"""
    g = w.reshape(*w.shape[:-1], -1, 32)
    e = torch.floor(torch.log2(g.abs().amax(-1).clamp_min(2.0 ** -120))) - 2          # amax lands in [4, 8)
    s = torch.exp2(e)
    code = ((g / s[..., None])[..., None] - E2M1).abs().argmin(-1)                    # ties -> lower code
    blocks = (code[..., 0::2] | (code[..., 1::2] << 4)).to(torch.uint8)
    deq = (E2M1[code] * s[..., None]).reshape(w.shape)
    return blocks, (e + 127).to(torch.uint8), deq
