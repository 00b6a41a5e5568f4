"""What is reached over HTTP: the messenger's webhook, and how the program is. Imports core only."""
