"""The process around the pages: addresses beside the framework's own, and how the process is kept quick."""
