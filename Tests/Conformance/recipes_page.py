"""The tables of sizes in docs/recipes.md are what `ckpt convert --dry-run` plans for published models, and their totals are those of
other hands: the tensor bytes of the dynamic recipes for Kimi-K2-Instruct, worked out from its shapes and the sizes of blocks, and the
sizes of files that others published with the mixes of llama-quantize.
"""
# seconds: 23
import re, subprocess, sys

from harness import CKPT, ROOT, checks

done = subprocess.run([sys.executable, ROOT / "Tools" / "recipe-tables.py", "--check", CKPT], capture_output=True, text=True)
checks.equal(done.returncode, 0, "docs/recipes.md: sizes")
if done.returncode:
    print(done.stderr[-2000:])

# Kimi-K2-Instruct: 60 layers of 384 experts, 7168 × 2048; everything else in Q8_0 but norms, router and its bias.
experts = 384 * 7168 * 2048
BITS = {"Q2_K": 84 * 8 / 256, "Q3_K": 110 * 8 / 256, "Q4_K": 144 * 8 / 256, "Q4_0": 4.5, "Q8_0": 8.5}
attention = 1536 * 7168 + 64 * 192 * 1536 + 576 * 7168 + 64 * 256 * 512 + 7168 * 64 * 128
plain = 61 * (2 * 7168 + 1536 + 512) + 7168 + 60 * (384 * 7168 + 384)
rest = 61 * attention + 3 * 18432 * 7168 + 60 * 3 * 2048 * 7168 + 2 * 163840 * 7168
def total(gate_up, down, first_gate_up, first_down):
    bits = 57 * (2 * BITS[gate_up] + BITS[down]) + 3 * (2 * BITS[first_gate_up] + BITS[first_down])
    return int(experts * bits / 8 + rest * BITS["Q8_0"] / 8 + plain * 4)
page = (ROOT / "docs" / "recipes.md").read_text()
cells = re.search(r"\| Kimi-K2-Instruct \|(.*)\|", page).group(1).split("|")
found = dict(zip(re.search(r"\| model \|(.*)\|", page).group(1).replace("`", "").replace(" ", "").split("|"),
                 (int(cell.strip().replace(",", "")) for cell in cells)))
checks.equal(found["q3_K-dynamic"], total("Q3_K", "Q4_K", "Q4_K", "Q4_K"), "q3_K-dynamic for Kimi-K2-Instruct")
checks.equal(found["q2_K-dynamic"], total("Q2_K", "Q3_K", "Q3_K", "Q4_K"), "q2_K-dynamic for Kimi-K2-Instruct")
checks.equal(found["q4_0-native"], total("Q4_0", "Q4_0", "Q4_0", "Q4_0"), "q4_0-native for Kimi-K2-Instruct")
checks.equal(found["q8_0"], total("Q8_0", "Q8_0", "Q8_0", "Q8_0"), "q8_0 for Kimi-K2-Instruct")

# A published file has a header and a tokenizer, too, and was made by another version of llama.cpp.
for planned, published in re.findall(r"([0-9.]+) / ([0-9.]+)", page[page.index("<!-- files begin"):page.index("<!-- files end")]):
    checks.true(abs(float(planned) / float(published) - 1) < 0.01, f"published as {published} GB, planned {planned} GB")
checks.end()
