"""The drawn part of docs/architecture.md: who imports whom, from the code itself, and the contracts that hold it so.

The counts of modules and lines move with every commit: ``close`` takes a page as current while they are within a tenth.
"""

import re
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEAR = 0.1
_NUMBER = re.compile(r"\d+")


def contracts() -> dict:
    """What pyproject.toml tells import-linter."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]


def imports() -> tuple[dict[str, Counter], Counter]:
    """(package -> number of modules and lines; (importer, imported) -> number of imports between modules)."""
    import grimp

    packages = contracts()["root_packages"]
    graph = grimp.build_graph(*packages, cache_dir=None)
    sizes = {}
    for package in packages:
        files = list((ROOT / package).rglob("*.py"))
        lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)
        sizes[package] = Counter(modules=len(files), lines=lines)
    edges: Counter = Counter()
    for module in graph.modules:
        for other in graph.find_modules_directly_imported_by(module):
            pair = module.split(".")[0], other.split(".")[0]
            if pair[0] != pair[1]:
                edges[pair] += 1
    return sizes, edges


def page(table) -> str:
    """The graph as Mermaid, the same as a table for readers who see no drawing, and the contracts."""
    sizes, edges = imports()
    drawn = ["```mermaid", "graph TD"]
    for package, size in sizes.items():
        drawn.append(f'    {package}["{package}<br>{size["modules"]} modules, {size["lines"]} lines"]')
    drawn += [f"    {here} -->|{count}| {there}" for (here, there), count in sorted(edges.items())]
    drawn.append("```\n")
    rows = [
        [f"`{package}`", size["modules"], size["lines"],
         ", ".join(f"`{there}` {count}" for (here, there), count in sorted(edges.items()) if here == package) or "–"]
        for package, size in sizes.items()
    ]  # fmt: skip
    rules = [
        [rule["name"], rule["type"],
         " → ".join(f"`{name}`" for name in rule["layers"]) if "layers" in rule
         else f"{_names(rule['source_modules'])}; never: {_names(rule['forbidden_modules'])}"]
        for rule in contracts()["contracts"]
    ]  # fmt: skip
    return "\n".join(
        [
            "## The imports, from the code\n",
            "Numbers on arrows: imports from modules of one package to modules of the other.\n",
            *drawn,
            table(["Package", "Modules", "Lines", "Imports"], rows),
            "## The contracts that `lint-imports` holds\n",
            table(["Contract", "Kind", "Says"], rules),
        ]
    )


def _names(modules: list[str]) -> str:
    tops = list(dict.fromkeys(name.split(".")[0] for name in modules))
    whole = [
        f"`{name}`" if name in modules else f"`{name}` ({_count(modules, name)} modules)" for name in tops
    ]
    return ", ".join(whole)


def _count(modules: list[str], package: str) -> int:
    return sum(name.startswith(f"{package}.") for name in modules)


def close(standing: str, made: str) -> bool:
    """Whether two pages say the same, numbers within a tenth."""
    if _NUMBER.sub("#", standing) != _NUMBER.sub("#", made):
        return False
    pairs = zip(_NUMBER.findall(standing), _NUMBER.findall(made), strict=True)
    return all(abs(int(one) - int(other)) <= max(2, NEAR * int(other)) for one, other in pairs)
