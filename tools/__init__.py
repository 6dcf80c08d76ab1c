"""Development tools. They see the deployed code as Lambda does: with `functions/` on the path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "functions"))
