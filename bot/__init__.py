"""The composition root and the road of a message: receiver, worker, sender, and the command line that starts them."""
