"""Draws the picture of docs/scale.md from what `python -m tools.scale` left in build/: run by `make scale`.

Runs in an environment of its own that has matplotlib and nothing of the product.
"""

import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

ROOT = Path(__file__).parents[2]
SHADES = {"1": "#9ec5e8", "10": "#3f7fb5", "100": "#12395b"}


def main() -> None:
    figures = json.loads((ROOT / "build" / "scale.json").read_text())
    picture, (year, quotas) = plt.subplots(1, 2, figsize=(13, 5.2), width_ratios=(1, 1.5), layout="constrained")
    year.plot(figures["daily"], color="#3f7fb5", linewidth=0.9)
    year.set_title("Invitations a day, one million a year", fontsize=11)
    year.set_xticks([0, 59, 120, 181, 243, 304], ["Jan", "Mar", "May", "Jul", "Sep", "Nov"], fontsize=8)
    year.set_ylim(bottom=0)
    year.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    names = list(figures["shares"])[::-1]
    for offset, scale in enumerate(reversed(SHADES)):
        shares = [max(figures["shares"][name][scale] * 100, 1e-3) for name in names]
        places = [row + (offset - 1) * 0.27 for row in range(len(names))]
        quotas.barh(places, shares, 0.25, color=SHADES[scale], label=f"{int(scale)} million a year")
    quotas.axvline(100, color="#b3261e", linewidth=1.2)
    quotas.set_xscale("log")
    quotas.set_xlim(left=1e-2)
    quotas.set_yticks(range(len(names)), names, fontsize=8)
    quotas.set_xlabel("percent of the quota used in the busiest second (mails: day)", fontsize=9)
    quotas.set_title("Quotas in the busiest hour", fontsize=11)
    quotas.legend(loc="lower right", fontsize=8, reverse=True)
    for axes in (year, quotas):
        axes.spines[["top", "right"]].set_visible(False)
    picture.savefig(ROOT / "docs" / "pictures" / "scale.png", dpi=85)


if __name__ == "__main__":
    main()
