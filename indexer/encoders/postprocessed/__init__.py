"""Encoders whose vectors are those of another one, mapped: ``labse+center`` and others."""
