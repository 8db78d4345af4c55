"""Making the embedded encoder: run once per release, never at run time.

``python -m indexer.encoders.embedded.build`` needs the extra ``distil``.
"""
