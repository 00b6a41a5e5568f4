"""Catalogues of words: one folder a language; a language is shipped when its catalogue is complete."""
