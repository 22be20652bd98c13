"""How the product is watched while it runs: counts (``counts``) and log lines (``lines``). Knows nothing of the rest."""
