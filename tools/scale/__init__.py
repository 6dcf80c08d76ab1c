"""A year of a million packets against the quotas of an AWS account: `make scale`.

Two simulations, because a year and a second need different clocks: the first plays every packet's stages through a year
and finds the busiest hour, the second plays that hour call by call. Both are small event loops of our own: nothing here
waits for anything but time and quotas, which a heap and a token bucket do in a fraction of a general library's time.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "functions"), str(ROOT)]
