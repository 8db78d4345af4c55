"""Reports: what the live indices of an encoder score, stored, compared and written down."""
