"""Dossiers -> one quarter's figures: one portable SQL text, run by DuckDB or Spark, in the form of an upload."""
