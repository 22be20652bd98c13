"""Real boundaries that an installation imports: read, place, match, clean, write; then published like figures.

The product ships none, because the rights of the map makers are not settled; source and licence are therefore asked
for and shown under every map. ``journey`` is what a command or a page calls.
"""
