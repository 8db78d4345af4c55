"""Making the embedded classifier: run once per release, never at run time.

``python -m nli.embedded.build`` needs the extra ``distil``.
"""
