"""Ways to pay: one file each, found by its name; adding the file is all."""
