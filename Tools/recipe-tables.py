#!/usr/bin/env python3
"""Makes the tables of docs/recipes.md: what each recipe does to tiny models of every family, and to published ones in size.

    Tools/recipe-tables.py [--check] [CKPT]

CKPT is the command (default: the release build of this checkout). Tiny models come from `ckpt synth --preset tiny`, so weights are
Gaussian noise: ratios between recipes mean something, the figures themselves are not those of a trained model.
--check compares the sizes alone, which depend on nothing but the specs, and exits with 1 where the page says something else.
"""
import json, pathlib, re, shutil, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "recipes.md"
CHECK = "--check" in sys.argv
CKPT = next((a for a in sys.argv[1:] if a != "--check"), str(ROOT / ".build" / "release" / "ckpt"))

RECIPES = ["int4-g32", "q8_0", "q6_K", "q5_K", "q4_K", "iq4_xs", "q4_0", "q3_K", "q2_K", "q3_K-dynamic", "q2_K-dynamic", "q4_0-native",
           "llama.cpp/Q4_K_M", "llama.cpp/Q2_K"]
SIZES = ["q8_0", "q4_0-native", "q3_K-dynamic", "q2_K-dynamic", "llama.cpp/Q4_K_M", "llama.cpp/Q2_K"]
PUBLISHED = ["Kimi-K2-Instruct", "Kimi-K2-Thinking", "DeepSeek-V3", "Qwen3-235B-A22B", "MiniMax-M2.5", "Llama-3.3-70B"]
MIXES = ["Q2_K", "Q3_K_S", "Q3_K_M", "Q3_K_L", "IQ4_XS", "Q4_K_S", "Q4_K_M", "Q5_K_S", "Q5_K_M", "Q6_K", "Q8_0"]
# Files that others published with these mixes: GB as their pages give them.
FILES = {
    "Kimi-K2-Instruct": ("mradermacher, Kimi-K2.7-Code-GGUF (a text model of the same shapes)", ["373.0", "442.2", "489.2", "530.6"]),
    "DeepSeek-V3": ("mradermacher, DeepSeek-V3-GGUF", ["244.1", "289.2", "319.3", "347.5", "359.6", "380.1", "404.5", "461.9", "475.5", "550.9", "713.4"]),
    "MiniMax-M2.5": ("mradermacher, MiniMax-M2-BF16-GGUF; Q8_0: bartowski, MiniMaxAI_MiniMax-M2.7-GGUF",
                     ["83.4", "98.8", "109.4", "118.5", "123.3", "130.1", "138.4", "157.6", "162.4", "187.9", "243.14"]),
    "Llama-3.3-70B": ("bartowski, Llama-3.3-70B-Instruct-GGUF; Q5_K_M, Q6_K and Q8_0: of Llama-3.1-70B",
                      ["26.4", "30.9", "34.3", "37.1", "37.9", "40.3", "42.5", "48.7", "49.95", "57.89", "74.98"]),
}


def ckpt(*words, statuses=(0,)):
    """The summary of a command; None where it refused (2)."""
    done = subprocess.run([CKPT, *map(str, words), "--json"], capture_output=True, text=True)
    if done.returncode == 2:
        return None
    if done.returncode not in statuses:
        sys.exit(f"ckpt {' '.join(map(str, words))}: exit {done.returncode}\n{done.stdout[:2000]}{done.stderr}")
    return json.loads(done.stdout)["summary"]


def number(value, digits):
    return "–" if value is None else f"{value:.{digits}f}"


def mean_error(roles, wanted):
    rows = [row for role, row in roles.items() if wanted(role) and row["rel_rmse_mean"] is not None]
    count = sum(row["tensors"] for row in rows)
    return sum(row["rel_rmse_mean"] * row["tensors"] for row in rows) / count if count else None


def error_tables(folder):
    lines = []
    tokens = folder / "tokens.txt"
    tokens.write_text(" ".join(str(i * 37 % 251) for i in range(64)))
    for preset in sorted((ROOT / "Specs" / "presets" / "tiny").glob("*.json")):
        family, source = preset.stem, folder / preset.stem
        ckpt("synth", source, "--preset", "tiny", "--family", family)
        rows = []
        for recipe in RECIPES:
            result = folder / (recipe.replace("/", "-") + ("" if recipe.startswith("int4") else ".gguf"))
            more = [] if recipe.startswith("int4") else ["--pre", "gpt-2"]
            if ckpt("convert", source, result, "--to", recipe, *more, statuses=(0, 1)) is None:
                continue
            bits = ckpt("inspect", result)["bits_per_weight"]
            compared = ckpt("compare", source, result, "--forward", "--tokens", tokens, statuses=(0, 1))
            if compared is not None:
                experts = mean_error(compared["by_role"], lambda role: role.startswith("moe."))
                others = mean_error(compared["by_role"], lambda role: role.split(".")[0] in ("attn", "mlp", "shared", "embed", "head"))
                rows.append(f"| `{recipe}` | {bits:.2f} | {number(experts, 4)} | {number(others, 4)} | "
                            f"{number(compared.get('kl_mean'), 5)} | {number(compared.get('top1_agreement'), 3)} |")
            shutil.rmtree(result, ignore_errors=True)
            result.unlink(missing_ok=True)
        if rows:
            lines += ["", f"`{family}`:", "", "| recipe | bits per weight | error of experts | of other matrices | `kl_mean` | `top1_agreement` |",
                      "|---|---|---|---|---|---|", *rows]
        shutil.rmtree(source)
    return lines


def planned_bytes(source, recipe):
    """Bytes of all tensors; None where the recipe refuses the model."""
    planned = ckpt("convert", source, source.parent / "x.gguf", "--to", recipe, "--pre", "gpt-2", "--dry-run")
    return planned and sum(tensor["bytes"] for tensor in planned["tensors"])


def size_tables(folder):
    """What the recipes make of published models, and the files that others made with the same mixes."""
    lines = ["", "| model | " + " | ".join(f"`{n}`" for n in SIZES) + " |", "|---" * (len(SIZES) + 1) + "|"]
    beside = {}
    for preset in PUBLISHED:
        source = folder / preset
        ckpt("synth", source, "--preset", preset, "--sparse")
        sizes = [planned_bytes(source, recipe) for recipe in SIZES]
        lines.append(f"| {preset} | " + " | ".join(f"{size:,}" if size else "–" for size in sizes) + " |")
        if preset in FILES:
            beside[preset] = [f"{planned_bytes(source, 'llama.cpp/' + mix) / 1e9:.2f} / {size}"
                              for mix, size in zip(MIXES, FILES[preset][1])]
        shutil.rmtree(source)
    files = ["", "| mix | " + " | ".join(beside) + " |", "|---" * (len(beside) + 1) + "|"]
    files += [f"| `llama.cpp/{mix}` | " + " | ".join((cells[i] if i < len(cells) else "–") for cells in beside.values()) + " |"
              for i, mix in enumerate(MIXES)]
    return lines + [""], files + ["", *[f"- {preset}: {FILES[preset][0]}" for preset in beside], ""]


def replaced(text, mark, lines):
    begin, end = f"<!-- {mark} begin -->", f"<!-- {mark} end -->"
    return re.sub(re.escape(begin) + ".*?" + re.escape(end), lambda _: begin + "\n".join(lines) + "\n" + end, text, flags=re.S)


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    page = PAGE.read_text()
    sizes, files = size_tables(folder)
    new = replaced(replaced(page, "sizes", sizes), "files", files)
    if not CHECK:
        PAGE.write_text(replaced(new, "errors", error_tables(folder) + [""]))
    elif new != page:
        sys.exit("docs/recipes.md: the tables of sizes are not what ckpt plans; run Tools/recipe-tables.py")
